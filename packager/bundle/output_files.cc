#include "packager/bundle/output_files.h"

#include <algorithm>
#include <filesystem>

#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Points at the first place in `file` that names `specifier` in quotes.
void Locate(const std::string& file, const std::string& specifier, Diagnostic* diagnostic) {
  const Result<std::string> text = ReadFile(file);
  if (!text.ok()) return;
  for (const char quote : {'\'', '"', '`'}) {
    const size_t at = text.value().find(quote + specifier + quote);
    if (at == std::string::npos) continue;
    const std::string_view before = std::string_view(text.value()).substr(0, at);
    const size_t newline = before.rfind('\n');
    diagnostic->line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    diagnostic->col = static_cast<int>(newline == std::string_view::npos ? at + 1 : at - newline);
    return;
  }
}

// Modules that Node has.
constexpr std::string_view kNodeModules[] = {
    "assert",      "async_hooks", "buffer",         "child_process", "cluster", "console",
    "constants",   "crypto",      "dgram",          "diagnostics_channel",      "dns",
    "domain",      "events",      "fs",             "http",          "http2",   "https",
    "inspector",   "module",      "net",            "os",            "path",    "perf_hooks",
    "process",     "punycode",    "querystring",    "readline",      "repl",    "stream",
    "string_decoder", "sys",      "timers",         "tls",           "trace_events", "tty",
    "url",         "util",        "v8",             "vm",            "wasi",    "worker_threads",
    "zlib",
};

bool IsNodes(std::string_view specifier) {
  return specifier.starts_with("node:") ||
         std::find(std::begin(kNodeModules), std::end(kNodeModules),
                   specifier.substr(0, specifier.find('/'))) != std::end(kNodeModules);
}

// Without the slash that npm's users put behind a name to get a package instead of Node's.
std::string_view WithoutSlash(std::string_view specifier) {
  if (specifier.ends_with('/')) specifier.remove_suffix(1);
  return specifier;
}

bool IsKnown(const StdlibManifest& manifest, std::string_view specifier) {
  return !manifest.Resolve(WithoutSlash(specifier)).empty() || specifier == "process/browser" ||
         specifier == "process/browser.js";
}

Diagnostic Unknown(const StdlibManifest& manifest, const std::string& root,
                   const std::string& file, const std::string& specifier) {
  Diagnostic diagnostic{"'" + specifier + "' is not in the standard library", file};
  Locate(AbsolutePath(root, file), specifier, &diagnostic);
  const std::string near = manifest.Nearest(specifier);
  diagnostic.hint = near.empty()
                        ? "--alias:" + specifier + "=./file.js puts a module of yours in its place"
                        : "did you mean '" + near + "'?";
  return diagnostic;
}

}  // namespace

std::optional<Diagnostic> CheckImports(const Json& meta, const StdlibManifest& manifest,
                                       const std::string& root, std::string* messages) {
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return std::nullopt;
  for (const auto& [file, input] : inputs->members()) {
    const Json* imports = input.Find("imports");
    if (imports == nullptr || IsStub(file)) continue;
    for (const Json& import : imports->items()) {
      const std::string path = import.StringAt("path");
      const std::string original = import.StringAt("original");
      const Json* external = import.Find("external");
      if (path.find("data:text/javascript,module.exports=__dv8_require") != std::string::npos) {
        if (!IsKnown(manifest, original)) return Unknown(manifest, root, file, original);
        continue;
      }
      if (external == nullptr || !external->IsTrue() || path == "<runtime>") continue;
      const std::string kind = import.StringAt("kind");
      const Diagnostic unknown = Unknown(manifest, root, file, path);
      if (kind != "require-call" && kind != "require-resolve") return unknown;
      // A package knows what it does when the module is not there.
      if (!IsNodes(path) || file.find("node_modules/") != std::string::npos) continue;
      *messages += unknown.path + ":" + std::to_string(unknown.line) + ":" +
                   std::to_string(unknown.col) + ": warning: " + unknown.text +
                   "; require() of it throws at run time\n";
    }
  }
  return std::nullopt;
}

std::vector<std::string> InputsOf(const Json& meta, const std::string& root) {
  std::vector<std::string> paths;
  if (const Json* inputs = meta.Find("inputs"); inputs != nullptr) {
    for (const auto& [file, input] : inputs->members()) {
      if (file.starts_with('<') || file.starts_with("(disabled)")) continue;
      paths.push_back(VirtualPath(root, AbsolutePath(root, file)));
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// By its name; what a loader makes a module of (text, JSON) has no mode.
static bool IsCode(std::string_view file) {
  const size_t dot = file.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? "" : file.substr(dot + 1);
  return ending.ends_with("js") || ending.ends_with("ts") || ending == "jsx" || ending == "tsx";
}

bool IsAllStrict(const Json& meta) {
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return false;
  for (const auto& [file, input] : inputs->members()) {
    if (IsStub(file) || file.starts_with('<')) continue;
    // What is neither module format for sure (no import, no export) is CommonJS to Node.
    const bool is_code = IsCode(file);
    if (is_code && input.StringAt("format") != "esm") return false;
  }
  return true;
}

Result<std::vector<EmbeddedFile>> ReadOutputFiles(const std::string& folder) {
  std::vector<EmbeddedFile> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    Result<std::string> bytes = ReadFile(at->path().string());
    if (!bytes.ok()) return bytes.error();
    files.push_back({std::string(kVirtualRoot) + "/assets/" + at->path().filename().string(),
                     std::move(bytes.value())});
  }
  std::sort(files.begin(), files.end(),
            [](const EmbeddedFile& a, const EmbeddedFile& b) { return a.path < b.path; });
  return files;
}

std::string DecodePercent(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Script EncodeScript(std::string_view text) {
  const bool ascii = std::none_of(text.begin(), text.end(), [](char c) { return c < 0; });
  if (ascii) return {std::string(text), false};
  std::u16string units;
  units.reserve(text.size());
  char16_t seen = 0;
  for (size_t i = 0; i < text.size(); i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
    uint32_t point = more == 0 ? byte : byte & (0x3F >> more);
    for (int k = 0; k < more && i + 1 < text.size(); k++) {
      point = point << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F);
    }
    if (point >= 0x10000) {
      units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    } else {
      units += static_cast<char16_t>(point);
    }
    seen |= units.back();
  }
  Script script;
  if (seen < 0x100) {
    script.bytes.assign(units.begin(), units.end());
    return script;
  }
  script.is_utf16 = true;
  script.bytes.assign(reinterpret_cast<const char*>(units.data()), units.size() * 2);
  return script;
}

}  // namespace dv8
