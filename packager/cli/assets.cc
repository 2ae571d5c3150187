#include "packager/cli/assets.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <span>
#include <vector>

#include "packager/bundle/virtual_path.h"
#include "packager/cli/overwrite.h"
#include "packager/link/elf_writer.h"
#include "packager/process/files.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
namespace {

constexpr int kMaxDepth = 64;
constexpr char kRepository[] = ".git";

// Whether `path` was made by dv8pack.
bool IsApp(const std::string& path) {
  const Result<std::string> bytes = ReadFile(path);
  return bytes.ok() && FindPayloadInFile(AsBytes(bytes.value())).ok();
}

class Reader {
 public:
  Reader(const std::string& root, const std::string& output, const Excluded& excluded, std::vector<EmbeddedFile>* files)
      : root_(root), output_(output), excluded_(excluded), files_(files) {}

  Result<Done> Read(const std::string& path, int depth) {
    if (excluded_.Contains(path, root_)) return Done{};
    if (depth == 0) top_ = path;
    if (depth > kMaxDepth) return Diagnostic{"folders nest too deep; a circle of links?", path};
    struct stat info;
    if (depth > 0) {
      if (std::string target = TargetInside(path); !target.empty()) {
        files_->push_back({VirtualPath(root_, path), std::move(target), true, true});
        return Done{};
      }
    }
    if (stat(path.c_str(), &info) != 0) {
      return Diagnostic{std::string("cannot be read: ") + strerror(errno), path};
    }
    if (S_ISDIR(info.st_mode)) return ReadFolder(path, depth);
    if (!S_ISREG(info.st_mode)) return Diagnostic{"is no ordinary file", path};
    if (depth > 0 && IsSameFile(path, output_)) {
      if (IsApp(path)) return Done{};
      return Diagnostic{"the output would replace an asset", path, 0, 0, "name another file with -o"};
    }
    Result<std::string> bytes = ReadFile(path);
    if (!bytes.ok()) return bytes.error();
    files_->push_back({VirtualPath(root_, path), std::move(bytes.value())});
    return Done{};
  }

 private:
  // What the symbolic link at `path` says when it leads to something in the folder that is read: it stays a link.
  // Empty for what is no link, and for those that lead elsewhere, whose files are read.
  std::string TargetInside(const std::string& path) const {
    std::error_code error;
    if (!std::filesystem::is_symlink(path, error)) return "";
    const std::string target = std::filesystem::read_symlink(path, error).string();
    if (target.empty() || target.starts_with('/')) return "";
    return AbsolutePath(Dirname(path), target).starts_with(top_ + "/") ? target : "";
  }

  Result<Done> ReadFolder(const std::string& path, int depth) {
    std::error_code error;
    std::filesystem::directory_iterator at(path, error);
    for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (name == kRepository || name.starts_with(kTempDirName)) continue;
      if (Result<Done> read = Read(at->path().string(), depth + 1); !read.ok()) return read;
    }
    if (error) return Diagnostic{"cannot be read: " + error.message(), path};
    return Done{};
  }

  const std::string& root_;
  std::string top_;  // What the user named.
  const std::string& output_;
  const Excluded& excluded_;
  std::vector<EmbeddedFile>* files_;
};

bool ByPath(const EmbeddedFile& a, const EmbeddedFile& b) { return a.path < b.path; }

// Whether one of the folders that `path` goes through is among `links`.
bool IsBelowLink(const std::string& path, const std::set<std::string_view>& links) {
  if (links.empty()) return false;
  for (size_t end = path.rfind('/'); end != 0 && end != std::string::npos; end = path.rfind('/', end - 1)) {
    if (links.contains(std::string_view(path).substr(0, end))) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<EmbeddedFile>> ReadAssets(const std::vector<std::string>& paths, const std::string& root, const std::string& output,
                                             const Excluded& excluded) {
  std::vector<EmbeddedFile> files;
  Reader reader(root, output, excluded, &files);
  for (const std::string& path : paths) {
    // The name stays as the user wrote it, so that the app finds it under that name; only the
    // folders above it are without symbolic links, as `root` is.
    const std::string absolute = AbsolutePath(std::filesystem::current_path().string(), path);
    char folder[PATH_MAX];
    if (realpath(Dirname(absolute).c_str(), folder) == nullptr) {
      return Diagnostic{std::string("--asset: ") + strerror(errno), path};
    }
    std::error_code error;
    if (!std::filesystem::exists(absolute, error)) {
      return Diagnostic{"--asset: there is no such file or folder", path};
    }
    const std::string real = AbsolutePath(folder, absolute == "/" ? "." : absolute.substr(absolute.rfind('/') + 1));
    if (Result<Done> read = reader.Read(real, 0); !read.ok()) return read.error();
  }
  std::sort(files.begin(), files.end(), ByPath);
  return files;
}

std::vector<AssetFile> SortAssets(std::vector<EmbeddedFile>* files) {
  std::stable_sort(files->begin(), files->end(), ByPath);
  std::set<std::string_view> links;
  for (const EmbeddedFile& file : *files) {
    if (file.is_link) links.insert(file.path);
  }
  std::vector<AssetFile> views;
  for (const EmbeddedFile& file : *files) {
    // A file may be named twice, by itself and by its folder, or by way of a link to its folder.
    if ((!views.empty() && views.back().path == file.path) || IsBelowLink(file.path, links)) continue;
    views.push_back({file.path, std::as_bytes(std::span(file.bytes)),
                     file.is_link    ? AssetOrigin::kLink
                     : file.is_users ? AssetOrigin::kUser
                                     : AssetOrigin::kProgram});
  }
  return views;
}

}  // namespace dv8
