#include "packager/bundle/module_helpers.h"

#include <string_view>
#include <utility>

#include "packager/bundle/app_build.h"
#include "packager/bundle/identifier.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// A call of esbuild's helper for patterns.
constexpr std::string_view kPatternHelper = "__glob(";

// Whether `code`, esbuild's, calls module() with the name of a module.
bool CallsModule(std::string_view code) {
  static constexpr std::string_view kCall = "module(";
  for (size_t at = code.find(kCall); at != std::string_view::npos; at = code.find(kCall, at + 1)) {
    const std::string_view argument = code.substr(at + kCall.size());
    const bool is_member = at > 0 && (code[at - 1] == '.' || IsIdentifierPart(code[at - 1]));
    if (!is_member && !argument.empty() &&
        std::string_view("\"'`").find(argument[0]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// The names that esbuild gives the CommonJS files of `text` that call module(), as an array of
// JavaScript's.
std::string FilesThatCallModule(std::string_view text) {
  std::string names;
  for (const std::string_view head : {" = __commonJS({\n  ", "=__commonJS({"}) {
    for (size_t at = text.find(head); at != std::string_view::npos;) {
      const std::string_view key = text.substr(at + head.size());
      const size_t next = text.find(head, at + 1);
      const size_t end = key.empty() ? std::string_view::npos : key.find(key[0], 1);
      if (end != std::string_view::npos && CallsModule(text.substr(at, next - at))) {
        names += (names.empty() ? "" : ",") + std::string(key.substr(0, end + 1));
      }
      at = next;
    }
  }
  return "[" + names + "]";
}

}  // namespace

std::string MakeModules(const std::string& make, std::string* text) {
  static constexpr std::pair<std::string_view, std::string_view> kObjects[] = {
      {"= { exports: {} }).exports, ", "(0, "}, {"={exports:{}}).exports,", "(0,"}};
  for (const auto& [place, call] : kObjects) {
    const size_t at = text->find(place);
    const size_t function = at == std::string::npos ? at : text->rfind(call, at);
    if (function == std::string::npos) continue;
    const size_t object = at + place.find('{');
    const size_t size = place.find(')') - place.find('{');
    std::string made = "__dv8_m(";
    made.append(Identifier(std::string_view(*text).substr(function + call.size()))).append(")");
    if (made.size() > size) return "";
    made.resize(size, ' ');
    text->replace(object, size, made);
    return "const __dv8_m=" + make + ";";
  }
  return "";
}

std::string MakeModulesCallable(const std::string& vintage, std::string* text) {
  static constexpr char kCallable[] = "__dv8_require(\"dv8:core\").callable";
  std::string make = kCallable;
  if (vintage.empty() || vintage == "0.0.6") {
    make = "(f)=>" + FilesThatCallModule(*text) + ".includes(Object.keys(f)[0])?" + kCallable +
           "():__dv8_from.module(f)";
  } else {
    make = "()=>" + make + "()";
  }
  return MakeModules(make, text) + "module=" + kCallable + "(module);";
}

bool HasPatterns(std::string_view text) { return text.find(kPatternHelper) != text.npos; }

std::string ResolvePatternsAsNode(std::string* text) {
  static constexpr std::pair<std::string_view, std::string_view> kOurs[] = {
      {"globImport", "__gimp"}, {"globRequire", "__greq"}};
  std::string declarations;
  for (size_t at = text->find(kPatternHelper); at != std::string::npos;
       at = text->find(kPatternHelper, at + 1)) {
    std::string_view before = std::string_view(*text).substr(0, at);
    while (before.ends_with(' ') || before.ends_with('=')) before.remove_suffix(1);
    const size_t start = before.find_last_of(" ,;{\n") + 1;
    for (const auto& [prefix, ours] : kOurs) {
      if (!before.substr(start).starts_with(prefix)) continue;
      text->replace(at, ours.size(), ours);
      if (declarations.find(ours) == std::string::npos) {
        declarations += "const " + std::string(ours) + "=__dv8_from." + std::string(prefix) + ";";
      }
    }
  }
  return declarations;
}

void RequireModulesAsNode(std::string* text) {
  static constexpr std::string_view kCopies[] = {
      "__copyProps(__defProp({}, \"__esModule\", { value: true }), ",
      "__copyProps(__defProp({},\"__esModule\",{value:!0}),",
  };
  for (const std::string_view copy : kCopies) {
    const size_t at = text->find(copy);
    if (at == std::string::npos) continue;
    std::string head = "__dv8_from.required(";
    head.insert(0, copy.size() - head.size(), ' ');
    text->replace(at, copy.size(), head);
  }
}

Result<EsbuildScript> Minify(const std::string& script, const std::string& map,
                             const BundleOptions& options, Esbuild* esbuild) {
  static constexpr std::string_view kHolder = "__dv8_app=";
  std::vector<std::string> flags = {"--minify", kTarget, "--sourcemap=external", "--log-level=silent",
                                    std::string("--sourcefile=") + kOutFolder + "app.js"};
  if (!options.source_contents) flags.push_back("--sources-content=false");
  // As long as what it replaces, so that the map stays right.
  std::string open(kHolder.size(), ' ');
  open.back() = '(';
  Result<EsbuildScript> minified = esbuild->Transform(std::string(kHolder) + script, map, flags);
  if (!minified.ok()) return minified.error();
  std::string& code = minified.value().code;
  if (!code.starts_with(kHolder)) return Diagnostic{std::string(kOurFault) + "esbuild has renamed a global"};
  code.replace(0, kHolder.size(), open);
  while (code.ends_with('\n') || code.ends_with(';')) code.pop_back();
  code += ')';
  return minified;
}

}  // namespace dv8
