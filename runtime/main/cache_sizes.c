// The sizes of an Intel processor's caches, asked once.
//
// glibc asks for twelve of these numbers at every start, by 45 cpuid instructions. Each of them leaves
// a virtual machine for its host: 6 us here, a sixth of a small program's start in all. libc_start.py
// leads glibc's question to this file, which needs one cpuid a cache.
//
// Runs before libc is ready: no libc, no thread-local storage. The attributes keep every register but
// the result's, because a compiler that sees both sides of a call may rely on more than the ABI says.
#include <unistd.h>

enum { kLevel1Code, kLevel1Data, kLevel2, kLevel3, kLevel4, kKinds };
enum { kSize, kWays, kLineSize, kNumbers };
// More than any processor has; a hypervisor may answer all questions alike.
enum { kMostCaches = 16 };

static long numbers[kKinds][kNumbers];
static int are_known;

#define BEFORE_LIBC __attribute__((no_caller_saved_registers, target("general-regs-only")))

// Leaf 4, deterministic cache parameters: Intel SDM volume 2A, CPUID. Every Intel processor of this
// architecture has it.
BEFORE_LIBC static void Ask(void) {
  for (int i = 0; i < kKinds * kNumbers; i++) numbers[i / kNumbers][i % kNumbers] = -1;
  for (unsigned index = 0; index < kMostCaches; index++) {
    unsigned a = 4, b, c = index, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    const unsigned type = a & 31, level = (a >> 5) & 7;
    if (type == 0) break;
    if (level < 1 || level > 4) continue;
    long* cache = numbers[level == 1 ? (type == 2 ? kLevel1Code : kLevel1Data) : kLevel2 + (level - 2)];
    cache[kWays] = (b >> 22) + 1;
    cache[kLineSize] = (b & 0xfff) + 1;
    cache[kSize] = cache[kWays] * cache[kLineSize] * (((b >> 12) & 0x3ff) + 1) * ((long)c + 1);
  }
  are_known = 1;
}

// For `name`, one of sysconf()'s _SC_LEVEL1_ICACHE_SIZE to _SC_LEVEL4_CACHE_LINESIZE: bytes, ways or
// bytes; -1, as glibc has it, for a cache that is not there.
__attribute__((visibility("hidden"))) BEFORE_LIBC long dv8_cache_size(int name) {
  if (!are_known) Ask();
  const unsigned index = (unsigned)(name - _SC_LEVEL1_ICACHE_SIZE);
  return index < kKinds * kNumbers ? numbers[index / kNumbers][index % kNumbers] : -1;
}
