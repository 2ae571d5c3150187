// runtime/bindings/node/credentials.cc: internalBinding('credentials'), users, groups and the
// variables that a privileged program may trust.
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <variant>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/accounts.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/process_env.h"

namespace dv8::node {
namespace {

// Whether the program has the right to bind low ports and no other that its caller has not.
bool HasOnlyBindService() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, getpid()};
  __user_cap_data_struct data[2] = {};
  if (syscall(SYS_capget, &header, data) != 0) return false;
  return data[0].permitted == CAP_TO_MASK(CAP_NET_BIND_SERVICE) && data[1].permitted == 0;
}

// Whether the environment comes from somebody with fewer rights than the program has.
bool IsPrivileged() {
  if (getuid() != geteuid() || getgid() != getegid()) return true;
  return getauxval(AT_SECURE) != 0 && !HasOnlyBindService();
}

std::optional<std::string> SafeValue(Environment* env, const char* name) { return IsPrivileged() ? std::nullopt : GetEnv(env, name); }

void SafeGetenv(Environment* env, const CallInfo& info, std::string name) {
  if (const std::optional<std::string> value = SafeValue(env, name.c_str())) ReturnUtf8(info, *value);
}

void GetTempDir(Environment* env, const CallInfo& info) {
  for (const char* name : {"TMPDIR", "TMP", "TEMP"}) {
    std::string path = SafeValue(env, name).value_or("");
    if (path.empty()) continue;
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return ReturnUtf8(info, path);
  }
}

template <auto kGet>
uint32_t GetId(Environment* env) {
  return IsBuilding(env) ? 0 : kGet();
}

// A user or group, by number or by name.
using Id = std::variant<uint32_t, std::string>;

}  // namespace
}  // namespace dv8::node

namespace dv8 {
template <>
struct ArgumentReader<node::Id> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, node::Id* out) {
    if (value->IsString()) {
      *out = std::string(Utf8(isolate, value).view());
    } else if (value->IsUint32()) {
      *out = value.As<v8::Uint32>()->Value();
    } else {
      ThrowInvalidArgument(isolate, index, "one of type number or string", value);
      return false;
    }
    return true;
  }
};
}  // namespace dv8

namespace dv8::node {
namespace {

// 2^32 - 1 means "no change" to the system: Node takes it for an unknown one.
std::optional<uint32_t> Known(std::optional<uint32_t> id) { return id == UINT32_MAX ? std::nullopt : id; }
std::optional<uint32_t> UserId(const Id& id) {
  if (const auto* number = std::get_if<uint32_t>(&id)) return Known(*number);
  const std::optional<User> user = UserByName(std::get<std::string>(id));
  return user ? std::optional(user->uid) : std::nullopt;
}
std::optional<uint32_t> GroupId(const Id& id) {
  if (const auto* number = std::get_if<uint32_t>(&id)) return Known(*number);
  return GroupByName(std::get<std::string>(id));
}

// setuid(id) and its kin → 0, or 1 when there is no such account.
UvResult<int32_t> Change(Environment* env, const char* call, int (*set)(uint32_t), std::optional<uint32_t> id) {
  if (IsBuilding(env)) return UvFailure{UV_EPERM, call};
  if (!id) return 1;
  if (set(*id) != 0) return UvFailure{-errno, call};
  return 0;
}
UvResult<int32_t> SetUid(Environment* env, Id id) { return Change(env, "setuid", setuid, UserId(id)); }
UvResult<int32_t> SetEUid(Environment* env, Id id) { return Change(env, "seteuid", seteuid, UserId(id)); }
UvResult<int32_t> SetGid(Environment* env, Id id) { return Change(env, "setgid", setgid, GroupId(id)); }
UvResult<int32_t> SetEGid(Environment* env, Id id) { return Change(env, "setegid", setegid, GroupId(id)); }

void GetGroups(Environment* env, const CallInfo& info) {
  if (IsBuilding(env)) return info.GetReturnValue().Set(v8::Array::New(env->isolate()));
  std::vector<gid_t> groups(static_cast<size_t>(std::max(0, getgroups(0, nullptr))));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  if (count < 0) return ThrowUvError(info, -errno, "getgroups");
  groups.resize(static_cast<size_t>(count));
  // POSIX leaves open whether the list has the effective group.
  if (std::ranges::find(groups, getegid()) == groups.end()) groups.push_back(getegid());
  std::vector<v8::Local<v8::Value>> list;
  for (const gid_t group : groups) list.push_back(v8::Integer::NewFromUnsigned(env->isolate(), group));
  info.GetReturnValue().Set(v8::Array::New(env->isolate(), list.data(), list.size()));
}

// setgroups(list) → 0, or the position from 1 of one that is not known.
void SetGroups(Environment* env, const CallInfo& info, v8::Local<v8::Array> list) {
  std::vector<gid_t> groups;
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> value;
    Id id;
    if (!list->Get(env->context(), i).ToLocal(&value)) return;
    if (!ArgumentReader<Id>::Read(env->isolate(), value, 0, &id)) return;
    const std::optional<uint32_t> group = GroupId(id);
    if (!group) return info.GetReturnValue().Set(i + 1);
    groups.push_back(*group);
  }
  if (IsBuilding(env)) return ThrowUvError(info, UV_EPERM, "setgroups");
  if (setgroups(groups.size(), groups.data()) != 0) return ThrowUvError(info, -errno, "setgroups");
  info.GetReturnValue().Set(0);
}

// initgroups(user, group) → 0, 1 when there is no such user, 2 when there is no such group.
UvResult<int32_t> InitGroups(Environment* env, Id user, Id extra) {
  std::string name;
  if (const auto* number = std::get_if<uint32_t>(&user)) {
    const std::optional<User> found = UserById(*number);
    if (!found) return 1;
    name = found->name;
  } else {
    name = std::get<std::string>(user);
  }
  const std::optional<uint32_t> group = GroupId(extra);
  if (!group) return 2;
  std::vector<gid_t> groups = GroupsOf(name);
  std::erase(groups, *group);
  groups.insert(groups.begin(), *group);
  if (IsBuilding(env)) return UvFailure{UV_EPERM, "initgroups"};
  if (setgroups(groups.size(), groups.data()) != 0) return UvFailure{-errno, "initgroups"};
  return 0;
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "implementsPosixCredentials"), v8::True(env->isolate())).Check();
}

constexpr FunctionSpec kFunctions[] = {
    Typed<GetTempDir>("getTempDir"), Typed<GetId<getegid>>("getegid"), Typed<GetId<geteuid>>("geteuid"), Typed<GetId<getgid>>("getgid"),
    Typed<GetGroups>("getgroups"),   Typed<GetId<getuid>>("getuid"),   Typed<InitGroups>("initgroups"),  Typed<SafeGetenv>("safeGetenv"),
    Typed<SetEGid>("setegid"),       Typed<SetEUid>("seteuid"),        Typed<SetGid>("setgid"),          Typed<SetGroups>("setgroups"),
    Typed<SetUid>("setuid"),
};

}  // namespace

extern const BindingSpec kNodeCredentials;
constexpr BindingSpec kNodeCredentials{"credentials", kFunctions, {}, {}, Init};

}  // namespace dv8::node
