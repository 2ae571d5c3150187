// dv8pack: one static executable out of an app. See ARCHITECTURE.md.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "packager/bundle/app_build.h"
#include "packager/bundle/entry.h"
#include "packager/bundle/virtual_path.h"
#include "packager/cli/completion.h"
#include "packager/cli/config.h"
#include "packager/cli/image.h"
#include "packager/cli/init.h"
#include "packager/cli/inputs.h"
#include "packager/cli/inspect.h"
#include "packager/cli/install.h"
#include "packager/cli/metafile.h"
#include "packager/cli/option_table.h"
#include "packager/cli/options.h"
#include "packager/cli/overwrite.h"
#include "packager/cli/pack.h"
#include "packager/cli/progress.h"
#include "packager/cli/report.h"
#include "packager/cli/run.h"
#include "packager/cli/watch.h"
#include "packager/diag/print.h"
#include "packager/link/output_file.h"
#include "packager/native/native.h"
#include "packager/process/files.h"
#include "packager/process/process.h"
#include "packager/sbom/npm_packages.h"
#include "runtime/core/version.h"

namespace dv8 {
namespace {

constexpr int kBadInput = 1;
constexpr int kUsage = 2;
constexpr int kOurBug = 70;

void Print(std::FILE* stream, const std::string& text) { std::fwrite(text.data(), 1, text.size(), stream); }

int Report(const Diagnostic& error, const Options& options) {
  if (options.json) Print(stdout, ErrorJson(error));
  Print(stderr, Format(error, ColorFor(2)));
  if (error.is_usage) return kUsage;
  return error.text.starts_with(kOurFault) ? kOurBug : kBadInput;
}

// Whether --out-dir names a folder that is still to be made.
bool IsMissing(const std::string& folder) {
  std::error_code error;
  return !folder.empty() && !std::filesystem::exists(folder, error);
}

int SayUsage(const Diagnostic& error) {
  Print(stderr, "dv8pack: " + error.ToString() + "\n");
  return kUsage;
}

bool IsQuiet(const Options& options) { return options.verbosity == Options::Verbosity::kQuiet; }

// Packs `options.bundle.entry`; what is said on the way goes to standard error.
Result<PackedApp> PackOne(Options options, const Install& install, const std::string& output, Progress* progress) {
  options.bundle.color = isatty(2) == 1;
  std::string messages;
  Result<PackedApp> app = PackApp(options, install, output, progress, &messages);
  progress->End();
  if (!app.ok() || !IsQuiet(options)) Print(stderr, messages);
  return app;
}

Progress::Show HowToShow(const Options& options) {
  return isatty(2) == 1 && !IsQuiet(options) && !options.json ? Progress::Show::kPhases : Progress::Show::kNothing;
}

bool IsImage(const Options& options) { return options.command == Options::Command::kImage; }

std::string Extension(const Options& options) { return IsImage(options) ? ".tar" : MakesData(options) ? ".img" : ""; }

// An entry and the file that it becomes.
struct Target {
  std::string entry;
  std::string output;
  std::string name;  // The executable's.
};

Result<std::vector<Target>> FindTargets(const Options& options, const Install& install) {
  std::vector<Target> targets;
  std::map<std::string, std::string> entries;  // By output.
  for (const std::string& entry : options.entries) {
    const Result<Entry> found = FindEntry(entry);
    if (!found.ok()) return found.error();
    std::string output = options.output.empty() ? found.value().name + Extension(options) : options.output;
    if (!options.out_dir.empty()) output = options.out_dir + (options.out_dir.ends_with('/') ? "" : "/") + output;
    const auto [other, is_new] = entries.try_emplace(output, entry);
    if (!is_new) return Diagnostic{"'" + other->second + "' and '" + entry + "' would both be this file", output};
    if (Result<Done> writable = CheckOutputPath(output); !writable.ok() && !IsMissing(options.out_dir)) {
      Diagnostic error = writable.error();
      if (options.output.empty() && options.out_dir.empty())
        error.hint = IsImage(options)     ? "-o FILE names the archive"
                     : MakesData(options) ? "-o FILE names the image"
                                          : "-o FILE names the executable";
      return error;
    }
    if (Result<Done> lost = CheckOverwrite(output, options, install); !lost.ok()) return lost.error();
    targets.push_back({entry, output, found.value().name});
  }
  return targets;
}

// What a target becomes, beside the executable in `app`.
struct Made {
  PackedApp app;
  std::vector<SbomFile> sboms;
  std::optional<Image> image = {};
  std::optional<Machine> machine = {};

  std::span<const std::byte> output() const {
    return image ? std::span(image->archive) : machine ? std::span(machine->image) : std::span(app.executable);
  }
};

Result<Made> Make(const Options& options, const Install& install, const Target& target, Progress* progress) {
  Result<PackedApp> app = PackOne(options, install, target.output, progress);
  if (!app.ok()) return app.error();
  Made made{std::move(app.value()), {}};
  Result<std::vector<SbomFile>> sboms = MakeSboms(options, install, made.app, target.name);
  if (!sboms.ok()) return sboms.error();
  made.sboms = std::move(sboms.value());
  if (!MakesData(options)) return made;
  progress->Begin("image");
  if (!IsImage(options)) {
    Result<Machine> machine = MakeAppMachine(options, install, made.app, target.name);
    progress->End();
    if (!machine.ok()) return machine.error();
    made.machine = std::move(machine.value());
    return made;
  }
  Result<Image> image = MakeAppImage(options, install, made.app, target.name, made.sboms);
  progress->End();
  if (!image.ok()) return image.error();
  made.image = std::move(image.value());
  return made;
}

// Writes the executable or the image, and what belongs beside it.
Result<Done> Write(const Options& options, const std::string& output, const Made& made) {
  const PackedApp& app = made.app;
  if (Result<Done> lost = CheckOverwrite(output, app.input_files); !lost.ok()) return lost;
  if (!options.out_dir.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.out_dir, error);
    if (error) return Diagnostic{"--out-dir: " + error.message(), options.out_dir};
  }
  if (options.source_map == Options::SourceMap::kExternal) {
    const std::string map = output + ".map";
    if (Result<Done> lost = CheckOverwrite(map, app.input_files); !lost.ok()) return lost;
    // A program's modules have a map each; those that are packed as they are have none.
    const std::string text = app.source_map.empty() ? "{\"files\":{}}" : app.source_map;
    if (Result<Done> written = WriteOutput(map, AsBytes(text), OutputKind::kData); !written.ok()) return written;
  }
  for (const SbomFile& sbom : made.sboms) {
    if (Result<Done> lost = CheckOverwrite(sbom.path, app.input_files); !lost.ok()) return lost;
    if (Result<Done> written = WriteOutput(sbom.path, AsBytes(sbom.text), OutputKind::kData); !written.ok()) return written;
  }
  return WriteOutput(output, made.output(), made.image || made.machine ? OutputKind::kData : OutputKind::kExecutable);
}

void Announce(const Options& options, const std::string& output, const Made& made, const Progress& progress) {
  const PackedApp& app = made.app;
  const bool is_verbose = options.verbosity == Options::Verbosity::kVerbose;
  if (is_verbose) {
    for (const std::string& input : app.inputs) Print(stderr, "  " + input + "\n");
    for (const std::string& module : app.modules) Print(stderr, "  " + module + "\n");
  }
  if ((isatty(2) == 1 && !options.json && !IsQuiet(options)) || is_verbose) {
    std::fprintf(stderr, "\n  %s  %s  in %.2f s\n\n", output.c_str(), HumanSize(made.output().size()).c_str(),
                 static_cast<double>(progress.Elapsed().count()) / 1000);
  }
  if (options.timing) Print(stderr, progress.Summary() + "\n");
}

// Whether the files of --metafile and --sbom can be written.
Result<Done> CheckReports(const Options& options) {
  std::vector<std::pair<std::string, std::string>> files;
  if (!options.metafile.empty()) files.emplace_back("--metafile", options.metafile);
  for (const std::string& file : options.sboms) files.emplace_back("--sbom", file);
  for (const auto& [option, file] : files) {
    if (Result<Done> writable = CheckOutputPath(file); !writable.ok()) return Diagnostic{option + ": " + writable.error().text, file};
    if (Result<Done> lost = CheckReport(option, file, options); !lost.ok()) return lost;
  }
  return Done{};
}

int Pack(Options options) {
  const Result<Install> install = FindInstall();
  if (!install.ok()) return Report(install.error(), options);
  const Result<std::vector<Target>> targets = FindTargets(options, install.value());
  if (!targets.ok()) return Report(targets.error(), options);
  Metafile metafile(WorkingDirectory());
  if (Result<Done> possible = CheckReports(options); !possible.ok()) return Report(possible.error(), options);
  std::string results;
  for (const Target& target : targets.value()) {
    options.bundle.entry = target.entry;
    Progress progress(HowToShow(options));
    const Result<Made> made = Make(options, install.value(), target, &progress);
    if (Interrupted() != 0) return kBadInput;
    if (!made.ok()) return Report(made.error(), options);
    const PackedApp& app = made.value().app;
    if (!options.metafile.empty()) {
      if (Result<Done> added = metafile.Add(app, target.output); !added.ok()) return Report(added.error(), options);
    }
    progress.Begin("write");
    if (Result<Done> written = Write(options, target.output, made.value()); !written.ok()) {
      return Report(written.error(), options);
    }
    progress.End();
    if (options.json) {
      const Made& all = made.value();
      const std::string more = all.image ? ImageJson(*all.image) : all.machine ? MachineJson(*all.machine) : "";
      results += (results.empty() ? "" : ",") +
                 ResultJson(target.output, all.output().size(), app, all.image ? "image" : "vm", more, progress.Elapsed().count());
    }
    Announce(options, target.output, made.value(), progress);
  }
  if (!options.metafile.empty()) {
    const std::string text = metafile.Text();
    if (Result<Done> written = WriteOutput(options.metafile, AsBytes(text), OutputKind::kData); !written.ok()) {
      return Report(written.error(), options);
    }
  }
  if (options.json) Print(stdout, options.out_dir.empty() ? results + "\n" : "{\"outputs\":[" + results + "]}\n");
  return 0;
}

// For --watch: an error is said, and the next change may mend it.
Result<PackedApp> PackToRun(const Options& options, const Install& install) {
  Progress progress(HowToShow(options));
  Result<PackedApp> app = PackOne(options, install, "", &progress);
  if (!app.ok() && Interrupted() == 0) (void)Report(app.error(), options);
  if (options.timing) Print(stderr, progress.Summary() + "\n");
  return app;
}

Watched WhatToWatch(const Options& options, const Entry& entry) {
  Watched watched{entry.name, options.arguments, FindRoot(entry.file), {entry.file}, IsQuiet(options)};
  for (const std::vector<std::string>* files : {&options.assets, &options.env_files, &options.native}) {
    watched.files.insert(watched.files.end(), files->begin(), files->end());
  }
  for (const std::string* file : {&options.bundle.tsconfig, &options.config_file}) {
    if (!file->empty()) watched.files.push_back(*file);
  }
  return watched;
}

int Run(Options options, const std::vector<std::string>& args) {
  const Result<Install> install = FindInstall();
  if (!install.ok()) return Report(install.error(), options);
  if (options.command == Options::Command::kRepl) {
    options.bundle.entry = install.value().repl;
    options.bundle.globals = Globals::kAll;
  }
  const Result<Entry> entry = FindEntry(options.bundle.entry);
  if (!entry.ok()) return Report(entry.error(), options);
  if (options.watch) {
    RunWatching(WhatToWatch(options, entry.value()), [&]() -> Result<PackedApp> {
      // Its file may have changed.
      const Result<Options> now = ParseWithConfig(args);
      if (!now.ok()) return SayUsage(now.error()), now.error();
      return PackToRun(now.value(), install.value());
    });
    return kBadInput;
  }
  Progress progress(HowToShow(options));
  const Result<PackedApp> app = PackOne(options, install.value(), "", &progress);
  if (Interrupted() != 0) return kBadInput;
  if (!app.ok()) return Report(app.error(), options);
  if (options.timing) Print(stderr, progress.Summary() + "\n");
  return Report(RunExecutable(app.value().executable, entry.value().name, options.arguments), options);
}

int Inspect(const Options& options) {
  const Result<std::string> file = ReadFile(options.bundle.entry);
  if (!file.ok()) return Report(file.error(), options);
  const Result<std::string> text = DescribeApp(AsBytes(file.value()), options.json ? Form::kJson : Form::kText);
  if (!text.ok()) {
    Diagnostic error = text.error();
    error.path = options.bundle.entry;
    return Report(error, options);
  }
  Print(stdout, text.value());
  return 0;
}

int PrintLicenses(const Options& options) {
  const Result<Install> install = FindInstall();
  if (!install.ok()) return Report(install.error(), options);
  const Result<std::string> text = ReadFile(install.value().licenses);
  if (!text.ok()) return Report(text.error(), options);
  std::string notices;
  if (!options.entries.empty()) {
    Progress progress(HowToShow(options));
    const Result<PackedApp> app = PackOne(options, install.value(), "", &progress);
    if (Interrupted() != 0) return kBadInput;
    if (!app.ok()) return Report(app.error(), options);
    notices = NoticesOf(PackagesOf(app.value()).packages);
  }
  Print(stdout, text.value() + notices);
  return 0;
}

int Init(const Options& options) {
  const Result<Install> install = FindInstall();
  if (!install.ok()) return Report(install.error(), options);
  const std::string& templates = install.value().templates;
  if (options.init_template.empty()) {
    const Result<std::vector<TemplateInfo>> known = ListTemplates(templates);
    if (!known.ok()) return Report(known.error(), options);
    if (options.json) Print(stdout, TemplatesJson(known.value()));
    else
      for (const TemplateInfo& one : known.value()) std::printf("%-16s%s\n", one.name.c_str(), one.title.c_str());
    return 0;
  }
  const Result<std::vector<std::string>> files = InitFolder(templates, options.init_template, options.init_folder);
  if (!files.ok()) return Report(files.error(), options);
  if (options.json) Print(stdout, InitJson(options.init_folder, files.value()));
  else if (!IsQuiet(options)) Print(stdout, options.init_folder + "/README.md says what comes next\n");
  return 0;
}

int PrintSdk(const Options& options) {
  const Result<Install> install = FindInstall();
  if (!install.ok()) return Report(install.error(), options);
  if (Result<Done> there = CheckSdk(install.value().sdk_dir); !there.ok()) {
    return Report(there.error(), options);
  }
  Print(stdout, install.value().sdk_dir + "\n");
  return 0;
}

int PrintCompletion(const Options& options) {
  const Result<std::string> script = CompletionScript(options.entries[0]);
  if (!script.ok()) return SayUsage(script.error());
  Print(stdout, script.value());
  return 0;
}

// Of a command line that cannot be read. What stands behind the entry of `run` is the app's.
bool WantsJson(const std::vector<std::string>& args) {
  auto end = args.end();
  if (!args.empty() && args[0] == "run") {
    end = std::find_if(args.begin() + 1, args.end(), [](const std::string& word) { return !word.starts_with('-'); });
  }
  return std::find(args.begin(), end, "--json") != end;
}

// What takes time, and can be interrupted.
int Work(const Options& options, const std::vector<std::string>& args) {
  if (options.command == Options::Command::kLicenses) return PrintLicenses(options);
  return options.command == Options::Command::kPack || MakesData(options) ? Pack(options) : Run(options, args);
}

int Main(const std::vector<std::string>& args) {
  Result<Options> options = ParseOptions(args);
  std::optional<TempDir> inputs;
  const std::string here = WorkingDirectory();
  if (options.ok() && !options.value().inputs.empty()) {
    CatchInterrupts();
    Result<TempDir> folder = EnterInputs(options.value().inputs);
    if (!folder.ok()) return Report(folder.error(), options.value());
    inputs.emplace(std::move(folder.value()));
  }
  options = ParseWithConfig(args);
  if (options.ok() && inputs) KeepOutputsIn(here, &options.value());
  if (!options.ok()) {
    if (WantsJson(args)) Print(stdout, ErrorJson(options.error()));
    return SayUsage(options.error());
  }
  switch (options.value().command) {
    case Options::Command::kHelp: return Print(stdout, HelpText()), 0;
    case Options::Command::kVersion: return Print(stdout, std::string("dv8pack ") + kVersion + "\n"), 0;
    case Options::Command::kSchema: return Print(stdout, ConfigSchema()), 0;
    case Options::Command::kSdk: return PrintSdk(options.value());
    case Options::Command::kInit: return Init(options.value());
    case Options::Command::kCompletion: return PrintCompletion(options.value());
    case Options::Command::kInspect: return Inspect(options.value());
    case Options::Command::kLicenses:
    case Options::Command::kImage:
    case Options::Command::kVm:
    case Options::Command::kPack:
    case Options::Command::kRepl:
    case Options::Command::kRun: break;
  }
  CatchInterrupts();
  const int code = Work(options.value(), args);
  inputs.reset();
  if (Interrupted() != 0) EndByInterrupt();
  return code;
}

}  // namespace
}  // namespace dv8

int main(int argc, char** argv) {
  dv8::PrepareProcess();
  dv8::CatchOutOfMemory();
  return dv8::Main(std::vector<std::string>(argv + 1, argv + argc));
}
