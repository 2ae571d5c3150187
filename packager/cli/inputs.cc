#include "packager/cli/inputs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "packager/bundle/app_build.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/process.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

struct Line {
  std::string path;
  std::string file;
  bool keeps_link = false;
};

Result<Line> ParseLine(std::string_view text) {
  const size_t tab = text.find('\t');
  if (tab == std::string_view::npos) return Diagnostic{"is not 'PATH<tab>FILE'"};
  Line line{std::string(text.substr(0, tab)), std::string(text.substr(tab + 1))};
  if (const size_t second = line.file.find('\t'); second != std::string::npos) {
    if (line.file.substr(second + 1) != "link") return Diagnostic{"the third field is 'link' or not there"};
    line.keeps_link = true;
    line.file.resize(second);
  }
  const fs::path path(line.path);
  if (line.path.empty() || path.is_absolute() || *path.lexically_normal().begin() == "..") {
    return Diagnostic{"'" + line.path + "' is not a path below the folder"};
  }
  return line;
}

Result<Done> Copy(const Line& line, const std::string& folder) {
  const std::string target = AbsolutePath(folder, line.path);
  std::error_code error;
  fs::create_directories(Dirname(target), error);
  if (error) return Diagnostic{"cannot be made: " + error.message(), Dirname(target)};
  if (line.keeps_link && fs::is_symlink(line.file, error) && fs::read_symlink(line.file, error).is_relative()) {
    fs::copy_symlink(line.file, target, error);
  } else {
    fs::copy_file(line.file, target, error);
  }
  if (error) return Diagnostic{"cannot be copied: " + error.message(), line.file};
  return Done{};
}

}  // namespace

Result<TempDir> EnterInputs(const std::string& manifest) {
  const Result<std::string> text = ReadFile(manifest);
  if (!text.ok()) return text.error();
  Result<TempDir> folder = TempDir::Make();
  if (!folder.ok()) return folder;
  int number = 0;
  for (std::string_view rest = text.value(); !rest.empty() && Interrupted() == 0;) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const Result<Line> line = ParseLine(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    number++;
    Result<Done> copied = line.ok() ? Copy(line.value(), folder.value().path()) : line.error();
    if (copied.ok()) continue;
    Diagnostic error = copied.error();
    if (!error.path.empty()) error.text = error.path + " " + error.text;
    error.path = manifest;
    error.line = number;
    error.col = 1;
    return error;
  }
  if (chdir(folder.value().path().c_str()) != 0) return Diagnostic{strerror(errno), folder.value().path()};
  return folder;
}

void KeepOutputsIn(const std::string& folder, Options* options) {
  for (std::string* path : {&options->output, &options->out_dir, &options->metafile}) {
    if (!path->empty()) *path = AbsolutePath(folder, *path);
  }
  for (std::string& path : options->sboms) path = AbsolutePath(folder, path);
}

}  // namespace dv8
