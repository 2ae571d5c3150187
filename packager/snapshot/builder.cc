#include "packager/snapshot/builder.h"

#include <signal.h>
#include <string.h>

#include <sstream>
#include <vector>

#include "packager/process/files.h"
#include "packager/process/process.h"

namespace dv8 {
namespace {

constexpr int kProgramRefused = 1;
constexpr int kListenerThrew = 7;  // One of uncaughtException, as under Node.
constexpr int kOutOfMemory = 9;
constexpr int kAborted = 134;  // As a shell says it.

std::string LastLine(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const size_t newline = text.rfind('\n');
  return std::string(newline == std::string_view::npos ? text : text.substr(newline + 1));
}

bool SaysOutOfMemory(const std::string& text) {
  return text.find("out of memory") != std::string::npos || text.find("Out of memory") != std::string::npos;
}

// V8's own check before it writes a snapshot, which ends the process.
bool SaysNativePart(const std::string& text) { return text.find("CheckGlobalAndEternalHandles failed") != std::string::npos; }

// V8 counts a snapshot's bytes in an int, and ends the process where that is too small.
bool SaysTooLarge(const std::string& text) { return text.find("numeric_limits<int>::max() >= length_") != std::string::npos; }

// What went wrong, from how the builder ended.
Diagnostic Failure(const Outcome& outcome, const SnapshotOptions& options, const std::string& entry) {
  const bool runs_app = options.mode == SnapshotMode::kApp;
  if (outcome.timed_out) {
    return {"making the snapshot took longer than " + std::to_string(options.time_limit.count()) + " s and was stopped", entry, 0, 0,
            runs_app ? "the app's top level runs while its snapshot is made: does it end? "
                       "--snapshot-timeout=SECONDS gives it longer"
                     : "--snapshot-timeout=SECONDS gives it longer"};
  }
  if (outcome.exit_code == kOutOfMemory || SaysOutOfMemory(outcome.err)) {
    return {"out of memory while the snapshot was made", entry, 0, 0,
            "--v8-flags=--max-old-space-size=MEGABYTES gives it more, up to the " + MemoryLimitText() + " that dv8pack allows it here"};
  }
  if (outcome.signal == SIGKILL) {
    return {"the snapshot builder was killed, as it happens when the machine has no memory left", entry, 0, 0,
            "--snapshot=none packs the app without a snapshot"};
  }
  if (SaysNativePart(outcome.err)) {
    return {
        "the app's top level made an object with a native part, which a snapshot cannot hold "
        "(a formatter or a collator of Intl, for example)",
        entry, 0, 0, "make it in the function given to dv8.main(fn), or pack with --snapshot=code"};
  }
  if (SaysTooLarge(outcome.err)) {
    return {"the snapshot would be larger than 2 GiB", entry, 0, 0,
            "make large tables and buffers in the function given to dv8.main(fn), or embed them with "
            "--asset"};
  }
  if (outcome.exit_code == kProgramRefused || (runs_app && outcome.exit_code == kListenerThrew)) {
    return {runs_app ? "the app's top level failed while its snapshot was made" : "the app cannot be put into a snapshot", entry};
  }
  if (outcome.signal != 0 || outcome.exit_code == kAborted) {
    const int signal = outcome.signal != 0 ? outcome.signal : SIGABRT;
    return {std::string("the snapshot builder crashed (") + strsignal(signal) + ")", entry, 0, 0,
            "--snapshot=none packs the app without a snapshot"};
  }
  return {std::string(kOurFault) + "the snapshot builder failed with code " + std::to_string(outcome.exit_code), entry};
}

}  // namespace

const char* SnapshotModeName(SnapshotMode mode) {
  switch (mode) {
    case SnapshotMode::kCode: return "code";
    case SnapshotMode::kApp: return "app";
    case SnapshotMode::kNone: return "none";
  }
  return "";
}

Result<Snapshot> MakeSnapshot(const std::string& builder, const std::string& temp_dir, const AppBundle& app, const Script& stdlib,
                              const SnapshotOptions& options, std::string* messages) {
  const std::string stdlib_path = temp_dir + "/stdlib.txt";
  const std::string map_path = temp_dir + "/app.map";
  const std::string blob_path = temp_dir + "/blob";
  for (const auto& [path, bytes] : {std::pair(&stdlib_path, &stdlib.bytes), std::pair(&map_path, &app.source_map)}) {
    if (Result<Done> written = WriteFile(*path, *bytes); !written.ok()) return written.error();
  }
  Command command;
  command.args = {builder,
                  "--stdlib=" + stdlib_path,
                  std::string("--stdlib-encoding=") + stdlib.encoding(),
                  "--source-map=" + map_path,
                  std::string("--mode=") + SnapshotModeName(options.mode),
                  std::string("--template=") + (options.runtime == Template::kFull ? "full" : "small"),
                  "--entry=" + app.entry,
                  "--out=" + blob_path};
  const std::string image_path = temp_dir + "/image";
  const std::string sandbox_path = temp_dir + "/sandbox";
  const std::string evaluated_path = temp_dir + "/evaluated";
  if (!options.library.empty()) {
    command.args.push_back("--library=" + options.library);
    command.args.push_back("--evaluated=" + evaluated_path);
  }
  if (!options.files.empty()) {
    const std::vector<std::byte> index = MakeUnpackedIndex(options.files);
    std::vector<std::span<const std::byte>> data;
    for (const AssetFile& file : options.files) data.push_back(file.bytes);
    for (const auto& [name, pieces] :
         {std::pair("files-index", std::vector<std::span<const std::byte>>{index}), std::pair("files-data", data)}) {
      const std::string path = temp_dir + "/" + name;
      if (Result<Done> written = WriteFile(path, pieces); !written.ok()) return written.error();
      command.args.push_back(std::string("--") + name + "=" + path);
    }
  }
  if (options.mode == SnapshotMode::kApp && !options.icu_data.empty()) {
    const std::string path = temp_dir + "/icu";
    if (Result<Done> written = WriteFile(path, std::span(&options.icu_data, 1)); !written.ok()) return written.error();
    command.args.push_back("--icu=" + path);
  }
  const std::string left_out_path = temp_dir + "/left-out";
  if (options.leaves_out_sources) command.args.push_back("--left-out=" + left_out_path);
  if (!options.exec_argv.empty()) command.args.push_back("--exec-argv=" + options.exec_argv);
  command.env = options.env;
  if (options.heap_image) {
    command.args.push_back((options.has_threads ? "--heap-image-for-threads=" : "--heap-image=") + image_path);
    if (options.has_sandboxes) command.args.push_back("--sandbox-image=" + sandbox_path);
  }
  if (!options.v8_flags.empty()) command.args.push_back("--v8-flags=" + options.v8_flags);
  command.cwd = temp_dir;
  command.time_limit = options.time_limit;
  Result<Outcome> outcome = RunProcess(command);
  if (!outcome.ok()) return outcome.error();
  // What V8's own checks print says nothing to a user.
  if (!SaysNativePart(outcome.value().err) && !SaysTooLarge(outcome.value().err)) {
    *messages += outcome.value().out + outcome.value().err;
  }
  if (Interrupted() != 0) return Diagnostic{"interrupted"};
  if (outcome.value().exit_code != 0) return Failure(outcome.value(), options, app.entry);

  Snapshot snapshot;
  const auto map = [](const std::string& path, MappedFile* file) -> Result<Done> {
    Result<MappedFile> mapped = MappedFile::Open(path);
    if (!mapped.ok()) return mapped.error();
    *file = std::move(mapped.value());
    return Done{};
  };
  if (Result<Done> mapped = map(blob_path, &snapshot.file); !mapped.ok()) return mapped.error();
  const std::span<const std::byte> bytes = snapshot.file.bytes();
  if (bytes.size() < sizeof(snapshot.fingerprint)) {
    return Diagnostic{std::string(kOurFault) + "the snapshot builder's file is truncated"};
  }
  memcpy(&snapshot.fingerprint, bytes.data(), sizeof(snapshot.fingerprint));
  snapshot.blob = bytes.subspan(sizeof(snapshot.fingerprint));
  if (options.heap_image) {
    if (Result<Done> mapped = map(image_path, &snapshot.heap_image); !mapped.ok()) return mapped.error();
  }
  if (options.heap_image && options.has_sandboxes) {
    if (Result<Done> mapped = map(sandbox_path, &snapshot.sandbox_image); !mapped.ok()) return mapped.error();
  }
  if (!options.library.empty()) {
    Result<std::string> evaluated = ReadFile(evaluated_path);
    if (!evaluated.ok()) return evaluated.error();
    snapshot.evaluated = std::move(evaluated.value());
  }
  if (options.leaves_out_sources) {
    const Result<std::string> paths = ReadFile(left_out_path);
    if (!paths.ok()) return paths.error();
    std::istringstream lines(paths.value());
    for (std::string path; std::getline(lines, path);) snapshot.left_out.insert(path);
  }
  return snapshot;
}

Result<std::string> CheckExecArgv(const std::string& builder, const std::string& options) {
  Command command;
  command.args = {builder, "--check-exec-argv=" + options};
  command.time_limit = std::chrono::seconds(20);
  const Result<Outcome> outcome = RunProcess(command);
  if (!outcome.ok()) return outcome.error();
  if (outcome.value().exit_code != 0) return UsageError("--exec-argv: " + LastLine(outcome.value().err));
  return LastLine(outcome.value().out);
}

Result<Done> CheckV8Flags(const std::string& builder, const std::string& flags) {
  Command command;
  command.args = {builder, "--check-v8-flags=" + flags};
  command.time_limit = std::chrono::seconds(20);
  const Result<Outcome> outcome = RunProcess(command);
  if (!outcome.ok()) return outcome.error();
  if (outcome.value().exit_code == 0) return Done{};
  const std::string reason = LastLine(outcome.value().err);
  return UsageError("--v8-flags: " + (reason.empty() ? "V8 does not take '" + flags + "'" : reason));
}

}  // namespace dv8
