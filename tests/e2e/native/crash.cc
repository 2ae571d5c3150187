// A module that ends the program before main.
#define NAME "crash"
#include "plain.cc"
int now = (__builtin_trap(), 1);
