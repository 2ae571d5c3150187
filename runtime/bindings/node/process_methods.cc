// runtime/bindings/node/process_methods.cc: internalBinding('process_methods'), what `process` is made of.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <variant>

#include "runtime/binding/shared_array.h"
#include "runtime/bindings/debugger.h"
#include "runtime/bindings/node/active_resources.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/command_line.h"
#include "runtime/bindings/node/coverage.h"
#include "runtime/bindings/node/fast_functions.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/node/process_env.h"
#include "runtime/bindings/node/process_object.h"
#include "runtime/bindings/node/resource_usage.h"
#include "runtime/bindings/node/self_child.h"
#include "runtime/bindings/node/signal_wrap.h"
#include "runtime/bindings/node/text_file.h"
#include "runtime/bindings/node/virtual_root.h"
#include "runtime/bindings/node/worker_thread.h"
#include "runtime/core/start_times.h"
#include "runtime/payload/dotenv.h"

namespace dv8::node {
namespace {

constexpr uint64_t kNanoseconds = 1'000'000'000;

void Abort() { abort(); }

void CauseSegfault() {
  int* volatile nowhere = nullptr;
  *nowhere = 0;
}

// The clock as lib/ reads it: seconds (high and low half) and nanoseconds, or one number of 64 bits.
struct Hrtime {
  explicit Hrtime(Environment* env) : buffer(env, "process_methods.hrtime", 3) {}
  SharedUint32 buffer;
};

uint64_t Clock(Environment* env) { return IsBuilding(env) ? 0 : uv_hrtime(); }

void ReadHrtime(Environment* env) {
  const uint64_t now = Clock(env), seconds = now / kNanoseconds;
  const SharedUint32& buffer = env->State<Hrtime>().buffer;
  buffer[0] = static_cast<uint32_t>(seconds >> 32);
  buffer[1] = static_cast<uint32_t>(seconds);
  buffer[2] = static_cast<uint32_t>(now % kNanoseconds);
}

void ReadHrtimeBigInt(Environment* env) {
  const uint64_t now = Clock(env);
  std::memcpy(env->State<Hrtime>().buffer.data(), &now, sizeof(now));
}

template <void (*kRead)(Environment*)>
void FastHrtime(v8::Local<v8::Value>, v8::FastApiCallbackOptions& options) {
  const v8::HandleScope scope(options.isolate);
  kRead(Environment::From(options.isolate));
}

constexpr FastFunction kFastFunctions[] = {
    {"hrtime", Typed<ReadHrtime>("").callback, Fast<FastHrtime<ReadHrtime>>},
    {"hrtimeBigInt", Typed<ReadHrtimeBigInt>("").callback, Fast<FastHrtime<ReadHrtimeBigInt>>},
};

double Uptime(Environment* env) { return IsBuilding(env) ? 0 : static_cast<double>(uv_hrtime() - ProcessStart()) / kNanoseconds; }

v8::MaybeLocal<v8::String> Cwd(Environment* env) {
  if (RefuseWhileBuilding(env, "process.cwd()")) return {};
  if (const std::string folder = VirtualRoot::CurrentFolder(); !folder.empty()) return FromUtf8(env->isolate(), folder);
  char path[PATH_MAX];
  size_t size = sizeof(path);
  const int rc = uv_cwd(path, &size);
  if (rc == 0) return FromUtf8(env->isolate(), {path, size});
  std::string text = std::string(uv_err_name(rc)) + ": process.cwd failed with error " + uv_strerror(rc);
  if (rc == UV_ENOENT) {
    text += ", the current working directory was likely removed without changing the working directory";
  }
  v8::Local<v8::Object> error = UvError(env->isolate(), rc, "uv_cwd").As<v8::Object>();
  v8::Local<v8::String> message;
  if (!FromUtf8(env->isolate(), text + ", uv_cwd").ToLocal(&message)) return {};
  (void)error->DefineOwnProperty(env->context(), Internalized(env->isolate(), "message"), message, v8::DontEnum);
  env->isolate()->ThrowException(error);
  return {};
}

UvResult<void> Chdir(Environment* env, std::string path) {
  if (IsBuilding(env)) return UvFailure{UV_EPERM, "chdir"};
  const int rc = VirtualRoot::ChangeFolder(env, &path);
  if (rc == 0) return {};
  char from[PATH_MAX];
  size_t size = sizeof(from);
  if (uv_cwd(from, &size) < 0) size = 0;
  return UvFailure{rc, "chdir", std::string(from, size), path};
}

// umask(undefined) reads it: the system gives it only to those who set it.
uint32_t Umask(std::optional<uint32_t> mask) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  const mode_t old = umask(static_cast<mode_t>(mask.value_or(0)));
  if (!mask) umask(old);
  return old;
}

// _kill(pid, signal) → 0 or an error number. Both as `process.kill` takes them: "123" is a number.
void Kill(Environment* env, const CallInfo& info) {
  if (info.Length() < 2) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_MISSING_ARGS", "Bad argument.");
  }
  int32_t pid, number;
  if (!info[0]->Int32Value(env->context()).To(&pid) || !info[1]->Int32Value(env->context()).To(&number)) return;
  const int own = uv_os_getpid();
  // It most likely ends the process.
  if (number > 0 && (pid == 0 || pid == -1 || pid == own || pid == -own) && !HasSignalHandler(number)) EndCoverage(env);
  info.GetReturnValue().Set(uv_kill(pid, number));
}

void DebugProcess(const CallInfo& info, int32_t pid) {
  if (kill(pid, SIGUSR1) != 0) ThrowUvError(info, -errno, "kill");
}

void DebugEnd(Environment* env) {
  if (!env->is_thread()) CloseDebugger();
}

void RawDebug(std::string text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  std::fflush(stderr);
}

// Ends the process at once, or the thread, without 'exit' listeners.
void ReallyExit(Environment* env, const CallInfo& info) {
  const int32_t code = info[0]->Int32Value(env->context()).FromMaybe(0);
  if (!IsBuilding(env) && env->State<NodeOptions>().IsTrue("--trace-exit")) {
    const WorkerThread* thread = env->State<ThisWorker>().thread;
    const std::string id = thread == nullptr ? "" : ", thread:" + std::to_string(thread->id());
    std::fprintf(stderr, "(node:%d%s) WARNING: Exited the environment with code %d\n%s\n", static_cast<int>(getpid()), id.c_str(), code,
                 CurrentStack(env->isolate()).c_str());
  }
  env->EndProgram(code);
}

// Addons are shared objects, which a static program cannot load.
void Dlopen(Environment* env, const CallInfo& info) {
  v8::Isolate* isolate = env->isolate();
  if (info.Length() < 2) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_MISSING_ARGS", "process.dlopen needs at least 2 arguments");
  }
  v8::Local<v8::String> name;
  if (!info[1]->ToString(env->context()).ToLocal(&name)) return;
  ThrowCoded(isolate, ErrorKind::kError, "ERR_DLOPEN_FAILED",
             std::string(Utf8(isolate, name).view()) + ": a static program cannot load an addon. Link native code with dv8pack --native");
}

bool ReadTexts(Environment* env, v8::Local<v8::Array> list, std::vector<std::string>* texts) {
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> value;
    v8::Local<v8::String> text;
    if (!list->Get(env->context(), i).ToLocal(&value) || !value->ToString(env->context()).ToLocal(&text)) {
      return false;
    }
    texts->emplace_back(Utf8(env->isolate(), text).view());
  }
  return true;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Replaces the program. When the system refuses, nothing of Node is promised to work any more: it aborts.
void Execve(Environment* env, const CallInfo& info, std::string file, v8::Local<v8::Array> arguments, v8::Local<v8::Array> variables) {
  if (RefuseWhileBuilding(env, "process.execve()")) return;
  std::vector<std::string> argument_texts, variable_texts;
  if (!ReadTexts(env, arguments, &argument_texts) || !ReadTexts(env, variables, &variable_texts)) return;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const int flags = fcntl(fd, F_GETFD);
    if (flags < 0 || fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) < 0) return ThrowUvError(info, -errno, "fcntl");
  }
  uv_tty_reset_mode();
  std::fflush(nullptr);
  std::vector<char*> argument_pointers = Pointers(argument_texts), variable_pointers = Pointers(variable_texts);
  SelfChildToken token;
  if (const int rc = token.Install(env, file.c_str(), argument_pointers.data(), variable_pointers.data()); rc < 0) {
    return ThrowUvError(info, rc, "process.execve");
  }
  execve(file.c_str(), argument_pointers.data(), variable_pointers.data());
  std::fprintf(stderr, "process.execve failed with error code %s\n%s\n", uv_err_name(-errno), CurrentStack(env->isolate()).c_str());
  abort();
}

// loadEnvFile(path = ".env"): variables that are set already stay as they are.
void LoadEnvFile(Environment* env, const CallInfo& info, std::optional<Path> path) {
  if (RefuseWhileBuilding(env, "process.loadEnvFile()")) return;
  const std::string name = path ? path->value : ".env";
  const std::variant<int, std::string> text = ReadTextFile(name);
  if (const int* rc = std::get_if<int>(&text)) {
    if (*rc != UV_EIO) return ThrowUvError(info, UV_ENOENT, "open", name.c_str());
    return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
                      "Contents of '" + name + "' should be a valid string.");
  }
  std::map<std::string, std::string> variables;  // Of a name's lines the last one counts.
  for (auto& [variable, value] : ParseDotenv(std::get<std::string>(text))) variables[variable] = std::move(value);
  for (const auto& [variable, value] : variables) {
    if (!GetEnv(env, variable.c_str())) SetEnv(env, variable, value);
  }
}

bool IsNode(Environment* env) { return !IsBuilding(env) && env->State<ProcessArguments>().is_node; }

// For `gc`, where V8's own is not in the heap that the program starts from.
void CollectGarbage(Environment* env) { env->isolate()->LowMemoryNotification(); }

void SetEmitWarningSync(Environment* env, v8::Local<v8::Function> emit) { env->Keep("process.emit_warning_sync", emit); }

v8::Local<v8::Array> Array(Environment* env, std::vector<v8::Local<v8::Value>> list) {
  return v8::Array::New(env->isolate(), list.data(), list.size());
}
v8::Local<v8::Array> Requests(Environment* env) { return Array(env, ActiveRequestObjects(env)); }
v8::Local<v8::Array> Handles(Environment* env) { return Array(env, ActiveHandleObjects(env)); }
v8::Local<v8::Array> ResourcesInfo(Environment* env) { return Array(env, ActiveResourceNames(env)); }

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "hrtimeBuffer"), env->State<Hrtime>().buffer.Get()).Check();
  SetFastFunctions(env, target, kFastFunctions);
}

void AppendReferences(std::vector<intptr_t>* list) {
  AppendFastReferences(kFastFunctions, list);
  AppendEnvReferences(list);
  AppendProcessReferences(list);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<DebugEnd>("_debugEnd"),
    Typed<DebugProcess>("_debugProcess"),
    Typed<Handles>("_getActiveHandles"),
    Typed<Requests>("_getActiveRequests"),
    Typed<Kill>("_kill"),
    Typed<RawDebug>("_rawDebug"),
    Typed<Abort>("abort"),
    Typed<AvailableMemory>("availableMemory"),
    Typed<CauseSegfault>("causeSegfault"),
    Typed<Chdir>("chdir"),
    Typed<ConstrainedMemory>("constrainedMemory"),
    Typed<CpuUsage>("cpuUsage"),
    Typed<CollectGarbage>("collectGarbage"),
    Typed<Cwd>("cwd"),
    Typed<Dlopen>("dlopen"),
    Typed<Execve>("execve"),
    Typed<ExposesGc>("exposesGc"),
    Typed<ResourcesInfo>("getActiveResourcesInfo"),
    Typed<ReadHrtime>("hrtime"),
    Typed<ReadHrtimeBigInt>("hrtimeBigInt"),
    Typed<IsNode>("isNode"),
    Typed<LoadEnvFile>("loadEnvFile"),
    Typed<MemoryUsage>("memoryUsage"),
    Typed<NewEnvObject>("newEnvObject"),
    Typed<NewProcessObject>("newProcessObject"),
    Typed<PatchProcessObject>("patchProcessObject"),
    Typed<ReallyExit>("reallyExit"),
    Typed<ResourceUsage>("resourceUsage"),
    Typed<ResidentSetSize>("rss"),
    Typed<SetEmitWarningSync>("setEmitWarningSync"),
    Typed<ThreadCpuUsage>("threadCpuUsage"),
    Typed<Umask>("umask"),
    Typed<Uptime>("uptime"),
};

}  // namespace

extern const BindingSpec kNodeProcessMethods;
constexpr BindingSpec kNodeProcessMethods{"process_methods", kFunctions, {}, {}, Init, AppendReferences};

}  // namespace dv8::node
