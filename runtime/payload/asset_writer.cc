#include <string>
#include <utility>
#include <vector>

#include "runtime/payload/asset_index.h"
#include "runtime/payload/checksum.h"
#include "runtime/payload/compress.h"
#include "runtime/payload/parallel.h"
#include "runtime/payload/payload.h"

namespace dv8 {
namespace {

class IndexWriter {
 public:
  // The next file, whose bytes lie as `stored` behind those of the one before.
  void Add(const AssetFile& file, std::span<const std::byte> stored, SectionEncoding encoding) {
    AssetEntry entry{};
    entry.path_offset = static_cast<uint32_t>(paths_.size());
    entry.path_size = static_cast<uint32_t>(file.path.size());
    paths_ += file.path;
    entry.data_offset = data_size_;
    entry.stored_size = stored.size();
    entry.size = file.bytes.size();
    entry.encoding = static_cast<uint32_t>(encoding);
    entry.origin = static_cast<uint32_t>(file.origin);
    entry.hash = Checksum(stored);
    data_size_ += stored.size();
    entries_.push_back(entry);
  }

  std::vector<std::byte> Finish() const {
    std::vector<std::byte> index;
    const uint64_t count = entries_.size();
    const auto append = [&](std::span<const std::byte> bytes) { index.insert(index.end(), bytes.begin(), bytes.end()); };
    append(std::as_bytes(std::span(&count, 1)));
    append(std::as_bytes(std::span(entries_)));
    append(std::as_bytes(std::span(paths_)));
    return index;
  }

 private:
  std::vector<AssetEntry> entries_;
  std::string paths_;
  uint64_t data_size_ = 0;
};

}  // namespace

AssetSections MakeAssetSections(std::span<const AssetFile> files) {
  AssetSections sections;
  // Growing would hold all bytes twice; what is reserved and not written takes no memory.
  size_t total = 0;
  for (const AssetFile& file : files) total += file.bytes.size();
  sections.data.reserve(total);
  std::vector<std::vector<std::byte>> compressed(files.size());
  InParallel(files.size(), [&](size_t i) { compressed[i] = Compress(files[i].bytes); });
  IndexWriter index;
  for (size_t i = 0; i < files.size(); i++) {
    const std::vector<std::byte> packed = std::move(compressed[i]);
    const std::span<const std::byte> stored = packed.empty() ? files[i].bytes : packed;
    index.Add(files[i], stored, packed.empty() ? SectionEncoding::kRaw : SectionEncoding::kLz4);
    sections.data.insert(sections.data.end(), stored.begin(), stored.end());
  }
  sections.index = index.Finish();
  return sections;
}

std::vector<std::byte> MakeUnpackedIndex(std::span<const AssetFile> files) {
  IndexWriter index;
  for (const AssetFile& file : files) index.Add(file, file.bytes, SectionEncoding::kRaw);
  return index.Finish();
}

}  // namespace dv8
