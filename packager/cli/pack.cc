#include "packager/cli/pack.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "packager/bundle/app_build.h"
#include "packager/bundle/dv8_scripts.h"
#include "packager/bundle/esbuild.h"
#include "packager/bundle/glob.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/virtual_path.h"
#include "packager/cli/assets.h"
#include "packager/graph/program.h"
#include "packager/icu/cut.h"
#include "packager/link/elf_writer.h"
#include "packager/native/native.h"
#include "packager/process/files.h"
#include "runtime/payload/dotenv.h"
#include "runtime/payload/library_file.h"
#include "runtime/payload/mapped_file.h"
#include "runtime/payload/payload_writer.h"
#include "runtime/payload/words.h"

namespace dv8 {
namespace {

constexpr char kFullIcu[] = "/icudt76l.dat";
constexpr char kEnglishIcu[] = "/icudt76l-en.dat";  // The cut for "en", made with dv8pack.

// ICU's data: a file of the distribution, or what is cut out of one.
struct IcuData {
  MappedFile file;
  std::vector<std::byte> cut;

  std::span<const std::byte> bytes() const { return cut.empty() ? file.bytes() : cut; }
};

Result<IcuData> ReadIcuData(const std::string& choice, const std::string& folder) {
  IcuData data;
  if (choice == "none") return data;
  Result<MappedFile> file = MappedFile::Open(folder + (choice == "en" ? kEnglishIcu : kFullIcu));
  if (!file.ok()) return file.error();
  data.file = std::move(file.value());
  if (choice == "en" || choice == "full") return data;
  Result<std::vector<std::byte>> cut = CutIcuData(data.file.bytes(), choice);
  if (!cut.ok()) return cut.error();
  data.cut = std::move(cut.value());
  return data;
}

Result<StdlibManifest> ReadManifest(const std::string& stdlib_dir) {
  const std::string path = stdlib_dir + "/manifest.json";
  const Result<std::string> text = ReadFile(path);
  if (!text.ok()) return text.error();
  return StdlibManifest::Parse(text.value(), path);
}

// The smallest template that has every native module which the library names.
Result<Template> ChooseTemplate(const Library& library, const std::string& extra_bindings) {
  const Result<std::string> list = ReadFile(extra_bindings);
  if (!list.ok()) return list.error();
  std::istringstream lines(list.value());
  for (std::string name; std::getline(lines, name);) {
    if (library.bindings.contains(name)) return Template::kFull;
  }
  return Template::kSmall;
}

// Whether an import of `name` in `entry` may lead to a package in a node_modules folder.
bool HasPackage(const std::string& entry, const std::string& name) {
  std::error_code error;
  for (std::filesystem::path folder = std::filesystem::absolute(entry, error).parent_path();; folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "node_modules" / name, error)) return true;
    if (folder == folder.parent_path()) return false;
  }
}

// The module files that `pattern`, a path or a glob from the working folder, stands for.
std::vector<std::string> ModulesByGlob(const std::string& pattern) {
  namespace fs = std::filesystem;
  const std::string path = AbsolutePath(WorkingDirectory(), pattern);
  std::error_code error;
  if (fs::is_regular_file(path, error)) return {path};
  const size_t wild = path.find_first_of("*?[");
  if (wild == std::string::npos) return {};
  std::vector<std::string> files;
  const std::string folder = Dirname(path.substr(0, wild));
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name == "node_modules" || name == ".git") at.disable_recursion_pending();
    const bool matches = IsModuleFile(name) && MatchesGlob(path, at->path().string());
    if (matches && at->is_regular_file(error)) files.push_back(at->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// --include names modules of the library and packages as imports do, and files by globs.
Result<Done> ResolveIncluded(const StdlibManifest& manifest, BundleOptions* options) {
  for (const std::string& name : std::exchange(options->included_modules, {})) {
    if (const std::string module = manifest.Resolve(name); !module.empty()) {
      options->included_modules.push_back(module);
      continue;
    }
    if (IsPackage(name) && HasPackage(options->entry, PackageName(name))) {
      options->included_packages.push_back(name);
      continue;
    }
    const std::vector<std::string> files = ModulesByGlob(name);
    if (files.empty()) {
      const std::string near = manifest.Nearest(name);
      return UsageError("--include: '" + name + "' is no module of the standard library, no package and no module's file",
                        near.empty() ? "" : "did you mean '" + near + "'?");
    }
    options->included_files.insert(options->included_files.end(), files.begin(), files.end());
  }
  return Done{};
}

// What `builder` has by --native, as modules of the library.
Result<Done> AddNativeModules(const std::string& builder, StdlibManifest* manifest) {
  const Result<std::vector<std::string>> names = NativeModuleNames(builder);
  if (!names.ok()) return names.error();
  for (const std::string& name : names.value()) {
    if (!manifest->AddNative(name)) {
      return Diagnostic{"--native: there is a dv8:" + name + " already: the module needs another name"};
    }
  }
  return Done{};
}

// The template to make the app of; with native modules it is linked now.
Result<std::string> RuntimeFile(Template kind, const Install& install, const std::optional<NativeLinker>& native) {
  if (native) return native->LinkRuntime(kind);
  return kind == Template::kFull ? install.full_runtime : install.runtime;
}

// Whose command line is Node's: runtime/bindings/node/command_line.h.
bool BehavesAsNode(const AppBundle& app) { return app.modules.contains(kNodeProgram); }

// Whether the program starts threads: dv8's, isolates, or Node's workers.
bool HasThreads(const AppBundle& app, const Library& library) {
  constexpr char kWorkers[] = "node:worker_threads";
  return app.modules.contains(kWorkers) || library.bindings.contains("dv8_thread") || library.bindings.contains("dv8_isolate");
}

// The variables of .env files, a later one's before an earlier one's: "NAME=value".
Result<std::vector<std::string>> ReadEnvFiles(const std::vector<std::string>& files) {
  std::map<std::string, std::string> variables;
  for (const std::string& file : files) {
    const Result<std::string> text = ReadFile(file);
    if (!text.ok()) return Diagnostic{"--env-file: " + text.error().text, file};
    for (auto& [name, value] : ParseDotenv(text.value())) {
      if (name.empty()) continue;
      if ((name + value).find_first_of(std::string_view("\0\x1f", 2)) != std::string::npos) {
        return Diagnostic{"--env-file: '" + name + "' has a control character that no variable can have", file};
      }
      variables[name] = std::move(value);
    }
  }
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

// --conditions are for what is resolved at run time, too.
std::string ExecArgv(const Options& options, const AppBundle& app) {
  std::string text = options.exec_argv;
  if (!app.has_node_library) return text;
  for (const std::string& condition : ConditionsOf(options.bundle)) {
    text += (text.empty() ? "" : " ") + ("\"--conditions=" + condition + "\"");
  }
  return text;
}

// The first TCP port of --port, where dv8:serve listens when the app says nothing else.
std::string ServerPort(const Options& options, const AppBundle& app) {
  static constexpr std::string_view kTcp = "/tcp";
  if (!app.modules.contains("dv8:serve")) return "";
  for (const std::string& port : options.image.ports) {
    if (port.ends_with(kTcp)) return port.substr(0, port.size() - kTcp.size());
  }
  return "";
}

std::map<std::string, std::string> Manifest(const Options& options, const AppBundle& app, const Script& stdlib, const std::string& v8_flags,
                                            const std::vector<std::string>& variables, bool has_threads) {
  std::map<std::string, std::string> manifest = {
      {"env", options.bundle.environment == Environment::kCore ? "core" : "default"},
      {"entry", app.entry},
      {"icu", options.icu},
      {"mode", SnapshotModeName(options.snapshot.mode)},
      {"stdlib-encoding", stdlib.encoding()},
  };
  if (!options.bundle.vintage.empty()) manifest["dv8"] = options.bundle.vintage;
  if (!v8_flags.empty()) manifest["v8-flags"] = v8_flags;
  if (!variables.empty()) manifest["environment"] = JoinWords(variables);
  if (!options.packed_arguments.empty()) manifest["arguments"] = JoinWords(options.packed_arguments);
  if (const std::string exec_argv = ExecArgv(options, app); !exec_argv.empty()) manifest["exec-argv"] = exec_argv;
  if (!options.inspect.empty()) {
    manifest[options.inspect_break ? "inspect-brk" : "inspect"] = options.inspect;
  }
  if (const std::string port = ServerPort(options, app); !port.empty()) manifest["port"] = port;
  if (options.allow_v8_flags) manifest["allow-v8-flags"] = "yes";
  if (options.ca != "system") manifest["ca"] = options.ca == "debian" || options.ca == "none" ? options.ca : "file";
  if (options.allow_env_ca) manifest["allow-env-ca"] = "yes";
  if (BehavesAsNode(app)) manifest["command-line"] = "node";
  if (!BehavesAsNode(app)) manifest["modules"] = "yes";
  if (!app.link.empty()) manifest["link"] = app.link;
  if (has_threads) manifest["threads"] = "yes";
  return manifest;
}

// The certificates to pack in; empty when there are none.
Result<std::string> RootCertificates(const std::string& ca, const Install& install) {
  if (ca == "system" || ca == "none") return std::string();
  Result<std::string> text = ReadFile(ca == "debian" ? install.certificates : ca);
  if (!text.ok()) return Diagnostic{"--ca is system, debian, none or a file of certificates: " + text.error().text, ca};
  if (text.value().find("-----BEGIN CERTIFICATE-----") == std::string::npos) return Diagnostic{"--ca: no certificate in PEM is in it", ca};
  return text;
}

// Whether the app names anything of Node that the small start does not have.
bool NeedsNodeLibrary(const StdlibManifest& manifest, const AppBundle& app) {
  return BehavesAsNode(app) ||
         std::any_of(app.modules.begin(), app.modules.end(), [](const std::string& module) { return module.starts_with("node:"); }) ||
         std::any_of(app.standard_globals.begin(), app.standard_globals.end(), [&](const std::string& global) {
           const auto stand_in = manifest.stand_ins.find(global);
           return manifest.node_globals.contains(global) &&
                  (stand_in == manifest.stand_ins.end() || !app.modules.contains(stand_in->second));
         });
}

// How many units of UTF-16 the text has.
size_t LengthInUtf16(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }) +
                             std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xF8) == 0xF0; }));
}

// Spaces in place of the texts that the snapshot does not need: strings of their lengths lie in it. `messages` gets the
// names of the others.
void LeaveOutSources(const std::set<std::string>& left_out, const AppBundle& app, std::vector<EmbeddedFile>* files, std::string* messages) {
  for (EmbeddedFile& file : *files) {
    const std::string path = file.path.starts_with(kCodeRoot) ? file.path.substr(sizeof(kCodeRoot) - 1) : file.path;
    if (!file.is_link && left_out.contains(path)) file.bytes.assign(LengthInUtf16(file.bytes), ' ');
  }
  for (const std::string& path : app.code) {
    if (left_out.contains(path)) continue;
    *messages += "warning: " + path + " keeps its source: what it imports is only known when the app runs\n";
  }
}

}  // namespace

Result<PackedApp> PackApp(const Options& options, const Install& install, const std::string& output, Progress* progress,
                          std::string* messages) {
  Result<StdlibManifest> manifest = ReadManifest(install.stdlib_dir);
  if (!manifest.ok()) return manifest.error();
  // It gets ready while the rest is read.
  const Result<std::unique_ptr<Esbuild>> esbuild = Esbuild::Start(install.esbuild);
  if (!esbuild.ok()) return esbuild.error();
  const Result<TempDir> temp = TempDir::Make();
  if (!temp.ok()) return temp.error();
  std::string builder = install.snapshot;
  std::optional<NativeLinker> native;
  if (!options.native.empty()) {
    progress->Begin("native");
    Result<NativeLinker> linker = NativeLinker::Make(options.native, install.sdk_dir, temp.value().path());
    if (!linker.ok()) return linker.error();
    native = std::move(linker.value());
    Result<std::string> linked = native->LinkBuilder();
    if (!linked.ok()) return linked.error();
    builder = linked.value();
    if (Result<Done> added = AddNativeModules(builder, &manifest.value()); !added.ok()) {
      return added.error();
    }
  }
  if (options.bundle.environment == Environment::kCore) manifest.value().UseCore();
  manifest.value().AliasDv8([&](const std::string& name) { return HasPackage(options.bundle.entry, name); });
  BundleOptions bundle_options = options.bundle;
  bundle_options.output = output;
  bundle_options.assets = options.assets;
  if (Result<Done> known = ResolveIncluded(manifest.value(), &bundle_options); !known.ok()) {
    return known.error();
  }
  if (options.command == Options::Command::kRepl) {
    for (const auto& [name, module] : manifest.value().modules) {
      // WASI warns when it is evaluated; what is not included is loaded when it is asked for.
      if (name != kNodeProgram && name != "node:wasi") bundle_options.included_modules.push_back(name);
    }
  }
  if (!options.snapshot.v8_flags.empty()) {
    progress->Begin("flags");
    if (Result<Done> known = CheckV8Flags(builder, options.snapshot.v8_flags); !known.ok()) {
      return known.error();
    }
  }
  std::string v8_flags = options.snapshot.v8_flags;
  if (!options.exec_argv.empty()) {
    progress->Begin("flags");
    const Result<std::string> own = CheckExecArgv(builder, options.exec_argv);
    if (!own.ok()) return own.error();
    v8_flags += (v8_flags.empty() || own.value().empty() ? "" : " ") + own.value();
  }
  if (const std::string& tsconfig = options.bundle.tsconfig; !tsconfig.empty()) {
    const Result<std::string> text = ReadFile(tsconfig);
    if (!text.ok()) return Diagnostic{"--tsconfig: " + text.error().text, tsconfig};
  }
  const Result<std::vector<std::string>> variables = ReadEnvFiles(options.env_files);
  if (!variables.ok()) return variables.error();
  const Result<std::string> certificates = RootCertificates(options.ca, install);
  if (!certificates.ok()) return certificates.error();
  const Result<IcuData> icu = ReadIcuData(options.icu, install.icu_dir);
  if (!icu.ok()) return icu.error();

  progress->Begin("bundle");
  if (!bundle_options.banner.empty()) {
    Result<std::string> banner = OneLine(bundle_options.banner, esbuild.value().get());
    if (!banner.ok()) return banner.error();
    bundle_options.banner = std::move(banner.value());
  }
  Result<AppBundle> app = BundleApp(bundle_options, esbuild.value().get(), manifest.value(), messages);
  if (!app.ok()) return app.error();
  if (BehavesAsNode(app.value()) && !(options.packed_arguments.empty() && options.exec_argv.empty())) {
    return UsageError("--arg and --exec-argv are not for programs with dv8:node: their command line is node's");
  }
  const Excluded excluded(options.bundle.excludes, WorkingDirectory());
  Result<std::vector<EmbeddedFile>> assets = ReadAssets(options.assets, app.value().root, output, excluded);
  if (!assets.ok()) return assets.error();
  // Scripts that threads and dv8's require() find among them.
  if (app.value().runs_assets) {
    for (const EmbeddedFile& file : assets.value()) {
      if (file.path.ends_with(".js")) AddNames(manifest.value(), file.bytes, &app.value());
    }
  }
  // Scripts that isolates run.
  if (app.value().modules.contains("dv8:isolate")) {
    for (const EmbeddedFile& file : assets.value()) {
      if (file.path.ends_with(".js")) app.value().modules.merge(RequiredIn(manifest.value(), file.bytes));
    }
  }
  app.value().has_node_library = app.value().needs_node_loader || NeedsNodeLibrary(manifest.value(), app.value());
  if (!BehavesAsNode(app.value())) {
    if (Result<Done> made = MakeGraph(bundle_options, esbuild.value().get(), manifest.value(), &app.value(), messages); !made.ok()) {
      return made.error();
    }
  }
  std::string map_beside;
  if (options.source_map == Options::SourceMap::kExternal) map_beside = app.value().source_map;
  if (options.source_map != Options::SourceMap::kLinked) app.value().source_map.clear();
  for (EmbeddedFile& file : app.value().files) assets.value().push_back(std::move(file));
  std::map<std::string, size_t> stored;
  for (const EmbeddedFile& file : assets.value()) stored[file.path] = file.bytes.size();
  std::vector<AssetFile> files = SortAssets(&assets.value());
  // Beside what is done until the payload is written, unless it is only then known what they are.
  std::future<AssetSections> sections =
      std::async(bundle_options.is_sourceless ? std::launch::deferred : std::launch::async, [&] { return MakeAssetSections(files); });

  progress->Begin("library");
  const Result<Library> library =
      BundleStdlib(install.stdlib_dir, esbuild.value().get(), manifest.value(), app.value(), bundle_options.environment);
  if (!library.ok()) return library.error();
  esbuild.value()->Stop();
  const Script& stdlib = library.value().script;
  MappedFile node_library;
  if (app.value().has_node_library) {
    Result<MappedFile> file = MappedFile::Open(install.node_library);
    if (!file.ok()) return file.error();
    node_library = std::move(file.value());
  }
  const Result<Template> runtime_kind = ChooseTemplate(library.value(), install.extra_bindings);
  if (!runtime_kind.ok()) return runtime_kind.error();
  SnapshotOptions snapshot_options = options.snapshot;
  snapshot_options.runtime = runtime_kind.value();
  snapshot_options.leaves_out_sources = bundle_options.is_sourceless;
  snapshot_options.icu_data = icu.value().bytes();
  snapshot_options.exec_argv = ExecArgv(options, app.value());
  if (app.value().has_node_library) snapshot_options.library = install.node_library;
  const bool takes_v8_flags = options.allow_v8_flags || BehavesAsNode(app.value());
  snapshot_options.v8_flags = v8_flags;
  snapshot_options.heap_image = v8_flags.empty() && !takes_v8_flags;
  snapshot_options.has_threads = HasThreads(app.value(), library.value());
  snapshot_options.has_sandboxes = library.value().bindings.contains("dv8_isolate");

  if (!BehavesAsNode(app.value()) || options.snapshot.mode == SnapshotMode::kApp) snapshot_options.files = files;

  progress->Begin("snapshot");
  const Result<Snapshot> snapshot = MakeSnapshot(builder, temp.value().path(), app.value(), stdlib, snapshot_options, messages);
  if (!snapshot.ok()) return snapshot.error();
  if (bundle_options.is_sourceless) {
    LeaveOutSources(snapshot.value().left_out, app.value(), &assets.value(), messages);
    files = SortAssets(&assets.value());
  }

  progress->Begin("link");
  PayloadWriter writer(snapshot.value().fingerprint);
  writer.AddManifest(Manifest(options, app.value(), stdlib, v8_flags, variables.value(), snapshot_options.has_threads));
  const Packing packing = options.compress == Options::Compress::kLz4 ? Packing::kLz4 : Packing::kNone;
  const std::span<const std::byte> image = snapshot.value().heap_image.bytes();
  const std::span<const std::byte> sandbox = snapshot.value().sandbox_image.bytes();
  if (image.empty()) {
    writer.Add(SectionKind::kSnapshot, snapshot.value().blob, packing);
  } else {
    writer.Add(SectionKind::kHeapImage, image, packing);
  }
  if (!sandbox.empty()) writer.Add(SectionKind::kSandboxImage, sandbox, packing);
  writer.Add(SectionKind::kStdlibSource, AsBytes(stdlib.bytes), Packing::kLz4);
  if (const auto parts = SplitLibraryFile(node_library.bytes())) {
    writer.Add(SectionKind::kLibraryIndex, parts->index, Packing::kNone);
    writer.Add(SectionKind::kLibraryData, parts->data, Packing::kNone);
    if (const std::string& evaluated = snapshot.value().evaluated; !evaluated.empty()) {
      writer.Add(SectionKind::kLibraryEvaluated, AsBytes(evaluated), Packing::kLz4);
    }
  }
  if (!app.value().source_map.empty()) {
    writer.Add(SectionKind::kSourceMap, AsBytes(app.value().source_map), Packing::kLz4);
  }
  if (const std::span<const std::byte> bytes = icu.value().bytes(); !bytes.empty()) {
    writer.Add(SectionKind::kIcuData, bytes, Packing::kNone);
  }
  if (!files.empty()) {
    AssetSections packed = sections.get();
    assets.value().clear();  // Their memory is the payload's now.
    writer.Add(SectionKind::kAssetIndex, std::move(packed.index));
    writer.Add(SectionKind::kAssetData, std::move(packed.data));
  }
  // The small template has no OpenSSL that would read them.
  if (!certificates.value().empty() && runtime_kind.value() == Template::kFull) {
    writer.Add(SectionKind::kCertificates, AsBytes(certificates.value()), Packing::kNone);
  }
  const std::vector<std::byte> payload = writer.Finish();
  const Result<std::string> runtime_file = RuntimeFile(runtime_kind.value(), install, native);
  if (!runtime_file.ok()) return runtime_file.error();
  const Result<MappedFile> runtime = MappedFile::Open(runtime_file.value());
  if (!runtime.ok()) return runtime.error();
  Result<std::vector<std::byte>> linked = LinkPayload(runtime.value().bytes(), payload);
  if (!linked.ok()) return linked.error();
  PackedApp packed;
  packed.executable = std::move(linked.value());
  packed.modules.assign(app.value().modules.begin(), app.value().modules.end());
  packed.inputs = std::move(app.value().inputs);
  packed.input_files = std::move(app.value().input_files);
  packed.source_map = std::move(map_beside);
  packed.metafile = std::move(app.value().metafile);
  packed.root = std::move(app.value().root);
  packed.entry_file = std::move(app.value().entry_file);
  packed.stored = std::move(stored);
  packed.runtime = runtime_kind.value();
  packed.has_node_library = app.value().has_node_library;
  return packed;
}

}  // namespace dv8
