// A module that was compiled with another version's headers.
#include <dv8/abi.h>
#undef DV8_ABI
#define DV8_ABI dv8_abi_0123
#define NAME "other"
#include "plain.cc"
