#include "packager/cli/options.h"

#include <algorithm>
#include <charconv>

#include "packager/bundle/suggest.h"
#include "packager/bundle/virtual_path.h"
#include "packager/cli/option_parser.h"
#include "packager/cli/option_table.h"
#include "packager/sbom/sbom.h"
#include "runtime/init/network.h"
#include "runtime/payload/words.h"

namespace dv8 {
namespace {

using Kind = OptionSpec::Kind;

// For a value that is none of those which an option has.
Diagnostic BadValue(std::string_view option, const std::string& value, std::string_view choices) {
  return {"--" + std::string(option) + " is " + std::string(choices) + ", not '" + value + "'"};
}

Diagnostic UnknownOption(const std::string& word) {
  std::vector<std::string> names;
  for (const OptionSpec& option : OptionTable()) names.emplace_back(option.name);
  const std::string typed = word.substr(0, word.find_first_of("=:"));
  const std::string near = NearestName(typed, names);
  return {"unknown option '" + typed + "'", "", 0, 0, near.empty() ? "dv8pack --help lists the options" : "did you mean '" + near + "'?"};
}

// The index of the entry in the words of `run`: what follows belongs to the app.
size_t FindOperand(const std::vector<std::string>& args) {
  for (size_t i = 0; i < args.size(); i++) {
    const std::string& word = args[i];
    if (word.size() < 2 || word[0] != '-') return i;
    if (word == "--") return i + 1;
    const OptionSpec* option = FindOption(word);
    if (option == nullptr || !TakesValue(option->kind)) continue;
    const bool is_short = word[1] != '-';
    if (is_short ? word.size() == 2 : word.find_first_of("=:") == std::string::npos) i++;
  }
  return args.size();
}

class Reader {
 public:
  explicit Reader(const ParsedWords& words) : words_(words) {}

  bool Has(const std::string& name) const { return words_.values.contains(name); }
  std::string Last(const std::string& name, const std::string& otherwise) const {
    const auto found = words_.values.find(name);
    return found == words_.values.end() ? otherwise : found->second.back();
  }
  std::vector<std::string> All(const std::string& name) const {
    const auto found = words_.values.find(name);
    return found == words_.values.end() ? std::vector<std::string>() : found->second;
  }

 private:
  const ParsedWords& words_;
};

// Whether the values are such as the table says.
Result<Done> CheckValues(const ParsedWords& words) {
  for (const auto& [name, values] : words.values) {
    const OptionSpec& option = *FindOption("--" + name);
    if (!TakesValue(option.kind)) continue;
    for (const std::string& value : values) {
      if (const std::string wrong = WrongValue(option, value); !wrong.empty()) return Diagnostic{"--" + name + " " + wrong};
    }
  }
  return Done{};
}

Result<Done> ReadBundleOptions(const Reader& reader, BundleOptions* options) {
  options->minify = reader.Has("minify");
  options->strict = reader.Has("strict");
  options->one_module = reader.Has("bundle");
  options->defines = reader.All("define");
  options->externals = reader.All("external");
  options->banner = reader.Last("banner", "");
  options->excludes = reader.All("exclude");
  options->aliases = reader.All("alias");
  options->loaders = reader.All("loader");
  options->included_modules = reader.All("include");
  options->tsconfig = reader.Last("tsconfig", "");
  for (const auto& [name, list, form] :
       {std::tuple("define", &options->defines, "NAME=VALUE"), std::tuple("alias", &options->aliases, "NAME=MODULE"),
        std::tuple("loader", &options->loaders, ".ext=LOADER")}) {
    for (const std::string& value : *list) {
      const size_t equals = value.find('=');
      if (equals == 0 || equals == std::string::npos) {
        return Diagnostic{std::string("--") + name + " is " + form + ", not '" + value + "'"};
      }
    }
  }
  if (reader.Last("globals", "") == "all") options->globals = Globals::kAll;
  for (const std::string& value : reader.All("env")) {
    if (value.find('=') != std::string::npos) continue;  // An image's variable.
    if (value != "default" && value != "core") return BadValue("env", value, "default or core");
    options->environment = value == "core" ? Environment::kCore : Environment::kDefault;
  }
  options->vintage = reader.Last("dv8", "");
  if (!options->banner.empty() && options->environment == Environment::kCore) {
    return Diagnostic{"--banner is for programs of modules: --env=core has scripts"};
  }
  for (const OptionSpec& option : OptionTable()) {
    const std::string name(option.name.substr(2));
    const std::string dashed(option.name);
    if (option.kind == Kind::kEsbuildFlag && reader.Has(name)) {
      options->esbuild_arguments.push_back(dashed);
    }
    if (option.kind == Kind::kEsbuild && reader.Has(name)) {
      options->esbuild_arguments.push_back(dashed + "=" + reader.Last(name, ""));
    }
    if (option.kind == Kind::kEsbuildList) {
      for (const std::string& value : reader.All(name)) {
        options->esbuild_arguments.push_back(dashed + ":" + value);
      }
    }
  }
  return Done{};
}

Result<Done> ReadSnapshotOptions(const Reader& reader, SnapshotOptions* options) {
  const std::string mode = reader.Last("snapshot", "code");
  if (mode == "app") options->mode = SnapshotMode::kApp;
  if (mode == "none") options->mode = SnapshotMode::kNone;
  options->v8_flags = reader.Last("v8-flags", "");
  const std::string limit = reader.Last("snapshot-timeout", "60");
  int seconds = 0;
  const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), seconds);
  if (error != std::errc() || end != limit.data() + limit.size() || seconds < 1 || seconds > 86400) {
    return BadValue("snapshot-timeout", limit, "a number of seconds from 1 to 86400");
  }
  options->time_limit = std::chrono::seconds(seconds);
  for (const std::string& name : reader.All("snapshot-env")) {
    if (options->mode != SnapshotMode::kApp) return Diagnostic{"--snapshot-env: only --snapshot=app runs the app while packing"};
    if (name.empty() || name.find('=') != std::string::npos) return BadValue("snapshot-env", name, "the name of a variable");
    if (const char* value = getenv(name.c_str())) options->env.push_back(name + "=" + value);
  }
  return Done{};
}

std::string DataName(const Options& options) { return options.command == Options::Command::kImage ? "an image" : "a virtual machine"; }

Result<Done> ReadOutputOptions(const Reader& reader, Options* options) {
  options->output = reader.Last("output", "");
  options->icu = reader.Last("icu", "en");
  options->assets = reader.All("asset");
  options->packed_arguments = reader.All("arg");
  options->env_files = reader.All("env-file");
  options->exec_argv = reader.Last("exec-argv", "");
  if (!options->exec_argv.empty() && options->bundle.environment == Environment::kCore) {
    return Diagnostic{"--exec-argv has options of Node's, which --env=core leaves out"};
  }
  if (!options->exec_argv.empty()) options->bundle.included_modules.push_back("node:module");
  for (const std::string& argument : options->packed_arguments) {
    if (argument.find(kWordSeparator) != std::string::npos) {
      return Diagnostic{"--arg: an argument cannot have the control character 0x1f"};
    }
  }
  options->native = reader.All("native");
  options->json = reader.Has("json");
  options->timing = reader.Has("timing");
  options->allow_v8_flags = reader.Has("allow-v8-flags");
  options->ca = reader.Last("ca", "system");
  options->allow_env_ca = reader.Has("allow-env-ca");
  if (reader.Has("verbose")) options->verbosity = Options::Verbosity::kVerbose;
  if (reader.Has("quiet")) options->verbosity = Options::Verbosity::kQuiet;
  if (reader.Last("compress", "") == "lz4") options->compress = Options::Compress::kLz4;
  const std::string map = reader.Last("sourcemap", "linked");
  if (map == "none") options->source_map = Options::SourceMap::kNone;
  if (map == "external") options->source_map = Options::SourceMap::kExternal;
  options->bundle.is_sourceless = reader.Has("sourceless");
  if (options->bundle.is_sourceless && options->snapshot.mode == SnapshotMode::kNone) {
    return Diagnostic{"--sourceless leaves compiled code, which --snapshot=none does not make"};
  }
  options->bundle.source_contents = map == "external" || (map == "linked" && !options->bundle.is_sourceless);
  options->watch = reader.Has("watch");
  if (options->watch && options->command != Options::Command::kRun) return Diagnostic{"--watch is for dv8pack run"};
  options->metafile = reader.Last("metafile", "");
  options->inputs = reader.Last("inputs", "");
  options->out_dir = reader.Last("out-dir", "");
  options->sboms = reader.All("sbom");
  for (const std::string& file : options->sboms) {
    if (!SbomFormatOf(file))
      return Diagnostic{"--sbom is a file that ends with .cdx.json (CycloneDX) or .spdx.json (SPDX), not '" + file + "'"};
    if (!options->out_dir.empty()) return Diagnostic{"--sbom is about one program, --out-dir makes several"};
  }
  if (MakesData(*options)) {
    if (!options->out_dir.empty()) return Diagnostic{"--out-dir is for executables: " + DataName(*options) + " is one file"};
    if (map == "external") return Diagnostic{"--sourcemap=external is for executables"};
  } else if (options->command != Options::Command::kPack) {
    for (const char* name : {"output", "out-dir", "metafile", "sbom"}) {
      if (reader.Has(name)) return Diagnostic{"--" + std::string(name) + " is for packing: this command writes no file"};
    }
    if (map == "external") return Diagnostic{"--sourcemap=external is for packing: this command writes no file"};
  }
  if (!options->inputs.empty()) {
    if (options->command != Options::Command::kPack && options->command != Options::Command::kImage) {
      return Diagnostic{"--inputs is for packing"};
    }
    if ((options->output + options->out_dir).empty()) return Diagnostic{"--inputs: -o FILE names the output"};
  }
  if (!options->out_dir.empty() && !options->output.empty()) {
    return Diagnostic{"--output names one executable, --out-dir a folder for several: one of them"};
  }
  return Done{};
}

// "9229", "host:9229", "[::1]:9229" or "" → "host:port".
Result<std::string> ReadInspectPlace(const std::string& name, const std::string& value) {
  std::string host = "127.0.0.1", port = value.empty() ? "9229" : value;
  if (const size_t colon = value.rfind(':'); colon != std::string::npos && !value.ends_with(']')) {
    host = value.substr(0, colon);
    port = value.substr(colon + 1);
  }
  int number = -1;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 0 || number > 65535 || host.empty()) {
    return BadValue(name, value, "a port from 0 to 65535 or an address and a port");
  }
  return host + ":" + std::to_string(number);
}

Result<Done> ReadInspectOptions(const Reader& reader, Options* options) {
  for (const char* name : {"inspect", "inspect-brk"}) {
    if (!reader.Has(name)) continue;
    const Result<std::string> place = ReadInspectPlace(name, reader.Last(name, ""));
    if (!place.ok()) return place.error();
    options->inspect = place.value();
    options->inspect_break = std::string_view(name) == "inspect-brk";
  }
  if (options->inspect.empty()) return Done{};
  if (options->bundle.is_sourceless) return Diagnostic{"--inspect shows the app's source, which --sourceless leaves out"};
  if (options->snapshot.mode == SnapshotMode::kApp) {
    return Diagnostic{"--inspect needs the app's code as it starts: --snapshot=app has run it already"};
  }
  options->bundle.included_modules.push_back("dv8:debugger");
  return Done{};
}

Result<Done> ReadImageOptions(const Reader& reader, Options* options) {
  ImageOptions* image = &options->image;
  for (const auto& [section, command, name] : {std::tuple(OptionSpec::Section::kImage, Options::Command::kImage, "image"),
                                               std::tuple(OptionSpec::Section::kMachine, Options::Command::kVm, "vm")}) {
    if (options->command == command) continue;
    for (const OptionSpec& option : OptionTable()) {
      if (option.section == section && reader.Has(std::string(option.name.substr(2)))) {
        return Diagnostic{std::string(option.name) + " is for dv8pack " + name};
      }
    }
  }
  for (const std::string& value : reader.All("env")) {
    if (value.find('=') == std::string::npos) continue;
    if (!MakesData(*options)) {
      return Diagnostic{"--env NAME=VALUE is for dv8pack image and vm", "", 0, 0, "--env-file FILE packs variables into the app"};
    }
    if (Result<std::pair<std::string, std::string>> variable = ParsePair("env", value); !variable.ok()) return variable.error();
    image->env.push_back(value);
    options->machine.env.push_back(value);
  }
  if (const std::string tag = reader.Last("tag", ""); !tag.empty()) {
    Result<Reference> reference = ParseReference(tag);
    if (!reference.ok()) return reference.error();
    image->reference = std::move(reference.value());
  }
  for (const std::string& value : reader.All("port")) {
    Result<std::string> port = ParsePort(value);
    if (!port.ok()) return port.error();
    image->ports.push_back(std::move(port.value()));
  }
  for (const std::string& value : reader.All("label")) {
    const Result<std::pair<std::string, std::string>> label = ParsePair("label", value);
    if (!label.ok()) return label.error();
    image->labels[label.value().first] = label.value().second;
  }
  for (const std::string& value : reader.All("file")) {
    Result<FileToCopy> file = ParseFileToCopy(value);
    if (!file.ok()) return file.error();
    image->files.push_back(std::move(file.value()));
  }
  image->workdir = reader.Last("workdir", "");
  if (!image->workdir.empty() && image->workdir != AbsolutePath("/", image->workdir)) {
    return BadValue("workdir", image->workdir, "an absolute path without '.', '..' and a slash at its end");
  }
  image->base = reader.Last("base", "");
  image->user = reader.Last("user", "");
  if (image->base.empty()) {
    if (Result<UserIds> user = ParseUser(image->user); !user.ok()) return user.error();
  }
  if (reader.Last("compression", "") == "zstd") image->compression = Compression::kZstd;
  return Done{};
}

Result<Done> ReadMachineOptions(const Reader& reader, MachineOptions* machine) {
  machine->modules = reader.Last("modules", "");
  machine->ip = reader.Last("ip", "dhcp");
  if (machine->ip != "dhcp" && machine->ip != "none" && !ParseStaticAddress(machine->ip)) {
    return BadValue("ip", machine->ip, "dhcp, none or ADDRESS/BITS[,ROUTER[,NAMESERVER]]");
  }
  return Done{};
}

}  // namespace

Result<Options> ParseOptions(const std::vector<std::string>& args) {
  Options options;
  std::vector<std::string> words = args;
  static constexpr std::pair<std::string_view, Options::Command> kCommands[] = {
      {"run", Options::Command::kRun},
      {"image", Options::Command::kImage},
      {"vm", Options::Command::kVm},
      {"repl", Options::Command::kRepl},
      {"init", Options::Command::kInit},
      {"inspect", Options::Command::kInspect},
      {"completion", Options::Command::kCompletion},
  };
  for (const auto& [name, command] : kCommands) {
    if (words.empty() || words[0] != name) continue;
    options.command = command;
    words.erase(words.begin());
    break;
  }
  if (options.command == Options::Command::kRun) {
    if (const size_t entry = FindOperand(words); entry < words.size()) {
      options.arguments.assign(words.begin() + static_cast<ptrdiff_t>(entry) + 1, words.end());
      words.resize(entry + 1);
    }
  }
  const ParsedWords parsed = ParseWords(words);
  if (!parsed.error.empty()) return Diagnostic{parsed.error};
  if (!parsed.unknown.empty()) return UnknownOption(parsed.unknown[0]);
  const Reader reader(parsed);
  for (const auto& [name, command] : {std::pair("help", Options::Command::kHelp), std::pair("version", Options::Command::kVersion),
                                      std::pair("licenses", Options::Command::kLicenses), std::pair("sdk", Options::Command::kSdk),
                                      std::pair("schema", Options::Command::kSchema)}) {
    if (!reader.Has(name)) continue;
    options.command = command;
    // Licences are those of a program when one is named.
    if (command == Options::Command::kLicenses && !parsed.operands.empty()) break;
    return options;
  }
  for (Result<Done> read : {CheckValues(parsed), ReadBundleOptions(reader, &options.bundle), ReadSnapshotOptions(reader, &options.snapshot),
                            ReadOutputOptions(reader, &options), ReadInspectOptions(reader, &options), ReadImageOptions(reader, &options),
                            ReadMachineOptions(reader, &options.machine)}) {
    if (!read.ok()) return read.error();
  }
  if (options.command == Options::Command::kRepl) {
    if (!parsed.operands.empty()) {
      return Diagnostic{"repl takes no file: '" + parsed.operands[0] + "'"};
    }
    return options;
  }
  if (options.command == Options::Command::kInit) {
    const std::vector<std::string>& words = parsed.operands;
    if (words.size() > 2) return Diagnostic{"init takes a template and a folder: '" + words[2] + "'?"};
    if (!words.empty()) options.init_template = words[0];
    options.init_folder = words.size() == 2 ? words[1] : options.init_template;
    return options;
  }
  if (parsed.operands.empty() || parsed.operands[0].empty()) {
    const char* question = options.command == Options::Command::kInspect      ? "which app is to be inspected?"
                           : options.command == Options::Command::kCompletion ? "for which shell: bash, zsh or fish?"
                                                                              : "which file does the app start with?";
    return Diagnostic{question, "", 0, 0, "dv8pack --help says how it is used"};
  }
  if (parsed.operands.size() > 1 && options.out_dir.empty()) {
    return Diagnostic{"one file at a time: '" + parsed.operands[0] + "' or '" + parsed.operands[1] + "'?", "", 0, 0,
                      options.command == Options::Command::kPack ? "--out-dir FOLDER packs each into one of its own" : ""};
  }
  options.entries = parsed.operands;
  options.bundle.entry = parsed.operands[0];
  return options;
}

}  // namespace dv8
