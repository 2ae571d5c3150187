// Payloads that Payload::Parse refuses, each with its own message.
#include <gtest/gtest.h>

#include "tests/unit/runtime/payload/bytes.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dv8 {
namespace {

// A payload whose header and table can be changed; Bytes() makes their hash right again.
struct Forged {
  PayloadHeader header;
  std::vector<SectionEntry> table;
  std::vector<std::byte> bytes = TestPayload();

  Forged() {
    std::memcpy(&header, bytes.data(), sizeof(header));
    table.resize(header.section_count);
    std::memcpy(table.data(), bytes.data() + sizeof(header), table.size() * sizeof(table[0]));
  }

  SectionEntry& at(SectionKind kind) {
    for (SectionEntry& entry : table) {
      if (entry.kind == static_cast<uint32_t>(kind)) return entry;
    }
    return table.front();
  }

  std::vector<std::byte> Bytes() {
    header.hash = 0;
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    XXH3_64bits_update(&state, &header, sizeof(header));
    XXH3_64bits_update(&state, table.data(), table.size() * sizeof(table[0]));
    header.hash = XXH3_64bits_digest(&state);
    std::memcpy(bytes.data(), &header, sizeof(header));
    std::memcpy(bytes.data() + sizeof(header), table.data(), table.size() * sizeof(table[0]));
    return bytes;
  }

  // Puts `text` in the place of the manifest.
  void SetManifest(std::string_view text) {
    SectionEntry& entry = at(SectionKind::kManifest);
    ASSERT_LE(text.size(), entry.stored_size);
    std::memcpy(bytes.data() + entry.offset, text.data(), text.size());
    entry.stored_size = entry.size = text.size();
    entry.hash = XXH3_64bits(text.data(), text.size());
  }
};

std::string Refusal(std::span<const std::byte> bytes) {
  const Result<Payload> payload = Payload::Parse(bytes);
  return payload.ok() ? "accepted" : payload.error().text;
}

std::string UnpackRefusal(const std::vector<std::byte>& bytes, SectionKind kind) {
  const Result<Payload> payload = Payload::Parse(bytes);
  if (!payload.ok()) return "not parsed: " + payload.error().text;
  std::vector<std::byte> storage;
  const auto unpacked = payload.value().Unpack(kind, &storage);
  return unpacked.ok() ? "accepted" : unpacked.error().text;
}

TEST(PayloadDamageTest, ForgingKeepsAGoodPayloadGood) { EXPECT_EQ(Refusal(Forged().Bytes()), "accepted"); }

TEST(PayloadDamageTest, TruncatedAtEveryLength) {
  const std::vector<std::byte> bytes = TestPayload();
  for (size_t size = 0; size < bytes.size(); size++) {
    // A copy of its own, so that a sanitizer sees a read behind the end.
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(Refusal(cut), size < sizeof(PayloadHeader) ? "no payload: " + std::to_string(size) + " bytes, a header has 112"
                                                         : "the payload is damaged: truncated, " + std::to_string(size) + " of " +
                                                               std::to_string(bytes.size()) + " bytes");
  }
}

TEST(PayloadDamageTest, EveryBitOfHeaderTableAndManifest) {
  const std::vector<std::byte> good = TestPayload();
  const size_t table_end = sizeof(PayloadHeader) + 8 * sizeof(SectionEntry);
  const Result<Payload> payload = Payload::Parse(good);
  ASSERT_TRUE(payload.ok());
  const size_t manifest_end = table_end + payload.value().Stored(SectionKind::kManifest).size();
  std::vector<std::byte> bytes = good;
  for (size_t i = 0; i < manifest_end; i++) {
    for (int bit = 0; bit < 8; bit++) {
      bytes[i] ^= std::byte{1} << bit;
      EXPECT_NE(Refusal(bytes), "accepted") << "byte " << i << ", bit " << bit;
      bytes[i] = good[i];
    }
  }
}

TEST(PayloadDamageTest, EveryByteOfASection) {
  const std::vector<std::byte> good = TestPayload();
  const Result<Payload> payload = Payload::Parse(good);
  ASSERT_TRUE(payload.ok());
  std::vector<std::byte> bytes = good;
  for (const SectionEntry& entry : payload.value().sections()) {
    const auto kind = static_cast<SectionKind>(entry.kind);
    if (kind == SectionKind::kManifest) continue;
    for (size_t i = entry.offset; i < entry.offset + entry.stored_size; i++) {
      bytes[i] ^= std::byte{0x40};
      EXPECT_EQ(UnpackRefusal(bytes, kind),
                std::string("the payload is damaged: section ") + SectionName(kind) + " does not match its hash");
      bytes[i] = good[i];
    }
  }
}

TEST(PayloadDamageTest, NoMagic) {
  Forged forged;
  forged.header.magic[0] = 'X';
  EXPECT_EQ(Refusal(forged.Bytes()), "no payload: the magic number is missing");
}

TEST(PayloadDamageTest, OtherVersion) {
  Forged forged;
  forged.header.version = 2;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload has format 2, this runtime reads format 1");
}

TEST(PayloadDamageTest, TooManySections) {
  Forged forged;
  forged.header.section_count = 0xffffffff;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: 4294967295 sections");
}

TEST(PayloadDamageTest, TotalSizeBeforeTheTable) {
  Forged forged;
  forged.header.total_size = 200;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: the table is longer than the payload");
}

TEST(PayloadDamageTest, WrongHash) {
  Forged forged;
  std::vector<std::byte> bytes = forged.Bytes();
  bytes[sizeof(PayloadHeader)] ^= std::byte{1};
  EXPECT_EQ(Refusal(bytes), "the payload is damaged: the header does not match its hash");
}

TEST(PayloadDamageTest, Overlap) {
  Forged forged;
  forged.at(SectionKind::kStdlibSource).offset = forged.at(SectionKind::kSnapshot).offset;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section stdlib source overlaps another");
}

TEST(PayloadDamageTest, SectionInTheTable) {
  Forged forged;
  forged.at(SectionKind::kManifest).offset = 0;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section manifest overlaps another");
}

TEST(PayloadDamageTest, SizeBehindTheEnd) {
  Forged forged;
  SectionEntry& entry = forged.at(SectionKind::kSnapshot);
  entry.size = entry.stored_size = forged.header.total_size - entry.offset + 1;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section snapshot is out of bounds");
}

TEST(PayloadDamageTest, OffsetThatOverflows) {
  Forged forged;
  SectionEntry& entry = forged.at(SectionKind::kSnapshot);
  entry.offset = ~uint64_t{0} - 4095;
  entry.size = entry.stored_size = 8192;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section snapshot is out of bounds");
}

TEST(PayloadDamageTest, SizeThatOverflows) {
  Forged forged;
  SectionEntry& entry = forged.at(SectionKind::kSnapshot);
  entry.size = entry.stored_size = ~uint64_t{0};
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section snapshot is out of bounds");
}

TEST(PayloadDamageTest, SnapshotNotOnAPage) {
  Forged forged;
  SectionEntry& entry = forged.at(SectionKind::kSnapshot);
  entry.offset -= 16;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section snapshot is misaligned");
}

TEST(PayloadDamageTest, SourceNotAligned) {
  Forged forged;
  forged.at(SectionKind::kLibraryEvaluated).offset += 1;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section evaluated is misaligned");
}

TEST(PayloadDamageTest, TwoSizes) {
  Forged forged;
  forged.at(SectionKind::kSnapshot).size++;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section snapshot has two sizes");
}

TEST(PayloadDamageTest, UnknownEncoding) {
  Forged forged;
  forged.at(SectionKind::kSourceMap).encoding = 9;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section source map has the unknown encoding 9");
}

TEST(PayloadDamageTest, TooLargeForLz4) {
  Forged forged;
  forged.at(SectionKind::kSourceMap).size = uint64_t{1} << 32;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section source map is too large");
}

TEST(PayloadDamageTest, MoreThanLz4CanSay) {
  Forged forged;
  SectionEntry& entry = forged.at(SectionKind::kSourceMap);
  entry.size = entry.stored_size * 255 + 1;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section source map has an impossible size");
}

TEST(PayloadDamageTest, DoesNotUnpackToItsSize) {
  for (const int change : {-1, 1}) {
    Forged forged;
    forged.at(SectionKind::kSourceMap).size += static_cast<uint64_t>(change);
    EXPECT_EQ(UnpackRefusal(forged.Bytes(), SectionKind::kSourceMap), "the payload is damaged: section source map does not unpack");
  }
}

TEST(PayloadDamageTest, SameSectionTwice) {
  Forged forged;
  forged.at(SectionKind::kLibraryEvaluated).kind = static_cast<uint32_t>(SectionKind::kStdlibSource);
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section stdlib source is there twice");
}

TEST(PayloadDamageTest, NoManifest) {
  Forged forged;
  forged.at(SectionKind::kManifest).kind = 77;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: there is no manifest");
}

TEST(PayloadDamageTest, PackedManifest) {
  Forged forged;
  forged.at(SectionKind::kManifest).encoding = 1;
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: the manifest is packed");
}

TEST(PayloadDamageTest, ManifestDoesNotMatchItsHash) {
  Forged forged;
  forged.bytes[forged.at(SectionKind::kManifest).offset] ^= std::byte{1};
  EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: section manifest does not match its hash");
}

TEST(PayloadDamageTest, ManifestThatIsNotMadeOfSortedPairs) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"key"sv, "key\0"sv, "key\0value"sv, "b\0\0a\0\0"sv, "a\0\0a\0\0"sv, "a\0\0b\0"sv}) {
    Forged forged;
    forged.SetManifest(text);
    EXPECT_EQ(Refusal(forged.Bytes()), "the payload is damaged: the manifest is not made of sorted pairs");
  }
}

}  // namespace
}  // namespace dv8
