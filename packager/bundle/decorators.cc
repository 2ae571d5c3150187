#include "packager/bundle/decorators.h"

#include <map>

#include "packager/bundle/data_files.h"
#include "packager/bundle/json.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr int kMostExtends = 8;

bool IsTypeScript(const std::string& file) {
  return file.ends_with(".ts") || file.ends_with(".tsx") || file.ends_with(".mts") || file.ends_with(".cts");
}

// compilerOptions.emitDecoratorMetadata of a tsconfig.json, or of one that it extends.
bool EmitsMetadata(std::string file) {
  for (int i = 0; i < kMostExtends; i++) {
    const Result<std::string> text = ReadFile(file);
    if (!text.ok()) return false;
    const std::string plain = JsonWithoutComments(text.value());
    const std::optional<Json> json = Json::Parse(plain);
    if (!json) return false;
    const Json* options = json->Find("compilerOptions");
    const Json* emits = options == nullptr ? nullptr : options->Find("emitDecoratorMetadata");
    if (emits != nullptr) return emits->IsTrue();
    const std::string base = json->StringAt("extends");
    if (!base.starts_with('.') && !base.starts_with('/')) return false;
    file = AbsolutePath(Dirname(file), base.ends_with(".json") ? base : base + ".json");
  }
  return false;
}

std::string TsconfigAbove(const std::string& file) {
  for (std::string folder = Dirname(file);; folder = Dirname(folder)) {
    const std::string path = AbsolutePath(folder, "tsconfig.json");
    if (ReadFile(path).ok()) return path;
    if (folder == "/") return "";
  }
}

}  // namespace

bool HasDecorator(const std::string& file) {
  const Result<std::string> text = ReadFile(file);
  if (!text.ok()) return false;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  for (size_t at = text.value().find('@'); at != std::string::npos; at = text.value().find('@', at + 1)) {
    const std::string_view before = std::string_view(text.value()).substr(0, at);
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    const size_t last = line.find_last_not_of(" \t");
    const bool is_first = last == std::string_view::npos || std::string_view("({,;}").find(line[last]) != std::string_view::npos;
    if (is_first && at + 1 < text.value().size() && is_letter(text.value()[at + 1])) return true;
  }
  return false;
}

std::string DecoratorNotice(const std::vector<std::string>& files, const std::string& tsconfig) {
  std::map<std::string, bool> emits;  // By tsconfig.json.
  for (const std::string& file : files) {
    if (!IsTypeScript(file) || file.find("/node_modules/") != std::string::npos || !HasDecorator(file)) continue;
    const std::string config = tsconfig.empty() ? TsconfigAbove(file) : tsconfig;
    const auto [found, is_new] = emits.try_emplace(config, false);
    if (is_new) found->second = !config.empty() && EmitsMetadata(config);
    if (!found->second) continue;
    return "warning: emitDecoratorMetadata of tsconfig.json is not done: a decorator in " + file.substr(file.rfind('/') + 1) +
           " finds no types by Reflect.getMetadata(); compile with tsc, and pack what it writes\n";
  }
  return "";
}

}  // namespace dv8
