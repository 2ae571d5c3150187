// The embedded files of an app (dv8pack --asset): their index and their bytes.
//
// Code that the packager has made of a file of the program lies at the file's path below kCodeRoot.
//
// The index is a 64-bit count, as many AssetEntry sorted by path, then the paths; the bytes are a section
// of their own. A folder exists where some file's path goes through it. The bytes of a symbolic link are the
// path that it leads to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

// Whether the user has embedded a file, or it is a part of the program itself, or a symbolic link.
enum class AssetOrigin : uint32_t { kUser, kProgram, kLink };

struct AssetEntry {
  uint32_t path_offset;  // From the end of the entries.
  uint32_t path_size;
  uint64_t data_offset;  // In the asset data.
  uint64_t stored_size;
  uint64_t size;
  uint32_t encoding;  // SectionEncoding.
  uint32_t origin;    // AssetOrigin.
  uint64_t hash;      // XXH3-64 of the stored bytes.
};
static_assert(sizeof(AssetEntry) == 48);

inline constexpr char kCodeRoot[] = "/.code";

// A checked view of index and data; both are borrowed. Virtual paths are absolute and have no
// "." or ".." in them.
class AssetIndex {
 public:
  static Result<AssetIndex> Parse(std::span<const std::byte> index, std::span<const std::byte> data);

  size_t size() const { return count_; }
  std::string_view path(size_t i) const;
  // Bytes after unpacking.
  uint64_t file_size(size_t i) const { return Entry(i).size; }
  AssetOrigin origin(size_t i) const { return static_cast<AssetOrigin>(Entry(i).origin); }
  bool IsLink(size_t i) const { return origin(i) == AssetOrigin::kLink; }
  // Index of the file or link at `path`, or -1.
  ptrdiff_t Find(std::string_view path) const;
  // `path` with the links on its way replaced by what they lead to, and the last of its names, too, if `last`. Links
  // that lead in a circle stay.
  std::string Follow(std::string_view path, bool last) const;
  // Index of the file that `path` leads to, or -1.
  ptrdiff_t FindFile(std::string_view path) const;
  bool IsFolder(std::string_view path) const;
  // The names in a folder, sorted; those of folders end with "/".
  std::vector<std::string> List(std::string_view folder) const;
  // The file's bytes, after checking their hash.
  Result<std::vector<std::byte>> Read(size_t i) const;

 private:
  AssetEntry Entry(size_t i) const;
  // The first file whose path is not less than `path`.
  size_t LowerBound(std::string_view path) const;

  std::span<const std::byte> index_;
  std::span<const std::byte> data_;
  size_t count_ = 0;
  bool has_links_ = false;
};

// `path`, which is absolute, without "." and ".." and doubled slashes.
std::string NormalizePath(std::string_view path);

// The two sections for files sorted by path.
struct AssetFile {
  std::string_view path;
  std::span<const std::byte> bytes;
  AssetOrigin origin = AssetOrigin::kUser;
};
struct AssetSections {
  std::vector<std::byte> index;
  std::vector<std::byte> data;
};
AssetSections MakeAssetSections(std::span<const AssetFile> files);
// The index alone, for bytes that lie as they are, behind each other.
std::vector<std::byte> MakeUnpackedIndex(std::span<const AssetFile> files);

}  // namespace dv8
