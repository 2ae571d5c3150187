#include "runtime/bindings/node/report_content.h"

#include <gnu/libc-version.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

#include <cstdio>

#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/node/process_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/version.h"

extern char** environ;

namespace dv8::node {
namespace {

using Value = v8::Local<v8::Value>;

// An object or array that is being filled. They have no prototype that a program could have changed, but
// for arrays.
class Section {
 public:
  explicit Section(Environment* env) : env_(env), object_(NullPrototypeObject(env->isolate())) {}
  static Section List(Environment* env) { return Section(env, v8::Array::New(env->isolate())); }

  v8::Local<v8::Object> object() const { return object_; }
  Value Text(std::string_view text) const {
    v8::Local<v8::String> string;
    return FromUtf8(env_->isolate(), text).ToLocal(&string) ? string : v8::String::Empty(env_->isolate());
  }
  void Set(std::string_view name, Value value) const { (void)object_->Set(env_->context(), Text(name), value); }
  void Set(std::string_view name, std::string_view text) const { Set(name, Text(text)); }
  void Set(std::string_view name, const char* text) const { Set(name, Text(text)); }
  void Set(std::string_view name, double number) const { Set(name, v8::Number::New(env_->isolate(), number)); }
  void Set(std::string_view name, bool flag) const { Set(name, v8::Boolean::New(env_->isolate(), flag).As<v8::Value>()); }
  void Set(std::string_view name, const Section& section) const { Set(name, section.object().As<v8::Value>()); }
  void Add(Value value) { (void)object_->Set(env_->context(), length_++, value); }
  void Add(std::string_view text) { Add(Text(text)); }
  void Add(const Section& section) { Add(section.object().As<v8::Value>()); }

 private:
  Section(Environment* env, v8::Local<v8::Object> object) : env_(env), object_(object) {}
  Environment* env_;
  v8::Local<v8::Object> object_;
  uint32_t length_ = 0;
};

double Number(uint64_t value) { return static_cast<double>(value); }

std::string Address(const void* pointer) {
  char text[32];
  std::snprintf(text, sizeof(text), "0x%016lx", reinterpret_cast<unsigned long>(pointer));
  return text;
}

Section Cpus(Environment* env) {
  Section list = Section::List(env);
  uv_cpu_info_t* cpus = nullptr;
  int count = 0;
  if (uv_cpu_info(&cpus, &count) < 0) return list;
  for (int i = 0; i < count; i++) {
    Section cpu(env);
    cpu.Set("model", cpus[i].model);
    cpu.Set("speed", static_cast<double>(cpus[i].speed));
    cpu.Set("user", Number(cpus[i].cpu_times.user));
    cpu.Set("nice", Number(cpus[i].cpu_times.nice));
    cpu.Set("sys", Number(cpus[i].cpu_times.sys));
    cpu.Set("idle", Number(cpus[i].cpu_times.idle));
    cpu.Set("irq", Number(cpus[i].cpu_times.irq));
    list.Add(cpu);
  }
  uv_free_cpu_info(cpus, count);
  return list;
}

Section Interface(Environment* env, const uv_interface_address_t& one) {
  Section section(env);
  section.Set("name", one.name);
  section.Set("internal", one.is_internal != 0);
  char mac[18], address[INET6_ADDRSTRLEN] = "", mask[INET6_ADDRSTRLEN] = "";
  const auto* m = reinterpret_cast<const unsigned char*>(one.phys_addr);
  std::snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
  section.Set("mac", mac);
  if (one.address.address4.sin_family == AF_INET) {
    uv_ip4_name(&one.address.address4, address, sizeof(address));
    uv_ip4_name(&one.netmask.netmask4, mask, sizeof(mask));
  } else if (one.address.address4.sin_family == AF_INET6) {
    uv_ip6_name(&one.address.address6, address, sizeof(address));
    uv_ip6_name(&one.netmask.netmask6, mask, sizeof(mask));
  } else {
    section.Set("family", "unknown");
    return section;
  }
  section.Set("address", address);
  section.Set("netmask", mask);
  const bool is_v6 = one.address.address4.sin_family == AF_INET6;
  section.Set("family", is_v6 ? "IPv6" : "IPv4");
  if (is_v6) section.Set("scopeid", static_cast<double>(one.address.address6.sin6_scope_id));
  return section;
}

Section Interfaces(Environment* env) {
  Section list = Section::List(env);
  uv_interface_address_t* interfaces = nullptr;
  int count = 0;
  if (uv_interface_addresses(&interfaces, &count) < 0) return list;
  for (int i = 0; i < count; i++) list.Add(Interface(env, interfaces[i]));
  uv_free_interface_addresses(interfaces, count);
  return list;
}

void AddTimes(const Section& header) {
  uv_timeval64_t now;
  if (uv_gettimeofday(&now) < 0) return;
  const time_t seconds = static_cast<time_t>(now.tv_sec);
  struct tm local;
  char text[64] = "";
  if (localtime_r(&seconds, &local) != nullptr) strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &local);
  header.Set("dumpEventTime", text);
  header.Set("dumpEventTimeStamp", std::to_string(now.tv_sec * 1000 + now.tv_usec / 1000));
}

Section Header(Environment* env, const ReportRequest& request) {
  Section header(env);
  header.Set("reportVersion", 5.0);
  header.Set("event", request.event);
  header.Set("trigger", request.trigger);
  if (request.filename.empty()) {
    header.Set("filename", v8::Null(env->isolate()).As<v8::Value>());
  } else {
    header.Set("filename", request.filename);
  }
  AddTimes(header);
  header.Set("processId", static_cast<double>(uv_os_getpid()));
  header.Set("threadId", 0.0);
  char path[4096];
  size_t size = sizeof(path);
  if (uv_cwd(path, &size) == 0) header.Set("cwd", std::string_view(path, size));
  Section command = Section::List(env);
  for (const std::string& argument : env->State<ProcessArguments>().argv) command.Add(argument);
  header.Set("commandLine", command);
  header.Set("nodejsVersion", std::string("v") + kNodeVersion);
  header.Set("glibcVersionRuntime", gnu_get_libc_version());
  header.Set("glibcVersionCompiler", std::to_string(__GLIBC__) + "." + std::to_string(__GLIBC_MINOR__));
  header.Set("wordSize", static_cast<double>(sizeof(void*) * 8));
  v8::Local<v8::Object> process;
  if (NewProcessObject(env).ToLocal(&process)) {
    for (const auto& [name, from] : {std::pair("arch", "arch"), std::pair("platform", "platform"),
                                     std::pair("componentVersions", "versions"), std::pair("release", "release")}) {
      Value value;
      if (process->Get(env->context(), Internalized(env->isolate(), from)).ToLocal(&value)) header.Set(name, value);
    }
  }
  uv_utsname_t system;
  if (uv_os_uname(&system) == 0) {
    header.Set("osName", system.sysname);
    header.Set("osRelease", system.release);
    header.Set("osVersion", system.version);
    header.Set("osMachine", system.machine);
  }
  header.Set("cpus", Cpus(env));
  if (!request.exclude_network) header.Set("networkInterfaces", Interfaces(env));
  char host[UV_MAXHOSTNAMESIZE];
  size = sizeof(host);
  if (uv_os_gethostname(host, &size) == 0) header.Set("host", host);
  return header;
}

// The text of error.stack, or of a value that is no error.
std::string TextOf(Environment* env, Value error) {
  Value stack = error;
  if (error->IsObject() &&
      !error.As<v8::Object>()->Get(env->context(), Internalized(env->isolate(), "stack")).ToLocal(&stack)) {
    return "";
  }
  if (error->IsObject() && !stack->IsString()) return "";
  v8::Local<v8::String> text;
  if (!stack->ToDetailString(env->context()).ToLocal(&text)) return "";
  return std::string(Utf8(env->isolate(), text).view());
}

Section ErrorProperties(Environment* env, Value error) {
  Section properties(env);
  v8::Local<v8::Array> keys;
  if (error.IsEmpty() || !error->IsObject() ||
      !error.As<v8::Object>()->GetOwnPropertyNames(env->context()).ToLocal(&keys)) {
    return properties;
  }
  for (uint32_t i = 0; i < keys->Length(); i++) {
    Value key, value;
    v8::Local<v8::String> text;
    if (!keys->Get(env->context(), i).ToLocal(&key) || !key->IsString() ||
        !error.As<v8::Object>()->Get(env->context(), key).ToLocal(&value) ||
        !value->ToString(env->context()).ToLocal(&text)) {
      continue;
    }
    const std::string name(Utf8(env->isolate(), key).view());
    if (name != "stack" && name != "message") properties.Set(name, text.As<v8::Value>());
  }
  return properties;
}

Section JavaScriptStack(Environment* env, const ReportRequest& request) {
  v8::TryCatch guard(env->isolate());  // Getters of the error's.
  Section section(env), stack = Section::List(env);
  const bool has_error = !request.error.IsEmpty() && !request.error->IsUndefined();
  std::string text = has_error ? TextOf(env, request.error) : request.trigger + "\n" + CurrentStack(env->isolate());
  std::string_view rest = text;
  const auto take_line = [&rest] {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
  };
  const std::string_view message = take_line();
  section.Set("message", message.empty() ? "No stack." : message);
  if (message.empty()) stack.Add("Unavailable.");
  const bool one_line = rest.empty() && !message.empty();
  while (!rest.empty()) {
    std::string_view line = take_line();
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    stack.Add(line);
  }
  if (!one_line) section.Set("stack", stack);
  section.Set("errorProperties", ErrorProperties(env, has_error ? request.error : Value()));
  return section;
}

Section JavaScriptHeap(Environment* env) {
  v8::HeapStatistics heap;
  env->isolate()->GetHeapStatistics(&heap);
  Section section(env), spaces(env);
  section.Set("totalMemory", Number(heap.total_heap_size()));
  section.Set("executableMemory", Number(heap.total_heap_size_executable()));
  section.Set("totalCommittedMemory", Number(heap.total_physical_size()));
  section.Set("availableMemory", Number(heap.total_available_size()));
  section.Set("totalGlobalHandlesMemory", Number(heap.total_global_handles_size()));
  section.Set("usedGlobalHandlesMemory", Number(heap.used_global_handles_size()));
  section.Set("usedMemory", Number(heap.used_heap_size()));
  section.Set("memoryLimit", Number(heap.heap_size_limit()));
  section.Set("mallocedMemory", Number(heap.malloced_memory()));
  section.Set("externalMemory", Number(heap.external_memory()));
  section.Set("peakMallocedMemory", Number(heap.peak_malloced_memory()));
  section.Set("nativeContextCount", Number(heap.number_of_native_contexts()));
  section.Set("detachedContextCount", Number(heap.number_of_detached_contexts()));
  section.Set("doesZapGarbage", Number(heap.does_zap_garbage()));
  for (size_t i = 0; i < env->isolate()->NumberOfHeapSpaces(); i++) {
    v8::HeapSpaceStatistics space;
    if (!env->isolate()->GetHeapSpaceStatistics(&space, i)) continue;
    Section entry(env);
    entry.Set("memorySize", Number(space.space_size()));
    entry.Set("committedMemory", Number(space.physical_space_size()));
    entry.Set("capacity", Number(space.space_used_size() + space.space_available_size()));
    entry.Set("used", Number(space.space_used_size()));
    entry.Set("available", Number(space.space_available_size()));
    spaces.Set(space.space_name(), entry);
  }
  section.Set("heapSpaces", spaces);
  return section;
}

double Seconds(const uv_timeval_t& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// What both sections of usage have; `uptime` in seconds.
void AddUsage(Environment* env, const Section& section, const uv_rusage_t& usage, double uptime) {
  const double user = Seconds(usage.ru_utime), kernel = Seconds(usage.ru_stime);
  section.Set("userCpuSeconds", user);
  section.Set("kernelCpuSeconds", kernel);
  section.Set("cpuConsumptionPercent", 100 * (user + kernel) / uptime);
  section.Set("userCpuConsumptionPercent", 100 * user / uptime);
  section.Set("kernelCpuConsumptionPercent", 100 * kernel / uptime);
  Section files(env);
  files.Set("reads", Number(usage.ru_inblock));
  files.Set("writes", Number(usage.ru_oublock));
  section.Set("fsActivity", files);
}

// Since the process began, as the kernel keeps it: at least a millisecond.
double Uptime() {
  struct timespec now, used;
  clock_gettime(CLOCK_MONOTONIC, &now);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  static const double start = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
  const double since = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9 - start;
  return since + static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9 + 0.001;
}

void AddResourceUsage(Environment* env, const Section& report) {
  Section section(env);
  size_t rss = 0;
  section.Set("free_memory", std::to_string(uv_get_free_memory()));
  section.Set("total_memory", std::to_string(uv_get_total_memory()));
  if (uv_resident_set_memory(&rss) == 0) section.Set("rss", std::to_string(rss));
  if (const uint64_t limit = uv_get_constrained_memory(); limit > 0) {
    section.Set("constrained_memory", std::to_string(limit));
  }
  section.Set("available_memory", std::to_string(uv_get_available_memory()));
  uv_rusage_t usage;
  if (uv_getrusage(&usage) == 0) {
    AddUsage(env, section, usage, Uptime());
    section.Set("maxRss", std::to_string(usage.ru_maxrss * 1024));
    Section faults(env);
    faults.Set("IORequired", Number(usage.ru_majflt));
    faults.Set("IONotRequired", Number(usage.ru_minflt));
    section.Set("pageFaults", faults);
  }
  report.Set("resourceUsage", section);
  if (uv_getrusage_thread(&usage) == 0) {
    Section thread(env);
    AddUsage(env, thread, usage, Uptime());
    report.Set("uvthreadResourceUsage", thread);
  }
}

Section Handles(Environment* env) {
  Section list = Section::List(env);
  if (!env->has_loop()) return list;
  const auto visit = [](uv_handle_t* handle, void* data) {
    auto& [owner, all] = *static_cast<std::pair<Environment*, Section*>*>(data);
    Section entry(owner);
    entry.Set("type", uv_handle_type_name(handle->type));
    entry.Set("is_active", uv_is_active(handle) != 0);
    entry.Set("is_referenced", uv_has_ref(handle) != 0);
    entry.Set("address", Address(handle));
    all->Add(entry);
  };
  std::pair<Environment*, Section*> data(env, &list);
  uv_walk(env->loop(), visit, &data);
  Section loop(env);
  loop.Set("type", "loop");
  loop.Set("is_active", uv_loop_alive(env->loop()) != 0);
  loop.Set("address", Address(env->loop()));
  loop.Set("loopIdleTimeSeconds", static_cast<double>(uv_metrics_idle_time(env->loop())) / 1e9);
  list.Add(loop);
  return list;
}

Section Variables(Environment* env) {
  Section section(env);
  uv_env_item_t* items = nullptr;
  int count = 0;
  if (uv_os_environ(&items, &count) < 0) return section;
  for (int i = 0; i < count; i++) section.Set(items[i].name, items[i].value);
  uv_os_free_environ(items, count);
  return section;
}

Section Limits(Environment* env) {
  static constexpr struct {
    const char* name;
    __rlimit_resource resource;
  } kLimits[] = {
      {"core_file_size_blocks", RLIMIT_CORE}, {"data_seg_size_bytes", RLIMIT_DATA},
      {"file_size_blocks", RLIMIT_FSIZE},     {"max_locked_memory_bytes", RLIMIT_MEMLOCK},
      {"max_memory_size_bytes", RLIMIT_RSS},  {"open_files", RLIMIT_NOFILE},
      {"stack_size_bytes", RLIMIT_STACK},     {"cpu_time_seconds", RLIMIT_CPU},
      {"max_user_processes", RLIMIT_NPROC},   {"virtual_memory_bytes", RLIMIT_AS},
  };
  Section section(env);
  for (const auto& entry : kLimits) {
    struct rlimit limit;
    if (getrlimit(entry.resource, &limit) != 0) continue;
    Section bounds(env);
    const auto set = [&bounds](const char* name, rlim_t value) {
      value == RLIM_INFINITY ? bounds.Set(name, "unlimited") : bounds.Set(name, Number(value));
    };
    set("soft", limit.rlim_cur);
    set("hard", limit.rlim_max);
    section.Set(entry.name, bounds);
  }
  return section;
}

}  // namespace

v8::MaybeLocal<v8::String> ReportContent(Environment* env, const ReportRequest& request) {
  Section report(env);
  report.Set("header", Header(env, request));
  report.Set("javascriptStack", JavaScriptStack(env, request));
  report.Set("javascriptHeap", JavaScriptHeap(env));
  report.Set("nativeStack", Section::List(env));  // A stripped program has no names for its frames.
  AddResourceUsage(env, report);
  report.Set("libuv", Handles(env));
  report.Set("workers", Section::List(env));
  if (!request.exclude_env) report.Set("environmentVariables", Variables(env));
  report.Set("userLimits", Limits(env));
  report.Set("sharedObjects", Section::List(env));  // A static program has none.
  v8::Local<v8::String> gap = request.compact ? v8::String::Empty(env->isolate()) : Internalized(env->isolate(), "  ");
  return v8::JSON::Stringify(env->context(), report.object(), gap);
}

}  // namespace dv8::node
