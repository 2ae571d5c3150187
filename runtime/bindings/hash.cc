#include "runtime/bindings/hash.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace dv8 {
namespace {

// Fractions of the cube roots of the first 80 primes. SHA-256 uses the upper halves of the
// first 64.
constexpr uint64_t kRounds[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};
// Fractions of the square roots of the first 8 primes, and of the next 8.
constexpr uint64_t kStart512[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};
constexpr uint64_t kStart384[8] = {
    0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
};
// Fractions of the sines of 1 to 64.
constexpr uint32_t kSines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
    0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
    0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
    0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
    0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
    0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
    0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
    0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
    0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

template <typename Word>
Word LoadBig(const uint8_t* at) {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  if constexpr (sizeof(Word) == 8) return __builtin_bswap64(word);
  return __builtin_bswap32(static_cast<uint32_t>(word));
}

void Md5Block(uint64_t* words, const uint8_t* block) {
  static constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  uint32_t m[16];
  std::memcpy(m, block, sizeof(m));
  auto a = static_cast<uint32_t>(words[0]), b = static_cast<uint32_t>(words[1]);
  auto c = static_cast<uint32_t>(words[2]), d = static_cast<uint32_t>(words[3]);
  const uint32_t start[4] = {a, b, c, d};
  for (int i = 0; i < 64; i++) {
    uint32_t f;
    int g;
    switch (i / 16) {
      case 0: f = (b & c) | (~b & d), g = i; break;
      case 1: f = (d & b) | (~d & c), g = (5 * i + 1) % 16; break;
      case 2: f = b ^ c ^ d, g = (3 * i + 5) % 16; break;
      default: f = c ^ (b | ~d), g = (7 * i) % 16; break;
    }
    f += a + kSines[i] + m[g];
    a = d, d = c, c = b;
    b += std::rotl(f, kShifts[i / 16][i % 4]);
  }
  words[0] = start[0] + a, words[1] = start[1] + b;
  words[2] = start[2] + c, words[3] = start[3] + d;
}

void Sha1Block(uint64_t* words, const uint8_t* block) {
  uint32_t w[80];
  for (int i = 0; i < 16; i++) w[i] = LoadBig<uint32_t>(block + 4 * i);
  for (int i = 16; i < 80; i++) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t v[5];
  for (int i = 0; i < 5; i++) v[i] = static_cast<uint32_t>(words[i]);
  for (int i = 0; i < 80; i++) {
    uint32_t f, k;
    switch (i / 20) {
      case 0: f = (v[1] & v[2]) | (~v[1] & v[3]), k = 0x5a827999; break;
      case 1: f = v[1] ^ v[2] ^ v[3], k = 0x6ed9eba1; break;
      case 2: f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]), k = 0x8f1bbcdc; break;
      default: f = v[1] ^ v[2] ^ v[3], k = 0xca62c1d6; break;
    }
    const uint32_t next = std::rotl(v[0], 5) + f + v[4] + k + w[i];
    v[4] = v[3], v[3] = v[2], v[2] = std::rotl(v[1], 30), v[1] = v[0], v[0] = next;
  }
  for (int i = 0; i < 5; i++) words[i] = static_cast<uint32_t>(words[i]) + v[i];
}

// What the two word sizes of SHA-2 differ in.
struct Sha256 {
  using Word = uint32_t;
  static constexpr int kCount = 64;
  static Word Key(int i) { return static_cast<Word>(kRounds[i] >> 32); }
  static Word Sum0(Word x) { return std::rotr(x, 2) ^ std::rotr(x, 13) ^ std::rotr(x, 22); }
  static Word Sum1(Word x) { return std::rotr(x, 6) ^ std::rotr(x, 11) ^ std::rotr(x, 25); }
  static Word Mix0(Word x) { return std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3); }
  static Word Mix1(Word x) { return std::rotr(x, 17) ^ std::rotr(x, 19) ^ (x >> 10); }
};
struct Sha512 {
  using Word = uint64_t;
  static constexpr int kCount = 80;
  static Word Key(int i) { return kRounds[i]; }
  static Word Sum0(Word x) { return std::rotr(x, 28) ^ std::rotr(x, 34) ^ std::rotr(x, 39); }
  static Word Sum1(Word x) { return std::rotr(x, 14) ^ std::rotr(x, 18) ^ std::rotr(x, 41); }
  static Word Mix0(Word x) { return std::rotr(x, 1) ^ std::rotr(x, 8) ^ (x >> 7); }
  static Word Mix1(Word x) { return std::rotr(x, 19) ^ std::rotr(x, 61) ^ (x >> 6); }
};

template <typename Kind>
void Sha2Block(uint64_t* words, const uint8_t* block) {
  using Word = typename Kind::Word;
  Word w[Kind::kCount];
  for (int i = 0; i < 16; i++) w[i] = LoadBig<Word>(block + sizeof(Word) * static_cast<size_t>(i));
  for (int i = 16; i < Kind::kCount; i++) {
    w[i] = Kind::Mix1(w[i - 2]) + w[i - 7] + Kind::Mix0(w[i - 15]) + w[i - 16];
  }
  Word v[8];
  for (int i = 0; i < 8; i++) v[i] = static_cast<Word>(words[i]);
  for (int i = 0; i < Kind::kCount; i++) {
    const Word t1 = v[7] + Kind::Sum1(v[4]) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + Kind::Key(i) + w[i];
    const Word t2 = Kind::Sum0(v[0]) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    for (int j = 7; j > 0; j--) v[j] = v[j - 1];
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) words[i] = static_cast<Word>(words[i]) + v[i];
}

void Block(HashKind kind, HashState* state, const uint8_t* block) {
  switch (kind) {
    case HashKind::kMd5: return Md5Block(state->words, block);
    case HashKind::kSha1: return Sha1Block(state->words, block);
    case HashKind::kSha224:
    case HashKind::kSha256: return Sha2Block<Sha256>(state->words, block);
    default: return Sha2Block<Sha512>(state->words, block);
  }
}

// Bytes of one of the state's words.
size_t WordSize(HashKind kind) {
  return kind == HashKind::kSha384 || kind == HashKind::kSha512 ? 8 : 4;
}

}  // namespace

size_t BlockSize(HashKind kind) { return 16 * WordSize(kind); }

size_t DigestSize(HashKind kind) {
  static constexpr size_t kSizes[] = {16, 20, 28, 32, 48, 64};
  return kSizes[static_cast<size_t>(kind)];
}

void HashInit(HashKind kind, HashState* state) {
  std::memset(state, 0, sizeof(*state));
  switch (kind) {
    case HashKind::kMd5:
    case HashKind::kSha1: {
      static constexpr uint64_t kWords[] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
                                            0xc3d2e1f0};
      std::copy_n(kWords, 5, state->words);
      break;
    }
    case HashKind::kSha224:  // The lower halves of SHA-384's.
      for (int i = 0; i < 8; i++) state->words[i] = kStart384[i] & 0xffffffff;
      break;
    case HashKind::kSha256:  // The upper halves of SHA-512's.
      for (int i = 0; i < 8; i++) state->words[i] = kStart512[i] >> 32;
      break;
    case HashKind::kSha384: std::copy_n(kStart384, 8, state->words); break;
    default: std::copy_n(kStart512, 8, state->words); break;
  }
}

void HashUpdate(HashKind kind, HashState* state, std::span<const uint8_t> bytes) {
  if (bytes.empty()) return;
  const size_t block_size = BlockSize(kind);
  size_t used = state->size % block_size;
  state->size += bytes.size();
  if (used > 0) {
    const size_t take = std::min(block_size - used, bytes.size());
    std::memcpy(state->block + used, bytes.data(), take);
    bytes = bytes.subspan(take);
    if (used + take < block_size) return;
    Block(kind, state, state->block);
  }
  for (; bytes.size() >= block_size; bytes = bytes.subspan(block_size)) {
    Block(kind, state, bytes.data());
  }
  if (!bytes.empty()) std::memcpy(state->block, bytes.data(), bytes.size());
}

void HashFinish(HashKind kind, HashState* state, uint8_t* digest) {
  const size_t block_size = BlockSize(kind);
  const size_t word_size = WordSize(kind);
  const uint64_t bits = state->size * 8;
  // 0x80, zeros, and the size in bits at the end of a block.
  uint8_t padding[256] = {0x80};
  size_t count = block_size - state->size % block_size;
  if (count < 2 * word_size + 1) count += block_size;
  const uint64_t stored = kind == HashKind::kMd5 ? bits : __builtin_bswap64(bits);
  std::memcpy(padding + count - 8, &stored, 8);
  HashUpdate(kind, state, {padding, count});
  uint8_t all[64];
  for (size_t i = 0; i < 8; i++) {
    if (word_size == 8) {
      const uint64_t word = __builtin_bswap64(state->words[i]);
      std::memcpy(all + 8 * i, &word, 8);
    } else {
      const auto word = static_cast<uint32_t>(state->words[i]);
      const uint32_t out = kind == HashKind::kMd5 ? word : __builtin_bswap32(word);
      std::memcpy(all + 4 * i, &out, 4);
    }
  }
  std::memcpy(digest, all, DigestSize(kind));
}

}  // namespace dv8
