#include "bazel/third_party/zlib/checksums.h"

#include <immintrin.h>

#include "bazel/third_party/libc_cpuid.h"

enum { /* Of cpuid's leaf 1, in ecx. */
  kPclmul = 1 << 1,
  kSsse3 = 1 << 9,
  kSse41 = 1 << 19,
};

static int HasFeatures(unsigned wanted) {
  unsigned registers[4];
  return dv8_cpuid_from_libc(1, 0, registers) && (registers[2] & wanted) == wanted;
}

static inline __m128i Load(const unsigned char *from) { return _mm_loadu_si128((const __m128i *)from); }

/* Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009): the
 * bit-reflected form, with the constants of the polynomial 0x04c11db7. */

#define FOLDING __attribute__((target("pclmul,sse4.1")))

/* `next`, and `value` as many bits before it as `constants` are for. */
FOLDING static inline __m128i Fold(__m128i value, __m128i constants, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(value, constants, 0x00);
  const __m128i high = _mm_clmulepi64_si128(value, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* Takes `length` >= 64, a multiple of 16. */
FOLDING static unsigned FoldCrc32(unsigned crc, const unsigned char *bytes, size_t length) {
  const __m128i by_512 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
  const __m128i by_128 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
  const __m128i by_64 = _mm_set_epi64x(0, 0x0163cd6124);
  const __m128i barrett = _mm_set_epi64x(0x01f7011641, 0x01db710641);
  const __m128i low_32 = _mm_set_epi32(0, 0, 0, -1);

  __m128i a = _mm_xor_si128(Load(bytes), _mm_cvtsi32_si128((int)~crc));
  __m128i b = Load(bytes + 16);
  __m128i c = Load(bytes + 32);
  __m128i d = Load(bytes + 48);
  for (bytes += 64, length -= 64; length >= 64; bytes += 64, length -= 64) {
    a = Fold(a, by_512, Load(bytes));
    b = Fold(b, by_512, Load(bytes + 16));
    c = Fold(c, by_512, Load(bytes + 32));
    d = Fold(d, by_512, Load(bytes + 48));
  }
  a = Fold(Fold(Fold(a, by_128, b), by_128, c), by_128, d);
  for (; length >= 16; bytes += 16, length -= 16) a = Fold(a, by_128, Load(bytes));

  /* 128 bits to 96, to 64, then Barrett's reduction to 32. */
  a = _mm_xor_si128(_mm_clmulepi64_si128(a, by_128, 0x10), _mm_srli_si128(a, 8));
  a = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(a, low_32), by_64, 0x00), _mm_srli_si128(a, 4));
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(a, low_32), barrett, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_32), barrett, 0x00);
  return ~(unsigned)_mm_extract_epi32(_mm_xor_si128(a, quotient), 1);
}

unsigned long dv8_crc32_vector(unsigned long crc, const unsigned char *bytes, size_t length, size_t *done) {
  *done = length >= 64 && HasFeatures(kPclmul | kSse41) ? length & ~(size_t)15 : 0;
  return *done ? FoldCrc32((unsigned)crc, bytes, *done) : crc;
}

/* The sums of RFC 1950, section 8.2: the first one, of the bytes, is in the low half, the second one, of the first
 * one's values, in the high half. */

#define SUMS __attribute__((target("ssse3")))

enum {
  kPrime = 65521,
  kBlock = 32,
  kBlocks = 5552 / kBlock, /* As many as fit before a sum of 32 bits overflows. */
};

SUMS static inline unsigned SumOf(__m128i lanes) {
  lanes = _mm_add_epi32(lanes, _mm_shuffle_epi32(lanes, _MM_SHUFFLE(1, 0, 3, 2)));
  lanes = _mm_add_epi32(lanes, _mm_shuffle_epi32(lanes, _MM_SHUFFLE(2, 3, 0, 1)));
  return (unsigned)_mm_cvtsi128_si32(lanes);
}

/* Takes `length` a multiple of kBlock. */
SUMS static unsigned SumAdler32(unsigned adler, const unsigned char *bytes, size_t length) {
  /* How often a block's byte counts in the second sum. */
  const __m128i weights_low = _mm_set_epi8(17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32);
  const __m128i weights_high = _mm_set_epi8(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
  const __m128i zero = _mm_setzero_si128();
  const __m128i ones = _mm_set1_epi16(1);
  unsigned first = adler & 0xffff;
  unsigned second = adler >> 16;

  for (size_t blocks = length / kBlock; blocks;) {
    const size_t now = blocks < kBlocks ? blocks : kBlocks;
    blocks -= now;
    __m128i sum = zero;      /* Of the bytes. */
    __m128i sums_before = zero; /* Of `sum` before each block. */
    __m128i weighted = zero;
    for (size_t i = 0; i < now; i++, bytes += kBlock) {
      const __m128i low = Load(bytes);
      const __m128i high = Load(bytes + 16);
      sums_before = _mm_add_epi32(sums_before, sum);
      sum = _mm_add_epi32(sum, _mm_add_epi32(_mm_sad_epu8(low, zero), _mm_sad_epu8(high, zero)));
      weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_maddubs_epi16(low, weights_low), ones));
      weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_maddubs_epi16(high, weights_high), ones));
    }
    second = (second + kBlock * (unsigned)now * first + kBlock * SumOf(sums_before) + SumOf(weighted)) % kPrime;
    first = (first + SumOf(sum)) % kPrime;
  }
  return second << 16 | first;
}

unsigned long dv8_adler32_vector(unsigned long adler, const unsigned char *bytes, size_t length, size_t *done) {
  *done = length >= 2 * kBlock && HasFeatures(kSsse3) ? length & ~(size_t)(kBlock - 1) : 0;
  return *done ? SumAdler32((unsigned)adler, bytes, *done) : adler;
}
