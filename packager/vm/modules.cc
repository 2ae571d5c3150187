#include "packager/vm/modules.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>

#include "packager/process/files.h"
#include "packager/vm/decompress.h"

namespace dv8 {
namespace {

constexpr std::string_view kWanted[] = {"virtio_pci", "virtio_mmio", "virtio_net", "virtio_blk", "virtio_console", "virtio_rng"};

// Modules are known by names with underscores, whatever their files are called.
std::string ModuleName(std::string file) {
  std::replace(file.begin(), file.end(), '-', '_');
  return file;
}

class Finder {
 public:
  Result<Done> Scan(const std::string& folder) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(folder, error);
    for (const std::filesystem::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
      const std::string file = at->path().filename().string();
      const size_t extension = file.find(".ko");
      if (extension != std::string::npos) files_[ModuleName(file.substr(0, extension))] = at->path().string();
    }
    if (error) return Diagnostic{"--modules: " + error.message(), folder};
    return Done{};
  }

  // The module and, before it, those that it depends on.
  Result<Done> Add(const std::string& name) {
    const auto file = files_.find(name);
    if (file == files_.end()) return Done{};
    const std::string path = file->second;
    files_.erase(file);  // Once, whoever needs it.
    Result<std::string> bytes = ReadFile(path);
    if (bytes.ok()) bytes = DecompressModule(path, std::move(bytes.value()));  // Not every kernel reads compressed ones.
    if (!bytes.ok()) return Diagnostic{"--modules: " + bytes.error().text, path};
    for (const std::string& needed : DependenciesOf(bytes.value())) {
      if (Result<Done> added = Add(needed); !added.ok()) return added;
    }
    modules_.push_back({name, std::move(bytes.value())});
    return Done{};
  }

  std::vector<KernelModule> Take() { return std::move(modules_); }

 private:
  // What its section .modinfo tells: strings that end with zero bytes.
  static std::vector<std::string> DependenciesOf(std::string_view bytes) {
    constexpr std::string_view kHead("\0depends=", 9);
    std::vector<std::string> names;
    const size_t at = bytes.find(kHead);
    if (at == std::string_view::npos) return names;
    bytes.remove_prefix(at + kHead.size());
    bytes = bytes.substr(0, bytes.find('\0'));
    while (!bytes.empty()) {
      const std::string_view name = bytes.substr(0, bytes.find(','));
      bytes.remove_prefix(std::min(name.size() + 1, bytes.size()));
      names.push_back(ModuleName(std::string(name)));
    }
    return names;
  }

  std::map<std::string, std::string> files_;  // By module.
  std::vector<KernelModule> modules_;
};

}  // namespace

Result<std::vector<KernelModule>> FindVirtioModules(const std::string& folder) {
  Finder finder;
  if (Result<Done> scanned = finder.Scan(folder); !scanned.ok()) return scanned.error();
  for (const std::string_view name : kWanted) {
    if (Result<Done> added = finder.Add(std::string(name)); !added.ok()) return added.error();
  }
  std::vector<KernelModule> modules = finder.Take();
  if (modules.empty()) {
    return Diagnostic{"--modules: has no module of virtio", folder, 0, 0,
                      "/lib/modules/VERSION has a kernel's; leave the option out for a kernel that has virtio built in"};
  }
  return modules;
}

}  // namespace dv8
