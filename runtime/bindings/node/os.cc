// runtime/bindings/node/os.cc: internalBinding('os'). Nothing here needs /proc, /sys or /etc to be there.
// Functions that can fail fill the object `context`, which lib/os.js throws, and return undefined.
#include <netinet/in.h>
#include <unistd.h>
#include <uv.h>

#include <bit>
#include <cstdio>
#include <cstring>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/accounts.h"
#include "runtime/bindings/node/process_env.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

using Value = v8::Local<v8::Value>;

Value Text(Environment* env, std::string_view text) {
  v8::Local<v8::String> string;
  return FromUtf8(env->isolate(), text).ToLocal(&string) ? string : v8::String::Empty(env->isolate());
}

// What lib/ makes an ERR_SYSTEM_ERROR of.
void Fail(Environment* env, Value target, int rc, const char* syscall) {
  if (!target->IsObject()) return;
  v8::Local<v8::Object> object = target.As<v8::Object>();
  const auto set = [&](const char* key, Value value) { (void)object->Set(env->context(), Internalized(env->isolate(), key), value); };
  set("errno", v8::Integer::New(env->isolate(), rc));
  set("code", Text(env, uv_err_name(rc)));
  set("message", Text(env, uv_strerror(rc)));
  set("syscall", Text(env, syscall));
}

void Return(const CallInfo& info, const std::vector<Value>& values) {
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), const_cast<Value*>(values.data()), values.size()));
}

void GetHostname(Environment* env, const CallInfo& info, Value context) {
  char name[UV_MAXHOSTNAMESIZE];
  size_t size = sizeof(name);
  if (const int rc = uv_os_gethostname(name, &size); rc < 0) return Fail(env, context, rc, "uv_os_gethostname");
  ReturnUtf8(info, {name, size});
}

// → [sysname, version, release, machine]
void GetOsInformation(Environment* env, const CallInfo& info, Value context) {
  uv_utsname_t names;
  if (const int rc = uv_os_uname(&names); rc < 0) return Fail(env, context, rc, "uv_os_uname");
  Return(info, {Text(env, names.sysname), Text(env, names.version), Text(env, names.release), Text(env, names.machine)});
}

// → [model, speed in MHz, user, nice, sys, idle, irq, ...], times in ms. Undefined without /proc.
void GetCpus(Environment* env, const CallInfo& info) {
  uv_cpu_info_t* cpus = nullptr;
  int count = 0;
  std::vector<Value> values;
  if (uv_cpu_info(&cpus, &count) < 0) {
    // Without /proc there is only their number.
    constexpr int kNumbers = 6;
    for (unsigned i = 0; i < uv_available_parallelism(); i++) {
      values.push_back(Text(env, "unknown"));
      for (int k = 0; k < kNumbers; k++) values.push_back(v8::Integer::New(env->isolate(), 0));
    }
    return Return(info, values);
  }
  for (const uv_cpu_info_t& cpu : std::span(cpus, static_cast<size_t>(count))) {
    values.push_back(Text(env, cpu.model));
    values.push_back(v8::Integer::New(env->isolate(), cpu.speed));
    const auto& times = cpu.cpu_times;
    for (const uint64_t time : {times.user, times.nice, times.sys, times.idle, times.irq}) {
      values.push_back(v8::Number::New(env->isolate(), static_cast<double>(time)));
    }
  }
  uv_free_cpu_info(cpus, count);
  Return(info, values);
}

double GetFreeMem() { return static_cast<double>(uv_get_free_memory()); }
double GetTotalMem() { return static_cast<double>(uv_get_total_memory()); }
uint32_t GetAvailableParallelism() { return uv_available_parallelism(); }

void GetUptime(Environment* env, const CallInfo& info, Value context) {
  double uptime;
  if (const int rc = uv_uptime(&uptime); rc < 0) return Fail(env, context, rc, "uv_uptime");
  info.GetReturnValue().Set(uptime);
}

void GetLoadAvg(const CallInfo& info, v8::Local<v8::Float64Array> averages) {
  double load[3];
  const std::span<uint8_t> bytes = BytesOf(averages);
  if (bytes.size() < sizeof(load)) {
    return ThrowInvalidArgument(info.GetIsolate(), 0, "a Float64Array of 3 numbers", averages);
  }
  uv_loadavg(load);
  std::memcpy(bytes.data(), load, sizeof(load));
}

// The seven values of one address.
void AppendInterface(Environment* env, const uv_interface_address_t& one, std::vector<Value>* values) {
  char address[INET6_ADDRSTRLEN] = "<unknown sa family>", mask[INET6_ADDRSTRLEN] = "";
  const char* family = "unknown";
  Value scope = v8::Integer::New(env->isolate(), -1);
  if (one.address.address4.sin_family == AF_INET) {
    family = "IPv4";
    uv_ip4_name(&one.address.address4, address, sizeof(address));
    uv_ip4_name(&one.netmask.netmask4, mask, sizeof(mask));
  } else if (one.address.address4.sin_family == AF_INET6) {
    family = "IPv6";
    uv_ip6_name(&one.address.address6, address, sizeof(address));
    uv_ip6_name(&one.netmask.netmask6, mask, sizeof(mask));
    scope = v8::Integer::NewFromUnsigned(env->isolate(), one.address.address6.sin6_scope_id);
  }
  char mac[18];
  const auto* m = reinterpret_cast<const unsigned char*>(one.phys_addr);
  std::snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
  values->insert(values->end(), {Text(env, one.name), Text(env, address), Text(env, mask), Text(env, family), Text(env, mac),
                                 v8::Boolean::New(env->isolate(), one.is_internal != 0), scope});
}

void GetInterfaceAddresses(Environment* env, const CallInfo& info, Value context) {
  uv_interface_address_t* list = nullptr;
  int count = 0;
  if (const int rc = uv_interface_addresses(&list, &count); rc < 0) {
    return Fail(env, context, rc, "uv_interface_addresses");
  }
  std::vector<Value> values;
  for (int i = 0; i < count; i++) AppendInterface(env, list[i], &values);
  uv_free_interface_addresses(list, count);
  Return(info, values);
}

// As uv_os_homedir(), which would ask libc for the user.
// A user that the system does not know, as in an image with this program and nothing else, is at home in "/".
void GetHomeDirectory(Environment* env, const CallInfo& info) {
  if (const std::optional<std::string> home = GetEnv(env, "HOME"); home && !home->empty()) {
    return ReturnUtf8(info, *home);
  }
  if (const std::optional<User> user = UserById(geteuid())) return ReturnUtf8(info, user->home);
  ReturnUtf8(info, "/");
}

// getUserInfo({encoding} or null, context) → {uid, gid, username, homedir, shell}
void GetUserInfo(Environment* env, const CallInfo& info, Value options, Value) {
  Encoding encoding = Encoding::kUtf8;
  if (options->IsObject()) {
    Value name;
    if (!options.As<v8::Object>()->Get(env->context(), Internalized(env->isolate(), "encoding")).ToLocal(&name)) {
      return;
    }
    encoding = EncodingOf(env->isolate(), name, Encoding::kUtf8);
  }
  std::optional<User> user = UserById(geteuid());
  // As GetHomeDirectory(): such a user has a number for a name.
  if (!user) user = User{std::to_string(geteuid()), geteuid(), getegid(), GetEnv(env, "HOME").value_or("/"), ""};
  v8::Local<v8::Name> keys[] = {Internalized(env->isolate(), "uid"), Internalized(env->isolate(), "gid"),
                                Internalized(env->isolate(), "username"), Internalized(env->isolate(), "homedir"),
                                Internalized(env->isolate(), "shell")};
  Value values[std::size(keys)] = {v8::Integer::NewFromUnsigned(env->isolate(), user->uid),
                                   v8::Integer::NewFromUnsigned(env->isolate(), user->gid)};
  const std::string* texts[] = {&user->name, &user->home, &user->shell};
  for (size_t i = 0; i < std::size(texts); i++) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(texts[i]->data());
    if (!EncodeBytes(env, {bytes, texts[i]->size()}, encoding).ToLocal(&values[2 + i])) return;
  }
  info.GetReturnValue().Set(v8::Object::New(env->isolate(), v8::Null(env->isolate()), keys, values, std::size(keys)));
}

int32_t SetPriority(Environment* env, int32_t pid, int32_t priority, Value context) {
  const int rc = uv_os_setpriority(pid, priority);
  if (rc < 0) Fail(env, context, rc, "uv_os_setpriority");
  return rc;
}

void GetPriority(Environment* env, const CallInfo& info, int32_t pid, Value context) {
  int priority;
  if (const int rc = uv_os_getpriority(pid, &priority); rc < 0) return Fail(env, context, rc, "uv_os_getpriority");
  info.GetReturnValue().Set(priority);
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  constexpr bool kBig = std::endian::native == std::endian::big;
  target->Set(env->context(), Internalized(env->isolate(), "isBigEndian"), v8::Boolean::New(env->isolate(), kBig)).Check();
}

constexpr FunctionSpec kFunctions[] = {
    Typed<GetAvailableParallelism>("getAvailableParallelism"),
    Typed<GetCpus>("getCPUs"),
    Typed<GetFreeMem>("getFreeMem"),
    Typed<GetHomeDirectory>("getHomeDirectory"),
    Typed<GetHostname>("getHostname"),
    Typed<GetInterfaceAddresses>("getInterfaceAddresses"),
    Typed<GetLoadAvg>("getLoadAvg"),
    Typed<GetOsInformation>("getOSInformation"),
    Typed<GetPriority>("getPriority"),
    Typed<GetTotalMem>("getTotalMem"),
    Typed<GetUptime>("getUptime"),
    Typed<GetUserInfo>("getUserInfo"),
    Typed<SetPriority>("setPriority"),
};

}  // namespace

extern const BindingSpec kNodeOs;
constexpr BindingSpec kNodeOs{"os", kFunctions, {}, {}, Init};

}  // namespace dv8::node
