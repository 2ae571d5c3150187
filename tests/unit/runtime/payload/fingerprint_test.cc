#include "runtime/payload/fingerprint.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/payload/bytes.h"

namespace dv8 {
namespace {

TEST(FingerprintTest, NamesAllParts) {
  EXPECT_EQ(Describe(TestFingerprint()), "V8 13.6.233.17, runtime 0.1.0, bindings 0123456789abcdef, flags 01234567");
}

TEST(FingerprintTest, SameEngineIsAccepted) { EXPECT_EQ(CompareFingerprints(TestFingerprint(), TestFingerprint()), ""); }

TEST(FingerprintTest, WrongEngineNamesBothSides) {
  Fingerprint engine = TestFingerprint();
  std::strcpy(engine.v8_version, "13.7.1");
  engine.registry_hash = 1;
  EXPECT_EQ(CompareFingerprints(TestFingerprint(), engine),
            "the program was packed for another engine\n"
            "  program: V8 13.6.233.17, runtime 0.1.0, bindings 0123456789abcdef, flags 01234567\n"
            "  engine:  V8 13.7.1, runtime 0.1.0, bindings 0000000000000001, flags 01234567");
}

TEST(FingerprintTest, EveryPartCounts) {
  const Fingerprint good = TestFingerprint();
  for (size_t i = 0; i < sizeof(Fingerprint); i++) {
    std::byte bytes[sizeof(Fingerprint)];
    std::memcpy(bytes, &good, sizeof(good));
    bytes[i] ^= std::byte{1};
    Fingerprint other;
    std::memcpy(&other, bytes, sizeof(other));
    EXPECT_NE(CompareFingerprints(good, other), "") << "byte " << i;
  }
}

TEST(FingerprintTest, ReadsVersionsWithoutAnEnd) {
  Fingerprint fingerprint;
  std::memset(&fingerprint, 'x', sizeof(fingerprint));
  EXPECT_EQ(Describe(fingerprint),
            "V8 " + std::string(31, 'x') + ", runtime " + std::string(31, 'x') + ", bindings 7878787878787878, flags 78787878");
}

}  // namespace
}  // namespace dv8
