// What libc knows of the processor's caches, as far as all of Intel's ways to say it agree: a hypervisor
// may give other sizes of the outer caches by cpuid's leaf 2, which glibc reads first, than by leaf 4.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  const int names[] = {_SC_LEVEL1_ICACHE_SIZE, _SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL1_DCACHE_LINESIZE, _SC_LEVEL2_CACHE_LINESIZE,
                       _SC_LEVEL3_CACHE_LINESIZE};
  for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    const long value = sysconf(names[i]);
    printf("%d %ld\n", names[i], value > 0 ? value : 0);
  }
  return 0;
}
