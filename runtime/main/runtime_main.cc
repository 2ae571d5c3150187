// dv8-runtime: the template that becomes every app. It finds the payload in its own image,
// starts V8 from the snapshot in it and runs the app.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <iterator>
#include <optional>
#include <string>

#include "bazel/third_party/v8/heap_image.h"
#include "runtime/bindings/registry.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/check.h"
#include "runtime/core/engine.h"
#include "runtime/core/environment.h"
#include "runtime/core/icu_data.h"
#include "runtime/core/library.h"
#include "runtime/core/program_files.h"
#include "runtime/core/snapshot.h"
#include "runtime/core/source_text.h"
#include "runtime/core/start_times.h"
#include "runtime/main/start_costs.h"
#include "runtime/payload/locate.h"
#include "runtime/payload/payload.h"
#include "runtime/payload/words.h"
#include "v8.h"

namespace {

using Mode = dv8::SnapshotJob::Mode;

constexpr int kInternalError = 70;
constexpr int kInvalidArgument = 9;  // As Node ends for an option that it does not take.

int Refuse(const std::string& text) {
  std::fprintf(stderr, "dv8: %s\n", text.c_str());
  return kInternalError;
}

dv8::TextEncoding EncodingOf(const dv8::Payload& payload) {
  return payload.Manifest("stdlib-encoding") == "utf16" ? dv8::TextEncoding::kUtf16 : dv8::TextEncoding::kLatin1;
}

// Takes the arguments "--v8-flags=..." that come first out of argv. Only for programs that were
// packed with --allow-v8-flags. What is wrong with them; empty when nothing is.
std::string TakeV8Flags(int* argc, char** argv, std::string* flags) {
  static constexpr std::string_view kOption = "--v8-flags=";
  int taken = 0;
  while (1 + taken < *argc && std::string_view(argv[1 + taken]).starts_with(kOption)) {
    const std::string_view value = std::string_view(argv[1 + taken++]).substr(kOption.size());
    if (const std::string complaint = dv8::CheckFlags(value); !complaint.empty()) return complaint;
    *flags += (flags->empty() ? "" : " ") + std::string(value);
  }
  for (int i = 1; i + taken <= *argc; i++) argv[i] = argv[i + taken];
  *argc -= taken;
  return "";
}

// What the command line is: the program's own; node's, because its main module imports dv8:node; or node's,
// because it was started by itself.
enum class RunAs { kProgram, kNode, kSelfChild };

RunAs HowToRun(const dv8::Payload& payload, int argc, char* const* argv) {
  if (dv8::HooksOfNode() == nullptr) return RunAs::kProgram;
  const bool by_itself = dv8::HooksOfNode()->take_self_child_token(argc, argv);
  if (payload.Manifest("command-line") == "node") return RunAs::kNode;
  return by_itself ? RunAs::kSelfChild : RunAs::kProgram;
}

int Run(const dv8::Payload& payload, RunAs as, const std::string& flags, int argc, char** argv) {
  const std::optional<Mode> mode = dv8::ModeFromName(payload.Manifest("mode"));
  if (!mode) return Refuse("the payload's manifest names no snapshot mode");
  dv8::SetStdlibSection(EncodingOf(payload), &payload);
  dv8::SetLibrarySections(&payload);
  if (!payload.Manifest("modules").empty()) dv8::SetProgramFiles(&payload);
  dv8::UseIcuData(payload.Stored(dv8::SectionKind::kIcuData));
  dv8::StartEngine(dv8::EngineMode::kRun, flags);

  v8::Isolate::CreateParams params = dv8::IsolateParams();
  // A program of some size makes objects that stay when it starts. V8 begins with semi-spaces of half a megabyte, and
  // would copy them several times; two of 4 MiB, and as much for large objects, hold most starts.
  constexpr size_t kLargeImage = 7 << 18, kYoungGeneration = 12 << 20;
  if (payload.Stored(dv8::SectionKind::kHeapImage).size() >= kLargeImage) {
    params.constraints.set_initial_young_generation_size_in_bytes(kYoungGeneration);
  }
  const dv8::StartFrom from = dv8::HeapOf(payload);
  if (const std::string complaint = dv8::UseHeap(payload, from, &params); !complaint.empty()) return Refuse(complaint);
  v8::Isolate* isolate = v8::Isolate::New(params);
  dv8::ConfigureIsolate(isolate);

  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  // Ends with the process: ExitNow leaves no destructor to run.
  auto* env = new dv8::Environment(isolate, dv8::Environment::Mode::kRun, &payload);
  env->set_arguments(argc, argv);
  if (!dv8::RestoreContext(env, *mode, from)) return Refuse("the snapshot holds no program");
  v8::Context::Scope context_scope(env->context());
  if (as != RunAs::kProgram) {
    dv8::HooksOfNode()->apply_command_line(env);
  } else if (const std::string_view options = payload.Manifest("exec-argv"); !options.empty()) {
    dv8::HooksOfNode()->apply_exec_argv(env, options);
  }
  if (*mode == Mode::kNone) {
    v8::TryCatch guard(isolate);
    const std::string entry(payload.Manifest("entry"));
    v8::Local<v8::UnboundScript> stdlib;
    if (!dv8::CompileStdlib(env).ToLocal(&stdlib) || !dv8::RunStdlib(env, stdlib) || !dv8::NameProgram(env, entry)) {
      v8::Local<v8::Value> exception = guard.Exception();
      guard.Reset();
      env->HandleUncaught(exception, false);
    }
  }
  (void)env->Callback(env->hook(dv8::Hook::kStart), v8::Undefined(isolate), 0, nullptr);
  dv8::Environment::ExitNow(env->RunLoop());
}

// A descriptor that is closed would be the next file's that the program opens, which console.log would then
// write to. Where there is no /dev/null the number alone is taken: its reads and writes fail.
void OpenStandardDescriptors() {
  pollfd standard[] = {{STDIN_FILENO, 0, 0}, {STDOUT_FILENO, 0, 0}, {STDERR_FILENO, 0, 0}};
  if (poll(standard, std::size(standard), 0) <= 0) return;
  for (const pollfd& entry : standard) {
    if (!(entry.revents & POLLNVAL)) continue;
    if (open("/dev/null", O_RDWR) < 0) (void)open("/", O_PATH);
  }
}

// The kernel drops signals for process 1 (a container's only process) that have no handler.
void EndBySignalAsInit() {
  if (getpid() != 1) return;
  for (const int signal_number : {SIGHUP, SIGINT, SIGTERM}) {
    signal(signal_number, [](int number) { _exit(128 + number); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  dv8::BeginPhase(dv8::Phase::kMain);
  dv8::PrepareHeap();
  OpenStandardDescriptors();
  // A closed pipe, or a file that may not grow, is an error of the write, not the process's end.
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  EndBySignalAsInit();
  const std::span<const std::byte> image = dv8::FindPayload();
  if (image.empty()) {
    return Refuse("this is the runtime alone, with no program in it; dv8pack makes programs of it");
  }
  dv8::Result<dv8::Payload> payload = dv8::Payload::Parse(image);
  if (!payload.ok()) return Refuse(payload.error().text);
  const dv8::Fingerprint engine = dv8::EngineFingerprint(payload.value().Manifest("v8-flags"));
  if (const std::string mismatch = dv8::CompareFingerprints(payload.value().fingerprint(), engine); !mismatch.empty()) {
    return Refuse(mismatch);
  }
  std::string flags(payload.value().Manifest("v8-flags"));
  if (!payload.value().Manifest("allow-v8-flags").empty()) {
    if (const std::string complaint = TakeV8Flags(&argc, argv, &flags); !complaint.empty()) {
      std::fprintf(stderr, "%s: --v8-flags: %s\n", argv[0], complaint.c_str());
      return kInvalidArgument;
    }
  }
  const RunAs as = HowToRun(payload.value(), argc, argv);
  if (as != RunAs::kProgram) {
    // What the environment says is for node itself: a packed program obeys its own process alone.
    const auto from = as == RunAs::kNode ? dv8::OptionSource::kEnvironment : dv8::OptionSource::kArguments;
    const std::optional<int> code = dv8::HooksOfNode()->take_command_line(from, &argc, argv, &flags);
    if (code.has_value()) return *code;
  }
  // Now that nothing of ours reads the environment any more.
  for (const std::string_view entry : dv8::SplitWords(payload.value().Manifest("environment"))) {
    const size_t equals = entry.find('=');
    setenv(std::string(entry.substr(0, equals)).c_str(), std::string(entry.substr(equals + 1)).c_str(), 0);
  }
  return Run(payload.value(), as, flags, argc, argv);
}
