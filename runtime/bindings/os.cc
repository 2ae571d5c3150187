// runtime/bindings/os.cc: internal:os. Nothing here needs /proc, /sys or /etc to be there.
#include <netinet/in.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

v8::Local<v8::Array> StringArray(v8::Isolate* isolate, std::span<const std::string> texts) {
  std::vector<v8::Local<v8::Value>> values;
  for (const std::string& text : texts) {
    v8::Local<v8::String> value;
    if (!FromUtf8(isolate, text).ToLocal(&value)) value = v8::String::Empty(isolate);
    values.push_back(value);
  }
  return v8::Array::New(isolate, values.data(), values.size());
}

// hostname()
void Hostname(const CallInfo& info) {
  char name[UV_MAXHOSTNAMESIZE];
  size_t size = sizeof(name);
  if (int rc = uv_os_gethostname(name, &size); rc < 0) return ThrowUvError(info, rc, "gethostname");
  ReturnUtf8(info, {name, size});
}

// uname() → [sysname, release, version, machine]
void Uname(const CallInfo& info) {
  utsname names;
  if (uname(&names) != 0) return ThrowUvError(info, -errno, "uname");
  const std::string texts[] = {names.sysname, names.release, names.version, names.machine};
  info.GetReturnValue().Set(StringArray(info.GetIsolate(), texts));
}

// memory() → [total, free] in bytes; the total is the cgroup's limit when that is lower.
void Memory(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  struct sysinfo system = {};
  sysinfo(&system);
  const double total = static_cast<double>(system.totalram) * system.mem_unit;
  double available = static_cast<double>(uv_get_available_memory());
  if (available == 0) available = static_cast<double>(system.freeram) * system.mem_unit;
  v8::Local<v8::Value> values[] = {v8::Number::New(isolate, total),
                                   v8::Number::New(isolate, std::min(available, total))};
  info.GetReturnValue().Set(v8::Array::New(isolate, values, 2));
}

// uptime() in seconds.
void Uptime(const CallInfo& info) {
  struct sysinfo system = {};
  sysinfo(&system);
  info.GetReturnValue().Set(static_cast<double>(system.uptime));
}

// loadavg() → three numbers
void Loadavg(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  double load[3];
  uv_loadavg(load);
  v8::Local<v8::Value> values[3];
  for (int i = 0; i < 3; i++) values[i] = v8::Number::New(isolate, load[i]);
  info.GetReturnValue().Set(v8::Array::New(isolate, values, 3));
}

// cpus() → [model, speed in MHz, user, nice, sys, idle, irq, …], times in ms. Empty where
// /proc is not there.
void Cpus(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  uv_cpu_info_t* cpus = nullptr;
  int count = 0;
  std::vector<v8::Local<v8::Value>> values;
  if (uv_cpu_info(&cpus, &count) == 0) {
    for (int i = 0; i < count; i++) {
      values.push_back(FromUtf8(isolate, cpus[i].model).ToLocalChecked());
      values.push_back(v8::Integer::New(isolate, cpus[i].speed));
      const auto& times = cpus[i].cpu_times;
      for (uint64_t time : {times.user, times.nice, times.sys, times.idle, times.irq}) {
        values.push_back(v8::Number::New(isolate, static_cast<double>(time)));
      }
    }
    uv_free_cpu_info(cpus, count);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, values.data(), values.size()));
}

void AvailableParallelism(const CallInfo& info) {
  info.GetReturnValue().Set(uv_available_parallelism());
}

// passwd(uid) → [name, uid, gid, home, shell] from /etc/passwd itself, or undefined: libc's
// look-up would load the host's name service modules into a static program.
void Passwd(const CallInfo& info) {
  const uint32_t uid = Uint32Arg(info, 0);
  std::FILE* file = std::fopen("/etc/passwd", "re");
  if (file == nullptr) return;
  char line[4096];
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    std::string fields[7];
    size_t field = 0;
    for (const char* c = line; *c != '\0' && *c != '\n'; c++) {
      if (*c != ':') {
        fields[field].push_back(*c);
      } else if (++field == std::size(fields)) {
        break;
      }
    }
    if (field != 6 || std::strtoul(fields[2].c_str(), nullptr, 10) != uid) continue;
    const std::string texts[] = {fields[0], fields[2], fields[3], fields[5], fields[6]};
    info.GetReturnValue().Set(StringArray(info.GetIsolate(), texts));
    break;
  }
  std::fclose(file);
}

// ids() → [uid, gid]
void Ids(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Value> values[] = {v8::Integer::NewFromUnsigned(isolate, getuid()),
                                   v8::Integer::NewFromUnsigned(isolate, getgid())};
  info.GetReturnValue().Set(v8::Array::New(isolate, values, 2));
}

// interfaces() → [name, address, netmask, mac, family (4 or 6), internal, scope id, …]
void Interfaces(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  uv_interface_address_t* list = nullptr;
  int count = 0;
  if (int rc = uv_interface_addresses(&list, &count); rc < 0) {
    return ThrowUvError(info, rc, "uv_interface_addresses");
  }
  std::vector<v8::Local<v8::Value>> values;
  for (int i = 0; i < count; i++) {
    const uv_interface_address_t& one = list[i];
    const bool v6 = one.address.address4.sin_family == AF_INET6;
    char address[INET6_ADDRSTRLEN] = "", mask[INET6_ADDRSTRLEN] = "", mac[18];
    if (v6) {
      uv_ip6_name(&one.address.address6, address, sizeof(address));
      uv_ip6_name(&one.netmask.netmask6, mask, sizeof(mask));
    } else {
      uv_ip4_name(&one.address.address4, address, sizeof(address));
      uv_ip4_name(&one.netmask.netmask4, mask, sizeof(mask));
    }
    const auto* m = reinterpret_cast<const unsigned char*>(one.phys_addr);
    std::snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
                  m[5]);
    for (const char* text : {static_cast<const char*>(one.name), static_cast<const char*>(address),
                             static_cast<const char*>(mask), static_cast<const char*>(mac)}) {
      values.push_back(FromUtf8(isolate, text).ToLocalChecked());
    }
    values.push_back(v8::Integer::New(isolate, v6 ? 6 : 4));
    values.push_back(v8::Boolean::New(isolate, one.is_internal != 0));
    values.push_back(v8::Integer::NewFromUnsigned(
        isolate, v6 ? one.address.address6.sin6_scope_id : 0));
  }
  uv_free_interface_addresses(list, count);
  info.GetReturnValue().Set(v8::Array::New(isolate, values.data(), values.size()));
}

// getPriority(pid), setPriority(pid, priority)
void GetPriority(const CallInfo& info) {
  int priority = 0;
  if (int rc = uv_os_getpriority(Int32Arg(info, 0), &priority); rc < 0) {
    return ThrowUvError(info, rc, "uv_os_getpriority");
  }
  info.GetReturnValue().Set(priority);
}
void SetPriority(const CallInfo& info) {
  if (int rc = uv_os_setpriority(Int32Arg(info, 0), Int32Arg(info, 1)); rc < 0) {
    ThrowUvError(info, rc, "uv_os_setpriority");
  }
}

constexpr FunctionSpec kFunctions[] = {
    {"availableParallelism", AvailableParallelism},
    {"cpus", Cpus},
    {"getPriority", GetPriority},
    {"hostname", Hostname},
    {"ids", Ids},
    {"interfaces", Interfaces},
    {"loadavg", Loadavg},
    {"memory", Memory},
    {"passwd", Passwd},
    {"setPriority", SetPriority},
    {"uname", Uname},
    {"uptime", Uptime},
};

#define DV8_CONSTANT(name) {#name, name}
constexpr ConstantSpec kConstants[] = {
    DV8_CONSTANT(SIGHUP),  DV8_CONSTANT(SIGINT),    DV8_CONSTANT(SIGQUIT), DV8_CONSTANT(SIGILL),
    DV8_CONSTANT(SIGTRAP), DV8_CONSTANT(SIGABRT),   DV8_CONSTANT(SIGIOT),  DV8_CONSTANT(SIGBUS),
    DV8_CONSTANT(SIGFPE),  DV8_CONSTANT(SIGKILL),   DV8_CONSTANT(SIGUSR1), DV8_CONSTANT(SIGSEGV),
    DV8_CONSTANT(SIGUSR2), DV8_CONSTANT(SIGPIPE),   DV8_CONSTANT(SIGALRM), DV8_CONSTANT(SIGTERM),
    DV8_CONSTANT(SIGCHLD), DV8_CONSTANT(SIGSTKFLT), DV8_CONSTANT(SIGCONT), DV8_CONSTANT(SIGSTOP),
    DV8_CONSTANT(SIGTSTP), DV8_CONSTANT(SIGTTIN),   DV8_CONSTANT(SIGTTOU), DV8_CONSTANT(SIGURG),
    DV8_CONSTANT(SIGXCPU), DV8_CONSTANT(SIGXFSZ),   DV8_CONSTANT(SIGVTALRM),
    DV8_CONSTANT(SIGPROF), DV8_CONSTANT(SIGWINCH),  DV8_CONSTANT(SIGIO),   DV8_CONSTANT(SIGPOLL),
    DV8_CONSTANT(SIGPWR),  DV8_CONSTANT(SIGSYS),
    // errno values, prefixed so that both lists fit one table.
#define X(name, text) {"UV_" #name, UV_##name},
    UV_ERRNO_MAP(X)
#undef X
};
#undef DV8_CONSTANT

}  // namespace

extern const BindingSpec kOs;
constexpr BindingSpec kOs{"os", kFunctions, kConstants};

}  // namespace dv8
