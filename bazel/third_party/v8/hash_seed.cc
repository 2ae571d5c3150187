// V8's hash seed, renewed at each start in microseconds.
//
// Replaces src/numbers/hash-seed.cc, whose secrets are random primes: finding three takes
// 2.5 ms, as much as all the rest of a small program's start. Here they are random as well,
// with four bits set in every byte and half of the bits different between any two; that they
// be prime is a wish of the hash's author and no need of the hash. The builder of snapshots and mksnapshot have --hash-seed and get fixed ones.
#include "src/numbers/hash-seed.h"

#include <array>
#include <bit>
#include <cstdint>

#include "src/execution/isolate.h"
#include "src/flags/flags.h"
#include "src/numbers/hash-seed-inl.h"
#include "src/objects/name.h"

namespace v8::internal {
namespace {

// The 70 bytes with four bits set, and the 35 odd ones among them.
struct BalancedBytes {
  std::array<uint8_t, 70> all{};
  std::array<uint8_t, 35> odd{};
};

constexpr BalancedBytes MakeBalancedBytes() {
  BalancedBytes bytes;
  size_t all = 0, odd = 0;
  for (unsigned byte = 0; byte < 256; byte++) {
    if (std::popcount(byte) != 4) continue;
    bytes.all[all++] = static_cast<uint8_t>(byte);
    if (byte & 1) bytes.odd[odd++] = static_cast<uint8_t>(byte);
  }
  return bytes;
}
constexpr BalancedBytes kBalanced = MakeBalancedBytes();

// SplitMix64 (Steele, Lea, Flood 2014).
constexpr uint64_t NextRandom(uint64_t* state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

constexpr uint64_t NextSecret(uint64_t* state) {
  uint64_t secret = kBalanced.odd[NextRandom(state) % kBalanced.odd.size()];
  for (int shift = 8; shift < 64; shift += 8) {
    secret |= uint64_t{kBalanced.all[NextRandom(state) % kBalanced.all.size()]} << shift;
  }
  return secret;
}

// Of an odd number, modulo 2^32 (Newton; each step doubles the correct bits, from 5).
constexpr uint32_t Inverse(uint32_t odd) {
  uint32_t inverse = (3 * odd) ^ 2;
  for (int i = 0; i < 3; i++) inverse *= 2 - odd * inverse;
  return inverse;
}

constexpr HashSeed::Data MakeData(uint64_t seed) {
  HashSeed::Data data{};
  data.seed = seed;
  uint64_t state = seed;
  for (int i = 0; i < HashSeed::kSecretsCount; i++) {
    bool far_apart;
    do {
      data.secrets[i] = NextSecret(&state);
      far_apart = true;
      for (int j = 0; j < i; j++) {
        far_apart &= std::popcount(data.secrets[i] ^ data.secrets[j]) == 32;
      }
    } while (!far_apart);
  }
  data.m1 = static_cast<uint32_t>(data.secrets[0]) & Name::kArrayIndexValueMask;
  data.m1_inv = Inverse(data.m1) & Name::kArrayIndexValueMask;
  data.m2 = static_cast<uint32_t>(data.secrets[1]) & Name::kArrayIndexValueMask;
  data.m2_inv = Inverse(data.m2) & Name::kArrayIndexValueMask;
  return data;
}

constexpr HashSeed::Data kDefault = MakeData(0);
static_assert(((kDefault.m1 * kDefault.m1_inv) & Name::kArrayIndexValueMask) == 1);
static_assert(((kDefault.m2 * kDefault.m2_inv) & Name::kArrayIndexValueMask) == 1);

}  // namespace

const HashSeed::Data* const HashSeed::kDefaultData = &kDefault;

void HashSeed::InitializeRoots(Isolate* isolate) {
  uint64_t seed = v8_flags.hash_seed;
  if (seed == 0) {
    seed = static_cast<uint64_t>(isolate->random_number_generator()->NextInt64());
  }
  *const_cast<Data*>(HashSeed(isolate).data_) = MakeData(seed);
}

}  // namespace v8::internal
