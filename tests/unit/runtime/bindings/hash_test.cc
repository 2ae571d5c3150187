#include "runtime/bindings/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace dv8 {
namespace {

// The digest as hex, the text given in pieces of `step` bytes.
std::string Digest(HashKind kind, std::string_view text, size_t step) {
  HashState state;
  HashInit(kind, &state);
  for (size_t at = 0; at < text.size(); at += step) {
    const std::string_view part = text.substr(at, step);
    HashUpdate(kind, &state, {reinterpret_cast<const uint8_t*>(part.data()), part.size()});
  }
  uint8_t digest[64];
  HashFinish(kind, &state, digest);
  std::string hex;
  for (size_t i = 0; i < DigestSize(kind); i++) {
    static constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

// The vectors of RFC 1321 and FIPS 180-4 for "abc".
TEST(HashTest, GivesTheStandardsVectors) {
  EXPECT_EQ(Digest(HashKind::kMd5, "abc", 3), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(Digest(HashKind::kSha1, "abc", 3), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Digest(HashKind::kSha224, "abc", 3),
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
  EXPECT_EQ(Digest(HashKind::kSha256, "abc", 3),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Digest(HashKind::kSha384, "abc", 3),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(Digest(HashKind::kSha512, "abc", 3),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(HashTest, HashesNothing) {
  EXPECT_EQ(Digest(HashKind::kSha256, "", 1),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// Sizes around the blocks' ends, where the padding takes a block of its own or does not.
TEST(HashTest, DoesNotDependOnThePieces) {
  for (uint32_t kind = 0; kind < static_cast<uint32_t>(HashKind::kCount); kind++) {
    for (size_t size : {55, 56, 63, 64, 65, 111, 112, 119, 127, 128, 129, 1000}) {
      const std::string text(size, 'x');
      const std::string whole = Digest(static_cast<HashKind>(kind), text, size);
      for (size_t step : {1, 7, 64, 100}) {
        EXPECT_EQ(Digest(static_cast<HashKind>(kind), text, step), whole) << kind << " " << size;
      }
    }
  }
}

}  // namespace
}  // namespace dv8
