#include <stdio.h>
#include <unistd.h>

int main(void) {
  for (int name = _SC_LEVEL1_ICACHE_SIZE; name <= _SC_LEVEL4_CACHE_LINESIZE; name++) {
    printf("%d %ld\n", name, sysconf(name));
  }
  return 0;
}
