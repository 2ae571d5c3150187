#include "runtime/bindings/node/process_object.h"

#include <limits.h>
#include <openssl/opensslv.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>
#include <uv.h>

#include <mutex>

#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/value.h"
#include "runtime/core/version.h"
#include "runtime/payload/payload.h"
#include "runtime/payload/words.h"

namespace dv8::node {
namespace {

// libuv writes a title over the arguments, and wants to have moved them first. Only programs that ask
// for the title pay for it.
void OpenTitle(Environment* env) {
  static std::once_flag once;
  std::call_once(once, [env] {
    if (env->argc() > 0) env->set_arguments(env->argc(), uv_setup_args(env->argc(), env->argv()));
  });
}

void GetTitle(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Environment* env = Environment::From(isolate);
  std::string title;
  if (!IsBuilding(env)) {
    OpenTitle(env);
    for (size_t room = 256; room <= (1 << 20); room *= 2) {
      title.resize(room);
      if (uv_get_process_title(title.data(), room) == 0) break;
    }
    title.resize(title.find('\0') == std::string::npos ? 0 : title.find('\0'));
  }
  v8::Local<v8::String> text;
  if (FromUtf8(isolate, title).ToLocal(&text)) info.GetReturnValue().Set(text);
}

void SetTitle(v8::Local<v8::Name>, v8::Local<v8::Value> value, const v8::PropertyCallbackInfo<void>& info) {
  Environment* env = Environment::From(info.GetIsolate());
  v8::Local<v8::String> text;
  if (!value->ToString(env->context()).ToLocal(&text)) return;
  if (RefuseWhileBuilding(env, "process.title")) return;
  SetProcessTitle(env, std::string(Utf8(info.GetIsolate(), text).view()));
}

void GetDebugPort(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(Environment::From(info.GetIsolate())->State<DebugPort>().port);
}

void SetDebugPort(v8::Local<v8::Name>, v8::Local<v8::Value> value, const v8::PropertyCallbackInfo<void>& info) {
  Environment* env = Environment::From(info.GetIsolate());
  int32_t port = 0;
  if (!value->Int32Value(env->context()).To(&port)) return;
  if ((port != 0 && port < 1024) || port > 65535) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kRangeError, "ERR_OUT_OF_RANGE",
                      "process.debugPort must be 0 or in range 1024 to 65535");
  }
  env->State<DebugPort>().port = port;
}

void GetParentId(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  const bool building = IsBuilding(Environment::From(info.GetIsolate()));
  info.GetReturnValue().Set(building ? 0 : static_cast<int32_t>(uv_os_getppid()));
}

class Properties {
 public:
  Properties(Environment* env, v8::Local<v8::Object> object) : env_(env), object_(object) {}
  v8::Local<v8::String> Text(std::string_view text) const {
    v8::Local<v8::String> string;
    return FromUtf8(env_->isolate(), text).ToLocal(&string) ? string : v8::String::Empty(env_->isolate());
  }
  void ReadOnly(const char* name, v8::Local<v8::Value> value) const {
    object_->DefineOwnProperty(env_->context(), Internalized(env_->isolate(), name), value, v8::ReadOnly).Check();
  }
  void ReadOnly(const char* name, std::string_view text) const { ReadOnly(name, Text(text)); }
  void Set(const char* name, v8::Local<v8::Value> value) const {
    (void)object_->Set(env_->context(), Internalized(env_->isolate(), name), value);
  }
  void Set(const char* name, const std::vector<std::string>& texts) const {
    std::vector<v8::Local<v8::Value>> list;
    for (const std::string& text : texts) list.push_back(Text(text));
    Set(name, v8::Array::New(env_->isolate(), list.data(), list.size()));
  }
  void Computed(const char* name, v8::AccessorNameGetterCallback get, v8::AccessorNameSetterCallback set = nullptr) const {
    (void)object_->SetNativeDataProperty(env_->context(), Internalized(env_->isolate(), name), get, set, {}, v8::None,
                                         v8::SideEffectType::kHasNoSideEffect);
  }

 private:
  Environment* env_;
  v8::Local<v8::Object> object_;
};

v8::Local<v8::Object> Versions(Environment* env) {
  v8::Local<v8::Object> object = v8::Object::New(env->isolate());
  const Properties versions(env, object);
  for (const auto& [name, version] : ComponentVersions()) versions.ReadOnly(name, version);
  return object;
}

}  // namespace

std::vector<std::pair<const char*, std::string>> ComponentVersions() {
  return {{"node", kNodeVersion},     {"amaro", "1.1.11"},  // As third_party/npm has it.
          {"dv8pack", kVersion},      {"modules", "137"},          {"openssl", OPENSSL_VERSION_STR},
          {"sqlite", SQLITE_VERSION}, {"uv", uv_version_string()}, {"v8", v8::V8::GetVersion()}};
}

ProcessArguments::ProcessArguments(Environment* env) {
  for (int i = 0; i < env->argc(); i++) argv.emplace_back(env->argv()[i]);
  if (env->payload() == nullptr) return;
  const std::string_view link = env->payload()->Manifest("link");
  const std::string_view path = link.empty() ? env->payload()->Manifest("entry") : link;
  auto at = argv.insert(argv.begin() + (argv.empty() ? 0 : 1), std::string(path));
  const std::vector<std::string_view> packed = SplitWords(env->payload()->Manifest("arguments"));
  argv.insert(++at, packed.begin(), packed.end());
}

std::string ExecPath(Environment* env) {
  char buffer[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", buffer, sizeof(buffer));
  if (size > 0) return std::string(buffer, static_cast<size_t>(size));
  const char* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (name == nullptr) name = env->argc() > 0 ? env->argv()[0] : "";
  if (char* resolved = realpath(name, buffer); resolved != nullptr) return resolved;
  return name;
}

void SetProcessTitle(Environment* env, const std::string& title) {
  OpenTitle(env);
  uv_set_process_title(title.c_str());
}

v8::MaybeLocal<v8::Object> NewProcessObject(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::FunctionTemplate> tmpl = v8::FunctionTemplate::New(isolate);
  tmpl->SetClassName(Internalized(isolate, "process"));
  v8::Local<v8::Function> constructor;
  v8::Local<v8::Object> object;
  if (!tmpl->GetFunction(env->context()).ToLocal(&constructor) || !constructor->NewInstance(env->context()).ToLocal(&object)) {
    return {};
  }
  const Properties process(env, object);
  process.ReadOnly("version", std::string("v") + kNodeVersion);
  process.ReadOnly("versions", Versions(env));
  process.ReadOnly("arch", kArch);
  process.ReadOnly("platform", kPlatform);
  v8::Local<v8::Object> release = v8::Object::New(isolate);
  process.ReadOnly("release", release);
  for (const auto& [name, value] : kRelease) Properties(env, release).ReadOnly(name, value);
  return scope.Escape(object);
}

void PatchProcessObject(Environment* env, v8::Local<v8::Object> object) {
  const Properties process(env, object);
  const ProcessArguments& arguments = env->State<ProcessArguments>();
  process.Computed("title", GetTitle, SetTitle);
  process.Set("argv", arguments.argv);
  process.Set("execArgv", arguments.exec_argv);
  process.ReadOnly("pid", v8::Integer::New(env->isolate(), IsBuilding(env) ? 0 : uv_os_getpid()));
  process.Computed("ppid", GetParentId);
  process.Set("execPath", process.Text(IsBuilding(env) ? "/app" : ExecPath(env)));
  process.Computed("debugPort", GetDebugPort, SetDebugPort);
  process.ReadOnly("versions", Versions(env));
}

void AppendProcessReferences(std::vector<intptr_t>* list) {
  for (const intptr_t address :
       {reinterpret_cast<intptr_t>(GetTitle), reinterpret_cast<intptr_t>(SetTitle), reinterpret_cast<intptr_t>(GetDebugPort),
        reinterpret_cast<intptr_t>(SetDebugPort), reinterpret_cast<intptr_t>(GetParentId)}) {
    list->push_back(address);
  }
}

}  // namespace dv8::node
