#include "packager/bundle/manifest.h"

#include <algorithm>

#include "packager/bundle/json.h"
#include "packager/bundle/search.h"
#include "packager/bundle/suggest.h"

namespace dv8 {
namespace {

constexpr std::string_view kDv8 = "dv8:";
constexpr std::string_view kNode = "node:";
constexpr std::string_view kInternal = "internal:";
constexpr char kCoreModule[] = "dv8:core";
constexpr char kCoreProcess[] = "dv8:core_process";

// Calls `found` with each string literal in such quotes that is the only argument of a call of a
// function whose name ends with `function`.
template <typename Found>
void ForEachCall(std::string_view script, std::string_view function, const Found& found, std::string_view quotes = kEsbuildQuotes) {
  constexpr size_t kLongestName = 400;
  const std::string head = std::string(function) + "(";
  for (size_t at = Find(script, head); at != std::string_view::npos; at = Find(script, head, at + head.size())) {
    const size_t start = at + head.size() + 1;
    if (start >= script.size() || quotes.find(script[start - 1]) == std::string_view::npos) continue;
    const char quote = script[start - 1];
    const char ends[] = {quote, '\\', '\n'};
    const std::string_view rest = script.substr(start, kLongestName);
    const size_t end = rest.find_first_of(std::string_view(ends, sizeof(ends)));
    if (end != std::string_view::npos && end + 1 < rest.size() && rest[end] == quote && rest[end + 1] == ')') found(rest.substr(0, end));
  }
}

}  // namespace

Result<StdlibManifest> StdlibManifest::Parse(std::string_view text, const std::string& path) {
  const std::optional<Json> root = Json::Parse(text);
  if (!root) return Diagnostic{"is not JSON", path};
  const Json* modules = root->Find("modules");
  StdlibManifest manifest;
  manifest.bootstrap = root->StringAt("bootstrap");
  manifest.node_bootstrap = root->StringAt("nodeBootstrap");
  if (modules == nullptr || manifest.bootstrap.empty()) {
    return Diagnostic{"lacks \"modules\" or \"bootstrap\"", path};
  }
  for (const auto& [name, value] : modules->members()) {
    StdlibModule module;
    module.file = value.StringAt("file");
    if (const Json* words = value.Find("words"); words != nullptr) {
      for (const Json& list : words->items()) {
        std::vector<std::string>& all = module.words.emplace_back();
        for (const Json& word : list.items()) all.push_back(word.String());
      }
    }
    if (const Json* aliases = value.Find("aliases"); aliases != nullptr) {
      for (const Json& alias : aliases->items()) module.aliases.push_back(alias.String());
    }
    if (name.starts_with(kNode)) {
      manifest.node_names.insert(name);
      manifest.node_names.insert(module.aliases.begin(), module.aliases.end());
    }
    manifest.modules.emplace(name, std::move(module));
  }
  for (const auto& [key, names] : {std::pair("engineGlobals", &manifest.engine_globals), std::pair("nodeGlobals", &manifest.node_globals),
                                   std::pair("bootstrapGlobals", &manifest.bootstrap_globals), std::pair("core", &manifest.core)}) {
    if (const Json* list = root->Find(key); list != nullptr) {
      for (const Json& name : list->items()) names->insert(name.String());
    }
  }
  if (const Json* stand_ins = root->Find("standIns"); stand_ins != nullptr) {
    for (const auto& [name, module] : stand_ins->members()) manifest.stand_ins.emplace(name, module.String());
  }
  if (const Json* globals = root->Find("globals"); globals != nullptr) {
    for (const auto& [name, value] : globals->members()) {
      const std::string module = value.StringAt("module");
      if (!manifest.modules.contains(module)) {
        return Diagnostic{"the global " + name + " comes from '" + module + "', which is no module", path};
      }
      manifest.globals.emplace(name, module);
    }
  }
  return manifest;
}

std::string StdlibManifest::Resolve(std::string_view specifier) const {
  for (const auto& [name, module] : modules) {
    if (name == specifier) return name;
    for (const std::string& alias : module.aliases) {
      if (alias == specifier) return name;
    }
  }
  return "";
}

bool StdlibManifest::AddNative(const std::string& name) {
  StdlibModule module;
  module.file = std::string(kInternal) + "native/" + name;
  return modules.emplace(std::string(kDv8) + name, std::move(module)).second;
}

void StdlibManifest::AliasDv8(const std::function<bool(const std::string&)>& is_package) {
  for (auto& [name, module] : modules) {
    if (!name.starts_with(kDv8) || name == kNodeProgram) continue;
    const std::string bare = name.substr(kDv8.size());
    if (Resolve(bare).empty() && !is_package(bare)) module.aliases.push_back(bare);
  }
}

void StdlibManifest::UseCore() {
  for (auto& [name, module] : modules) {
    if (!name.starts_with(kDv8) || name == kNodeProgram) continue;
    const std::string bare = name.substr(kDv8.size());
    for (auto& [other, nodes] : modules) std::erase(nodes.aliases, bare);
    module.aliases.push_back(bare);
  }
  for (const std::string& name : core) {
    globals[name] = kCoreModule;
    node_globals.erase(name);
  }
  if (modules.contains(kCoreProcess)) globals["process"] = kCoreProcess;
}

std::string StdlibManifest::Nearest(std::string_view specifier) const {
  // The scheme is no part of what was mistyped.
  const auto plain = [](std::string_view name) { return name.substr(name.find(':') + 1); };
  std::map<std::string, std::string> by_plain_name;
  std::vector<std::string> names;
  for (const auto& [name, module] : modules) {
    names.emplace_back(plain(name));
    by_plain_name[names.back()] = name;
  }
  const std::string near = NearestName(plain(specifier), names);
  return near.empty() ? near : by_plain_name[near];
}

std::set<std::string> StubsIn(const StdlibManifest& manifest, std::string_view script) {
  std::set<std::string> used;
  ForEachCall(script, "__dv8_require", [&](std::string_view name) {
    if (manifest.modules.contains(std::string(name))) used.emplace(name);
  });
  std::set<std::string_view> words;
  for (const auto& [name, module] : manifest.modules) {
    for (const std::vector<std::string>& all : module.words) words.insert(all.begin(), all.end());
  }
  const std::set<std::string_view> found = WordsIn(script, words);
  const auto has = [&](const std::string& word) { return found.contains(word); };
  for (const auto& [name, module] : manifest.modules) {
    if (std::any_of(module.words.begin(), module.words.end(),
                    [&](const auto& words) { return std::all_of(words.begin(), words.end(), has); })) {
      used.insert(name);
    }
  }
  return used;
}

namespace {

std::set<std::string> NamedInCallsOf(const StdlibManifest& manifest, std::string_view script, std::string_view function, BareNames bare,
                                     std::string_view quotes) {
  std::set<std::string> used;
  const auto take = [&](std::string_view name) {
    std::string module = manifest.Resolve(name);
    if (module.empty() || (bare == BareNames::kNode && module.starts_with(kDv8) && !name.starts_with(kDv8))) return;
    used.insert(std::move(module));
  };
  ForEachCall(script, function, take, quotes);
  return used;
}

}  // namespace

std::set<std::string> NamedInCalls(const StdlibManifest& manifest, std::string_view script, BareNames bare, std::string_view quotes) {
  return NamedInCallsOf(manifest, script, "", bare, quotes);
}

std::set<std::string> RequiredIn(const StdlibManifest& manifest, std::string_view source) {
  return NamedInCallsOf(manifest, source, "require", BareNames::kNodeAndDv8, kAllQuotes);
}

std::string StdlibEntry(const StdlibManifest& manifest, const std::set<std::string>& modules, const std::set<std::string>& globals,
                        StdlibStart start) {
  const bool has_node = start == StdlibStart::kNode;
  std::set<std::string> wanted;
  std::string builtins;
  for (const std::string& name : modules) {
    if (!name.starts_with(kNode)) {
      wanted.insert(name);
    } else {
      builtins += (builtins.empty() ? "" : ",") + QuoteJson(name);
    }
  }
  for (const std::string& name : globals) wanted.insert(manifest.globals.at(name));
  std::string imports = "import*as start from" + QuoteJson("./" + (has_node ? manifest.node_bootstrap : manifest.bootstrap)) + ";\n";
  std::string calls;
  std::map<std::string, std::string> variables;
  for (const std::string& name : wanted) {
    const std::string variable = "m" + std::to_string(variables.size());
    variables[name] = variable;
    const std::string& file = manifest.modules.at(name).file;
    imports += file.starts_with(kInternal) ? "import*as " + variable + " from" + QuoteJson(file) + ";\n"
                                           : "import " + variable + " from" + QuoteJson("./" + file) + ";\n";
    calls += "start.register(" + QuoteJson(name) + "," + variable + ");\n";
  }
  for (const std::string& global : globals) {
    calls += "Object.defineProperty(globalThis," + QuoteJson(global) + ",{...Object.getOwnPropertyDescriptor(" +
             variables.at(manifest.globals.at(global)) + "," + QuoteJson(global) + "),enumerable:false});\n";
  }
  if (has_node) calls += "start.evaluateBuiltins([" + builtins + "]);\n";
  return imports + calls + "module.exports=start.hooks;\n";
}

std::string TrimGlobals(const StdlibManifest& manifest, const std::set<std::string>& kept) {
  std::string names;
  for (const std::string& name : kept) names += (names.empty() ? "" : ",") + QuoteJson(name);
  return "import{trim}from" + QuoteJson("./" + manifest.modules.at(kCoreModule).file) + ";\ntrim([" + names + "]);\n";
}

std::set<std::string> NamedAsDv8(const StdlibManifest& manifest, std::string_view source) {
  std::set<std::string> used;
  for (const std::string_view function : {"module", "library"}) {
    for (size_t at = source.find(function); at != std::string_view::npos; at = source.find(function, at + 1)) {
      std::string_view rest = source.substr(at + function.size());
      const auto skip_blanks = [&rest] { rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size())); };
      skip_blanks();
      if (!rest.starts_with('(')) continue;
      rest.remove_prefix(1);
      skip_blanks();
      if (rest.empty() || std::string_view("'\"`").find(rest[0]) == std::string_view::npos) continue;
      const std::string_view name = rest.substr(1, rest.find(rest[0], 1) - 1);
      const std::string module = std::string(kDv8) + std::string(name);
      if (manifest.modules.contains(module)) used.insert(module);
    }
  }
  return used;
}

}  // namespace dv8
