#include "runtime/payload/asset_index.h"

#include <lz4.h>

#include <climits>
#include <cstring>

#include "runtime/payload/checksum.h"
#include "runtime/payload/lz4_block.h"
#include "runtime/payload/payload.h"

namespace dv8 {
namespace {

Diagnostic Damaged(const std::string& text) { return Diagnostic{"the embedded files are damaged: " + text}; }

bool IsPossible(const AssetEntry& entry) {
  switch (static_cast<SectionEncoding>(entry.encoding)) {
    case SectionEncoding::kRaw: return entry.size == entry.stored_size;
    case SectionEncoding::kLz4:
      return entry.size <= LZ4_MAX_INPUT_SIZE && entry.stored_size <= INT_MAX && entry.size <= entry.stored_size * kLz4MaxRatio;
  }
  return false;
}

}  // namespace

AssetEntry AssetIndex::Entry(size_t i) const {
  AssetEntry entry;
  std::memcpy(&entry, index_.data() + 8 + i * sizeof(entry), sizeof(entry));
  return entry;
}

std::string_view AssetIndex::path(size_t i) const {
  const AssetEntry entry = Entry(i);
  const auto* paths = reinterpret_cast<const char*>(index_.data()) + 8 + count_ * sizeof(AssetEntry);
  return {paths + entry.path_offset, entry.path_size};
}

Result<AssetIndex> AssetIndex::Parse(std::span<const std::byte> index, std::span<const std::byte> data) {
  AssetIndex assets;
  assets.index_ = index;
  assets.data_ = data;
  if (index.empty()) return assets;
  uint64_t count;
  if (index.size() < sizeof(count)) return Damaged("the index is too short");
  std::memcpy(&count, index.data(), sizeof(count));
  if (count > (index.size() - sizeof(count)) / sizeof(AssetEntry)) {
    return Damaged("the index has more files than it has room for");
  }
  assets.count_ = count;
  const size_t paths = index.size() - sizeof(count) - count * sizeof(AssetEntry);
  for (size_t i = 0; i < count; i++) {
    const AssetEntry entry = assets.Entry(i);
    if (entry.path_offset > paths || entry.path_size > paths - entry.path_offset) {
      return Damaged("a path is out of bounds");
    }
    if (entry.data_offset > data.size() || entry.stored_size > data.size() - entry.data_offset) {
      return Damaged("a file is out of bounds");
    }
    if (!IsPossible(entry)) return Damaged("a file has an impossible size or encoding");
    assets.has_links_ |= entry.origin == static_cast<uint32_t>(AssetOrigin::kLink);
    if (i > 0 && assets.path(i - 1) >= assets.path(i)) return Damaged("the index is not sorted");
  }
  return assets;
}

size_t AssetIndex::LowerBound(std::string_view wanted) const {
  size_t low = 0, high = count_;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (path(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

ptrdiff_t AssetIndex::Find(std::string_view wanted) const {
  const size_t i = LowerBound(wanted);
  return i < count_ && path(i) == wanted ? static_cast<ptrdiff_t>(i) : -1;
}

std::string AssetIndex::Follow(std::string_view wanted, bool last) const {
  constexpr int kMostLinks = 40;  // As Linux has it.
  std::string full(wanted);
  int links = 0;
  for (size_t end = full.find('/', 1); has_links_ && links < kMostLinks; end = full.find('/', end + 1)) {
    const bool is_last = end == std::string::npos;
    if (is_last && !last) break;
    const std::string_view part = std::string_view(full).substr(0, end);
    const ptrdiff_t index = Find(part);
    if (index >= 0 && IsLink(static_cast<size_t>(index))) {
      const Result<std::vector<std::byte>> target = Read(static_cast<size_t>(index));
      if (!target.ok()) break;
      const std::string_view text(reinterpret_cast<const char*>(target.value().data()), target.value().size());
      const std::string folder(text.starts_with('/') ? "" : part.substr(0, part.rfind('/') + 1));
      full = NormalizePath(folder + std::string(text) + (is_last ? "" : full.substr(end)));
      links++;
      end = 0;
    } else if (is_last) {
      break;
    }
  }
  return full;
}

ptrdiff_t AssetIndex::FindFile(std::string_view wanted) const {
  const ptrdiff_t index = Find(Follow(wanted, true));
  return index >= 0 && IsLink(static_cast<size_t>(index)) ? -1 : index;
}

std::string NormalizePath(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (!part.empty() && part != ".") {
      out.append("/").append(part);
    }
  }
  return out.empty() ? "/" : out;
}

bool AssetIndex::IsFolder(std::string_view folder) const {
  const std::string prefix = std::string(folder) + "/";
  const size_t i = LowerBound(prefix);
  return i < count_ && path(i).starts_with(prefix);
}

std::vector<std::string> AssetIndex::List(std::string_view folder) const {
  const std::string prefix = std::string(folder) + "/";
  std::vector<std::string> names;
  for (size_t i = LowerBound(prefix); i < count_ && path(i).starts_with(prefix); i++) {
    const std::string_view rest = path(i).substr(prefix.size());
    const size_t slash = rest.find('/');
    std::string name(slash == std::string_view::npos ? rest : rest.substr(0, slash + 1));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

Result<std::vector<std::byte>> AssetIndex::Read(size_t i) const {
  const AssetEntry entry = Entry(i);
  const std::span<const std::byte> stored = data_.subspan(entry.data_offset, entry.stored_size);
  if (Checksum(stored) != entry.hash) {
    return Damaged(std::string(path(i)) + " does not match its hash");
  }
  if (entry.encoding == static_cast<uint32_t>(SectionEncoding::kRaw)) {
    return std::vector<std::byte>(stored.begin(), stored.end());
  }
  std::vector<std::byte> bytes(entry.size);
  if (!UnpackBlock(stored, bytes)) {
    return Damaged(std::string(path(i)) + " does not unpack");
  }
  return bytes;
}

}  // namespace dv8
