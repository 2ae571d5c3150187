#include "packager/cli/init.h"

#include <algorithm>
#include <filesystem>

#include "packager/bundle/app_build.h"
#include "packager/bundle/suggest.h"
#include "packager/bundle/virtual_path.h"
#include "packager/image/options.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

// What the program is called in templates.
constexpr std::string_view kName = "my-app";

std::string Renamed(std::string text, const std::string& name) {
  for (size_t at = 0; (at = text.find(kName, at)) != std::string::npos; at += name.size()) text.replace(at, kName.size(), name);
  return text;
}

// The files below `folder`, by their paths in it, sorted.
Result<std::vector<std::string>> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error)) files.push_back(at->path().lexically_relative(folder).string());
  }
  if (error) return Diagnostic{"cannot be read: " + error.message(), folder};
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<TemplateInfo>> ListTemplates(const std::string& folder) {
  std::vector<TemplateInfo> templates;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    const Result<std::string> readme = ReadFile(at->path().string() + "/README.md");
    if (!readme.ok()) continue;
    const std::string title = readme.value().substr(0, readme.value().find('\n'));
    templates.push_back({at->path().filename().string(), title.substr(std::min<size_t>(2, title.size()))});
  }
  if (error) return Diagnostic{"cannot be read: " + error.message(), folder};
  std::sort(templates.begin(), templates.end(), [](const TemplateInfo& a, const TemplateInfo& b) { return a.name < b.name; });
  return templates;
}

Result<std::vector<std::string>> InitFolder(const std::string& templates, const std::string& name, const std::string& target) {
  const Result<std::vector<TemplateInfo>> known = ListTemplates(templates);
  if (!known.ok()) return known.error();
  std::vector<std::string> names;
  for (const TemplateInfo& one : known.value()) names.push_back(one.name);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    const std::string near = NearestName(name, names);
    return UsageError("there is no template '" + name + "'", near.empty() ? "dv8pack init lists them" : "did you mean '" + near + "'?");
  }
  std::error_code error;
  if (fs::exists(target, error) && !fs::is_empty(target, error)) {
    return Diagnostic{fs::is_directory(target, error) ? "the folder is not empty" : "is a file", target};
  }
  const std::string source = templates + "/" + name;
  const Result<std::vector<std::string>> files = FilesIn(source);
  if (!files.ok()) return files.error();
  const std::string folder = AbsolutePath(WorkingDirectory(), target);
  const std::string program = ReferenceFor(folder.substr(folder.rfind('/') + 1)).name;
  std::vector<std::string> written_files;
  for (const std::string& file : files.value()) {
    // dv8pack's package could not carry it under its own name.
    written_files.push_back(file == "gitignore" ? ".gitignore" : file);
    const std::string path = target + "/" + written_files.back();
    fs::create_directories(Dirname(path), error);
    if (error) return Diagnostic{"cannot be made: " + error.message(), Dirname(path)};
    const Result<std::string> text = ReadFile(source + "/" + file);
    if (!text.ok()) return text.error();
    if (Result<Done> written = WriteFile(path, Renamed(text.value(), program)); !written.ok()) return written.error();
  }
  return written_files;
}

}  // namespace dv8
