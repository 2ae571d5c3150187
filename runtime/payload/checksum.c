#include "runtime/payload/checksum.h"

#include <sys/platform/x86.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t dv8_checksum(const void* bytes, size_t size) {
  // Whether the processor and the system have AVX2 libc found out at its start.
  if (CPU_FEATURE_ACTIVE(AVX2)) return dv8_checksum_avx2(bytes, size);
  return XXH3_64bits(bytes, size);
}
