// The parts of the standard library that an app uses, as one script.
#include <algorithm>

#include "packager/bundle/app_build.h"
#include "packager/bundle/bundle.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// Native modules are plain objects: the library calls their functions directly, and not through
// the getters of the copy that esbuild makes of a CommonJS module's exports.
std::string WithDirectNatives(std::string_view text) {
  static constexpr std::string_view kHead = "__toESM(require(\"internal:";
  std::string out;
  out.reserve(text.size());
  while (true) {
    const size_t at = text.find(kHead);
    const size_t end = at == std::string_view::npos ? at : text.find("\")", at);
    const size_t close = end == std::string_view::npos ? end : text.find(')', end + 2);
    if (close == std::string_view::npos) return out.append(text);
    const size_t call = at + std::string_view("__toESM(").size();
    out.append(text.substr(0, at)).append(text.substr(call, end + 2 - call));
    text.remove_prefix(close + 1);
  }
}

// The native modules that `text` asks for, at once or later.
std::set<std::string> BindingsIn(std::string_view text) {
  static constexpr std::string_view kHead = "require(\"internal:";
  std::set<std::string> names;
  for (size_t at = text.find(kHead); at != std::string_view::npos; at = text.find(kHead, at)) {
    at += kHead.size();
    names.emplace(text.substr(at, text.find('"', at) - at));
  }
  return names;
}

// The comments that esbuild keeps (those inside classes) must not make the whole library a
// text of two bytes a character. Nothing else in it is outside ASCII.
void MakeCommentsAscii(std::string* text) {
  for (size_t start = 0; start < text->size();) {
    const size_t end = std::min(text->find('\n', start), text->size());
    const size_t first = text->find_first_not_of(' ', start);
    const std::string_view line = std::string_view(*text).substr(std::min(first, end), end - std::min(first, end));
    if (line.starts_with("//") || line.starts_with("/*") || line.starts_with("*")) {
      std::replace_if(
          text->begin() + static_cast<ptrdiff_t>(start), text->begin() + static_cast<ptrdiff_t>(end), [](char c) { return c < 0; }, '?');
    }
    start = end + 1;
  }
}

}  // namespace

Result<Library> BundleStdlib(const std::string& folder, Esbuild* esbuild, const StdlibManifest& manifest, const AppBundle& app,
                             Environment environment) {
  EsbuildBuild build;
  build.folder = folder;
  build.input =
      StdlibEntry(manifest, app.modules, app.globals, app.has_node_library ? StdlibStart::kNode : StdlibStart::kSmall) + app.library_tail;
  if (environment == Environment::kCore) {
    std::set<std::string> kept = app.globals;
    kept.insert(app.standard_globals.begin(), app.standard_globals.end());
    build.input += TrimGlobals(manifest, kept);
  }
  build.flags = {"--bundle",
                 "--format=cjs",
                 "--platform=neutral",
                 kTarget,
                 "--external:internal:*",
                 "--sourcefile=<dv8pack>",
                 "--log-level=silent",
                 "--legal-comments=none",
                 std::string("--outfile=") + kOutFolder + "stdlib.js"};
  Result<EsbuildResult> result = esbuild->Build(build);
  if (!result.ok()) return result.error();
  if (!result.value().errors.empty() || result.value().files.empty()) {
    const Result<std::string> errors = esbuild->Format(result.value().errors, false, false);
    return Diagnostic{std::string(kOurFault) + "the standard library cannot be bundled:\n" +
                      (errors.ok() ? errors.value() : errors.error().text)};
  }
  std::string text = WithDirectNatives(result.value().files[0].bytes);
  MakeCommentsAscii(&text);
  Library library;
  library.bindings = BindingsIn(text);
  std::string head = "(function (require, module, exports) {\n";
  std::string tail = "\n})";
  if (environment == Environment::kCore) {
    // The library keeps what the program is not given.
    std::string names;
    for (const std::string& name : manifest.engine_globals) {
      names += (names.empty() ? "" : ",") + name;
    }
    head = "(function () {const{" + names + "}=globalThis;return " + head;
    tail += "})()";
  }
  library.script = EncodeScript(head + text + tail);
  return library;
}

}  // namespace dv8
