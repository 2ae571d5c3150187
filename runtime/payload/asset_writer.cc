#include <string>
#include <utility>
#include <vector>

#include "runtime/payload/asset_index.h"
#include "runtime/payload/checksum.h"
#include "runtime/payload/compress.h"
#include "runtime/payload/parallel.h"
#include "runtime/payload/payload.h"

namespace dv8 {

AssetSections MakeAssetSections(std::span<const AssetFile> files) {
  AssetSections sections;
  std::vector<AssetEntry> entries;
  std::string paths;
  // Growing would hold all bytes twice; what is reserved and not written takes no memory.
  size_t total = 0;
  for (const AssetFile& file : files) total += file.bytes.size();
  sections.data.reserve(total);
  std::vector<std::vector<std::byte>> compressed(files.size());
  InParallel(files.size(), [&](size_t i) { compressed[i] = Compress(files[i].bytes); });
  for (size_t i = 0; i < files.size(); i++) {
    const AssetFile& file = files[i];
    const std::vector<std::byte> packed = std::move(compressed[i]);
    AssetEntry entry{};
    entry.path_offset = static_cast<uint32_t>(paths.size());
    entry.path_size = static_cast<uint32_t>(file.path.size());
    paths += file.path;
    entry.data_offset = sections.data.size();
    entry.size = file.bytes.size();
    entry.origin = static_cast<uint32_t>(file.origin);
    std::span<const std::byte> stored = file.bytes;
    if (!packed.empty()) {
      stored = packed;
      entry.encoding = static_cast<uint32_t>(SectionEncoding::kLz4);
    }
    entry.stored_size = stored.size();
    entry.hash = Checksum(stored);
    sections.data.insert(sections.data.end(), stored.begin(), stored.end());
    entries.push_back(entry);
  }
  const uint64_t count = entries.size();
  const auto append = [&](std::span<const std::byte> bytes) { sections.index.insert(sections.index.end(), bytes.begin(), bytes.end()); };
  append(std::as_bytes(std::span(&count, 1)));
  append(std::as_bytes(std::span(entries)));
  append(std::as_bytes(std::span(paths)));
  return sections;
}

}  // namespace dv8
