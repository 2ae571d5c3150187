#include "runtime/payload/payload.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/payload/bytes.h"

namespace dv8 {
namespace {

std::string Unpacked(const Payload& payload, SectionKind kind) {
  std::vector<std::byte> storage;
  const Result<std::span<const std::byte>> bytes = payload.Unpack(kind, &storage);
  return bytes.ok() ? AsString(bytes.value()) : "error: " + bytes.error().text;
}

const SectionEntry& Entry(const Payload& payload, SectionKind kind) {
  for (const SectionEntry& entry : payload.sections()) {
    if (entry.kind == static_cast<uint32_t>(kind)) return entry;
  }
  ADD_FAILURE() << "no section " << SectionName(kind);
  return payload.sections().front();
}

TEST(PayloadTest, GivesBackWhatWasWritten) {
  const std::vector<std::byte> bytes = TestPayload();
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok()) << payload.error().text;
  EXPECT_EQ(payload.value().sections().size(), 8u);
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kSnapshot), "blob");
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kStdlibSource), std::string(1000, 's'));
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kLibraryEvaluated), "1");
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kSourceMap), std::string(500, 'm'));
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kIcuData), "icu");
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kAssetData), "");
  EXPECT_EQ(CompareFingerprints(payload.value().fingerprint(), TestFingerprint()), "");
}

TEST(PayloadTest, SameSectionsGiveTheSameBytes) { EXPECT_EQ(TestPayload(), TestPayload()); }

TEST(PayloadTest, StoresPackedWhatGetsSmallerByIt) {
  const std::vector<std::byte> bytes = TestPayload();
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok());
  EXPECT_LT(payload.value().Stored(SectionKind::kStdlibSource).size(), 50u);
  EXPECT_EQ(payload.value().UnpackedSize(SectionKind::kStdlibSource), 1000u);
  EXPECT_EQ(Entry(payload.value(), SectionKind::kLibraryEvaluated).encoding, 0u);
}

TEST(PayloadTest, AlignsSections) {
  const std::vector<std::byte> bytes = TestPayload();
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok());
  for (const SectionEntry& entry : payload.value().sections()) EXPECT_EQ(entry.offset % 16, 0u);
  EXPECT_EQ(Entry(payload.value(), SectionKind::kSnapshot).offset % 4096, 0u);
  EXPECT_EQ(Entry(payload.value(), SectionKind::kIcuData).offset % 4096, 0u);
}

TEST(PayloadTest, UnpacksWithoutCopyWhatIsNotPacked) {
  const std::vector<std::byte> bytes = TestPayload();
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok());
  std::vector<std::byte> storage;
  const auto snapshot = payload.value().Unpack(SectionKind::kSnapshot, &storage);
  ASSERT_TRUE(snapshot.ok());
  EXPECT_EQ(snapshot.value().data(), payload.value().Stored(SectionKind::kSnapshot).data());
  EXPECT_TRUE(storage.empty());
}

TEST(PayloadTest, MissingSectionIsEmpty) {
  PayloadWriter writer(TestFingerprint());
  writer.AddManifest({});
  const std::vector<std::byte> bytes = writer.Finish();
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok()) << payload.error().text;
  EXPECT_TRUE(payload.value().Stored(SectionKind::kSnapshot).empty());
  EXPECT_EQ(payload.value().UnpackedSize(SectionKind::kSnapshot), 0u);
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kSnapshot), "");
}

TEST(PayloadTest, FindsValuesOfTheManifest) {
  const std::vector<std::byte> bytes = TestPayload();
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok());
  EXPECT_EQ(payload.value().Manifest("entry"), "/app/main.js");
  EXPECT_EQ(payload.value().Manifest("mode"), "code");
  EXPECT_EQ(payload.value().Manifest("v8-flags"), "");
  EXPECT_EQ(payload.value().Manifest("absent"), "");
  EXPECT_EQ(payload.value().Manifest("/app/main.js"), "") << "a value is not a key";
}

TEST(PayloadTest, ReadsAtAnyAlignment) {
  const std::vector<std::byte> bytes = TestPayload();
  for (size_t shift = 1; shift < 16; shift++) {
    std::vector<std::byte> shifted(shift + bytes.size());
    std::copy(bytes.begin(), bytes.end(), shifted.begin() + static_cast<ptrdiff_t>(shift));
    const Result<Payload> payload = Payload::Parse(std::span(shifted).subspan(shift));
    ASSERT_TRUE(payload.ok()) << payload.error().text;
    EXPECT_EQ(Unpacked(payload.value(), SectionKind::kStdlibSource), std::string(1000, 's'));
  }
}

TEST(PayloadTest, IgnoresWhatFollowsIt) {
  std::vector<std::byte> bytes = TestPayload();
  bytes.resize(bytes.size() + 100);
  EXPECT_TRUE(Payload::Parse(bytes).ok());
}

TEST(PayloadTest, KeepsUnknownSections) {
  PayloadWriter writer(TestFingerprint());
  writer.AddManifest({});
  writer.Add(static_cast<SectionKind>(77), AsBytes("new"), Packing::kNone);
  const std::vector<std::byte> bytes = writer.Finish();
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok()) << payload.error().text;
  EXPECT_STREQ(SectionName(static_cast<SectionKind>(77)), "unknown");
  EXPECT_EQ(Unpacked(payload.value(), static_cast<SectionKind>(77)), "new");
}

TEST(PayloadTest, PacksLargeSections) {
  std::string text;
  for (int i = 0; i < 400'000; i++) text += std::to_string(i) + ";";
  PayloadWriter writer(TestFingerprint());
  writer.AddManifest({});
  writer.Add(SectionKind::kLibraryEvaluated, AsBytes(text), Packing::kLz4);
  const std::vector<std::byte> bytes = writer.Finish();
  EXPECT_LT(bytes.size(), text.size() * 2 / 3);
  const Result<Payload> payload = Payload::Parse(bytes);
  ASSERT_TRUE(payload.ok());
  EXPECT_EQ(Unpacked(payload.value(), SectionKind::kLibraryEvaluated), text);
}

}  // namespace
}  // namespace dv8
