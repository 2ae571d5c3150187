#include "packager/cli/metafile.h"

#include <filesystem>

#include "packager/bundle/imports.h"
#include "packager/bundle/json.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
namespace {

// The key of the one output in esbuild's metafile.
constexpr char kScript[] = "app.js";

std::string Members(const std::map<std::string, std::string>& members) {
  std::string text;
  for (const auto& [key, value] : members) text += (text.empty() ? "" : ",") + QuoteJson(key) + ":" + value;
  return "{" + text + "}";
}

bool IsFile(std::string_view name) { return !IsStub(name) && !name.starts_with('<') && !name.starts_with("(disabled)"); }

// The bytes that each input has in esbuild's script, by its name there.
std::map<std::string, std::string> BytesInScript(const Json& meta) {
  std::map<std::string, std::string> bytes;
  const Json* outputs = meta.Find("outputs");
  if (outputs == nullptr) return bytes;
  for (const auto& [name, output] : outputs->members()) {
    const Json* inputs = name.ends_with(kScript) ? output.Find("inputs") : nullptr;
    if (inputs == nullptr) continue;
    for (const auto& [file, input] : inputs->members()) bytes[file] = input.Find("bytesInOutput")->raw();
  }
  return bytes;
}

}  // namespace

std::string Metafile::Relative(const std::string& file) const { return std::filesystem::path(file).lexically_relative(folder_).string(); }

Result<Done> Metafile::Add(const PackedApp& app, const std::string& output) {
  const std::optional<Json> meta = Json::Parse(app.metafile);
  const Json* files = meta ? meta->Find("inputs") : nullptr;
  if (files == nullptr) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
  const std::map<std::string, std::string> in_script = BytesInScript(*meta);
  std::map<std::string, std::string> in_output;
  std::string externals;
  const auto add_stored = [&](const std::string& file) {
    const std::string path = VirtualPath(app.root, file);
    auto stored = app.stored.find(kCodeRoot + path);
    if (stored == app.stored.end()) stored = app.stored.find(path);
    if (stored == app.stored.end()) return false;
    in_output[Relative(file)] = "{\"bytesInOutput\":" + std::to_string(stored->second) + "}";
    return true;
  };
  for (const auto& [name, input] : files->members()) {
    if (!IsFile(name)) continue;
    const std::string file = AbsolutePath(app.root, name.substr(0, name.find(" with {")));
    std::string imports;
    for (const Json& import : input.Find("imports")->items()) {
      const std::string path = import.StringAt("path");
      if (path.starts_with('<')) continue;
      const bool is_external = !IsFile(path) || import.Find("external") != nullptr;
      std::string original = import.StringAt("original");
      if (original.empty()) original = path;  // Of what esbuild was told to leave out.
      const std::string entry = "{\"path\":" + QuoteJson(is_external ? original : Relative(AbsolutePath(app.root, path))) +
                                ",\"kind\":" + QuoteJson(import.StringAt("kind")) +
                                (is_external ? ",\"external\":true" : ",\"original\":" + QuoteJson(original)) + "}";
      imports += (imports.empty() ? "" : ",") + entry;
      if (is_external && externals.find(entry) == std::string::npos) externals += (externals.empty() ? "" : ",") + entry;
    }
    const std::string format = input.StringAt("format");
    inputs_[Relative(file)] = "{\"bytes\":" + std::string(input.Find("bytes")->raw()) + ",\"imports\":[" + imports + "]" +
                              (format.empty() ? "" : ",\"format\":" + QuoteJson(format)) + "}";
    const auto bytes = in_script.find(name);
    if (!add_stored(file) && bytes != in_script.end()) in_output[Relative(file)] = "{\"bytesInOutput\":" + bytes->second + "}";
  }
  // What lies beside the code, and assets.
  for (const std::string& file : app.input_files) {
    if (in_output.contains(Relative(file)) || !add_stored(file)) continue;
    inputs_.try_emplace(Relative(file), "{\"bytes\":" + std::to_string(app.stored.at(VirtualPath(app.root, file))) + ",\"imports\":[]}");
  }
  outputs_[Relative(AbsolutePath(folder_, output))] = "{\"bytes\":" + std::to_string(app.executable.size()) +
                                                      ",\"inputs\":" + Members(in_output) + ",\"imports\":[" + externals +
                                                      "],\"exports\":[],\"entryPoint\":" + QuoteJson(Relative(app.entry_file)) + "}";
  return Done{};
}

std::string Metafile::Text() const { return "{\"inputs\":" + Members(inputs_) + ",\"outputs\":" + Members(outputs_) + "}\n"; }

}  // namespace dv8
