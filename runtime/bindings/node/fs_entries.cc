#include "runtime/bindings/node/fs_entries.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace dv8::node {
namespace {

uv_dirent_type_t TypeOf(unsigned char type) {
  switch (type) {
    case DT_DIR: return UV_DIRENT_DIR;
    case DT_REG: return UV_DIRENT_FILE;
    case DT_LNK: return UV_DIRENT_LINK;
    case DT_FIFO: return UV_DIRENT_FIFO;
    case DT_SOCK: return UV_DIRENT_SOCKET;
    case DT_CHR: return UV_DIRENT_CHAR;
    case DT_BLK: return UV_DIRENT_BLOCK;
    default: return UV_DIRENT_UNKNOWN;
  }
}

}  // namespace

int ReadEntries(DIR* folder, size_t most, std::vector<FsEntry>* entries) {
  const size_t end = entries->size() + std::min(most, entries->max_size() - entries->size());
  while (entries->size() < end) {
    errno = 0;
    const dirent* entry = readdir(folder);
    if (entry == nullptr) return -errno;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") entries->push_back({std::string(name), TypeOf(entry->d_type)});
  }
  return 0;
}

int ListRealFolder(const char* path, std::vector<FsEntry>* entries) {
  DIR* folder = opendir(path);
  if (folder == nullptr) return -errno;
  const int rc = ReadEntries(folder, SIZE_MAX, entries);
  closedir(folder);
  std::sort(entries->begin(), entries->end(), FsEntry::IsBefore);
  return rc;
}

}  // namespace dv8::node
