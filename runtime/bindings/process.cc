// runtime/bindings/process.cc: internal:process, what node:process reads of the operating
// system. Every value is read when it is asked for; nothing is kept from the build machine.
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/assets.h"
#include "runtime/bindings/environ_lock.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"
#include "runtime/core/start_times.h"
#include "runtime/core/version.h"

extern char** environ;

namespace dv8 {
namespace {

bool IsBuilding(const CallInfo& info) {
  return Environment::From(info)->mode() == Environment::Mode::kBuild;
}

// Reports a call that has no meaning while a snapshot is made. True when it threw.
bool RefuseWhileBuilding(const CallInfo& info, const char* what) {
  if (!IsBuilding(info)) return false;
  v8::Isolate* isolate = info.GetIsolate();
  const std::string text = std::string(what) + " cannot be used while the snapshot is made";
  isolate->ThrowException(v8::Exception::Error(FromUtf8(isolate, text).ToLocalChecked()));
  return true;
}

// The executable's path. Without /proc it is what the kernel was asked to run.
std::string ExecPath(Environment* env) {
  char buffer[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", buffer, sizeof(buffer));
  if (size > 0) return std::string(buffer, static_cast<size_t>(size));
  const char* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (name == nullptr) name = env->argc() > 0 ? env->argv()[0] : "";
  if (char* resolved = realpath(name, buffer); resolved != nullptr) return resolved;
  return name;
}

void ExecPathOf(const CallInfo& info) {
  if (IsBuilding(info)) return ReturnUtf8(info, "/app");
  ReturnUtf8(info, ExecPath(Environment::From(info)));
}

// argv() → every argument as the kernel gave it; [] while a snapshot is made.
void Arguments(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<v8::Local<v8::Value>> list;
  for (int i = 0; i < env->argc(); i++) {
    v8::Local<v8::String> argument;
    if (!FromUtf8(isolate, env->argv()[i]).ToLocal(&argument)) return;
    list.push_back(argument);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, list.data(), list.size()));
}

// The environment is empty while a snapshot is made: a program's top level may ask, but no
// value of the build machine gets into the app.
void GetEnv(const CallInfo& info) {
  if (IsBuilding(info)) return;
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
    for (char** entry = environ; !IsBuilding(info) && entry != nullptr && *entry != nullptr;
         entry++) {
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

// umask(mask | -1) → the old mask; -1 leaves it as it is.
uint32_t Umask(int32_t mask) {
  const mode_t old = umask(mask < 0 ? 0 : static_cast<mode_t>(mask));
  if (mask < 0) umask(old);
  return old;
}

// ids() → [pid, ppid, uid, euid, gid, egid].
void Ids(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const double ids[] = {double(getpid()),  double(getppid()), double(getuid()),
                        double(geteuid()), double(getgid()),  double(getegid())};
  v8::Local<v8::Value> list[std::size(ids)];
  for (size_t i = 0; i < std::size(ids); i++) {
    list[i] = v8::Number::New(isolate, IsBuilding(info) ? 0 : ids[i]);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, list, std::size(ids)));
}

void Groups(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<gid_t> groups(static_cast<size_t>(std::max(0, getgroups(0, nullptr))));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  std::vector<v8::Local<v8::Value>> list;
  for (int i = 0; i < count; i++) list.push_back(v8::Number::New(isolate, groups[i]));
  info.GetReturnValue().Set(v8::Array::New(isolate, list.data(), list.size()));
}

constexpr uint32_t kNoId = UINT32_MAX;
constexpr char kUsers[] = "/etc/passwd";
constexpr char kGroupsFile[] = "/etc/group";

// Calls visit(fields) for each line of such a file until it returns true. libc's look-up would load the
// host's name service modules into a static program.
template <typename Visit>
void ForEachAccount(const char* path, Visit visit) {
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return;
  char* line = nullptr;
  size_t room = 0;
  bool found = false;
  for (ssize_t size; !found && (size = getline(&line, &room, file)) >= 0;) {
    std::vector<std::string_view> fields(1);
    for (const char* c = line; c != line + size && *c != '\n'; c++) {
      if (*c == ':') {
        fields.emplace_back(c + 1, 0);
      } else {
        fields.back() = {fields.back().empty() ? c : fields.back().data(), fields.back().size() + 1};
      }
    }
    found = fields.size() >= 3 && visit(fields);
  }
  free(line);
  std::fclose(file);
}

// What is no number must not become 0, which is root.
uint32_t ParseId(std::string_view text) {
  uint64_t id = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return kNoId;
    id = id * 10 + static_cast<uint64_t>(c - '0');
    if (id >= kNoId) return kNoId;
  }
  return text.empty() ? kNoId : static_cast<uint32_t>(id);
}

// The id that is given as a number or as a name of the file; kNoId for an unknown name, and for 2^32 - 1.
uint32_t IdOf(v8::Isolate* isolate, v8::Local<v8::Value> value, const char* path) {
  if (value->IsNumber()) {
    const double id = value.As<v8::Number>()->Value();
    return id >= 0 && id < kNoId ? static_cast<uint32_t>(id) : kNoId;
  }
  const Utf8 name(isolate, value);
  uint32_t id = kNoId;
  ForEachAccount(path, [&](const auto& fields) {
    if (fields[0] != name.view()) return false;
    id = ParseId(fields[2]);
    return true;
  });
  return id;
}

// setGroups(numbers and names) → the index of an unknown one, or -1.
void SetGroups(const CallInfo& info, v8::Local<v8::Array> list) {
  if (RefuseWhileBuilding(info, "Setting the process's groups")) return;
  v8::Isolate* isolate = info.GetIsolate();
  std::vector<gid_t> groups;
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> group;
    if (!list->Get(isolate->GetCurrentContext(), i).ToLocal(&group)) return;
    groups.push_back(IdOf(isolate, group, kGroupsFile));
    if (groups.back() == kNoId) return info.GetReturnValue().Set(i);
  }
  if (setgroups(groups.size(), groups.data()) != 0) return ThrowUvError(info, -errno, "setgroups");
  info.GetReturnValue().Set(-1);
}

// initGroups(user, group): the groups that list the user, and `group`. → 0, or 1 when there is no such user
// and 2 when there is no such group.
void InitGroups(const CallInfo& info) {
  if (RefuseWhileBuilding(info, "Setting the process's groups")) return;
  v8::Isolate* isolate = info.GetIsolate();
  std::string name;
  if (info[0]->IsNumber()) {
    const uint32_t id = IdOf(isolate, info[0], kUsers);
    ForEachAccount(kUsers, [&](const auto& fields) {
      if (ParseId(fields[2]) == id && id != kNoId) name = fields[0];
      return !name.empty();
    });
    if (name.empty()) return info.GetReturnValue().Set(1);
  } else {
    name = Utf8(isolate, info[0]).view();
  }
  std::vector<gid_t> groups{IdOf(isolate, info[1], kGroupsFile)};
  if (groups[0] == kNoId) return info.GetReturnValue().Set(2);
  ForEachAccount(kGroupsFile, [&](const auto& fields) {
    const uint32_t id = ParseId(fields[2]);
    const std::string members = "," + std::string(fields.size() > 3 ? fields[3] : "") + ",";
    if (id != kNoId && id != groups[0] && members.find("," + name + ",") != std::string::npos) {
      groups.push_back(id);
    }
    return false;
  });
  if (setgroups(groups.size(), groups.data()) != 0) return ThrowUvError(info, -errno, "initgroups");
  info.GetReturnValue().Set(0);
}

// setId("setuid" | "setgid" | "seteuid" | "setegid", number or name) → false when there is no such name.
void SetId(const CallInfo& info) {
  if (RefuseWhileBuilding(info, "Setting the process's user or group")) return;
  Utf8 call(info.GetIsolate(), info[0]);
  const uint32_t id =
      IdOf(info.GetIsolate(), info[1], call.view().ends_with("uid") ? kUsers : kGroupsFile);
  if (id == kNoId) return info.GetReturnValue().Set(false);
  int rc = -1;
  if (call.view() == "setuid") rc = setuid(id);
  else if (call.view() == "setgid") rc = setgid(id);
  else if (call.view() == "seteuid") rc = seteuid(id);
  else if (call.view() == "setegid") rc = setegid(id);
  else return ThrowTypeError(info.GetIsolate(), "The call must be setuid, setgid, seteuid or setegid");
  if (rc != 0) return ThrowUvError(info, -errno, call.c_str());
  info.GetReturnValue().Set(true);
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
  const double now =
      IsBuilding(info) ? 0 : static_cast<double>(uv_hrtime() - ProcessStart()) / 1e6;
  info.GetReturnValue().Set(now);
}

// startTime() → milliseconds of the wall clock when the process began.
void StartTime(const CallInfo& info) {
  if (IsBuilding(info)) return info.GetReturnValue().Set(0);
  uv_timeval64_t now;
  uv_gettimeofday(&now);
  const double since = static_cast<double>(uv_hrtime() - ProcessStart()) / 1e6;
  info.GetReturnValue().Set(static_cast<double>(now.tv_sec) * 1e3 +
                            static_cast<double>(now.tv_usec) / 1e3 - since);
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
  const double numbers[] = {Rss(), double(heap.total_heap_size()), double(heap.used_heap_size()),
                            double(heap.external_memory()), double(heap.malloced_memory())};
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
  const double numbers[] = {
      double(u.ru_utime.tv_sec) * 1e6 + double(u.ru_utime.tv_usec),
      double(u.ru_stime.tv_sec) * 1e6 + double(u.ru_stime.tv_usec),
      double(u.ru_maxrss), double(u.ru_ixrss), double(u.ru_idrss), double(u.ru_isrss),
      double(u.ru_minflt), double(u.ru_majflt), double(u.ru_nswap), double(u.ru_inblock),
      double(u.ru_oublock), double(u.ru_msgsnd), double(u.ru_msgrcv), double(u.ru_nsignals),
      double(u.ru_nvcsw), double(u.ru_nivcsw)};
  ReturnNumbers(info, numbers);
}

// setName(text): what ps shows as the command of this thread, 15 bytes of it.
void SetName(const CallInfo& info) {
  Utf8 name(info.GetIsolate(), info[0]);
  prctl(PR_SET_NAME, name.c_str());
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

// The value that async code carries along: one slot, which V8 saves with each continuation.
void GetAsyncContext(const CallInfo& info) {
  info.GetReturnValue().Set(info.GetIsolate()->GetContinuationPreservedEmbedderData());
}

void SetAsyncContext(const CallInfo& info) {
  info.GetIsolate()->SetContinuationPreservedEmbedderData(info[0]);
}

constexpr FunctionSpec kFunctions[] = {
    {"abort", Abort},
    {"argv", Arguments},
    {"chdir", Chdir},
    {"cwd", Cwd},
    {"envKeys", EnvKeys},
    {"execPath", ExecPathOf},
    {"getAsyncContext", GetAsyncContext},
    {"getEnv", GetEnv},
    {"groups", Groups},
    {"heapStatistics", HeapStatistics},
    {"hrtime", Hrtime},
    {"ids", Ids},
    {"initGroups", InitGroups},
    Typed<Kill>("kill"),
    {"memoryUsage", MemoryUsage},
    {"now", Now},
    {"resourceUsage", ResourceUsage},
    {"rss", RssOf},
    {"setAsyncContext", SetAsyncContext},
    {"setEnv", SetEnv},
    Typed<SetGroups>("setGroups"),
    {"setId", SetId},
    {"setName", SetName},
    {"startTime", StartTime},
    Typed<Umask>("umask"),
    {"unsetEnv", UnsetEnv},
    {"versions", Versions},
};

}  // namespace

extern const BindingSpec kProcess;
constexpr BindingSpec kProcess{"process", kFunctions};

}  // namespace dv8
