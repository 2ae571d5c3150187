#include "packager/image/root_fs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>

#include "packager/image/tar.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

using Type = TarEntry::Type;

constexpr char kCertificates[] = "etc/ssl/certs/ca-certificates.crt";
constexpr uint32_t kSticky = 01777;  // Everybody's folder, each one's own files.

class Tree {
 public:
  void AddFolder(const std::string& path, uint32_t mode, UserIds owner) {
    nodes_[path] = {{Type::kFolder, mode, owner.uid, owner.gid}, {}, {}};
  }
  void AddText(const std::string& path, std::string text) { nodes_[path] = {{}, std::move(text), {}}; }
  // `bytes` are borrowed.
  void AddExecutable(const std::string& path, std::span<const std::byte> bytes) { nodes_[path] = {{Type::kFile, 0755}, {}, bytes}; }

  // A file, or a folder with all that is in it, as `path`.
  Result<Done> AddCopy(const std::string& source, const std::string& path, bool follow) {
    struct stat info;
    if ((follow ? stat : lstat)(source.c_str(), &info) != 0) {
      return Diagnostic{std::string("--file: ") + (errno == ENOENT ? "there is no such file or folder" : strerror(errno)), source};
    }
    if (S_ISLNK(info.st_mode)) return AddLink(source, path);
    if (S_ISDIR(info.st_mode)) return AddFolderCopy(source, path);
    if (!S_ISREG(info.st_mode)) return Diagnostic{"--file: is no ordinary file", source};
    Result<std::string> bytes = ReadFile(source);
    if (!bytes.ok()) return Diagnostic{"--file: " + bytes.error().text, source};
    const bool is_executable = (info.st_mode & S_IXUSR) != 0;
    nodes_[path] = {{Type::kFile, is_executable ? 0755u : 0644u}, std::move(bytes.value()), {}};
    return Done{};
  }

  // Also the folders above each path.
  void AddParents() {
    std::map<std::string, Node> parents;
    for (const auto& [path, node] : nodes_) {
      for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        parents[path.substr(0, slash)] = {{Type::kFolder, 0755}, {}, {}};
      }
    }
    nodes_.merge(parents);
  }

  // A file or link that others lie under; empty when there is none.
  std::string Clash() const {
    for (const auto& [path, node] : nodes_) {
      for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const auto parent = nodes_.find(path.substr(0, slash));
        if (parent != nodes_.end() && parent->second.entry.type != Type::kFolder) return parent->first;
      }
    }
    return "";
  }

  std::vector<std::byte> Archive(int64_t time) const {
    TarWriter tar(time);
    for (const auto& [path, node] : nodes_) tar.Add(path, node.entry, node.text.empty() ? node.bytes : AsBytes(node.text));
    return tar.Finish();
  }

 private:
  struct Node {
    TarEntry entry;
    std::string text;
    std::span<const std::byte> bytes;  // When `text` is empty.
  };

  Result<Done> AddLink(const std::string& source, const std::string& path) {
    char target[PATH_MAX];
    const ssize_t size = readlink(source.c_str(), target, sizeof(target));
    if (size <= 0) return Diagnostic{std::string("--file: ") + strerror(errno), source};
    nodes_[path] = {{Type::kLink, 0777, 0, 0, std::string(target, static_cast<size_t>(size))}, {}, {}};
    return Done{};
  }

  Result<Done> AddFolderCopy(const std::string& source, const std::string& path) {
    if (!path.empty()) AddFolder(path, 0755, {0, 0});
    std::error_code error;
    std::filesystem::directory_iterator at(source, error);
    for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (Result<Done> added = AddCopy(source + "/" + name, path.empty() ? name : path + "/" + name, false); !added.ok()) return added;
    }
    if (error) return Diagnostic{"--file: cannot be read: " + error.message(), source};
    return Done{};
  }

  std::map<std::string, Node> nodes_;  // By path: folders come before what is in them.
};

void AddUsers(UserIds user, Tree* tree) {
  std::string passwd = "root:x:0:0:root:/root:/sbin/nologin\n", group = "root:x:0:\n";
  if (user.uid != 0) {
    passwd += "nonroot:x:" + std::to_string(user.uid) + ":" + std::to_string(user.gid) + ":nonroot:/home/nonroot:/sbin/nologin\n";
  }
  if (user.gid != 0) group += "nonroot:x:" + std::to_string(user.gid) + ":\n";
  tree->AddText("etc/passwd", passwd);
  tree->AddText("etc/group", group);
  tree->AddFolder(user.uid == 0 ? "root" : "home/nonroot", 0700, user);
}

}  // namespace

Result<std::vector<std::byte>> MakeLayer(const ImageInput& input) {
  const ImageOptions& options = input.options;
  Tree tree;
  if (options.base.empty()) {
    const Result<UserIds> user = ParseUser(options.user);
    if (!user.ok()) return user.error();
    AddUsers(user.value(), &tree);
    tree.AddFolder("tmp", kSticky, {0, 0});
    if (!input.certificates.empty()) tree.AddText(kCertificates, input.certificates);
    if (options.workdir.size() > 1) tree.AddFolder(options.workdir.substr(1), 0755, user.value());
  }
  for (const FileToCopy& file : options.files) {
    if (Result<Done> added = tree.AddCopy(file.source, file.target.substr(1), true); !added.ok()) return added.error();
  }
  tree.AddExecutable(kImageFolder + input.name, input.executable);
  if (const std::string clash = tree.Clash(); !clash.empty()) {
    return UsageError("--file: '/" + clash + "' is a file, and others are to lie in it");
  }
  // A base's folders stay as they are.
  if (options.base.empty()) tree.AddParents();
  return tree.Archive(input.time);
}

}  // namespace dv8
