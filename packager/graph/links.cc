#include "packager/graph/links.h"

#include <filesystem>

#include "packager/bundle/virtual_path.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

// The node_modules folders in `files`' folders and those above.
std::set<std::string> ModuleFolders(const std::set<std::string>& files) {
  std::set<std::string> seen, found;
  std::error_code error;
  for (const std::string& file : files) {
    for (std::string folder = Dirname(file); seen.insert(folder).second; folder = Dirname(folder)) {
      const std::string modules = AbsolutePath(folder, "node_modules");
      if (fs::is_directory(modules, error)) found.insert(modules);
    }
  }
  return found;
}

class Collector {
 public:
  Collector(const std::set<std::string>& files, const std::string& root) : files_(files), root_(root) {}

  // Takes the links in `folder`, and those of the scopes in it.
  void Read(const std::string& folder) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const std::string path = at->path().string();
      if (at->is_symlink(error)) {
        Take(path);
      } else if (at->path().filename().string().starts_with('@')) {
        Read(path);
      }
    }
  }

  std::vector<EmbeddedFile> links() && { return std::move(links_); }

 private:
  void Take(const std::string& link) {
    std::error_code error;
    const std::string target = fs::canonical(link, error).string();
    const auto inside = files_.lower_bound(target + "/");
    if (error || inside == files_.end() || !inside->starts_with(target + "/")) return;
    const std::string path = VirtualPath(root_, link);
    const fs::path relative = fs::path(VirtualPath(root_, target)).lexically_relative(Dirname(path));
    links_.push_back({path, relative.string(), false, true});
  }

  const std::set<std::string>& files_;
  const std::string& root_;
  std::vector<EmbeddedFile> links_;
};

}  // namespace

std::vector<EmbeddedFile> PackageLinks(const std::set<std::string>& files, const std::string& root) {
  Collector collector(files, root);
  for (const std::string& folder : ModuleFolders(files)) collector.Read(folder);
  return std::move(collector).links();
}

}  // namespace dv8
