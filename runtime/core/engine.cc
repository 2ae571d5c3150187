#include "runtime/core/engine.h"

#include <sys/random.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <mutex>
#include <vector>

#include "bazel/third_party/v8/heap_image.h"
#include "bazel/third_party/v8/start_flags.h"
#include "runtime/bindings/node/module_wrap.h"
#include "runtime/bindings/registry.h"
#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"
#include "runtime/core/platform.h"
#include "runtime/core/start_times.h"
#include "runtime/core/version.h"
#include "runtime/payload/payload.h"

namespace v8::base {
// In V8's src/base/logging.h: what is called before a failed check ends the process.
void SetFatalFunction(void (*function)(const char* file, int line, const char* message));
}  // namespace v8::base

namespace dv8 {
namespace {

// The builder's heap must not depend on time, chance or the number of cores.
constexpr char kBuildFlags[] =
    "--single-threaded --predictable --random-seed=42 --hash-seed=42 --no-rehash-snapshot "
    "--no-flush-bytecode --no-reuse-scope-infos";

// The shell's number for a process that abort() ended, as Node's users know it.
constexpr int kOutOfMemoryCode = 134;

bool FillWithEntropy(unsigned char* buffer, size_t length) { return getrandom(buffer, length, 0) == static_cast<ssize_t>(length); }

void ReportFatalError(const char* event, const char* trigger) {
  v8::Isolate* isolate = v8::Isolate::TryGetCurrent();
  Environment* env = isolate == nullptr ? nullptr : Environment::From(isolate);
  if (env != nullptr && HooksOfNode() != nullptr) HooksOfNode()->report_fatal_error(env, event, trigger);
}

void OnFatalError(const char* location, const char* message) {
  std::fprintf(stderr, "dv8: fatal engine error in %s: %s\n", location ? location : "V8", message);
  ReportFatalError(message, "FatalError");
  Environment::ExitNow(70);
}

// V8's checks fail for a bug, or because the system refuses what it must have: its own report is eight lines.
void OnFailedCheck(const char*, int, const char* message) {
  const int error = errno;
  if (std::strstr(message, "__errno_location") == nullptr) {
    std::fprintf(stderr, "dv8: fatal engine error: %s\n", message);
    std::abort();
  }
  const bool is_forbidden = error == EACCES || error == EPERM;
  std::fprintf(stderr, "fatal: the system refused memory to V8: %s%s\n", std::strerror(error),
               is_forbidden ? " (where memory may not be made executable, programs run that were packed with "
                              "--v8-flags=--jitless)"
                            : "");
  Environment::ExitNow(kOutOfMemoryCode);
}

// Called when collections no longer bring the heap below its limit: V8's own report, which
// follows, is many lines about the collector.
size_t OnNearHeapLimit(void*, size_t limit, size_t) {
  std::fprintf(stderr, "fatal: out of memory: the JavaScript heap reached its limit of %zu MiB\n", limit >> 20);
  ReportFatalError("Allocation failed - JavaScript heap out of memory", "OOMError");
  Environment::ExitNow(kOutOfMemoryCode);
}

void OnOutOfMemory(const char* location, const v8::OOMDetails& details) {
  v8::Isolate* isolate = v8::Isolate::TryGetCurrent();
  const Environment* env = isolate == nullptr ? nullptr : Environment::From(isolate);
  const Payload* payload = env == nullptr ? nullptr : env->payload();
  // V8 takes missing locale data for missing memory.
  if (!details.is_heap_oom && payload != nullptr && payload->Stored(SectionKind::kIcuData).empty()) {
    std::fprintf(stderr,
                 "fatal: the program asked Intl for data that it was packed without "
                 "(dv8pack --icu=none): %s\n",
                 location ? location : "V8");
    Environment::ExitNow(kOutOfMemoryCode);
  }
  const char* what = location != nullptr ? location : details.detail;
  std::fprintf(stderr, "fatal: out of memory: %s\n", what != nullptr ? what : "V8");
  ReportFatalError(details.is_heap_oom ? "Allocation failed - JavaScript heap out of memory" : "Allocation failed - process out of memory",
                   "OOMError");
  Environment::ExitNow(kOutOfMemoryCode);
}

void OnPromiseReject(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Environment* env = Environment::From(isolate);
  v8::HandleScope scope(isolate);
  v8::Local<v8::Function> hook = env->hook(Hook::kUnhandledRejection);
  if (hook.IsEmpty()) return;
  v8::Local<v8::Value> value = message.GetValue();
  if (value.IsEmpty()) value = v8::Undefined(isolate);
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, static_cast<int>(message.GetEvent())), message.GetPromise(), value};
  v8::TryCatch guard(isolate);
  // A failure here is a stack overflow or a termination: the promise stays rejected.
  (void)hook->Call(env->context(), v8::Undefined(isolate), 3, argv);
  v8::Local<v8::Value> stack;
  if (!guard.HasCaught() || guard.HasTerminated() || !v8::TryCatch::StackTrace(env->context(), guard.Exception()).ToLocal(&stack)) {
    return;
  }
  std::fprintf(stderr, "Exception in PromiseRejectCallback:\n%s\n", Utf8(isolate, stack).c_str());
}

// The text of a stack before the library is there: its own errors while a snapshot is made.
v8::MaybeLocal<v8::Value> PlainStackTrace(v8::Local<v8::Context> context, v8::Local<v8::Value> error, v8::Local<v8::Array> sites) {
  v8::Isolate* isolate = context->GetIsolate();
  std::string text(Utf8(isolate, error).view());
  for (uint32_t i = 0; i < sites->Length(); i++) {
    v8::Local<v8::Value> site;
    if (sites->Get(context, i).ToLocal(&site)) text += "\n    at " + std::string(Utf8(isolate, site).view());
  }
  v8::Local<v8::String> stack;
  if (!FromUtf8(isolate, text).ToLocal(&stack)) return {};
  return stack.As<v8::Value>();
}

v8::MaybeLocal<v8::Value> PrepareStackTrace(v8::Local<v8::Context> context, v8::Local<v8::Value> error, v8::Local<v8::Array> sites) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::Value> argv[] = {error, sites};
  v8::Local<v8::Function> hook = Environment::From(isolate)->hook(Hook::kPrepareStackTrace);
  if (hook.IsEmpty()) return PlainStackTrace(context, error, sites);
  return hook->Call(context, v8::Undefined(isolate), 2, argv);
}

// Memory this process may use: the cgroup's limit when there is one, else the machine's.
uint64_t MemoryLimit() {
  struct sysinfo info;
  uint64_t total = 0;
  if (sysinfo(&info) == 0) total = static_cast<uint64_t>(info.totalram) * info.mem_unit;
  const uint64_t constrained = uv_get_constrained_memory();
  if (constrained == 0) return total;
  return total == 0 ? constrained : std::min(total, constrained);
}

uint32_t Hash32(std::string_view text) {
  uint32_t hash = 0x811c9dc5;
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x01000193;
  return hash;
}

// Where V8 cuts a text of flags into words: isspace() in the C locale.
constexpr std::string_view kSpace = " \t\n\v\f\r";

std::vector<std::string> SplitFlags(std::string_view flags) {
  std::vector<std::string> words;
  size_t at = 0;
  while (at < flags.size()) {
    const size_t begin = flags.find_first_not_of(kSpace, at);
    if (begin == std::string_view::npos) break;
    size_t end = flags.find_first_of(kSpace, begin);
    if (end == std::string_view::npos) end = flags.size();
    words.emplace_back(flags.substr(begin, end - begin));
    at = end;
  }
  return words;
}

// What V8's parser takes for the name: that of "--no-x=1", "-no_x", "--nox" and "--x" is x.
std::string FlagName(std::string_view word) {
  for (int i = 0; i < 2 && word.starts_with('-'); i++) word.remove_prefix(1);
  std::string name(word.substr(0, word.find('=')));
  std::replace(name.begin(), name.end(), '_', '-');
  if (name.starts_with("no")) name.erase(0, name.starts_with("no-") ? 3 : 2);
  return name;
}

}  // namespace

void StartEngine(EngineMode mode, std::string_view flags) {
  if (mode == EngineMode::kBuild) {
    v8::V8::SetFlagsFromString(kBuildFlags);
    v8::V8::SetFlagsFromString(flags.data(), flags.size());
  } else {
    SetStartFlags(flags);
  }
#ifdef V8_ENABLE_CHECKS  // --config=dchecks
  v8::V8::SetFlagsFromString("--verify-heap");
#endif
  BeginPhase(Phase::kEngine);
  v8::V8::SetFatalMemoryErrorCallback(OnOutOfMemory);  // Until there is an isolate.
  if (mode == EngineMode::kRun) v8::base::SetFatalFunction(OnFailedCheck);
  v8::V8::SetEntropySource(FillWithEntropy);
  v8::V8::InitializePlatform(Platform::Get());
  v8::V8::Initialize();
}

std::string CheckFlags(std::string_view flags) {
  // These decide what the snapshot's bytes are, or how they are read back.
  static constexpr std::string_view kOurs[] = {
      "random-seed",
      "hash-seed",
      "predictable",
      "predictable-gc-schedule",
      "rehash-snapshot",
      "reuse-scope-infos",
      "single-threaded",
      "freeze-flags-after-init",
      "flush-bytecode",
      "verify-snapshot-checksum",
      "profile-deserialization",
      "stress-snapshot",
  };
  constexpr size_t kLongestName = 1000;  // V8 copies names to where 1024 bytes have room.
  std::vector<std::string> words = SplitFlags(flags);
  for (const std::string& word : words) {
    if (!word.starts_with("-")) return "'" + word + "' is not a flag: flags begin with --";
    const std::string name = FlagName(word);
    if (name.size() > kLongestName) return "V8 does not know the flag '" + word + "'";
    for (std::string_view ours : kOurs) {
      if (name == ours) {
        return "the flag '" + word + "' would change how the snapshot is made or read";
      }
    }
  }
  std::vector<char*> argv{const_cast<char*>("v8")};
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  v8::V8::SetFlagsFromCommandLine(&argc, argv.data(), true);
  if (argc > 1) return "V8 does not know the flag '" + std::string(argv[1]) + "'";
  return "";
}

v8::Isolate::CreateParams IsolateParams() {
  static v8::ArrayBuffer::Allocator* allocator = v8::ArrayBuffer::Allocator::NewDefaultAllocator();
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = allocator;
  params.external_references = ExternalReferences();
  params.fatal_error_callback = OnFatalError;
  params.oom_error_callback = OnOutOfMemory;
  static const uint64_t memory = MemoryLimit();
  if (memory > 0) {
    params.constraints.ConfigureDefaults(memory, 0);
  }
  return params;
}

StartFrom HeapOf(const Payload& payload) {
  return payload.Stored(SectionKind::kHeapImage).empty() ? StartFrom::kSnapshot : StartFrom::kHeapImage;
}

StartFrom SandboxHeapOf(const Payload& payload) {
  return HeapOf(payload) == StartFrom::kSnapshot ? StartFrom::kSnapshot : StartFrom::kSandboxImage;
}

std::string UseHeap(const Payload& payload, StartFrom from, v8::Isolate::CreateParams* params) {
  struct Heap {
    std::vector<std::byte> unpacked;
    std::span<const std::byte> bytes;
    v8::StartupData data{nullptr, 0};
  };
  static std::mutex mutex;
  static constexpr SectionKind kKinds[] = {SectionKind::kSnapshot, SectionKind::kHeapImage, SectionKind::kSandboxImage};
  static Heap heaps[std::size(kKinds)];
  std::lock_guard lock(mutex);
  Heap& heap = heaps[static_cast<size_t>(from)];
  if (heap.bytes.empty()) {
    const Result<std::span<const std::byte>> bytes = payload.Unpack(kKinds[static_cast<size_t>(from)], &heap.unpacked);
    if (!bytes.ok()) return bytes.error().text;
    heap.bytes = bytes.value();
    heap.data = {reinterpret_cast<const char*>(heap.bytes.data()), static_cast<int>(heap.bytes.size())};
  }
  if (from == StartFrom::kSnapshot) {
    params->snapshot_blob = &heap.data;
  } else {
    UseHeapImage(heap.bytes, params);
  }
  return "";
}

std::string WithThreadIsolate(const Payload& payload, StartFrom from, const std::function<void(v8::ResourceConstraints*)>& adjust,
                              const std::function<void(v8::Isolate*)>& use) {
  v8::Isolate::CreateParams params = IsolateParams();
  if (std::string complaint = UseHeap(payload, from, &params); !complaint.empty()) return complaint;
  adjust(&params.constraints);
  v8::Isolate* isolate = v8::Isolate::Allocate();
  // V8 asks the platform for the isolate's tasks while it is made.
  v8::Isolate::Initialize(isolate, params);
  ConfigureIsolate(isolate);
  {
    v8::Isolate::Scope isolate_scope(isolate);
    v8::HandleScope scope(isolate);
    use(isolate);
  }
  Platform::Get()->Forget(isolate);
  isolate->Dispose();
  return "";
}

void ConfigureIsolate(v8::Isolate* isolate) {
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate->AddNearHeapLimitCallback(OnNearHeapLimit, nullptr);
  isolate->SetPromiseRejectCallback(OnPromiseReject);
  isolate->SetPrepareStackTraceCallback(PrepareStackTrace);
  isolate->SetHostImportModuleDynamicallyCallback(node::ImportModuleDynamically);
  isolate->SetHostImportModuleWithPhaseDynamicallyCallback(node::ImportModuleWithPhase);
  isolate->SetHostInitializeImportMetaObjectCallback(node::InitializeImportMeta);
  if (const NodeHooks* node = HooksOfNode(); node != nullptr) {
    isolate->SetAbortOnUncaughtExceptionCallback(node->may_abort);
  }
}

Fingerprint EngineFingerprint(std::string_view flags) {
  Fingerprint fingerprint{};
  std::strncpy(fingerprint.v8_version, v8::V8::GetVersion(), sizeof(fingerprint.v8_version) - 1);
  fingerprint.v8_flags_hash = Hash32(flags);
  fingerprint.registry_hash = RegistryHash();
  std::strncpy(fingerprint.runtime_version, kVersion, sizeof(fingerprint.runtime_version) - 1);
  return fingerprint;
}

}  // namespace dv8
