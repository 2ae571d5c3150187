// dv8pack's command line.
#pragma once

#include <string>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/image/options.h"
#include "packager/snapshot/builder.h"
#include "packager/vm/vm.h"
#include "runtime/payload/result.h"

namespace dv8 {

struct Options {
  enum class Command { kPack, kImage, kVm, kRun, kRepl, kInit, kInspect, kCompletion, kHelp, kVersion, kLicenses, kSdk, kSchema };
  enum class Compress { kLz4, kNone };
  enum class SourceMap { kNone, kLinked, kExternal };
  enum class Verbosity { kQuiet, kNormal, kVerbose };

  Command command = Command::kPack;
  BundleOptions bundle;  // Its entry is the first of `entries`.
  SnapshotOptions snapshot;
  std::vector<std::string> entries;  // More than one only with out_dir.
  std::string output;
  std::string out_dir;             // For executables that are named after their entries.
  std::string inputs;              // The manifest of the files to pack from; empty when they are packed where they lie.
  std::string metafile;            // The file that it is written to.
  std::vector<std::string> sboms;  // Likewise; the name of each says which kind it is.
  ImageOptions image;
  MachineOptions machine;
  std::string init_template;  // Of `init`; empty when the templates are to be listed.
  std::string init_folder;
  std::string icu = "en";  // "none", "full" or language tags in commas.
  std::vector<std::string> assets;
  std::vector<std::string> native;            // Static libraries and object files.
  std::vector<std::string> arguments;         // Of the app, for `run`.
  std::vector<std::string> packed_arguments;  // Those that it always has.
  std::vector<std::string> env_files;
  std::string exec_argv;    // Options of Node's.
  std::string config_file;  // That some of these came from; empty when there was none.
  Compress compress = Compress::kNone;
  Verbosity verbosity = Verbosity::kNormal;
  SourceMap source_map = SourceMap::kLinked;
  bool json = false;
  bool timing = false;
  bool allow_v8_flags = false;  // Of the app's command line.
  std::string ca = "system";    // Whose certificates the app trusts: system, debian, none or a file's.
  bool allow_env_ca = false;    // The app trusts certificates that its environment names.
  std::string inspect;          // "host:port" where the app's debugger listens; empty without one.
  bool watch = false;           // Of `run`.
  bool inspect_break = false;   // It waits for a client and pauses at the first statement.
};

// Whether the command makes another file than an executable out of the program.
inline bool MakesData(const Options& options) {
  return options.command == Options::Command::kImage || options.command == Options::Command::kVm;
}

// The option list without the program's name. The error is for standard error, exit code 2.
Result<Options> ParseOptions(const std::vector<std::string>& args);

}  // namespace dv8
