#include "packager/sbom/npm_packages.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "packager/bundle/json.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr std::string_view kModules = "/node_modules/";

// A JSON file whose text lives as long as what was read of it.
struct JsonFile {
  std::string text;
  std::optional<Json> json;
};

std::unique_ptr<JsonFile> ReadJson(const std::string& path) {
  Result<std::string> text = ReadFile(path);
  if (!text.ok()) return nullptr;
  auto file = std::make_unique<JsonFile>(JsonFile{std::move(text.value()), std::nullopt});
  file->json = Json::Parse(file->text);
  return file->json ? std::move(file) : nullptr;
}

// The folder of the package in node_modules that `file` belongs to; empty when it lies in none.
std::string FolderInModules(const std::string& file) {
  const size_t at = file.rfind(kModules);
  if (at == std::string::npos) return "";
  const size_t name = at + kModules.size();
  size_t end = file.find('/', name);
  if (end != std::string::npos && file[name] == '@') end = file.find('/', end + 1);
  return end == std::string::npos ? "" : file.substr(0, end);
}

// Of "license", of its old form, an object, and of "licenses".
std::string LicenseOf(const Json& package) {
  const Json* license = package.Find("license");
  if (license != nullptr) return license->kind() == Json::Kind::kString ? license->String() : license->StringAt("type");
  const Json* list = package.Find("licenses");
  std::string expression;
  if (list == nullptr) return expression;
  for (const Json& one : list->items()) {
    const std::string name = one.kind() == Json::Kind::kString ? one.String() : one.StringAt("type");
    expression += (expression.empty() ? "" : " OR ") + name;
  }
  return list->items().size() > 1 ? "(" + expression + ")" : expression;
}

void ReadLocked(const Json& locked, NpmPackage* package) {
  package->integrity = locked.StringAt("integrity");
  if (const std::string address = locked.StringAt("resolved"); address.starts_with("http")) package->address = address;
}

// What lock files say, each read once.
class Locks {
 public:
  void Complete(NpmPackage* package) {
    // Every folder above may be the one that npm was called in.
    for (size_t at = package->folder.rfind(kModules); at != std::string::npos && at > 0; at = package->folder.rfind(kModules, at - 1)) {
      const std::string root = package->folder.substr(0, at);
      for (const char* name : {"/package-lock.json", "/npm-shrinkwrap.json", "/node_modules/.package-lock.json"}) {
        if (const Json* locked = Find(root + name, package->folder.substr(at + 1))) {
          if (locked->StringAt("version") == package->version) ReadLocked(*locked, package);
          if (!package->integrity.empty()) return;
        }
      }
    }
  }

 private:
  const Json* Find(const std::string& file, const std::string& path) {
    const auto [found, is_new] = files_.try_emplace(file);
    if (is_new) found->second = ReadJson(file);
    const Json* packages = found->second == nullptr ? nullptr : found->second->json->Find("packages");
    return packages == nullptr ? nullptr : packages->Find(path);
  }

  std::map<std::string, std::unique_ptr<JsonFile>> files_;
};

std::optional<NpmPackage> ReadPackageJson(const std::string& folder) {
  const std::unique_ptr<JsonFile> file = ReadJson(folder + "/package.json");
  if (file == nullptr) return std::nullopt;
  NpmPackage package;
  package.name = file->json->StringAt("name");
  package.version = file->json->StringAt("version");
  package.license = LicenseOf(*file->json);
  package.folder = folder;
  return package;
}

// The folder of the package `name` as code in `folder` finds it; of those in `indices`.
std::optional<size_t> Resolve(const std::string& folder, const std::string& name, const std::map<std::string, size_t>& indices) {
  for (std::string at = folder;; at = Dirname(at)) {
    const std::string candidate = AbsolutePath(at, "node_modules/" + name);
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(candidate, error);
    if (!error) {
      const auto found = indices.find(real.string());
      if (found != indices.end()) return found->second;
      return std::nullopt;
    }
    if (at == "/") return std::nullopt;
  }
}

std::vector<size_t> DependenciesOf(const std::string& folder, const std::map<std::string, size_t>& indices) {
  std::set<size_t> found;
  for (const std::string& name : DeclaredPackages(folder)) {
    if (const std::optional<size_t> index = Resolve(folder, name, indices)) found.insert(*index);
  }
  return {found.begin(), found.end()};
}

bool ByName(const NpmPackage& a, const NpmPackage& b) {
  return std::tie(a.name, a.version, a.folder) < std::tie(b.name, b.version, b.folder);
}

bool IsLicenseName(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const std::string_view head : {"license", "licence", "copying", "copyright", "notice"}) {
    if (name.starts_with(head) && !name.ends_with(".js") && !name.ends_with(".ts")) return true;
  }
  return false;
}

}  // namespace

ProgramPackages FindNpmPackages(const std::string& entry, const std::vector<std::string>& files) {
  ProgramPackages found;
  const std::string own = PackageJsonOf(entry);
  if (!own.empty()) found.program = ReadPackageJson(Dirname(own)).value_or(NpmPackage());
  std::set<std::string> folders;
  for (const std::string& file : files) {
    std::string folder = FolderInModules(file);
    // A package beside the program's own, as workspaces have them.
    if (folder.empty()) {
      if (const std::string package = PackageJsonOf(file); !package.empty()) folder = Dirname(package);
    }
    if (!folder.empty() && folder != found.program.folder) folders.insert(folder);
  }
  Locks locks;
  std::vector<NpmPackage> all;
  for (const std::string& folder : folders) {
    std::optional<NpmPackage> package = ReadPackageJson(folder);
    if (!package || package->name.empty() || package->version.empty()) continue;
    locks.Complete(&*package);
    all.push_back(std::move(*package));
  }
  std::sort(all.begin(), all.end(), ByName);
  std::map<std::string, size_t> indices;  // By folder; copies of a package are one.
  for (NpmPackage& package : all) {
    std::vector<NpmPackage>& packages = found.packages;
    const bool is_copy = !packages.empty() && packages.back().name == package.name && packages.back().version == package.version;
    if (!is_copy) packages.push_back(package);
    indices[package.folder] = packages.size() - 1;
  }
  for (NpmPackage& package : found.packages) package.dependencies = DependenciesOf(package.folder, indices);
  if (!found.program.folder.empty()) found.program.dependencies = DependenciesOf(found.program.folder, indices);
  return found;
}

Result<std::vector<NpmPackage>> ReadLockedPackages(const std::string& lock_file) {
  const std::unique_ptr<JsonFile> file = ReadJson(lock_file);
  const Json* locked = file == nullptr ? nullptr : file->json->Find("packages");
  if (locked == nullptr) return Diagnostic{"is missing or damaged", lock_file};
  std::vector<NpmPackage> packages;
  for (const auto& [path, one] : locked->members()) {
    const size_t at = path.rfind("node_modules/");
    const std::string name = at == std::string::npos ? "" : path.substr(at + 13);
    if (name.empty() || name == "esbuild" || name.starts_with("@esbuild/")) continue;
    NpmPackage package;
    package.name = name;
    package.version = one.StringAt("version");
    package.license = one.StringAt("license");
    ReadLocked(one, &package);
    packages.push_back(std::move(package));
  }
  return packages;
}

std::string NoticesOf(const std::vector<NpmPackage>& packages) {
  const std::string rule(80, '=');
  std::string text;
  for (const NpmPackage& package : packages) {
    text += "\n" + rule + "\n" + package.name + " " + package.version + " (npm)\n" + rule +
            "\n\nLicense: " + (package.license.empty() ? "not stated" : package.license) + "\n";
    std::set<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator at(package.folder, error), end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (IsLicenseName(name) && at->is_regular_file(error)) names.insert(name);
    }
    for (const std::string& name : names) {
      const Result<std::string> notice = ReadFile(package.folder + "/" + name);
      if (notice.ok()) text += "\n" + notice.value() + (notice.value().ends_with('\n') ? "" : "\n");
    }
  }
  return text;
}

}  // namespace dv8
