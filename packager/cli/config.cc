#include "packager/cli/config.h"

#include <algorithm>
#include <filesystem>

#include "packager/bundle/app_build.h"
#include "packager/bundle/entry.h"
#include "packager/bundle/json.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/suggest.h"
#include "packager/bundle/virtual_path.h"
#include "packager/cli/option_table.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

using Kind = OptionSpec::Kind;

constexpr char kFile[] = "/dv8pack.json";
constexpr char kSection[] = "dv8pack";
constexpr char kSchemaKey[] = "$schema";

bool IsPairs(const OptionSpec& option) { return option.value.find('=') != std::string_view::npos; }
bool IsListText(const OptionSpec& option) { return option.value.ends_with("LIST"); }
bool CanBeInFile(const OptionSpec& option) { return option.section != OptionSpec::Section::kInformation && option.name != "--inputs"; }

class ConfigReader {
 public:
  ConfigReader(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  Result<Config> Read(const Json& section) {
    if (section.kind() != Json::Kind::kObject) return ErrorAt(section, "the options are an object", "");
    for (const auto& [name, value] : section.members()) {
      if (name == kSchemaKey) continue;
      const OptionSpec* option = FindOption("--" + name);
      if (option == nullptr || option->name.substr(2) != name || !CanBeInFile(*option)) return Unknown(name, value);
      if (Result<Done> added = Add(*option, name, value); !added.ok()) return added.error();
    }
    return Config{file_, std::move(words_)};
  }

 private:
  Diagnostic ErrorAt(const Json& value, std::string text, std::string hint) const {
    const std::string_view before = text_.substr(0, static_cast<size_t>(value.raw().data() - text_.data()));
    const size_t newline = before.rfind('\n');
    return Diagnostic{std::move(text), file_, 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
                      static_cast<int>(newline == std::string_view::npos ? before.size() + 1 : before.size() - newline), std::move(hint)};
  }

  Diagnostic Unknown(const std::string& name, const Json& value) const {
    std::vector<std::string> names;
    for (const OptionSpec& option : OptionTable()) {
      if (CanBeInFile(option)) names.emplace_back(option.name.substr(2));
    }
    const std::string near = NearestName(name, names);
    return ErrorAt(value, "there is no option '" + name + "'",
                   near.empty() ? "dv8pack --help lists the options" : "did you mean '" + near + "'?");
  }

  Result<Done> Add(const OptionSpec& option, const std::string& name, const Json& value) {
    if (!TakesValue(option.kind) && value.kind() == Json::Kind::kBool) {
      if (value.IsTrue()) words_.emplace_back(option.name);
      return Done{};
    }
    const bool has_values = TakesValue(option.kind) || option.kind == Kind::kOptional;
    if (!has_values) return ErrorAt(value, "'" + name + "' is true or false", "");
    if (value.kind() == Json::Kind::kString || value.kind() == Json::Kind::kNumber) return AddValue(option, name, value);
    if (value.kind() == Json::Kind::kArray && IsList(option.kind)) {
      for (const Json& item : value.items()) {
        if (item.kind() != Json::Kind::kString) return ErrorAt(item, "'" + name + "' is a list of strings", "");
        if (Result<Done> added = AddValue(option, name, item); !added.ok()) return added;
      }
      return Done{};
    }
    if (value.kind() == Json::Kind::kArray && IsListText(option)) {
      std::string list;
      for (const Json& item : value.items()) list += (list.empty() ? "" : ",") + item.String();
      return AddText(option, name, value, list);
    }
    if (value.kind() == Json::Kind::kObject && IsPairs(option)) {
      for (const auto& [key, item] : value.members()) {
        const std::string text = item.kind() == Json::Kind::kString ? item.String() : std::string(item.raw());
        if (Result<Done> added = AddText(option, name, item, key + "=" + text); !added.ok()) return added;
      }
      return Done{};
    }
    return ErrorAt(value, "'" + name + "' is " + (IsList(option.kind) ? "a list of strings" : "a string"), "");
  }

  Result<Done> AddValue(const OptionSpec& option, const std::string& name, const Json& value) {
    return AddText(option, name, value, value.kind() == Json::Kind::kString ? value.String() : std::string(value.raw()));
  }

  Result<Done> AddText(const OptionSpec& option, const std::string& name, const Json& value, std::string text) {
    if (const std::string wrong = WrongValue(option, text); !wrong.empty()) {
      return ErrorAt(value, "'" + name + "' " + wrong, "");
    }
    words_.push_back(std::string(option.name) + "=" + FromHere(option, std::move(text)));
    return Done{};
  }

  // A path of the file's folder as one of the working folder.
  std::string FromHere(const OptionSpec& option, std::string text) const {
    const std::string folder = Dirname(file_), here = WorkingDirectory();
    const size_t equals = option.name == "--alias" ? text.find('=') + 1 : 0;
    const std::string path = text.substr(equals);
    const bool is_path =
        IsPath(option) || (option.value == "GLOB" && path.find('/') != std::string::npos) || (equals > 0 && path.starts_with('.'));
    if (!is_path || folder == here) return text;
    const std::string absolute = AbsolutePath(folder, path);
    return text.substr(0, equals) + (absolute.starts_with(here + "/") ? "./" + absolute.substr(here.size() + 1) : absolute);
  }

  std::string file_;
  std::string_view text_;
  std::vector<std::string> words_;
};

Diagnostic NotJson(const std::string& file) { return Diagnostic{"is not JSON", file}; }

// Whether it says what the command has no use for, and another one has.
bool IsOfOthers(const std::string& word, const Options& options) {
  const OptionSpec* option = FindOption(word);
  if (option == nullptr) return false;
  if (option->section == OptionSpec::Section::kImage) return options.command != Options::Command::kImage;
  if (option->section == OptionSpec::Section::kMachine) return options.command != Options::Command::kVm;
  return option->name == "--env" && word.find('=', std::string_view("--env=").size()) != std::string::npos && !MakesData(options);
}

// Those of --out-dir and -o stand for each other and name executables, and `run` writes no file.
bool IsDropped(const std::string& word, const Options& options) {
  static constexpr std::string_view kFiles[] = {"--output=", "--out-dir=", "--metafile=", "--sbom=", "--sourcemap=external"};
  if (IsOfOthers(word, options)) return true;
  const bool names_output = word.starts_with(kFiles[0]) || word.starts_with(kFiles[1]);
  if (options.command == Options::Command::kPack) return names_output && !(options.output + options.out_dir).empty();
  if (MakesData(options)) return names_output || word == kFiles[4];
  return std::any_of(std::begin(kFiles), std::end(kFiles), [&](std::string_view head) { return word.starts_with(head); });
}

std::string Item(const OptionSpec& option) {
  if (!IsChoice(option)) return "{\"type\":[\"string\",\"number\"]}";
  std::string choices;
  for (const std::string_view choice : Choices(option)) choices += (choices.empty() ? "" : ",") + QuoteJson(choice);
  return "{\"enum\":[" + choices + "]}";
}

std::string TypeOf(const OptionSpec& option) {
  const std::string list = "{\"type\":\"array\",\"items\":" + Item(option) + "}";
  if (option.kind == Kind::kOptional) return "{\"type\":[\"boolean\",\"string\",\"number\"]}";
  if (!TakesValue(option.kind)) return "{\"type\":\"boolean\"}";
  if (!IsList(option.kind) && !IsListText(option)) return Item(option);
  return "{\"anyOf\":[" + Item(option) + "," + list + (IsPairs(option) ? ",{\"type\":\"object\"}" : "") + "]}";
}

}  // namespace

Result<Config> ReadConfig(const std::string& path) {
  const Result<Entry> entry = FindEntry(path);
  // Who packs it says what is wrong.
  if (!entry.ok() || entry.value().file.find("/node_modules/") != std::string::npos) return Config{};
  const std::string package = PackageJsonOf(entry.value().file);
  const std::string file = Dirname(package.empty() ? entry.value().file : package) + kFile;
  const Result<std::string> package_text = package.empty() ? std::string() : ReadFile(package);
  // Most have none: it is not parsed for nothing.
  const bool may_have = package_text.ok() && package_text.value().find("\"dv8pack\"") != std::string::npos;
  const std::optional<Json> in_package = may_have ? Json::Parse(package_text.value()) : std::nullopt;
  const Json* section = in_package ? in_package->Find(kSection) : nullptr;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    if (section == nullptr) return Config{};
    return ConfigReader(package, package_text.value()).Read(*section);
  }
  if (section != nullptr) {
    return Diagnostic{"there are options in package.json, too", file, 0, 0, "in one of both, please"};
  }
  const Result<std::string> text = ReadFile(file);
  if (!text.ok()) return text.error();
  const std::optional<Json> json = Json::Parse(text.value());
  if (!json) return NotJson(file);
  return ConfigReader(file, text.value()).Read(*json);
}

Result<Options> ParseWithConfig(const std::vector<std::string>& args) {
  Result<Options> options = ParseOptions(args);
  if (!options.ok() || options.value().entries.empty() || options.value().command == Options::Command::kInspect ||
      options.value().command == Options::Command::kCompletion) {
    return options;
  }
  Config config;
  for (const std::string& entry : options.value().entries) {
    Result<Config> read = ReadConfig(entry);
    if (!read.ok()) return read.error();
    if (&entry != &options.value().entries[0] && read.value().file != config.file) {
      return Diagnostic{"'" + options.value().entries[0] + "' and '" + entry + "' have options in different files", "", 0, 0,
                        "pack them one by one"};
    }
    config = std::move(read.value());
  }
  if (config.words.empty()) return options;
  std::erase_if(config.words, [&](const std::string& word) { return IsDropped(word, options.value()); });
  std::vector<std::string> words = args;
  const bool has_command = options.value().command != Options::Command::kPack;
  words.insert(words.begin() + (has_command ? 1 : 0), config.words.begin(), config.words.end());
  options = ParseOptions(words);
  if (options.ok()) options.value().config_file = config.file;
  if (options.ok() || !options.error().path.empty()) return options;
  Diagnostic error = options.error();
  error.path = config.file;
  return error;
}

std::string ConfigSchema() {
  std::string properties = QuoteJson(kSchemaKey) + ":{\"type\":\"string\"}";
  for (const OptionSpec& option : OptionTable()) {
    if (!CanBeInFile(option)) continue;
    std::string type = TypeOf(option);
    type.pop_back();
    properties += ",\n" + QuoteJson(option.name.substr(2)) + ":" + type + ",\"description\":" + QuoteJson(option.text) + "}";
  }
  return "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"dv8pack.json\",\"type\":\"object\",\n"
         "\"additionalProperties\":false,\"properties\":{" +
         properties + "}}\n";
}

}  // namespace dv8
