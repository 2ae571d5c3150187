// Node's library as a file: what the build makes (make_library.cc), and what dv8pack and its builder read.
// Each file is a function of what lib/ expects of its kind (LibraryParameters), so that it runs in any context.
// 8 bytes of magic, the index's size (64 bits, little-endian), the index, the data (asset_index.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace dv8 {

// The names of a file's parameters, as they stand in its function's head.
inline std::string_view LibraryParameters(std::string_view id) {
  if (id.starts_with("internal/bootstrap/realm")) return "process, getLinkedBinding, getInternalBinding, primordials";
  if (id.starts_with("internal/per_context/")) return "exports, primordials, privateSymbols, perIsolateSymbols";
  if (id.starts_with("internal/main/") || id.starts_with("internal/bootstrap/")) {
    return "process, require, internalBinding, primordials";
  }
  return "exports, require, module, process, internalBinding, primordials";
}

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
