// runtime/bindings/node/report.cc: internalBinding('report'), the diagnostic report of process.report: what the
// process is and does, as JSON. There is no native stack in it: the executable has no symbols.
#include <gnu/libc-version.h>
#include <sys/resource.h>
#include <uv.h>

#include <cstdio>
#include <cstring>
#include <ctime>

#include "runtime/binding/typed.h"
#include "runtime/bindings/environ_lock.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/node/process_object.h"

namespace dv8::node {
namespace {

struct ReportOptions {
  explicit ReportOptions(Environment*) {}
  std::string directory, filename, signal = "SIGUSR2";
  bool compact = false, exclude_network = false, exclude_env = false;
  bool on_fatal_error = false, on_signal = false, on_uncaught_exception = false;
  int written = 0;
};

ReportOptions& Options(Environment* env) { return env->State<ReportOptions>(); }

template <auto kField>
auto Get(Environment* env) {
  return Options(env).*kField;
}
template <auto kField>
void SetText(Environment* env, std::string value) {
  Options(env).*kField = std::move(value);
}
template <auto kField>
void SetFlag(Environment* env, bool value) {
  Options(env).*kField = value;
}

// Builds the report as JavaScript values, which V8 then writes as JSON.
class Report {
 public:
  explicit Report(Environment* env) : env_(env), isolate_(env->isolate()), context_(env->context()) {}

  v8::Local<v8::Value> Text(std::string_view text) {
    return FromUtf8(isolate_, text).FromMaybe(v8::String::Empty(isolate_));
  }
  v8::Local<v8::Value> Number(double number) { return v8::Number::New(isolate_, number); }
  v8::Local<v8::Value> Bool(bool value) { return v8::Boolean::New(isolate_, value); }
  v8::Local<v8::Object> Object() { return v8::Object::New(isolate_, v8::Null(isolate_), nullptr, nullptr, 0); }
  v8::Local<v8::Array> Array() { return v8::Array::New(isolate_); }
  void Set(v8::Local<v8::Object> object, std::string_view key, v8::Local<v8::Value> value) {
    object->CreateDataProperty(context_, Text(key).As<v8::String>(), value).Check();
  }
  void Append(v8::Local<v8::Array> array, v8::Local<v8::Value> value) {
    array->CreateDataProperty(context_, array->Length(), value).Check();
  }

  v8::MaybeLocal<v8::String> Make(std::string_view event, std::string_view trigger, std::string_view filename, v8::Local<v8::Value> error) {
    v8::Local<v8::Object> report = Object();
    Set(report, "header", Header(event, trigger, filename));
    Set(report, "javascriptStack", Stack(error));
    Set(report, "javascriptHeap", Heap());
    Set(report, "nativeStack", Array());
    AddUsage(report);
    Set(report, "libuv", Handles());
    Set(report, "workers", Array());
    if (!Options(env_).exclude_env) Set(report, "environmentVariables", Variables());
    Set(report, "userLimits", Limits());
    Set(report, "sharedObjects", Array());
    return v8::JSON::Stringify(context_, report, Options(env_).compact ? v8::String::Empty(isolate_) : Text("  ").As<v8::String>());
  }

 private:
  v8::Local<v8::Object> Header(std::string_view event, std::string_view trigger, std::string_view filename) {
    v8::Local<v8::Object> header = Object();
    Set(header, "reportVersion", Number(5));
    Set(header, "event", Text(event));
    Set(header, "trigger", Text(trigger));
    Set(header, "filename", filename.empty() ? v8::Null(isolate_).As<v8::Value>() : Text(filename));
    AddTimes(header);
    Set(header, "processId", Number(uv_os_getpid()));
    Set(header, "threadId", Number(0));
    char directory[4096];
    size_t size = sizeof(directory);
    if (uv_cwd(directory, &size) == 0) Set(header, "cwd", Text({directory, size}));
    v8::Local<v8::Array> command = Array();
    for (const std::string& argument : env_->State<ProcessArguments>().argv) Append(command, Text(argument));
    Set(header, "commandLine", command);
    Set(header, "glibcVersionRuntime", Text(gnu_get_libc_version()));
    Set(header, "glibcVersionCompiler", Text(std::to_string(__GLIBC__) + "." + std::to_string(__GLIBC_MINOR__)));
    Set(header, "wordSize", Number(8 * sizeof(void*)));
    AddVersions(header);
    AddMachine(header);
    return header;
  }

  void AddTimes(v8::Local<v8::Object> header) {
    uv_timeval64_t now{};
    uv_gettimeofday(&now);
    const auto seconds = static_cast<time_t>(now.tv_sec);
    struct tm local {};
    localtime_r(&seconds, &local);
    char text[64];
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &local);
    Set(header, "dumpEventTime", Text(text));
    Set(header, "dumpEventTimeStamp", Text(std::to_string(now.tv_sec * 1000 + now.tv_usec / 1000)));
  }

  // What `process` says of itself.
  void AddVersions(v8::Local<v8::Object> header) {
    v8::Local<v8::Object> process;
    if (!NewProcessObject(env_).ToLocal(&process)) return;
    for (const auto& [key, name] : {std::pair{"nodejsVersion", "version"}, std::pair{"arch", "arch"}, std::pair{"platform", "platform"},
                                    std::pair{"componentVersions", "versions"}, std::pair{"release", "release"}}) {
      v8::Local<v8::Value> value;
      if (process->Get(context_, Text(name)).ToLocal(&value)) Set(header, key, value);
    }
  }

  void AddMachine(v8::Local<v8::Object> header) {
    uv_utsname_t system;
    if (uv_os_uname(&system) == 0) {
      Set(header, "osName", Text(system.sysname));
      Set(header, "osRelease", Text(system.release));
      Set(header, "osVersion", Text(system.version));
      Set(header, "osMachine", Text(system.machine));
    }
    Set(header, "cpus", Cpus());
    if (!Options(env_).exclude_network) Set(header, "networkInterfaces", Interfaces());
    char host[UV_MAXHOSTNAMESIZE];
    size_t size = sizeof(host);
    if (uv_os_gethostname(host, &size) == 0) Set(header, "host", Text(host));
  }

  v8::Local<v8::Array> Cpus() {
    v8::Local<v8::Array> list = Array();
    uv_cpu_info_t* cpus;
    int count;
    if (uv_cpu_info(&cpus, &count) != 0) return list;
    for (const uv_cpu_info_t& cpu : std::span(cpus, static_cast<size_t>(count))) {
      v8::Local<v8::Object> entry = Object();
      Set(entry, "model", Text(cpu.model));
      Set(entry, "speed", Number(cpu.speed));
      Set(entry, "user", Number(static_cast<double>(cpu.cpu_times.user)));
      Set(entry, "nice", Number(static_cast<double>(cpu.cpu_times.nice)));
      Set(entry, "sys", Number(static_cast<double>(cpu.cpu_times.sys)));
      Set(entry, "idle", Number(static_cast<double>(cpu.cpu_times.idle)));
      Set(entry, "irq", Number(static_cast<double>(cpu.cpu_times.irq)));
      Append(list, entry);
    }
    uv_free_cpu_info(cpus, count);
    return list;
  }

  v8::Local<v8::Array> Interfaces() {
    v8::Local<v8::Array> list = Array();
    uv_interface_address_t* addresses;
    int count;
    if (uv_interface_addresses(&addresses, &count) != 0) return list;
    for (const uv_interface_address_t& each : std::span(addresses, static_cast<size_t>(count))) {
      v8::Local<v8::Object> entry = Object();
      Set(entry, "name", Text(each.name));
      Set(entry, "internal", Bool(each.is_internal != 0));
      char text[INET6_ADDRSTRLEN];
      const auto* mac = reinterpret_cast<const uint8_t*>(each.phys_addr);
      snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
      Set(entry, "mac", Text(text));
      const bool is_four = each.address.address4.sin_family == AF_INET;
      const auto name = [&](const auto& address) {
        text[0] = '\0';
        is_four ? uv_ip4_name(&address.first, text, sizeof(text)) : uv_ip6_name(&address.second, text, sizeof(text));
        return Text(text);
      };
      if (is_four || each.address.address4.sin_family == AF_INET6) {
        Set(entry, "address", name(std::pair(each.address.address4, each.address.address6)));
        Set(entry, "netmask", name(std::pair(each.netmask.netmask4, each.netmask.netmask6)));
      }
      Set(entry, "family", Text(is_four ? "IPv4" : each.address.address4.sin_family == AF_INET6 ? "IPv6" : "unknown"));
      if (each.address.address4.sin_family == AF_INET6) Set(entry, "scopeid", Number(each.address.address6.sin6_scope_id));
      Append(list, entry);
    }
    uv_free_interface_addresses(addresses, count);
    return list;
  }

  // error.stack, line by line, and the error's own properties.
  v8::Local<v8::Object> Stack(v8::Local<v8::Value> error) {
    v8::Local<v8::Object> result = Object();
    std::string text = "No stack.\nUnavailable.\n";
    v8::Local<v8::Object> properties = Object();
    v8::TryCatch guard(isolate_);
    v8::Local<v8::Value> stack;
    if (error->IsObject()) {
      if (error.As<v8::Object>()->Get(context_, Text("stack")).ToLocal(&stack) && stack->IsString()) {
        text = Utf8(isolate_, stack).view();
      }
      AddProperties(error.As<v8::Object>(), properties);
    } else if (v8::Local<v8::String> detail; !error->IsUndefined() && error->ToDetailString(context_).ToLocal(&detail)) {
      text = Utf8(isolate_, detail).view();
    }
    guard.Reset();
    size_t end = text.find('\n');
    Set(result, "message", Text(text.substr(0, end)));
    if (end != std::string::npos) Set(result, "stack", Lines(std::string_view(text).substr(end + 1)));
    Set(result, "errorProperties", properties);
    return result;
  }

  v8::Local<v8::Array> Lines(std::string_view text) {
    v8::Local<v8::Array> lines = Array();
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      Append(lines, Text(line));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
  }

  void AddProperties(v8::Local<v8::Object> error, v8::Local<v8::Object> properties) {
    v8::Local<v8::Array> names;
    if (!error->GetOwnPropertyNames(context_).ToLocal(&names)) return;
    for (uint32_t i = 0; i < names->Length(); i++) {
      v8::Local<v8::Value> name, value;
      v8::Local<v8::String> text;
      if (!names->Get(context_, i).ToLocal(&name) || !name->IsString() || !error->Get(context_, name).ToLocal(&value) ||
          !value->ToString(context_).ToLocal(&text)) {
        continue;
      }
      const std::string key(Utf8(isolate_, name).view());
      if (key != "stack" && key != "message") Set(properties, key, text);
    }
  }

  v8::Local<v8::Object> Heap() {
    v8::HeapStatistics heap;
    isolate_->GetHeapStatistics(&heap);
    v8::Local<v8::Object> result = Object();
    const auto set = [&](const char* key, size_t bytes) { Set(result, key, Number(static_cast<double>(bytes))); };
    set("totalMemory", heap.total_heap_size());
    set("executableMemory", heap.total_heap_size_executable());
    set("totalCommittedMemory", heap.total_physical_size());
    set("availableMemory", heap.total_available_size());
    set("totalGlobalHandlesMemory", heap.total_global_handles_size());
    set("usedGlobalHandlesMemory", heap.used_global_handles_size());
    set("usedMemory", heap.used_heap_size());
    set("memoryLimit", heap.heap_size_limit());
    set("mallocedMemory", heap.malloced_memory());
    set("externalMemory", heap.external_memory());
    set("peakMallocedMemory", heap.peak_malloced_memory());
    set("nativeContextCount", heap.number_of_native_contexts());
    set("detachedContextCount", heap.number_of_detached_contexts());
    set("doesZapGarbage", heap.does_zap_garbage());
    v8::Local<v8::Object> spaces = Object();
    for (size_t i = 0; i < isolate_->NumberOfHeapSpaces(); i++) {
      v8::HeapSpaceStatistics space;
      isolate_->GetHeapSpaceStatistics(&space, i);
      v8::Local<v8::Object> entry = Object();
      Set(entry, "memorySize", Number(static_cast<double>(space.space_size())));
      Set(entry, "committedMemory", Number(static_cast<double>(space.physical_space_size())));
      Set(entry, "capacity", Number(static_cast<double>(space.space_used_size() + space.space_available_size())));
      Set(entry, "used", Number(static_cast<double>(space.space_used_size())));
      Set(entry, "available", Number(static_cast<double>(space.space_available_size())));
      Set(spaces, space.space_name(), entry);
    }
    Set(result, "heapSpaces", spaces);
    return result;
  }

  // resourceUsage of the process and uvthreadResourceUsage of this thread.
  void AddUsage(v8::Local<v8::Object> report) {
    uv_rusage_t usage{};
    uv_getrusage(&usage);
    v8::Local<v8::Object> process = Object();
    Set(process, "free_memory", Number(static_cast<double>(uv_get_free_memory())));
    Set(process, "total_memory", Number(static_cast<double>(uv_get_total_memory())));
    size_t rss;
    if (uv_resident_set_memory(&rss) == 0) Set(process, "rss", Number(static_cast<double>(rss)));
    if (const uint64_t limit = uv_get_constrained_memory()) Set(process, "constrained_memory", Number(static_cast<double>(limit)));
    Set(process, "available_memory", Number(static_cast<double>(uv_get_available_memory())));
    AddTimesOf(usage, process);
    Set(process, "maxRss", Number(static_cast<double>(usage.ru_maxrss) * 1024));
    v8::Local<v8::Object> faults = Object();
    Set(faults, "IORequired", Number(static_cast<double>(usage.ru_majflt)));
    Set(faults, "IONotRequired", Number(static_cast<double>(usage.ru_minflt)));
    Set(process, "pageFaults", faults);
    Set(process, "fsActivity", Activity(usage));
    Set(report, "resourceUsage", process);
    if (uv_getrusage_thread(&usage) != 0) return;
    v8::Local<v8::Object> thread = Object();
    AddTimesOf(usage, thread);
    Set(thread, "fsActivity", Activity(usage));
    Set(report, "uvthreadResourceUsage", thread);
  }
  v8::Local<v8::Object> Activity(const uv_rusage_t& usage) {
    v8::Local<v8::Object> activity = Object();
    Set(activity, "reads", Number(static_cast<double>(usage.ru_inblock)));
    Set(activity, "writes", Number(static_cast<double>(usage.ru_oublock)));
    return activity;
  }
  void AddTimesOf(const uv_rusage_t& usage, v8::Local<v8::Object> target) {
    const auto seconds = [](const uv_timeval_t& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    const double user = seconds(usage.ru_utime), kernel = seconds(usage.ru_stime), uptime = SecondsSinceStart();
    Set(target, "userCpuSeconds", Number(user));
    Set(target, "kernelCpuSeconds", Number(kernel));
    Set(target, "cpuConsumptionPercent", Number(100 * (user + kernel) / uptime));
    Set(target, "userCpuConsumptionPercent", Number(100 * user / uptime));
    Set(target, "kernelCpuConsumptionPercent", Number(100 * kernel / uptime));
  }
  // At least one.
  static double SecondsSinceStart() {
    double up = 0, ticks = 0;
    FILE* file = fopen("/proc/self/stat", "re");
    char line[2048];
    if (file != nullptr) {
      // The fields behind the command's name, which may hold anything but ends at the last ')'.
      const char* rest = fgets(line, sizeof(line), file) == nullptr ? nullptr : strrchr(line, ')');
      for (int field = 2; rest != nullptr && field < 22; field++) rest = strchr(rest + 1, ' ');
      if (rest != nullptr) ticks = strtod(rest, nullptr);
      fclose(file);
    }
    if (uv_uptime(&up) != 0) return 1;
    return std::max(1.0, up - ticks / static_cast<double>(sysconf(_SC_CLK_TCK)));
  }

  v8::Local<v8::Array> Handles() {
    v8::Local<v8::Array> list = Array();
    if (!env_->has_loop()) return list;
    std::pair<Report*, v8::Local<v8::Array>> into{this, list};
    uv_walk(env_->loop(), [](uv_handle_t* handle, void* data) {
      auto& [report, handles] = *static_cast<decltype(into)*>(data);
      report->Append(handles, report->Handle(handle));
    }, &into);
    v8::Local<v8::Object> loop = Object();
    Set(loop, "type", Text("loop"));
    Set(loop, "is_active", Bool(uv_loop_alive(env_->loop()) != 0));
    Set(loop, "address", Address(env_->loop()));
    Set(loop, "loopIdleTimeSeconds", Number(static_cast<double>(uv_metrics_idle_time(env_->loop())) / 1e9));
    Append(list, loop);
    return list;
  }
  v8::Local<v8::Object> Handle(uv_handle_t* handle) {
    v8::Local<v8::Object> entry = Object();
    Set(entry, "type", Text(uv_handle_type_name(handle->type)));
    Set(entry, "is_active", Bool(uv_is_active(handle) != 0));
    Set(entry, "is_referenced", Bool(uv_has_ref(handle) != 0));
    Set(entry, "address", Address(handle));
    uv_os_fd_t fd;
    if (uv_fileno(handle, &fd) == 0) {
      Set(entry, "fd", Number(fd));
      if (fd <= 2) Set(entry, "stdio", Text(fd == 0 ? "stdin" : fd == 1 ? "stdout" : "stderr"));
    }
    return entry;
  }
  v8::Local<v8::Value> Address(const void* pointer) {
    char text[32];
    snprintf(text, sizeof(text), "0x%016lx", reinterpret_cast<unsigned long>(pointer));
    return Text(text);
  }

  v8::Local<v8::Object> Variables() {
    v8::Local<v8::Object> result = Object();
    std::lock_guard lock(EnvironLock());
    uv_env_item_t* items;
    int count;
    if (uv_os_environ(&items, &count) != 0) return result;
    for (const uv_env_item_t& item : std::span(items, static_cast<size_t>(count))) Set(result, item.name, Text(item.value));
    uv_os_free_environ(items, count);
    return result;
  }

  v8::Local<v8::Object> Limits() {
    static constexpr std::pair<const char*, __rlimit_resource> kLimits[] = {
        {"core_file_size_blocks", RLIMIT_CORE}, {"data_seg_size_bytes", RLIMIT_DATA},      {"file_size_blocks", RLIMIT_FSIZE},
        {"max_locked_memory_bytes", RLIMIT_MEMLOCK}, {"max_memory_size_bytes", RLIMIT_RSS}, {"open_files", RLIMIT_NOFILE},
        {"stack_size_bytes", RLIMIT_STACK},     {"cpu_time_seconds", RLIMIT_CPU},         {"max_user_processes", RLIMIT_NPROC},
        {"virtual_memory_bytes", RLIMIT_AS}};
    v8::Local<v8::Object> result = Object();
    for (const auto& [name, id] : kLimits) {
      struct rlimit limit;
      if (getrlimit(id, &limit) != 0) continue;
      v8::Local<v8::Object> entry = Object();
      for (const auto& [key, value] : {std::pair{"soft", limit.rlim_cur}, std::pair{"hard", limit.rlim_max}}) {
        Set(entry, key, value == RLIM_INFINITY ? Text("unlimited") : Number(static_cast<double>(value)));
      }
      Set(result, name, entry);
    }
    return result;
  }

  Environment* env_;
  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
};

// report.YYYYMMDD.HHMMSS.PID.THREAD.NUMBER.json
std::string DefaultName(Environment* env) {
  const time_t now = time(nullptr);
  struct tm local {};
  localtime_r(&now, &local);
  char date[32], name[96];
  strftime(date, sizeof(date), "%Y%m%d.%H%M%S", &local);
  snprintf(name, sizeof(name), "report.%s.%d.0.%03d.json", date, uv_os_getpid(), ++Options(env).written);
  return name;
}

// getReport(error) → the report as JSON.
v8::MaybeLocal<v8::Value> GetReport(Environment* env, v8::Local<v8::Value> error) {
  if (RefuseWhileBuilding(env, "process.report")) return {};
  return v8::MaybeLocal<v8::Value>(Report(env).Make("JavaScript API", "GetReport", "", error).FromMaybe(v8::Local<v8::String>()));
}

// writeReport(event, trigger, filename or undefined, error) → the file's name; empty when it cannot be written.
std::string WriteReport(Environment* env, std::string event, std::string trigger, v8::Local<v8::Value> filename, v8::Local<v8::Value> error) {
  if (RefuseWhileBuilding(env, "process.report")) return "";
  const ReportOptions& options = Options(env);
  std::string name = filename->IsString() ? std::string(Utf8(env->isolate(), filename).view()) : "";
  if (name.empty()) name = options.filename.empty() ? DefaultName(env) : options.filename;
  v8::Local<v8::String> text;
  if (!Report(env).Make(event, trigger, name, error).ToLocal(&text)) return "";
  FILE* file = name == "stdout" ? stdout : name == "stderr" ? stderr : nullptr;
  const bool is_stream = file != nullptr;
  if (!is_stream) {
    const std::string path = options.directory.empty() ? name : options.directory + "/" + name;
    file = fopen(path.c_str(), "we");
    if (file == nullptr) {
      fprintf(stderr, "\nFailed to open Node.js report file: %s%s%s (errno: %d)\n", name.c_str(),
              options.directory.empty() ? "" : " directory: ", options.directory.c_str(), errno);
      return "";
    }
    fprintf(stderr, "\nWriting Node.js report to file: %s", name.c_str());
  }
  const Utf8 json(env->isolate(), text);
  fwrite(json.view().data(), 1, json.view().size(), file);
  fputc('\n', file);
  is_stream ? fflush(file) : fclose(file);
  // On stderr it would follow the JSON.
  if (name != "stderr") fprintf(stderr, "\nNode.js report completed\n");
  return name;
}

using O = ReportOptions;
constexpr FunctionSpec kFunctions[] = {
    Typed<WriteReport>("writeReport"),
    Typed<GetReport>("getReport"),
    Typed<Get<&O::compact>>("getCompact"),
    Typed<SetFlag<&O::compact>>("setCompact"),
    Typed<Get<&O::exclude_network>>("getExcludeNetwork"),
    Typed<SetFlag<&O::exclude_network>>("setExcludeNetwork"),
    Typed<Get<&O::exclude_env>>("getExcludeEnv"),
    Typed<SetFlag<&O::exclude_env>>("setExcludeEnv"),
    Typed<Get<&O::directory>>("getDirectory"),
    Typed<SetText<&O::directory>>("setDirectory"),
    Typed<Get<&O::filename>>("getFilename"),
    Typed<SetText<&O::filename>>("setFilename"),
    Typed<Get<&O::signal>>("getSignal"),
    Typed<SetText<&O::signal>>("setSignal"),
    Typed<Get<&O::on_fatal_error>>("shouldReportOnFatalError"),
    Typed<SetFlag<&O::on_fatal_error>>("setReportOnFatalError"),
    Typed<Get<&O::on_signal>>("shouldReportOnSignal"),
    Typed<SetFlag<&O::on_signal>>("setReportOnSignal"),
    Typed<Get<&O::on_uncaught_exception>>("shouldReportOnUncaughtException"),
    Typed<SetFlag<&O::on_uncaught_exception>>("setReportOnUncaughtException"),
};

}  // namespace

extern const BindingSpec kNodeReport;
constexpr BindingSpec kNodeReport{"report", kFunctions};

}  // namespace dv8::node
