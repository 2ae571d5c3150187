// The files embedded in the executable (dv8pack --asset), as a read-only layer over the disk's /app: what
// each call of internalBinding('fs') asks before it asks the disk, and the module loader, too.
//
// An embedded file hides a real one of its path. A folder exists where some embedded file's path goes through
// it; the disk's folder of that path stays to be seen below it: a list has both, and the disk answers a stat of
// it. Nothing is made, changed or removed among embedded files (EROFS); directly in a real /app the disk's own
// files can be. Paths are compared as text, "." and ".." taken out first, and embedded symbolic links followed.
//
// A folder that only the program has, or /app itself, can be the current folder of the process: relative paths
// are then made absolute before anybody else sees them.
#pragma once

#include <uv.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bindings/node/fs_entries.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
class Environment;
}

namespace dv8::node {

// Immutable: used by all threads.
class VirtualRoot {
 public:
  static constexpr std::string_view kPath = "/app";

  // Null when the program has no embedded files, which is all that such a program pays. A damaged payload
  // ends the process.
  static const VirtualRoot* Of(const Environment* env);

  // chdir(2). `*path` becomes what was tried.
  static int ChangeFolder(const Environment* env, std::string* path);
  // The current folder when it is not the disk's; empty otherwise.
  static std::string CurrentFolder();
  // Makes a relative path absolute where the current folder is not the disk's.
  static void Resolve(std::string* path);

  struct Entry {
    std::string path;  // Absolute and normalized.
    ptrdiff_t index;   // Of the file; -1 for a folder.
    uint64_t size = 0;
    bool is_link = false;
    bool is_folder() const { return index < 0; }
  };

  // The embedded file or folder at `path`; what a symbolic link leads to if `follow`, else the link.
  std::optional<Entry> Find(std::string_view path, bool follow = true) const;
  // What answers instead of the disk: not a folder that the disk has, too.
  std::optional<Entry> FindOnly(std::string_view path, bool follow = true) const;

  void FillStat(const Entry& entry, uv_stat_t* stat) const;
  // Makes the numbers of an fstat of what Open() gave those of the file.
  void CorrectStat(uv_stat_t* stat) const;
  // access(2): 0 or a negative error, as below.
  int Access(const Entry& entry, int mode) const;
  // What `rc`, the disk's answer for `path`, is: UV_ENOTDIR where an embedded file stands in the way.
  int Explain(std::string_view path, int rc) const;
  // For a call that would change or remove what is at `path`: UV_EROFS when that is embedded.
  int RefuseChange(std::string_view path) const;
  // For a call that would make something new at `path`: UV_EEXIST, or UV_EROFS in an embedded folder.
  int RefuseNew(std::string_view path) const;
  // For a call that would make or replace what is at `path`.
  int RefuseTarget(std::string_view path) const;

  // open(2): a descriptor of the file's bytes, sealed against writing; an error; or nothing, when the
  // disk has to answer.
  std::optional<int> Open(std::string_view path, int flags) const;
  // The bytes; a damaged file ends the process.
  std::vector<std::byte> Read(const Entry& entry) const;
  std::string ReadText(const Entry& entry) const;
  // The names in a folder with those that the disk has there, sorted. UV_ENOTDIR for a file.
  int List(const Entry& entry, std::vector<FsEntry>* entries) const;

 private:
  explicit VirtualRoot(AssetIndex files) : files_(std::move(files)) {}
  int OpenFile(const Entry& entry) const;
  // The normalized path of what may be embedded, without links; empty when it lies elsewhere.
  std::string Place(std::string_view path, bool follow) const;
  // Whether some embedded file would have to be a folder.
  bool IsBelowFile(std::string_view path) const;

  AssetIndex files_;
};

}  // namespace dv8::node
