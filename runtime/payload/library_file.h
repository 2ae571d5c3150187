// Node's library as a file: what the build makes (make_library.cc), and what dv8pack and its builder read.
// 8 bytes of magic, the index's size (64 bits, little-endian), the index, the data (asset_index.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace dv8 {

inline constexpr char kLibraryMagic[8] = {'D', 'V', '8', 'L', 'I', 'B', '1', '\n'};

struct LibraryFile {
  std::span<const std::byte> index;
  std::span<const std::byte> data;
};

// The two parts of `file`, which is borrowed; nothing when it is something else.
inline std::optional<LibraryFile> SplitLibraryFile(std::span<const std::byte> file) {
  constexpr size_t kHead = sizeof(kLibraryMagic) + sizeof(uint64_t);
  uint64_t index_size = 0;
  if (file.size() < kHead || std::memcmp(file.data(), kLibraryMagic, sizeof(kLibraryMagic)) != 0) return std::nullopt;
  std::memcpy(&index_size, file.data() + sizeof(kLibraryMagic), sizeof(index_size));
  if (index_size > file.size() - kHead) return std::nullopt;
  return LibraryFile{file.subspan(kHead, index_size), file.subspan(kHead + index_size)};
}

}  // namespace dv8
