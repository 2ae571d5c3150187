#include "runtime/payload/asset_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/runtime/payload/bytes.h"

namespace dv8 {
namespace {

using Names = std::vector<std::string>;

AssetSections TestAssets() {
  static const std::string kLong(5000, 'x');
  const AssetFile files[] = {
      {"/app/a-b.txt", AsBytes("dash")}, {"/app/a/deep/one.txt", AsBytes("1")}, {"/app/a/two.txt", AsBytes(kLong)},
      {"/app/a0.txt", AsBytes("zero")},  {"/app/empty", AsBytes("")},
  };
  return MakeAssetSections(files);
}

AssetIndex Parsed(const AssetSections& sections) {
  Result<AssetIndex> index = AssetIndex::Parse(sections.index, sections.data);
  EXPECT_TRUE(index.ok()) << index.error().text;
  return index.value();
}

std::string Contents(const AssetIndex& index, std::string_view path) {
  const ptrdiff_t i = index.Find(path);
  if (i < 0) return "not found";
  const Result<std::vector<std::byte>> bytes = index.Read(static_cast<size_t>(i));
  return bytes.ok() ? AsString(bytes.value()) : bytes.error().text;
}

std::string Refusal(const AssetSections& sections) {
  const Result<AssetIndex> index = AssetIndex::Parse(sections.index, sections.data);
  return index.ok() ? "accepted" : index.error().text;
}

// Changes entry `i` of the index.
template <typename F>
AssetSections Changed(size_t i, F change) {
  AssetSections sections = TestAssets();
  AssetEntry entry;
  std::byte* at = sections.index.data() + 8 + i * sizeof(entry);
  std::memcpy(&entry, at, sizeof(entry));
  change(entry);
  std::memcpy(at, &entry, sizeof(entry));
  return sections;
}

TEST(AssetIndexTest, FollowsLinks) {
  const AssetFile files[] = {
      {"/app/circle", AsBytes("circle"), AssetOrigin::kLink},      {"/app/d/file", AsBytes("1")},
      {"/app/far", AsBytes("/app/d/up/near"), AssetOrigin::kLink}, {"/app/near", AsBytes("d/file"), AssetOrigin::kLink},
      {"/app/none", AsBytes("../none"), AssetOrigin::kLink},       {"/app/d/up", AsBytes("../../app"), AssetOrigin::kLink},
  };
  std::vector<AssetFile> sorted(std::begin(files), std::end(files));
  std::sort(sorted.begin(), sorted.end(), [](const AssetFile& a, const AssetFile& b) { return a.path < b.path; });
  const AssetSections sections = MakeAssetSections(sorted);
  const AssetIndex index = Parsed(sections);
  EXPECT_EQ(index.Follow("/app/far", true), "/app/d/file");
  EXPECT_EQ(index.Follow("/app/far", false), "/app/far");
  EXPECT_EQ(index.Follow("/app/d/up/new", true), "/app/new");
  EXPECT_EQ(index.FindFile("/app/near"), index.Find("/app/d/file"));
  EXPECT_EQ(index.FindFile("/app/circle"), -1);
  EXPECT_EQ(index.FindFile("/app/none"), -1);
}

TEST(AssetIndexTest, ReadsWhatLiesUnpacked) {
  const std::string text(1000, 't');
  const AssetFile files[] = {{"/app/a", AsBytes("1")}, {"/app/b", AsBytes(text)}, {"/app/c", AsBytes("")}};
  AssetSections sections{MakeUnpackedIndex(files), {}};
  for (const AssetFile& file : files) sections.data.insert(sections.data.end(), file.bytes.begin(), file.bytes.end());
  const AssetIndex index = Parsed(sections);
  EXPECT_EQ(Contents(index, "/app/a"), "1");
  EXPECT_EQ(Contents(index, "/app/b"), text);
  EXPECT_EQ(Contents(index, "/app/c"), "");
}

TEST(AssetIndexTest, GivesBackTheFiles) {
  const AssetSections sections = TestAssets();
  const AssetIndex index = Parsed(sections);
  EXPECT_EQ(index.size(), 5u);
  EXPECT_EQ(Contents(index, "/app/a-b.txt"), "dash");
  EXPECT_EQ(Contents(index, "/app/a/two.txt"), std::string(5000, 'x'));
  EXPECT_EQ(Contents(index, "/app/empty"), "");
  EXPECT_EQ(Contents(index, "/app/a"), "not found");
  EXPECT_EQ(Contents(index, ""), "not found");
  EXPECT_EQ(index.file_size(static_cast<size_t>(index.Find("/app/a/two.txt"))), 5000u);
  EXPECT_LT(sections.data.size(), 200u);
}

TEST(AssetIndexTest, ListsFoldersByNames) {
  const AssetSections sections = TestAssets();
  const AssetIndex index = Parsed(sections);
  EXPECT_EQ(index.List("/app"), (Names{"a-b.txt", "a/", "a0.txt", "empty"}));
  EXPECT_EQ(index.List("/app/a"), (Names{"deep/", "two.txt"}));
  EXPECT_EQ(index.List("/app/b"), Names());
  EXPECT_EQ(index.List(""), (Names{"app/"}));
}

TEST(AssetIndexTest, KnowsFolders) {
  const AssetSections sections = TestAssets();
  const AssetIndex index = Parsed(sections);
  EXPECT_TRUE(index.IsFolder("/app"));
  EXPECT_TRUE(index.IsFolder("/app/a"));
  EXPECT_FALSE(index.IsFolder("/app/a0.txt"));
  EXPECT_FALSE(index.IsFolder("/ap"));
}

TEST(AssetIndexTest, NoFilesAtAll) {
  EXPECT_EQ(Parsed({}).size(), 0u);
  EXPECT_EQ(Parsed(MakeAssetSections({})).size(), 0u);
}

TEST(AssetIndexTest, CutIndex) {
  const AssetSections good = TestAssets();
  // With the first byte gone there is no index at all, which is the same as no files.
  for (size_t size = 1; size < good.index.size(); size++) {
    AssetSections cut = good;
    cut.index.resize(size);
    cut.index.shrink_to_fit();
    const std::string wanted = size < 8                            ? "the index is too short"
                               : size < 8 + 5 * sizeof(AssetEntry) ? "the index has more files than it has room for"
                                                                   : "a path is out of bounds";
    EXPECT_EQ(Refusal(cut), "the embedded files are damaged: " + wanted) << size;
  }
}

TEST(AssetIndexTest, PathOutOfBounds) {
  EXPECT_EQ(Refusal(Changed(0, [](AssetEntry& entry) { entry.path_offset = 0xffffffff; })),
            "the embedded files are damaged: a path is out of bounds");
}

TEST(AssetIndexTest, FileOutOfBounds) {
  for (const uint64_t offset : {uint64_t{100'000}, ~uint64_t{0}}) {
    EXPECT_EQ(Refusal(Changed(0, [&](AssetEntry& entry) { entry.data_offset = offset; })),
              "the embedded files are damaged: a file is out of bounds");
  }
}

TEST(AssetIndexTest, ImpossibleSizes) {
  const std::string refusal = "the embedded files are damaged: a file has an impossible size or encoding";
  EXPECT_EQ(Refusal(Changed(0, [](AssetEntry& entry) { entry.size++; })), refusal);
  EXPECT_EQ(Refusal(Changed(0, [](AssetEntry& entry) { entry.encoding = 2; })), refusal);
  EXPECT_EQ(Refusal(Changed(2, [](AssetEntry& entry) { entry.size = 1 << 30; })), refusal);
}

TEST(AssetIndexTest, NotSorted) {
  EXPECT_EQ(Refusal(Changed(1, [](AssetEntry& entry) { entry.path_size = 0; })), "the embedded files are damaged: the index is not sorted");
}

TEST(AssetIndexTest, ChangedFile) {
  AssetSections sections = TestAssets();
  sections.data[0] ^= std::byte{1};
  const AssetIndex index = Parsed(sections);
  EXPECT_EQ(Contents(index, "/app/a-b.txt"), "the embedded files are damaged: /app/a-b.txt does not match its hash");
}

TEST(AssetIndexTest, FileThatDoesNotUnpack) {
  const AssetSections sections = Changed(2, [](AssetEntry& entry) { entry.size--; });
  const AssetIndex index = Parsed(sections);
  EXPECT_EQ(Contents(index, "/app/a/two.txt"), "the embedded files are damaged: /app/a/two.txt does not unpack");
}

}  // namespace
}  // namespace dv8
