// For processors with AVX2: this file alone is compiled for them. C, because inline functions of C++ would be shared.
#include "runtime/payload/checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t dv8_checksum_avx2(const void* bytes, size_t size) { return XXH3_64bits(bytes, size); }
