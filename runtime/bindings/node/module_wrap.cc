// runtime/bindings/node/module_wrap.cc: internalBinding('module_wrap').
#include "runtime/bindings/node/module_wrap.h"

#include <algorithm>
#include <cstdio>
#include <unordered_set>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/abort_scope.h"
#include "runtime/bindings/node/code_cache.h"
#include "runtime/bindings/node/compile.h"
#include "runtime/bindings/node/error_source.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/node/symbols.h"
#include "runtime/core/program_files.h"

namespace dv8::node {
namespace {

using v8::Local;
using v8::MaybeLocal;

constexpr const char* kImportCallback = "module_wrap.import";
constexpr const char* kMetaCallback = "module_wrap.import_meta";

enum Phase { kSourcePhase = 1, kEvaluationPhase = 2 };

// A module request's attributes are (key, value, offset in the source); those of import() (key, value).
constexpr int kRequestAttribute = 3;
constexpr int kCallAttribute = 2;

// The wraps of an Environment's modules by V8's hash, which is not always another one.
struct ModuleMap {
  explicit ModuleMap(Environment*) {}
  std::unordered_multimap<int, ModuleWrap*> wraps;
};

// The wraps that the snapshot holds, until they are asked for: an array, by V8's hashes.
constexpr const char* kSnapshotModules = "module_wrap.snapshot";

class SnapshotModules {
 public:
  explicit SnapshotModules(Environment* env) : env_(env) {
    Local<v8::Value> kept = env->Kept(kSnapshotModules);
    if (env->mode() == Environment::Mode::kBuild || !kept->IsArray()) return;
    Local<v8::Array> modules = kept.As<v8::Array>();
    for (uint32_t i = 0; i < modules->Length(); i++) {
      const v8::HandleScope scope(env->isolate());
      positions_.emplace(At(modules, i)->GetInternalField(ModuleWrap::kModule).As<v8::Module>()->GetIdentityHash(), i);
    }
  }

  // The wrap of `module`; null when the snapshot has none.
  ModuleWrap* Find(Local<v8::Module> module) {
    const auto [begin, end] = positions_.equal_range(module->GetIdentityHash());
    for (auto at = begin; at != end; ++at) {
      Local<v8::Object> object = At(env_->Kept(kSnapshotModules).As<v8::Array>(), at->second);
      if (object->GetInternalField(ModuleWrap::kModule) == module) return NativeObject::Cast<ModuleWrap>(object);
    }
    return nullptr;
  }

 private:
  Local<v8::Object> At(Local<v8::Array> modules, uint32_t position) {
    return modules->Get(env_->context(), position).ToLocalChecked().As<v8::Object>();
  }

  Environment* env_;
  std::unordered_multimap<int, uint32_t> positions_;
};

// The module that a facade's `import 'original'` leads to, while the facade is linked.
struct FacadeOriginal {
  explicit FacadeOriginal(Environment*) {}
  Local<v8::Module> module;
};

int PhaseNumber(v8::ModuleImportPhase phase) { return phase == v8::ModuleImportPhase::kSource ? kSourcePhase : kEvaluationPhase; }

std::string RequestKey(Local<v8::Context> context, Local<v8::String> specifier, Local<v8::FixedArray> attributes) {
  v8::Isolate* isolate = context->GetIsolate();
  std::string key(Utf8(isolate, specifier).view());
  for (int i = 0; i + 1 < attributes->Length(); i += kRequestAttribute) {
    for (int part = 0; part < 2; part++) {
      key += '\0';
      key += Utf8(isolate, attributes->Get(context, i + part).As<v8::String>()).view();
    }
  }
  return key;
}

// The specifier and attributes of a request as an error names them.
std::string RequestText(Local<v8::Context> context, Local<v8::String> specifier, Local<v8::FixedArray> attributes) {
  v8::Isolate* isolate = context->GetIsolate();
  std::string text = "ModuleCacheKey(\"" + std::string(Utf8(isolate, specifier).view()) + "\"";
  for (int i = 0; i + 1 < attributes->Length(); i += kRequestAttribute) {
    text += i == 0 ? ", {" : ", ";
    text += Utf8(isolate, attributes->Get(context, i).As<v8::String>()).view();
    text += ": ";
    text += Utf8(isolate, attributes->Get(context, i + 1).As<v8::String>()).view();
  }
  return text + (attributes->Length() > 0 ? "})" : ")");
}

// A frozen object without prototype.
Local<v8::Object> AttributesObject(Local<v8::Context> context, Local<v8::FixedArray> attributes, int step) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::LocalVector<v8::Name> names(isolate);
  v8::LocalVector<v8::Value> values(isolate);
  for (int i = 0; i + 1 < attributes->Length(); i += step) {
    names.push_back(attributes->Get(context, i).As<v8::String>());
    values.push_back(attributes->Get(context, i + 1).As<v8::String>());
  }
  Local<v8::Object> object = v8::Object::New(isolate, v8::Null(isolate), names.data(), values.data(), names.size());
  object->SetIntegrityLevel(context, v8::IntegrityLevel::kFrozen).Check();
  return object;
}

void ThrowLinkFailure(Environment* env, const std::string& message) {
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_VM_MODULE_LINK_FAILURE", message);
}
void ThrowNotInstantiated(Environment* env) {
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_MODULE_NOT_INSTANTIATED", "Module is not instantiated");
}
void ThrowNoSource(Environment* env, const std::string& url) {
  Local<v8::Value> error =
      v8::Exception::SyntaxError(FromUtf8(env->isolate(), "Source phase import object is not defined for module '" + url + "'")
                                     .FromMaybe(v8::String::Empty(env->isolate())));
  (void)error.As<v8::Object>()->Set(env->context(), Internalized(env->isolate(), "code"),
                                    Internalized(env->isolate(), "ERR_SOURCE_PHASE_NOT_DEFINED"));
  env->isolate()->ThrowException(error);
}

// Keeps the source's line on the pending exception and throws it on.
void Rethrow(Environment* env, v8::TryCatch* guard) {
  if (!guard->HasCaught() || guard->HasTerminated()) return;
  KeepErrorSource(env, guard->Exception(), guard->Message());
  guard->ReThrow();
}

bool SetProperty(Environment* env, Local<v8::Object> target, Local<v8::Name> name, Local<v8::Value> value) {
  return target->Set(env->context(), name, value).IsJust();
}
bool SetProperty(Environment* env, Local<v8::Object> target, const char* name, Local<v8::Value> value) {
  return SetProperty(env, target, Internalized(env->isolate(), name), value);
}

ModuleWrap* Resolve(Local<v8::Context> context, Local<v8::String> specifier, Local<v8::FixedArray> attributes, Local<v8::Module> referrer) {
  Environment* env = Environment::From(context->GetIsolate());
  ModuleWrap* dependent = ModuleWrap::From(env, referrer);
  if (dependent != nullptr) return dependent->Linked(context, specifier, attributes);
  ThrowLinkFailure(env, "request for '" + std::string(Utf8(env->isolate(), specifier).view()) + "' is from invalid module");
  return nullptr;
}

MaybeLocal<v8::Module> ResolveModule(Local<v8::Context> context, Local<v8::String> specifier, Local<v8::FixedArray> attributes,
                                     Local<v8::Module> referrer) {
  const ModuleWrap* wrap = Resolve(context, specifier, attributes, referrer);
  return wrap == nullptr ? MaybeLocal<v8::Module>() : wrap->module();
}

MaybeLocal<v8::Object> ResolveSource(Local<v8::Context> context, Local<v8::String> specifier, Local<v8::FixedArray> attributes,
                                     Local<v8::Module> referrer) {
  const ModuleWrap* wrap = Resolve(context, specifier, attributes, referrer);
  if (wrap == nullptr) return {};
  if (wrap->SourceObject()->IsObject()) return wrap->SourceObject().As<v8::Object>();
  ThrowNoSource(wrap->env(), wrap->url());
  return {};
}

// A synthetic module is evaluated by its JavaScript function, which calls setExport().
MaybeLocal<v8::Value> EvaluateSynthetic(Local<v8::Context> context, Local<v8::Module> module) {
  v8::Isolate* isolate = context->GetIsolate();
  ModuleWrap* wrap = ModuleWrap::From(Environment::From(isolate), module);
  Local<v8::Promise::Resolver> resolver;
  if (wrap != nullptr) {
    Local<v8::Value> steps = wrap->TakeEvaluationSteps();
    if (steps->IsFunction() && steps.As<v8::Function>()->Call(context, wrap->object(), 0, nullptr).IsEmpty()) return {};
  }
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver) || resolver->Resolve(context, v8::Undefined(isolate)).IsNothing()) {
    return {};
  }
  return resolver->GetPromise();
}

// The names without repetitions: V8 takes none.
bool ReadExportNames(const CallInfo& info, Local<v8::Array> array, v8::LocalVector<v8::String>* names) {
  v8::Isolate* isolate = info.GetIsolate();
  std::unordered_set<int> hashes;
  for (uint32_t i = 0; i < array->Length(); i++) {
    Local<v8::Value> value;
    if (!array->Get(isolate->GetCurrentContext(), i).ToLocal(&value)) return false;
    if (!value->IsString()) {
      ThrowInvalidArgument(isolate, 2, "an array of strings", value);
      return false;
    }
    Local<v8::String> name = value.As<v8::String>();
    const auto same = [name](Local<v8::String> other) { return other->StringEquals(name); };
    if (hashes.insert(name->GetIdentityHash()).second || std::none_of(names->begin(), names->end(), same)) {
      names->push_back(name);
    }
  }
  return true;
}

struct NewModule {
  Local<v8::String> url;
  Local<v8::Context> context;
  Local<v8::Module> module;
  Local<v8::Value> evaluation_steps;
};

bool CreateSynthetic(const CallInfo& info, NewModule* made) {
  v8::Isolate* isolate = info.GetIsolate();
  Local<v8::Function> steps;
  v8::LocalVector<v8::String> names(isolate);
  if (!ArgumentReader<Local<v8::Function>>::Read(isolate, info[3], 3, &steps) || !ReadExportNames(info, info[2].As<v8::Array>(), &names)) {
    return false;
  }
  v8::Context::Scope scope(made->context);
  made->evaluation_steps = steps;
  made->module = v8::Module::CreateSyntheticModule(isolate, made->url, {names.data(), names.size()}, EvaluateSynthetic);
  return true;
}

bool DescribeSource(Environment* env, Local<v8::Object> self, Local<v8::Module> module) {
  Local<v8::UnboundModuleScript> script = module->GetUnboundModuleScript();
  return SetProperty(env, self, "hasTopLevelAwait", v8::Boolean::New(env->isolate(), module->HasTopLevelAwait())) &&
         SetProperty(env, self, "sourceURL", script->GetSourceURL()) &&
         SetProperty(env, self, "sourceMapURL", script->GetSourceMappingURL());
}

bool CompileSource(const CallInfo& info, NewModule* made) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = info.GetIsolate();
  Local<v8::String> text;
  int32_t line = 0;
  int32_t column = 0;
  if (!ArgumentReader<Local<v8::String>>::Read(isolate, info[2], 2, &text) || !ArgumentReader<int32_t>::Read(isolate, info[3], 3, &line) ||
      !ArgumentReader<int32_t>::Read(isolate, info[4], 4, &column)) {
    return false;
  }
  Local<v8::Symbol> id = info[5]->IsSymbol() ? info[5].As<v8::Symbol>() : v8::Symbol::New(isolate, made->url);
  Local<v8::Object> self = info.This();
  if (self->SetPrivate(env->context(), PrivateSymbol(env, "host_defined_option_symbol"), id).IsNothing()) return false;
  v8::ScriptCompiler::CachedData* cached = ReadCodeCache(info[5]);
  v8::ScriptCompiler::Source source(text, OriginOf(isolate, made->url, line, column, id, SourceKind::kModule), cached);
  {
    v8::Context::Scope scope(made->context);
    v8::TryCatch guard(isolate);
    const auto options = cached != nullptr ? v8::ScriptCompiler::kConsumeCodeCache : ProgramCompileOptions(env, text);
    if (!v8::ScriptCompiler::CompileModule(isolate, &source, options).ToLocal(&made->module)) {
      Rethrow(env, &guard);
      return false;
    }
  }
  if (cached != nullptr && source.GetCachedData()->rejected) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_VM_MODULE_CACHED_DATA_REJECTED", "cachedData buffer was rejected");
    return false;
  }
  return DescribeSource(env, self, made->module);
}

}  // namespace

ModuleWrap::ModuleWrap(Environment* env, Local<v8::Object> object, std::string url)
    : NativeObject(env, object), url_(std::move(url)), hash_(module()->GetIdentityHash()) {
  env->State<ModuleMap>().wraps.emplace(hash_, this);
  Local<v8::Context> context = env->context();
  Local<v8::FixedArray> requests = module()->GetModuleRequests();
  for (int i = 0; i < requests->Length(); i++) {
    Local<v8::ModuleRequest> request = requests->Get(context, i).As<v8::ModuleRequest>();
    requests_.try_emplace(RequestKey(context, request->GetSpecifier(), request->GetImportAttributes()), static_cast<uint32_t>(i));
  }
}

ModuleWrap::~ModuleWrap() {
  auto& wraps = env()->State<ModuleMap>().wraps;
  const auto [begin, end] = wraps.equal_range(hash_);
  for (auto at = begin; at != end; ++at) {
    if (at->second != this) continue;
    wraps.erase(at);
    break;
  }
}

ModuleWrap* ModuleWrap::From(Environment* env, Local<v8::Module> module) {
  const auto [begin, end] = env->State<ModuleMap>().wraps.equal_range(module->GetIdentityHash());
  for (auto at = begin; at != end; ++at) {
    if (!at->second->is_collected() && at->second->module() == module) return at->second;
  }
  return env->State<SnapshotModules>().Find(module);
}

bool ModuleWrap::KeepInSnapshot() {
  if (env()->mode() != Environment::Mode::kBuild || microtask_queue() != nullptr) return false;
  Local<v8::Value> kept = env()->Kept(kSnapshotModules);
  Local<v8::Array> modules = kept->IsArray() ? kept.As<v8::Array>() : v8::Array::New(env()->isolate());
  if (!kept->IsArray()) env()->Keep(kSnapshotModules, modules);
  return modules->Set(env()->context(), modules->Length(), object()).IsJust();
}

ModuleWrap* ModuleWrap::MakeAnew(Local<v8::Object> object) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Environment* env = Environment::From(isolate);
  Local<v8::Value> url;
  if (!object->Get(env->context(), Internalized(isolate, "url")).ToLocal(&url)) return nullptr;
  return new ModuleWrap(env, object, std::string(Utf8(isolate, url).view()));
}

void ModuleWrap::New(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = info.GetIsolate();
  if (!info.IsConstructCall()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Class constructor ModuleWrap cannot be invoked without `new`");
  }
  NewModule made{.context = env->context(), .evaluation_steps = v8::Undefined(isolate)};
  if (!ArgumentReader<Local<v8::String>>::Read(isolate, info[0], 0, &made.url)) return;
  Local<v8::Value> vm_context = v8::Undefined(isolate);
  if (!info[1]->IsUndefined()) {
    ContextifyContext* context = info[1]->IsObject() ? ContextifyContext::Of(env, info[1].As<v8::Object>()) : nullptr;
    if (context == nullptr) return ThrowInvalidArgument(isolate, 1, "an vm.Context", info[1]);
    made.context = context->context();
    vm_context = context->object();
  }
  const bool synthetic = info[2]->IsArray();
  const NoAbortScope no_abort(env);
  if (!(synthetic ? CreateSynthetic(info, &made) : CompileSource(info, &made))) return;
  Local<v8::Object> self = info.This();
  const bool described =
      SetProperty(env, self, "synthetic", v8::Boolean::New(isolate, synthetic)) && SetProperty(env, self, "url", made.url) &&
      (!synthetic || !info[4]->IsObject() || SetProperty(env, self, SharedSymbol(env, "imported_cjs_symbol"), info[4])) &&
      // It is there before lib/ freezes the object.
      self->SetPrivate(env->context(), PrivateSymbol(env, "source_map_data_private_symbol"), v8::Undefined(isolate)).IsJust();
  if (!described) return;
  Local<v8::Value> undefined = v8::Undefined(isolate);
  self->SetInternalField(kModule, made.module);
  self->SetInternalField(kSourceObject, undefined);
  self->SetInternalField(kEvaluationSteps, made.evaluation_steps);
  self->SetInternalField(kVmContext, vm_context);
  // A synthetic module depends on nothing.
  self->SetInternalField(kLinked, synthetic ? v8::Array::New(isolate).As<v8::Value>() : undefined);
  new ModuleWrap(env, self, std::string(Utf8(isolate, made.url).view()));
}

v8::Local<v8::Context> ModuleWrap::context() const {
  ContextifyContext* vm_context = NativeObject::Cast<ContextifyContext>(object()->GetInternalField(kVmContext).As<v8::Value>());
  return vm_context != nullptr ? vm_context->context() : env()->context();
}

v8::MicrotaskQueue* ModuleWrap::microtask_queue() const {
  ContextifyContext* vm_context = NativeObject::Cast<ContextifyContext>(object()->GetInternalField(kVmContext).As<v8::Value>());
  return vm_context != nullptr ? vm_context->microtask_queue() : nullptr;
}

v8::Local<v8::Value> ModuleWrap::TakeEvaluationSteps() {
  Local<v8::Value> steps = object()->GetInternalField(kEvaluationSteps).As<v8::Value>();
  object()->SetInternalField(kEvaluationSteps, v8::Undefined(env()->isolate()));
  return steps;
}

ModuleWrap* ModuleWrap::Linked(Local<v8::Context> context, Local<v8::String> specifier, Local<v8::FixedArray> attributes) {
  v8::Isolate* isolate = env()->isolate();
  const auto name = [&] { return std::string(Utf8(isolate, specifier).view()); };
  Local<v8::Value> linked = object()->GetInternalField(kLinked).As<v8::Value>();
  if (!linked->IsArray()) {
    ThrowLinkFailure(env(), "request for '" + name() + "' can not be resolved on module '" + url_ + "' that is not linked");
    return nullptr;
  }
  const auto found = requests_.find(RequestKey(context, specifier, attributes));
  if (found == requests_.end()) {
    ThrowLinkFailure(env(), "request for '" + name() + "' is not cached on module '" + url_ + "'");
    return nullptr;
  }
  Local<v8::Value> module;
  if (!linked.As<v8::Array>()->Get(context, found->second).ToLocal(&module)) return nullptr;
  return NativeObject::Cast<ModuleWrap>(module);
}

void ModuleWrap::Link(Local<v8::Array> modules) {
  v8::Isolate* isolate = env()->isolate();
  Local<v8::Context> context = env()->context();
  Local<v8::FixedArray> requests = module()->GetModuleRequests();
  const int count = requests->Length();
  if (modules->Length() != static_cast<uint32_t>(count)) {
    return ThrowLinkFailure(env(),
                            "linking error, expected " + std::to_string(count) + " modules, received " + std::to_string(modules->Length()));
  }
  v8::LocalVector<v8::Value> linked(isolate);
  for (int i = 0; i < count; i++) {
    Local<v8::Value> value;
    if (!modules->Get(context, i).ToLocal(&value)) return;
    if (NativeObject::Cast<ModuleWrap>(value) == nullptr) {
      return ThrowInvalidArgument(isolate, 0, "an array of ModuleWrap", value);
    }
    linked.push_back(value);
    Local<v8::ModuleRequest> request = requests->Get(context, i).As<v8::ModuleRequest>();
    const uint32_t first = requests_[RequestKey(context, request->GetSpecifier(), request->GetImportAttributes())];
    if (linked[first] == value) continue;
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_MODULE_LINK_MISMATCH",
                      "Module request '" + RequestText(context, request->GetSpecifier(), request->GetImportAttributes()) + "' at index " +
                          std::to_string(i) + " must be linked to the same module requested at index " + std::to_string(first));
  }
  object()->SetInternalField(kLinked, v8::Array::New(isolate, linked.data(), linked.size()));
}

MaybeLocal<v8::Array> ModuleWrap::GetModuleRequests() {
  v8::Isolate* isolate = env()->isolate();
  Local<v8::Context> context = env()->context();
  Local<v8::FixedArray> requests = module()->GetModuleRequests();
  v8::LocalVector<v8::Value> list(isolate);
  for (int i = 0; i < requests->Length(); i++) {
    Local<v8::ModuleRequest> request = requests->Get(context, i).As<v8::ModuleRequest>();
    Local<v8::Name> names[] = {Internalized(isolate, "specifier"), Internalized(isolate, "attributes"), Internalized(isolate, "phase")};
    Local<v8::Value> values[] = {request->GetSpecifier(), AttributesObject(context, request->GetImportAttributes(), kRequestAttribute),
                                 v8::Integer::New(isolate, PhaseNumber(request->GetPhase()))};
    Local<v8::Object> object = v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
    if (object->SetIntegrityLevel(context, v8::IntegrityLevel::kFrozen).IsNothing()) return {};
    list.push_back(object);
  }
  return v8::Array::New(isolate, list.data(), list.size());
}

void ModuleWrap::Instantiate() {
  if (!object()->GetInternalField(kLinked).As<v8::Value>()->IsArray()) {
    return ThrowLinkFailure(env(), "module is not linked");
  }
  if (module()->GetStatus() != v8::Module::kUninstantiated) return;
  v8::TryCatch guard(env()->isolate());
  (void)module()->InstantiateModule(context(), ResolveModule, ResolveSource);
  Rethrow(env(), &guard);
}

// V8 takes it amiss when a module is evaluated before it is linked, or in the middle of its evaluation.
bool ModuleWrap::EvaluationAllowed() {
  const v8::Module::Status status = module()->GetStatus();
  if (status >= v8::Module::kInstantiated && status != v8::Module::kEvaluating) return true;
  ThrowNotInstantiated(env());
  return false;
}

MaybeLocal<v8::Value> ModuleWrap::Evaluate(int64_t timeout, bool break_on_sigint) {
  if (!EvaluationAllowed()) return {};
  v8::Isolate* isolate = env()->isolate();
  v8::MicrotaskQueue* queue = microtask_queue();
  const NoAbortScope no_abort(env());
  v8::TryCatch guard(isolate);
  MaybeLocal<v8::Value> result;
  const auto run = [&] {
    result = module()->Evaluate(context());
    Local<v8::Value> promise;
    if (queue == nullptr || !result.ToLocal(&promise)) return;
    // A promise of the module's own context would be followed by a job in its queue, which nobody runs
    // afterwards: the caller gets one of its own context, settled before the queue is emptied here.
    Local<v8::Context> outer = isolate->GetCurrentContext();
    Local<v8::Promise::Resolver> resolver;
    result = {};
    if (!v8::Promise::Resolver::New(outer).ToLocal(&resolver) || resolver->Resolve(outer, promise).IsNothing()) return;
    result = resolver->GetPromise().As<v8::Value>();
    queue->PerformCheckpoint(isolate);
  };
  RunGuarded(env(), timeout, break_on_sigint, run);
  if (!guard.HasCaught()) return result;
  if (!guard.HasTerminated()) guard.ReThrow();
  return {};
}

// Throws the reason of a rejected promise, which is then not unhandled any more. False when it has thrown.
static bool NotRejected(Environment* env, Local<v8::Promise> promise) {
  if (promise->State() != v8::Promise::kRejected) return true;
  v8::Isolate* isolate = env->isolate();
  Local<v8::Value> argv[] = {v8::Integer::New(isolate, v8::kPromiseHandlerAddedAfterReject), promise, v8::Undefined(isolate)};
  Local<v8::Function> hook = env->hook(Hook::kUnhandledRejection);
  if (!hook.IsEmpty() && hook->Call(env->context(), v8::Undefined(isolate), 3, argv).IsEmpty()) return false;
  Local<v8::Value> reason = promise->Result();
  KeepErrorSource(env, reason, v8::Exception::CreateMessage(isolate, reason));
  isolate->ThrowException(reason);
  return false;
}

MaybeLocal<v8::Value> ModuleWrap::EvaluateSync() {
  if (!EvaluationAllowed()) return {};
  Local<v8::Value> promise;
  if (!module()->Evaluate(context()).ToLocal(&promise)) return {};
  if (promise->IsPromise() && !NotRejected(env(), promise.As<v8::Promise>())) return {};
  return module()->GetModuleNamespace();
}

void ModuleWrap::SetExport(Local<v8::String> name, Local<v8::Value> value) {
  if (!module()->IsSyntheticModule()) return ThrowLinkFailure(env(), "module is not synthetic");
  (void)module()->SetSyntheticModuleExport(env()->isolate(), name, value);
}

void ModuleWrap::SetModuleSourceObject(Local<v8::Object> source) { object()->SetInternalField(kSourceObject, source); }

MaybeLocal<v8::Value> ModuleWrap::GetModuleSourceObject() {
  if (!SourceObject()->IsUndefined()) return SourceObject();
  ThrowNoSource(env(), url_);
  return {};
}

MaybeLocal<v8::Value> ModuleWrap::CreateCachedData() {
  if (!module()->IsSourceTextModule() || module()->GetStatus() >= v8::Module::kEvaluating) {
    ThrowCoded(env()->isolate(), ErrorKind::kError, "ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA",
               "Cached data cannot be created for a module which has been evaluated");
    return {};
  }
  const CodeCache cache = CreateCodeCache(env(), module()->GetUnboundModuleScript());
  Local<v8::Uint8Array> buffer;
  if (!ToBuffer(env(), cache).ToLocal(&buffer)) return {};
  return buffer.As<v8::Value>();
}

MaybeLocal<v8::Value> ModuleWrap::GetNamespace() {
  if (module()->GetStatus() >= v8::Module::kInstantiated) return module()->GetModuleNamespace();
  ThrowNotInstantiated(env());
  return {};
}

Local<v8::Value> ModuleWrap::GetError() {
  if (module()->GetStatus() != v8::Module::kErrored) return v8::Undefined(env()->isolate());
  return module()->GetException();
}

MaybeLocal<v8::Value> ModuleWrap::HasAsyncGraph() {
  if (module()->GetStatus() >= v8::Module::kInstantiated) {
    return v8::Boolean::New(env()->isolate(), module()->IsGraphAsync()).As<v8::Value>();
  }
  ThrowNotInstantiated(env());
  return {};
}

// The symbol by which lib/ knows who imports: of the script, or else of its context's global object.
static MaybeLocal<v8::Value> ImporterId(Environment* env, Local<v8::Context> context, Local<v8::Data> options) {
  Local<v8::FixedArray> array = options.As<v8::FixedArray>();
  if (array->Length() > kHostDefinedId) return array->Get(context, kHostDefinedId).As<v8::Value>();
  Local<v8::Value> id;
  if (!context->Global()->GetPrivate(context, PrivateSymbol(env, "host_defined_option_symbol")).ToLocal(&id)) return {};
  return id;
}

MaybeLocal<v8::Promise> ImportModuleWithPhase(Local<v8::Context> context, Local<v8::Data> options, Local<v8::Value> resource_name,
                                              Local<v8::String> specifier, v8::ModuleImportPhase phase, Local<v8::FixedArray> attributes) {
  v8::Isolate* isolate = context->GetIsolate();
  Environment* env = Environment::From(isolate);
  v8::EscapableHandleScope scope(isolate);
  Local<v8::Value> callback = env->Kept(kImportCallback);
  Local<v8::Value> result;
  // The files of a packed program have no host-defined options: the packer's table knows what they import.
  const bool packed = options.As<v8::FixedArray>()->Length() == 0 && context == env->context();
  if (Local<v8::Function> hook = env->hook(Hook::kImport); !hook.IsEmpty() && (packed || !callback->IsFunction())) {
    Local<v8::Value> argument = specifier;
    if (!hook->Call(context, v8::Undefined(isolate), 1, &argument).ToLocal(&result)) return {};
  } else if (callback->IsFunction()) {
    Local<v8::Value> id;
    if (!ImporterId(env, context, options).ToLocal(&id)) return {};
    Local<v8::Value> argv[] = {id, specifier, v8::Integer::New(isolate, PhaseNumber(phase)),
                               AttributesObject(context, attributes, kCallAttribute), resource_name};
    if (!callback.As<v8::Function>()->Call(context, v8::Undefined(isolate), std::size(argv), argv).ToLocal(&result)) {
      return {};
    }
  } else {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING", "A dynamic import callback was not specified.");
    return {};
  }
  if (result->IsPromise() && context == env->context()) return scope.Escape(result.As<v8::Promise>());
  // A promise of the context that imports.
  Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver) || resolver->Resolve(context, result).IsNothing()) return {};
  return scope.Escape(resolver->GetPromise());
}

MaybeLocal<v8::Promise> ImportModuleDynamically(Local<v8::Context> context, Local<v8::Data> options, Local<v8::Value> resource_name,
                                                Local<v8::String> specifier, Local<v8::FixedArray> attributes) {
  return ImportModuleWithPhase(context, options, resource_name, specifier, v8::ModuleImportPhase::kEvaluation, attributes);
}

void InitializeImportMeta(Local<v8::Context> context, Local<v8::Module> module, Local<v8::Object> meta) {
  v8::Isolate* isolate = context->GetIsolate();
  Environment* env = Environment::From(isolate);
  v8::HandleScope scope(isolate);
  const ModuleWrap* wrap = ModuleWrap::From(env, module);
  Local<v8::Value> callback = env->Kept(kMetaCallback);
  Local<v8::Value> id;
  if (wrap == nullptr || !callback->IsFunction() ||
      !wrap->object()->GetPrivate(context, PrivateSymbol(env, "host_defined_option_symbol")).ToLocal(&id)) {
    return;
  }
  Local<v8::Value> argv[] = {id, meta, wrap->object()};
  v8::TryCatch guard(isolate);
  if (callback.As<v8::Function>()->Call(context, v8::Undefined(isolate), std::size(argv), argv).IsEmpty()) {
    if (guard.HasCaught() && !guard.HasTerminated()) guard.ReThrow();
  }
}

namespace {

void SetImportModuleDynamicallyCallback(Environment* env, Local<v8::Function> fn) { env->Keep(kImportCallback, fn); }
void SetInitializeImportMetaObjectCallback(Environment* env, Local<v8::Function> fn) { env->Keep(kMetaCallback, fn); }

void ThrowIfPromiseRejected(Environment* env, Local<v8::Value> promise) {
  if (promise->IsPromise()) NotRejected(env, promise.As<v8::Promise>());
}

// reportUnsettledAwait() → whether the entry point's promise is pending when the program ends. Where it
// waits goes to stderr.
bool ReportUnsettledAwait(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Context> context = env->context();
  Local<v8::Object> global = context->Global();
  Local<v8::Value> promise;
  Local<v8::Value> entry;
  if (!global->GetPrivate(context, PrivateSymbol(env, "entry_point_promise_private_symbol")).ToLocal(&promise) || !promise->IsPromise() ||
      promise.As<v8::Promise>()->State() != v8::Promise::kPending) {
    return false;
  }
  if (!global->GetPrivate(context, PrivateSymbol(env, "entry_point_module_private_symbol")).ToLocal(&entry)) return false;
  const ModuleWrap* wrap = NativeObject::Cast<ModuleWrap>(entry);
  if (wrap == nullptr || !wrap->module()->IsSourceTextModule() || wrap->module()->GetStatus() < v8::Module::kInstantiated ||
      !wrap->module()->IsGraphAsync()) {
    return false;
  }
  const v8::LocalVector<v8::Message> messages = wrap->module()->GetStalledTopLevelAwaitMessages(isolate).second;
  if (env->State<NodeOptions>().IsTrue("--warnings")) {
    for (Local<v8::Message> message : messages) {
      std::fprintf(stderr, "Warning: Detected unsettled top-level await at %s\n\n\n", ErrorSource(env, message).c_str());
    }
  }
  return !messages.empty();
}

MaybeLocal<v8::Module> LinkFacade(Local<v8::Context> context, Local<v8::String>, Local<v8::FixedArray>, Local<v8::Module>) {
  return Environment::From(context->GetIsolate())->State<FacadeOriginal>().module;
}

// What require() of an ES module gives when the module has a default export: its exports and __esModule,
// by a module that exports them again, so that they stay live.
MaybeLocal<v8::Value> CreateRequiredModuleFacade(Environment* env, ModuleWrap* original) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Context> context = isolate->GetCurrentContext();
  // One text and name, so that V8 compiles it once.
  v8::ScriptOrigin origin(Internalized(isolate, "node:internal/require_module_default_facade"), 0, 0, true, -1, {}, false, false, true);
  v8::ScriptCompiler::Source source(
      Internalized(isolate, "export * from 'original'; export { default } from 'original'; export const __esModule = true;"), origin);
  Local<v8::Module> facade;
  if (original->module()->GetStatus() < v8::Module::kInstantiated) {
    ThrowNotInstantiated(env);
    return {};
  }
  if (!v8::ScriptCompiler::CompileModule(isolate, &source).ToLocal(&facade)) return {};
  FacadeOriginal& link = env->State<FacadeOriginal>();
  link.module = original->module();
  const bool linked = facade->InstantiateModule(context, LinkFacade).IsJust();
  link.module.Clear();
  if (!linked || facade->Evaluate(context).IsEmpty()) return {};
  return facade->GetModuleNamespace();
}

constexpr FunctionSpec kMethods[] = {
    Method<&ModuleWrap::CreateCachedData>("createCachedData"),
    Method<&ModuleWrap::Evaluate>("evaluate"),
    Method<&ModuleWrap::EvaluateSync>("evaluateSync"),
    Method<&ModuleWrap::GetError>("getError"),
    Method<&ModuleWrap::GetModuleRequests>("getModuleRequests"),
    Method<&ModuleWrap::GetModuleSourceObject>("getModuleSourceObject"),
    Method<&ModuleWrap::GetNamespace>("getNamespace"),
    Method<&ModuleWrap::GetStatus>("getStatus"),
    Method<&ModuleWrap::Instantiate>("instantiate"),
    Method<&ModuleWrap::Link>("link"),
    Method<&ModuleWrap::SetExport>("setExport"),
    Method<&ModuleWrap::SetModuleSourceObject>("setModuleSourceObject"),
};
constexpr AccessorSpec kAccessors[] = {Getter<&ModuleWrap::HasAsyncGraph>("hasAsyncGraph")};
constexpr ClassSpec kClasses[] = {
    {"ModuleWrap", ModuleWrap::New, kMethods, ModuleWrap::kFieldCount, kAccessors},
};
constexpr FunctionSpec kFunctions[] = {
    Typed<CreateRequiredModuleFacade>("createRequiredModuleFacade"),
    Typed<ReportUnsettledAwait>("reportUnsettledAwait"),
    Typed<SetImportModuleDynamicallyCallback>("setImportModuleDynamicallyCallback"),
    Typed<SetInitializeImportMetaObjectCallback>("setInitializeImportMetaObjectCallback"),
    Typed<ThrowIfPromiseRejected>("throwIfPromiseRejected"),
};
constexpr ConstantSpec kConstants[] = {
    {"kErrored", v8::Module::kErrored},
    {"kEvaluated", v8::Module::kEvaluated},
    {"kEvaluating", v8::Module::kEvaluating},
    {"kEvaluationPhase", kEvaluationPhase},
    {"kInstantiated", v8::Module::kInstantiated},
    {"kInstantiating", v8::Module::kInstantiating},
    {"kSourcePhase", kSourcePhase},
    {"kUninstantiated", v8::Module::kUninstantiated},
};

// V8 keeps the function in a synthetic module: one of a snapshot needs its address.
void AppendReferences(std::vector<intptr_t>* list) { list->push_back(reinterpret_cast<intptr_t>(&EvaluateSynthetic)); }

}  // namespace

extern const BindingSpec kNodeModuleWrap;
constexpr BindingSpec kNodeModuleWrap{"module_wrap", kFunctions, kConstants, kClasses, nullptr, AppendReferences};

}  // namespace dv8::node
