// What a folder of the disk has.
#pragma once

#include <dirent.h>
#include <uv.h>

#include <string>
#include <vector>

namespace dv8::node {

struct FsEntry {
  std::string name;
  uv_dirent_type_t type;
  static bool IsBefore(const FsEntry& a, const FsEntry& b) { return a.name < b.name; }
};

// Appends up to `most` entries of an open folder, without "." and ".."; 0 or a negative error.
int ReadEntries(DIR* folder, size_t most, std::vector<FsEntry>* entries);
// All entries of the folder at `path`, sorted by name.
int ListRealFolder(const char* path, std::vector<FsEntry>* entries);

}  // namespace dv8::node
