// dv8pack: one static executable out of an app. See ARCHITECTURE.md.
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "packager/bundle/entry.h"
#include "packager/bundle/json.h"
#include "packager/cli/inspect.h"
#include "packager/cli/install.h"
#include "packager/cli/option_table.h"
#include "packager/cli/options.h"
#include "packager/cli/overwrite.h"
#include "packager/cli/pack.h"
#include "packager/cli/progress.h"
#include "packager/cli/run.h"
#include "packager/diag/print.h"
#include "packager/link/output_file.h"
#include "packager/native/native.h"
#include "packager/process/files.h"
#include "packager/process/process.h"
#include "runtime/core/version.h"

namespace dv8 {
namespace {

constexpr int kBadInput = 1;
constexpr int kUsage = 2;
constexpr int kOurBug = 70;

void Print(std::FILE* stream, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

std::string ErrorJson(const Diagnostic& error) {
  return "{\"error\":{\"text\":" + QuoteJson(error.text) + ",\"path\":" + QuoteJson(error.path) +
         ",\"line\":" + std::to_string(error.line) + ",\"column\":" + std::to_string(error.col) +
         ",\"hint\":" + QuoteJson(error.hint) + "}}\n";
}

int Report(const Diagnostic& error, const Options& options) {
  if (options.json) Print(stdout, ErrorJson(error));
  Print(stderr, Format(error, ColorFor(2)));
  return error.text.starts_with(kOurFault) ? kOurBug : kBadInput;
}

std::string List(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ",") + QuoteJson(item);
  return "[" + out + "]";
}

int Finish(const Options& options, const std::string& output, const PackedApp& app,
           Progress* progress) {
  if (Result<Done> lost = CheckOverwrite(output, app.input_files); !lost.ok()) {
    return Report(lost.error(), options);
  }
  progress->Begin("write");
  if (Interrupted() != 0) return kBadInput;
  if (Result<Done> written = WriteExecutable(output, app.executable); !written.ok()) {
    return Report(written.error(), options);
  }
  progress->End();
  const auto took = progress->Elapsed().count();
  if (options.json) {
    const Result<std::string> sections = SectionsJson(app.executable);
    Print(stdout, "{\"output\":" + QuoteJson(output) +
                      ",\"size\":" + std::to_string(app.executable.size()) +
                      ",\"ms\":" + std::to_string(took) + ",\"sections\":" +
                      (sections.ok() ? sections.value() : "[]") + ",\"modules\":" +
                      List(app.modules) + ",\"inputs\":" + List(app.inputs) + "}\n");
  }
  if (options.verbosity == Options::Verbosity::kVerbose) {
    for (const std::string& input : app.inputs) Print(stderr, "  " + input + "\n");
    for (const std::string& module : app.modules) Print(stderr, "  " + module + "\n");
  }
  const bool to_terminal = isatty(2) == 1 && !options.json;
  if ((to_terminal && options.verbosity != Options::Verbosity::kQuiet) ||
      options.verbosity == Options::Verbosity::kVerbose) {
    std::fprintf(stderr, "\n  %s  %s  in %.2f s\n\n", output.c_str(),
                 HumanSize(app.executable.size()).c_str(), static_cast<double>(took) / 1000);
  }
  if (options.timing) Print(stderr, progress->Summary() + "\n");
  return 0;
}

int Pack(Options options) {
  const bool runs = options.command != Options::Command::kPack;
  const Result<Install> install = FindInstall();
  if (!install.ok()) return Report(install.error(), options);
  if (options.command == Options::Command::kRepl) {
    options.bundle.entry = install.value().repl;
    options.bundle.globals = Globals::kAll;
  }
  const Result<Entry> entry = FindEntry(options.bundle.entry);
  if (!entry.ok()) return Report(entry.error(), options);
  const std::string output = options.output.empty() ? entry.value().name : options.output;
  if (!runs) {
    if (Result<Done> writable = CheckOutputPath(output); !writable.ok()) {
      Diagnostic error = writable.error();
      if (options.output.empty() && error.hint.empty()) error.hint = "-o FILE names the executable";
      return Report(error, options);
    }
    if (Result<Done> lost = CheckOverwrite(output, options, install.value()); !lost.ok()) {
      return Report(lost.error(), options);
    }
  }
  options.bundle.color = isatty(2) == 1;
  const bool waits_at_terminal =
      isatty(2) == 1 && options.verbosity != Options::Verbosity::kQuiet && !options.json;
  Progress progress(waits_at_terminal ? Progress::Show::kPhases : Progress::Show::kNothing);
  std::string messages;
  const Result<PackedApp> app = PackApp(
      options, install.value(), runs ? std::string() : output, &progress, &messages);
  progress.End();
  if (!app.ok() || options.verbosity != Options::Verbosity::kQuiet) Print(stderr, messages);
  if (Interrupted() != 0) return kBadInput;
  if (!app.ok()) return Report(app.error(), options);
  if (!runs) return Finish(options, output, app.value(), &progress);
  if (options.timing) Print(stderr, progress.Summary() + "\n");
  return Report(RunExecutable(app.value().executable, output, options.arguments), options);
}

int Inspect(const Options& options) {
  const Result<std::string> file = ReadFile(options.bundle.entry);
  if (!file.ok()) return Report(file.error(), options);
  const Result<std::string> text =
      DescribeApp(AsBytes(file.value()), options.json ? Form::kJson : Form::kText);
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
  Print(stdout, text.value());
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

int Main(const std::vector<std::string>& args) {
  const Result<Options> options = ParseOptions(args);
  if (!options.ok()) {
    Print(stderr, "dv8pack: " + options.error().ToString() + "\n");
    return kUsage;
  }
  switch (options.value().command) {
    case Options::Command::kHelp: return Print(stdout, HelpText()), 0;
    case Options::Command::kVersion:
      return Print(stdout, std::string("dv8pack ") + kVersion + "\n"), 0;
    case Options::Command::kLicenses: return PrintLicenses(options.value());
    case Options::Command::kSdk: return PrintSdk(options.value());
    case Options::Command::kInspect: return Inspect(options.value());
    case Options::Command::kPack:
    case Options::Command::kRepl:
    case Options::Command::kRun: break;
  }
  CatchInterrupts();
  const int code = Pack(options.value());
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
