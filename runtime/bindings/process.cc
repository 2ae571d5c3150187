// runtime/bindings/process.cc: internal:process, what the small start's process and dv8:process read of the
// operating system. Every value is read when it is asked for; nothing is kept from the build machine.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/assets.h"
#include "runtime/bindings/environ_lock.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"
#include "runtime/core/start_times.h"
#include "runtime/core/version.h"
#include "runtime/payload/payload.h"
#include "runtime/payload/words.h"

extern char** environ;

namespace dv8 {
namespace {

bool IsBuilding(const CallInfo& info) { return Environment::From(info)->mode() == Environment::Mode::kBuild; }

// Reports a call that has no meaning while a snapshot is made. True when it threw.
bool RefuseWhileBuilding(const CallInfo& info, const char* what) {
  if (!IsBuilding(info)) return false;
  v8::Isolate* isolate = info.GetIsolate();
  const std::string text = std::string(what) + " cannot be used while the snapshot is made";
  isolate->ThrowException(v8::Exception::Error(FromUtf8(isolate, text).ToLocalChecked()));
  return true;
}

void ExecPathOf(const CallInfo& info) {
  if (IsBuilding(info)) return ReturnUtf8(info, "/app");
  ReturnUtf8(info, node::ExecPath(Environment::From(info)));
}

// argv() → every argument as the kernel gave it, those that the program was packed with in front; [] while a snapshot is
// made.
void Arguments(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<std::string_view> words(env->argv(), env->argv() + env->argc());
  if (env->payload() != nullptr) {
    const std::vector<std::string_view> packed = SplitWords(env->payload()->Manifest("arguments"));
    words.insert(words.begin() + (words.empty() ? 0 : 1), packed.begin(), packed.end());
  }
  std::vector<v8::Local<v8::Value>> list;
  for (const std::string_view word : words) {
    v8::Local<v8::String> argument;
    if (!FromUtf8(isolate, word).ToLocal(&argument)) return;
    list.push_back(argument);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, list.data(), list.size()));
}

// The environment is empty while a snapshot is made: a program's top level may ask, but no
// value of the build machine gets into the app.
void GetEnv(const CallInfo& info) {
  Utf8 name(info.GetIsolate(), info[0]);
  std::optional<std::string> found;
  {
    std::lock_guard lock(EnvironLock());
    if (const char* value = getenv(name.c_str()); value != nullptr) found = value;
  }
  if (found) ReturnUtf8(info, *found);
}

// V8 and ICU keep the time zone until they are told that it is another.
void NoticeChange(v8::Isolate* isolate, std::string_view name) {
  if (name != "TZ") return;
  tzset();
  isolate->DateTimeConfigurationChangeNotification(v8::Isolate::TimeZoneDetection::kRedetect);
}

void SetEnv(const CallInfo& info) {
  if (RefuseWhileBuilding(info, "Setting an environment variable")) return;
  Utf8 name(info.GetIsolate(), info[0]);
  Utf8 value(info.GetIsolate(), info[1]);
  std::lock_guard lock(EnvironLock());
  setenv(name.c_str(), value.c_str(), 1);
  NoticeChange(info.GetIsolate(), name.view());
}

void UnsetEnv(const CallInfo& info) {
  if (IsBuilding(info)) return;
  Utf8 name(info.GetIsolate(), info[0]);
  std::lock_guard lock(EnvironLock());
  unsetenv(name.c_str());
  NoticeChange(info.GetIsolate(), name.view());
}

void EnvKeys(const CallInfo& info) {
  std::vector<std::string> names;
  {
    std::lock_guard lock(EnvironLock());
    for (char** entry = environ; entry != nullptr && *entry != nullptr; entry++) {
      const std::string_view text(*entry);
      const size_t end = text.find('=', 1);
      if (end != std::string_view::npos) names.emplace_back(text.substr(0, end));
    }
  }
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<v8::Local<v8::Value>> list;
  for (const std::string& name : names) {
    v8::Local<v8::String> text;
    if (!FromUtf8(isolate, name).ToLocal(&text)) return;
    list.push_back(text);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, list.data(), list.size()));
}

void Cwd(const CallInfo& info) {
  if (RefuseWhileBuilding(info, "process.cwd()")) return;
  char buffer[PATH_MAX];
  size_t size = sizeof(buffer);
  if (int rc = uv_cwd(buffer, &size); rc < 0) return ThrowUvError(info, rc, "uv_cwd");
  ReturnUtf8(info, {buffer, size});
}

// `path`, which is absolute, without ".", ".." and doubled slashes.
std::string Normalize(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (!part.empty() && part != ".") {
      out.append("/").append(part);
    }
  }
  return out.empty() ? "/" : out;
}

// chdir(path, embedded current folder or undefined) → the embedded folder, or the virtual root, that is the
// current one now; undefined when the disk has it.
void Chdir(const CallInfo& info) {
  if (RefuseWhileBuilding(info, "process.chdir()")) return;
  v8::Isolate* isolate = info.GetIsolate();
  char from[PATH_MAX];
  size_t size = sizeof(from);
  if (uv_cwd(from, &size) < 0) from[0] = '\0';
  std::string path(Utf8(isolate, info[0]).view());
  const bool is_relative = !path.empty() && path[0] != '/';
  if (is_relative && info[1]->IsString()) {
    path = Normalize(std::string(Utf8(isolate, info[1]).view()) + "/" + path);
  }
  const int rc = uv_chdir(path.c_str());
  if (rc == 0) return;
  if (rc == UV_ENOENT && !path.empty()) {
    const std::string full = Normalize(path[0] == '/' ? path : std::string(from) + "/" + path);
    if (full == "/app" || IsEmbeddedFolder(info, full)) return ReturnUtf8(info, full);
  }
  ThrowUvError(info, rc, "chdir", from, path.c_str());
}

// ids() → [pid, ppid, uid, euid, gid, egid].
void Ids(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const double ids[] = {double(getpid()), double(getppid()), double(getuid()), double(geteuid()), double(getgid()), double(getegid())};
  v8::Local<v8::Value> list[std::size(ids)];
  for (size_t i = 0; i < std::size(ids); i++) {
    list[i] = v8::Number::New(isolate, IsBuilding(info) ? 0 : ids[i]);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, list, std::size(ids)));
}

// kill(pid, signal) → 0 or a negative error number.
int32_t Kill(int32_t pid, int32_t number) { return uv_kill(pid, number); }

void Abort(const CallInfo&) { abort(); }

// hrtime() → nanoseconds of the monotonic clock as a BigInt; 0 while a snapshot is made.
void Hrtime(const CallInfo& info) {
  const uint64_t now = IsBuilding(info) ? 0 : uv_hrtime();
  info.GetReturnValue().Set(v8::BigInt::NewFromUnsigned(info.GetIsolate(), now));
}

// now() → milliseconds since the process began.
void Now(const CallInfo& info) {
  const double now = IsBuilding(info) ? 0 : static_cast<double>(uv_hrtime() - ProcessStart()) / 1e6;
  info.GetReturnValue().Set(now);
}

void ReturnNumbers(const CallInfo& info, std::span<const double> numbers) {
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<v8::Local<v8::Value>> list;
  for (double number : numbers) list.push_back(v8::Number::New(isolate, number));
  info.GetReturnValue().Set(v8::Array::New(isolate, list.data(), list.size()));
}

double Rss() {
  size_t rss = 0;
  if (uv_resident_set_memory(&rss) == 0) return static_cast<double>(rss);
  // Without /proc: the peak is the best there is.
  uv_rusage_t usage;
  return uv_getrusage(&usage) == 0 ? static_cast<double>(usage.ru_maxrss) * 1024 : 0;
}

// memoryUsage() → [rss, heapTotal, heapUsed, external, arrayBuffers].
void MemoryUsage(const CallInfo& info) {
  v8::HeapStatistics heap;
  info.GetIsolate()->GetHeapStatistics(&heap);
  const double numbers[] = {Rss(), double(heap.total_heap_size()), double(heap.used_heap_size()), double(heap.external_memory()),
                            double(heap.malloced_memory())};
  ReturnNumbers(info, numbers);
}

// heapStatistics() → the numbers of v8.getHeapStatistics(), in its order.
void HeapStatistics(const CallInfo& info) {
  v8::HeapStatistics heap;
  info.GetIsolate()->GetHeapStatistics(&heap);
  const double numbers[] = {double(heap.total_heap_size()),
                            double(heap.total_heap_size_executable()),
                            double(heap.total_physical_size()),
                            double(heap.total_available_size()),
                            double(heap.used_heap_size()),
                            double(heap.heap_size_limit()),
                            double(heap.malloced_memory()),
                            double(heap.peak_malloced_memory()),
                            double(heap.does_zap_garbage()),
                            double(heap.number_of_native_contexts()),
                            double(heap.number_of_detached_contexts()),
                            double(heap.total_global_handles_size()),
                            double(heap.used_global_handles_size()),
                            double(heap.external_memory())};
  ReturnNumbers(info, numbers);
}

void RssOf(const CallInfo& info) { info.GetReturnValue().Set(Rss()); }

// resourceUsage() → the numbers of process.resourceUsage(), in its order.
void ResourceUsage(const CallInfo& info) {
  uv_rusage_t u;
  if (int rc = uv_getrusage(&u); rc < 0) return ThrowUvError(info, rc, "uv_getrusage");
  const double numbers[] = {double(u.ru_utime.tv_sec) * 1e6 + double(u.ru_utime.tv_usec),
                            double(u.ru_stime.tv_sec) * 1e6 + double(u.ru_stime.tv_usec),
                            double(u.ru_maxrss),
                            double(u.ru_ixrss),
                            double(u.ru_idrss),
                            double(u.ru_isrss),
                            double(u.ru_minflt),
                            double(u.ru_majflt),
                            double(u.ru_nswap),
                            double(u.ru_inblock),
                            double(u.ru_oublock),
                            double(u.ru_msgsnd),
                            double(u.ru_msgrcv),
                            double(u.ru_nsignals),
                            double(u.ru_nvcsw),
                            double(u.ru_nivcsw)};
  ReturnNumbers(info, numbers);
}

// versions() → [v8, uv, dv8].
void Versions(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Value> list[] = {
      Internalized(isolate, v8::V8::GetVersion()),
      Internalized(isolate, uv_version_string()),
      Internalized(isolate, kVersion),
  };
  info.GetReturnValue().Set(v8::Array::New(isolate, list, std::size(list)));
}

// errorName(negative error number) → "ENOENT".
std::string ErrorName(int32_t number) {
  char name[64];
  return uv_err_name_r(number, name, sizeof(name));
}

constexpr FunctionSpec kFunctions[] = {
    {"abort", Abort},
    {"argv", Arguments},
    {"chdir", Chdir},
    {"cwd", Cwd},
    {"envKeys", EnvKeys},
    Typed<ErrorName>("errorName"),
    {"execPath", ExecPathOf},
    {"getEnv", GetEnv},
    {"heapStatistics", HeapStatistics},
    {"hrtime", Hrtime},
    {"ids", Ids},
    Typed<Kill>("kill"),
    {"memoryUsage", MemoryUsage},
    {"now", Now},
    {"resourceUsage", ResourceUsage},
    {"rss", RssOf},
    {"setEnv", SetEnv},
    {"unsetEnv", UnsetEnv},
    {"versions", Versions},
};

}  // namespace

extern const BindingSpec kProcess;
constexpr BindingSpec kProcess{"process", kFunctions};

}  // namespace dv8
