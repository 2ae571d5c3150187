#include "runtime/bindings/node/report_content.h"

#include <gnu/libc-version.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>

#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/json_writer.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/node/process_object.h"
#include "runtime/bindings/node/report_handles.h"
#include "runtime/bindings/node/worker_thread.h"
#include "runtime/bindings/value.h"
#include "runtime/core/version.h"

namespace dv8::node {
namespace {

constexpr auto kWorkersAnswer = std::chrono::seconds(2);

double Number(uint64_t value) { return static_cast<double>(value); }

void AddCpus(JsonWriter* json) {
  json->BeginArray("cpus");
  uv_cpu_info_t* cpus = nullptr;
  int count = 0;
  if (uv_cpu_info(&cpus, &count) < 0) count = 0;
  for (int i = 0; i < count; i++) {
    json->BeginObject();
    json->Add("model", cpus[i].model);
    json->Add("speed", cpus[i].speed);
    json->Add("user", cpus[i].cpu_times.user);
    json->Add("nice", cpus[i].cpu_times.nice);
    json->Add("sys", cpus[i].cpu_times.sys);
    json->Add("idle", cpus[i].cpu_times.idle);
    json->Add("irq", cpus[i].cpu_times.irq);
    json->EndObject();
  }
  uv_free_cpu_info(cpus, count);
  json->EndArray();
}

void AddInterface(JsonWriter* json, const uv_interface_address_t& one) {
  json->BeginObject();
  json->Add("name", one.name);
  json->Add("internal", one.is_internal != 0);
  char mac[18], address[INET6_ADDRSTRLEN] = "", mask[INET6_ADDRSTRLEN] = "";
  const auto* m = reinterpret_cast<const unsigned char*>(one.phys_addr);
  std::snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
  json->Add("mac", mac);
  const int family = one.address.address4.sin_family;
  if (family == AF_INET) {
    uv_ip4_name(&one.address.address4, address, sizeof(address));
    uv_ip4_name(&one.netmask.netmask4, mask, sizeof(mask));
  } else if (family == AF_INET6) {
    uv_ip6_name(&one.address.address6, address, sizeof(address));
    uv_ip6_name(&one.netmask.netmask6, mask, sizeof(mask));
  } else {
    json->Add("family", "unknown");
    return json->EndObject();
  }
  json->Add("address", address);
  json->Add("netmask", mask);
  json->Add("family", family == AF_INET6 ? "IPv6" : "IPv4");
  if (family == AF_INET6) json->Add("scopeid", one.address.address6.sin6_scope_id);
  json->EndObject();
}

void AddInterfaces(JsonWriter* json) {
  json->BeginArray("networkInterfaces");
  uv_interface_address_t* interfaces = nullptr;
  int count = 0;
  if (uv_interface_addresses(&interfaces, &count) < 0) count = 0;
  for (int i = 0; i < count; i++) AddInterface(json, interfaces[i]);
  uv_free_interface_addresses(interfaces, count);
  json->EndArray();
}

void AddTimes(JsonWriter* json) {
  uv_timeval64_t now;
  if (uv_gettimeofday(&now) < 0) return;
  const time_t seconds = static_cast<time_t>(now.tv_sec);
  struct tm local;
  char text[64] = "";
  if (localtime_r(&seconds, &local) != nullptr) strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &local);
  json->Add("dumpEventTime", text);
  json->Add("dumpEventTimeStamp", std::to_string(now.tv_sec * 1000 + now.tv_usec / 1000));
}

void AddHeader(JsonWriter* json, Environment* env, const ReportRequest& request) {
  json->BeginObject("header");
  json->Add("reportVersion", 5);
  json->Add("event", request.event);
  json->Add("trigger", request.trigger);
  if (request.filename.empty()) {
    json->AddNull("filename");
  } else {
    json->Add("filename", request.filename);
  }
  AddTimes(json);
  json->Add("processId", uv_os_getpid());
  json->Add("threadId", ThreadId(env));
  char path[4096];
  size_t size = sizeof(path);
  if (uv_cwd(path, &size) == 0) json->Add("cwd", std::string_view(path, size));
  json->BeginArray("commandLine");
  for (const std::string& argument : env->State<ProcessArguments>().argv) json->Add({}, argument);
  json->EndArray();
  json->Add("nodejsVersion", std::string("v") + kNodeVersion);
  json->Add("glibcVersionRuntime", gnu_get_libc_version());
  json->Add("glibcVersionCompiler", std::to_string(__GLIBC__) + "." + std::to_string(__GLIBC_MINOR__));
  json->Add("wordSize", sizeof(void*) * 8);
  json->Add("arch", kArch);
  json->Add("platform", kPlatform);
  json->BeginObject("componentVersions");
  for (const auto& [name, version] : ComponentVersions()) json->Add(name, version);
  json->EndObject();
  json->BeginObject("release");
  for (const auto& [name, value] : kRelease) json->Add(name, value);
  json->EndObject();
  uv_utsname_t system;
  if (uv_os_uname(&system) == 0) {
    json->Add("osName", system.sysname);
    json->Add("osRelease", system.release);
    json->Add("osVersion", system.version);
    json->Add("osMachine", system.machine);
  }
  AddCpus(json);
  if (!request.exclude_network) AddInterfaces(json);
  char host[UV_MAXHOSTNAMESIZE];
  size = sizeof(host);
  if (uv_os_gethostname(host, &size) == 0) json->Add("host", host);
  json->EndObject();
}

// The text of error.stack, or of a value that is no error.
std::string TextOf(Environment* env, v8::Local<v8::Value> error) {
  v8::Local<v8::Value> stack = error;
  if (error->IsObject() && !error.As<v8::Object>()->Get(env->context(), Internalized(env->isolate(), "stack")).ToLocal(&stack)) {
    return "";
  }
  if (error->IsObject() && !stack->IsString()) return "";
  v8::Local<v8::String> text;
  if (!stack->ToDetailString(env->context()).ToLocal(&text)) return "";
  return std::string(Utf8(env->isolate(), text).view());
}

void AddErrorProperties(JsonWriter* json, Environment* env, v8::Local<v8::Value> error) {
  json->BeginObject("errorProperties");
  v8::Local<v8::Array> keys;
  if (error->IsObject()) (void)error.As<v8::Object>()->GetOwnPropertyNames(env->context()).ToLocal(&keys);
  for (uint32_t i = 0; !keys.IsEmpty() && i < keys->Length(); i++) {
    v8::Local<v8::Value> key, value;
    v8::Local<v8::String> text;
    if (!keys->Get(env->context(), i).ToLocal(&key) || !key->IsString() ||
        !error.As<v8::Object>()->Get(env->context(), key).ToLocal(&value) || !value->ToString(env->context()).ToLocal(&text)) {
      continue;
    }
    const std::string name(Utf8(env->isolate(), key).view());
    if (name != "stack" && name != "message") json->Add(name, Utf8(env->isolate(), text).view());
  }
  json->EndObject();
}

void AddJavaScriptStack(JsonWriter* json, Environment* env, const ReportRequest& request) {
  v8::TryCatch guard(env->isolate());  // Getters of the error's.
  json->BeginObject("javascriptStack");
  const bool has_error = !request.error.IsEmpty() && !request.error->IsUndefined();
  std::string text;
  if (has_error) {
    text = TextOf(env, request.error);
  } else if (request.has_room) {
    text = request.trigger + "\n" + CurrentStack(env->isolate());
  }
  std::string_view rest = text;
  const auto take_line = [&rest] {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
  };
  const std::string_view message = take_line();
  json->Add("message", message.empty() ? "No stack." : message);
  if (message.empty() || !rest.empty()) {
    json->BeginArray("stack");
    if (message.empty()) json->Add({}, "Unavailable.");
    while (!rest.empty()) {
      std::string_view line = take_line();
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      json->Add({}, line);
    }
    json->EndArray();
  }
  AddErrorProperties(json, env, has_error ? request.error : v8::Undefined(env->isolate()).As<v8::Value>());
  json->EndObject();
}

void AddJavaScriptHeap(JsonWriter* json, v8::Isolate* isolate) {
  v8::HeapStatistics heap;
  isolate->GetHeapStatistics(&heap);
  json->BeginObject("javascriptHeap");
  json->Add("totalMemory", heap.total_heap_size());
  json->Add("executableMemory", heap.total_heap_size_executable());
  json->Add("totalCommittedMemory", heap.total_physical_size());
  json->Add("availableMemory", heap.total_available_size());
  json->Add("totalGlobalHandlesMemory", heap.total_global_handles_size());
  json->Add("usedGlobalHandlesMemory", heap.used_global_handles_size());
  json->Add("usedMemory", heap.used_heap_size());
  json->Add("memoryLimit", heap.heap_size_limit());
  json->Add("mallocedMemory", heap.malloced_memory());
  json->Add("externalMemory", heap.external_memory());
  json->Add("peakMallocedMemory", heap.peak_malloced_memory());
  json->Add("nativeContextCount", heap.number_of_native_contexts());
  json->Add("detachedContextCount", heap.number_of_detached_contexts());
  json->Add("doesZapGarbage", heap.does_zap_garbage());
  json->BeginObject("heapSpaces");
  for (size_t i = 0; i < isolate->NumberOfHeapSpaces(); i++) {
    v8::HeapSpaceStatistics space;
    if (!isolate->GetHeapSpaceStatistics(&space, i)) continue;
    json->BeginObject(space.space_name());
    json->Add("memorySize", space.space_size());
    json->Add("committedMemory", space.physical_space_size());
    json->Add("capacity", space.space_used_size() + space.space_available_size());
    json->Add("used", space.space_used_size());
    json->Add("available", space.space_available_size());
    json->EndObject();
  }
  json->EndObject();
  json->EndObject();
}

double Seconds(const uv_timeval_t& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

// What both sections of usage have; `uptime` in seconds.
void AddUsage(JsonWriter* json, const uv_rusage_t& usage, double uptime) {
  const double user = Seconds(usage.ru_utime), kernel = Seconds(usage.ru_stime);
  json->Add("userCpuSeconds", user);
  json->Add("kernelCpuSeconds", kernel);
  json->Add("cpuConsumptionPercent", 100 * (user + kernel) / uptime);
  json->Add("userCpuConsumptionPercent", 100 * user / uptime);
  json->Add("kernelCpuConsumptionPercent", 100 * kernel / uptime);
  json->BeginObject("fsActivity");
  json->Add("reads", usage.ru_inblock);
  json->Add("writes", usage.ru_oublock);
  json->EndObject();
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

void AddResourceUsage(JsonWriter* json) {
  json->BeginObject("resourceUsage");
  size_t rss = 0;
  json->Add("free_memory", std::to_string(uv_get_free_memory()));
  json->Add("total_memory", std::to_string(uv_get_total_memory()));
  if (uv_resident_set_memory(&rss) == 0) json->Add("rss", std::to_string(rss));
  if (const uint64_t limit = uv_get_constrained_memory(); limit > 0) {
    json->Add("constrained_memory", std::to_string(limit));
  }
  json->Add("available_memory", std::to_string(uv_get_available_memory()));
  uv_rusage_t usage;
  if (uv_getrusage(&usage) == 0) {
    AddUsage(json, usage, Uptime());
    json->Add("maxRss", std::to_string(usage.ru_maxrss * 1024));
    json->BeginObject("pageFaults");
    json->Add("IORequired", usage.ru_majflt);
    json->Add("IONotRequired", usage.ru_minflt);
    json->EndObject();
  }
  json->EndObject();
  if (uv_getrusage_thread(&usage) != 0) return;
  json->BeginObject("uvthreadResourceUsage");
  AddUsage(json, usage, Uptime());
  json->EndObject();
}

// Reports of the threads that `env` has started. One that does not come to an instruction of its JavaScript
// in time is left out.
void AddWorkers(JsonWriter* json, Environment* env, const ReportRequest& request) {
  struct Answers {
    std::mutex mutex;
    std::condition_variable came;
    std::map<uint64_t, std::string> reports;
  };
  const auto answers = std::make_shared<Answers>();
  size_t asked = 0;
  for (WorkerThread* thread : env->State<StartedWorkers>().threads) {
    ReportRequest part = request;
    part.event = "Worker thread subreport [" + thread->name() + "]";
    part.filename.clear();
    part.error.Clear();
    asked += thread->Interrupt([answers, part, id = thread->id()](Environment* worker) {
      std::string text = ReportContent(worker, part);
      std::lock_guard lock(answers->mutex);
      answers->reports[id] = std::move(text);
      answers->came.notify_one();
    });
  }
  json->BeginArray("workers");
  if (asked > 0) {
    std::unique_lock lock(answers->mutex);
    answers->came.wait_for(lock, kWorkersAnswer, [&] { return answers->reports.size() == asked; });
    for (const auto& [id, text] : answers->reports) json->AddJson({}, text);
  }
  json->EndArray();
}

void AddVariables(JsonWriter* json) {
  uv_env_item_t* items = nullptr;
  int count = 0;
  json->BeginObject("environmentVariables");
  if (uv_os_environ(&items, &count) < 0) count = 0;
  for (int i = 0; i < count; i++) json->Add(items[i].name, items[i].value);
  uv_os_free_environ(items, count);
  json->EndObject();
}

void AddLimits(JsonWriter* json) {
  static constexpr struct {
    const char* name;
    __rlimit_resource resource;
  } kLimits[] = {
      {"core_file_size_blocks", RLIMIT_CORE},      {"data_seg_size_bytes", RLIMIT_DATA},  {"file_size_blocks", RLIMIT_FSIZE},
      {"max_locked_memory_bytes", RLIMIT_MEMLOCK}, {"max_memory_size_bytes", RLIMIT_RSS}, {"open_files", RLIMIT_NOFILE},
      {"stack_size_bytes", RLIMIT_STACK},          {"cpu_time_seconds", RLIMIT_CPU},      {"max_user_processes", RLIMIT_NPROC},
      {"virtual_memory_bytes", RLIMIT_AS},
  };
  json->BeginObject("userLimits");
  for (const auto& entry : kLimits) {
    struct rlimit limit;
    if (getrlimit(entry.resource, &limit) != 0) continue;
    const auto add = [json](const char* name, rlim_t value) {
      value == RLIM_INFINITY ? json->Add(name, "unlimited") : json->Add(name, Number(value));
    };
    json->BeginObject(entry.name);
    add("soft", limit.rlim_cur);
    add("hard", limit.rlim_max);
    json->EndObject();
  }
  json->EndObject();
}

void AddEmptyList(JsonWriter* json, std::string_view name) {
  json->BeginArray(name);
  json->EndArray();
}

}  // namespace

std::string ReportContent(Environment* env, const ReportRequest& request) {
  v8::HandleScope scope(env->isolate());
  JsonWriter json(request.compact ? JsonWriter::Layout::kCompact : JsonWriter::Layout::kIndented);
  json.BeginObject();
  AddHeader(&json, env, request);
  AddJavaScriptStack(&json, env, request);
  AddJavaScriptHeap(&json, env->isolate());
  AddEmptyList(&json, "nativeStack");  // A stripped program has no names for its frames.
  AddResourceUsage(&json);
  AddHandles(&json, env);
  AddWorkers(&json, env, request);
  if (!request.exclude_env) AddVariables(&json);
  AddLimits(&json);
  AddEmptyList(&json, "sharedObjects");  // A static program has none.
  json.EndObject();
  return json.text();
}

}  // namespace dv8::node
