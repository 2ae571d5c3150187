// runtime/bindings/node/builtins.cc: internalBinding('builtins'), the files of Node's library as functions.
#include <initializer_list>

#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/symbols.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/library.h"

namespace dv8::node {

void RestoreTickInfo(Environment* env);  // task_queue.cc

namespace {

// What only the builder runs (snapshot.cc): no program can ask for it.
constexpr std::string_view kRehearsals = "internal/dv8/rehearsal/";

// compileFunction(id) → the file as a function that has not run.
v8::MaybeLocal<v8::Function> CompileFunction(Environment* env, std::string id) {
  v8::Isolate* isolate = env->isolate();
  const ptrdiff_t index = FindInLibrary(id);
  if (index < 0) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_UNKNOWN_BUILTIN_MODULE", "No such built-in module: " + id);
    return {};
  }
  v8::Local<v8::UnboundScript> script;
  v8::Local<v8::Value> function;
  if (!LibraryScript(env, static_cast<size_t>(index)).ToLocal(&script) ||
      !script->BindToCurrentContext()->Run(env->context()).ToLocal(&function)) {
    return {};
  }
  return function.As<v8::Function>();
}

v8::MaybeLocal<v8::Object> GetInternalBinding(Environment* env, std::string name) { return InternalBinding(env, name); }

// setInternalLoaders(internalBinding, require): what C++ calls to load a file of the library.
void SetInternalLoaders(Environment* env, v8::Local<v8::Function> internal_binding, v8::Local<v8::Function> require) {
  env->Keep("builtins.internalBinding", internal_binding);
  env->Keep("builtins.require", require);
}

// internalLoaders() → [internalBinding, require]
v8::Local<v8::Value> InternalLoaders(Environment* env) {
  v8::Local<v8::Value> loaders[] = {env->Kept("builtins.internalBinding"), env->Kept("builtins.require")};
  return v8::Array::New(env->isolate(), loaders, std::size(loaders));
}

// exitInfo() → what process.exitCode and process._exiting are kept in: kExiting, kExitCode, kHasExitCode.
v8::Local<v8::Value> ExitInfo(Environment* env) { return SharedInt32(env, "process.exit_info", 3).Get(); }

// restored(): the program has started from a heap; C++ finds again what it reads without being called.
void Restored(Environment* env) { RestoreTickInfo(env); }

// The library's files are in the snapshot: the question is Node's for its code cache.
bool HasCachedBuiltins() { return true; }

// isRehearsal(): whether what runs is thrown away, but for the functions that it has compiled.
bool IsRehearsal(Environment* env) { return env->mode() == Environment::Mode::kRehearse; }

// keep(name, value): what C++ asks for by name later (Environment::Kept).
void KeepValue(Environment* env, std::string name, v8::Local<v8::Value> value) { env->Keep(name.c_str(), value); }

v8::Local<v8::Object> PrivateSymbolsOf(Environment* env) { return PrivateSymbols(env); }

constexpr FunctionSpec kFunctions[] = {
    Typed<CompileFunction>("compileFunction"),
    Typed<ExitInfo>("exitInfo"),
    Typed<GetInternalBinding>("getInternalBinding"),
    Typed<HasCachedBuiltins>("hasCachedBuiltins"),
    Typed<InternalLoaders>("internalLoaders"),
    Typed<IsRehearsal>("isRehearsal"),
    Typed<KeepValue>("keep"),
    Typed<PrivateSymbolsOf>("privateSymbols"),
    Typed<Restored>("restored"),
    Typed<SetInternalLoaders>("setInternalLoaders"),
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  std::vector<v8::Local<v8::Value>> ids;
  v8::Local<v8::Object> natives = v8::Object::New(isolate);
  for (size_t i = 0; i < LibrarySize(); i++) {
    if (LibraryId(i).starts_with(kRehearsals)) continue;
    v8::Local<v8::String> id = Internalized(isolate, LibraryId(i));
    ids.push_back(id);
    natives->Set(env->context(), id, LibraryText(isolate, i)).Check();
  }
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    target->Set(env->context(), Internalized(isolate, name), value).Check();
  };
  set("builtinIds", v8::Array::New(isolate, ids.data(), ids.size()));
  set("natives", natives);
  // What process.config tells: how Node was built, where programs ask for it.
  set("config",
      Internalized(
          isolate,
          R"({"target_defaults":{"cflags":[],"default_configuration":"Release","defines":[],"include_dirs":[],"libraries":[]},"variables":{"host_arch":"x64","target_arch":"x64","napi_build_version":"10","node_module_version":137,"node_builtin_shareable_builtins":[],"node_shared":false,"node_use_openssl":false,"node_use_amaro":true,"v8_enable_i18n_support":1,"v8_enable_webassembly":1,"icu_gyp_path":"tools/icu/icu-generic.gyp","icu_small":false,"asan":0,"coverage":false,"is_debug":0,"node_prefix":"/usr/local"}})"));
}

}  // namespace

extern const BindingSpec kNodeBuiltins;
constexpr BindingSpec kNodeBuiltins{"builtins", kFunctions, {}, {}, Init};

}  // namespace dv8::node
