#include "packager/cli/assets.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <vector>

#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"
#include "runtime/payload/asset_index.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
namespace {

constexpr int kMaxDepth = 64;

Result<Done> ReadInto(const std::string& path, const std::string& root, int depth,
                      std::vector<EmbeddedFile>* files) {
  if (depth > kMaxDepth) return Diagnostic{"folders nest too deep; a circle of links?", path};
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    Result<std::string> bytes = ReadFile(path);
    if (!bytes.ok()) return bytes.error();
    files->push_back({VirtualPath(root, path), std::move(bytes.value())});
    return Done{};
  }
  std::filesystem::directory_iterator at(path, error);
  for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error)) {
    if (Result<Done> read = ReadInto(at->path().string(), root, depth + 1, files); !read.ok()) {
      return read;
    }
  }
  if (error) return Diagnostic{"cannot be read: " + error.message(), path};
  return Done{};
}

bool ByPath(const EmbeddedFile& a, const EmbeddedFile& b) { return a.path < b.path; }

}  // namespace

Result<std::vector<EmbeddedFile>> ReadAssets(const std::vector<std::string>& paths,
                                             const std::string& root) {
  std::vector<EmbeddedFile> files;
  for (const std::string& path : paths) {
    // The name stays as the user wrote it, so that the app finds it under that name; only the
    // folders above it are without symbolic links, as `root` is.
    const std::string absolute =
        AbsolutePath(std::filesystem::current_path().string(), path);
    char folder[PATH_MAX];
    if (realpath(Dirname(absolute).c_str(), folder) == nullptr) {
      return Diagnostic{std::string("--asset: ") + strerror(errno), path};
    }
    std::error_code error;
    if (!std::filesystem::exists(absolute, error)) {
      return Diagnostic{"--asset: there is no such file or folder", path};
    }
    const std::string real =
        AbsolutePath(folder, absolute == "/" ? "." : absolute.substr(absolute.rfind('/') + 1));
    if (Result<Done> read = ReadInto(real, root, 0, &files); !read.ok()) return read.error();
  }
  std::sort(files.begin(), files.end(), ByPath);
  return files;
}

void AddAssets(std::vector<EmbeddedFile> files, PayloadWriter* writer) {
  if (files.empty()) return;
  std::sort(files.begin(), files.end(), ByPath);
  std::vector<AssetFile> views;
  for (const EmbeddedFile& file : files) {
    // A file may be named twice, by itself and by its folder.
    if (!views.empty() && views.back().path == file.path) continue;
    views.push_back({file.path, std::as_bytes(std::span(file.bytes))});
  }
  const AssetSections sections = MakeAssetSections(views);
  writer->Add(SectionKind::kAssetIndex, sections.index, Packing::kNone);
  writer->Add(SectionKind::kAssetData, sections.data, Packing::kNone);
}

}  // namespace dv8
