// Tar archives: POSIX.1-2017 ustar, with pax headers for what does not fit. Layers and image archives are such files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

struct TarEntry {
  enum class Type : char { kFile = '0', kLink = '2', kFolder = '5' };

  Type type = Type::kFile;
  uint32_t mode = 0644;
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::string target = {};  // Of a symbolic link.
};

class TarWriter {
 public:
  // All entries get `time`, seconds since 1970.
  explicit TarWriter(int64_t time) : time_(time) {}

  // `path` without leading and trailing slash. `bytes` are those of a file.
  void Add(std::string_view path, const TarEntry& entry, std::span<const std::byte> bytes = {});
  // The archive with its end: two empty blocks.
  std::vector<std::byte> Finish();

 private:
  void AddBlock(std::string_view name, std::string_view prefix, char type, const TarEntry& entry, uint64_t size, int64_t time);
  void AddPadded(std::span<const std::byte> bytes);
  void AddPax(const std::string& records);

  int64_t time_;
  std::vector<std::byte> out_;
};

// The files of an archive by path, without "./" before it. Borrows `archive`. Other entries, and files of names over 100
// bytes, are left out. The error says what is wrong with the archive.
Result<std::map<std::string, std::string_view>> ReadTar(std::string_view archive);

}  // namespace dv8
