// runtime/bindings/node/contextify.cc: internalBinding('contextify'), what node:vm and the CommonJS
// loader compile and run code with.
#include <bit>
#include <optional>
#include <string>

#include "runtime/binding/typed.h"
#include "runtime/bindings/inspector.h"
#include "runtime/bindings/node/abort_scope.h"
#include "runtime/bindings/node/code_cache.h"
#include "runtime/bindings/node/compile.h"
#include "runtime/bindings/node/error_source.h"
#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/node/vm_context.h"
#include "runtime/bindings/node/watchdog.h"

namespace dv8::node {
namespace {

using v8::Local;

// A vm.Script has its compiled script in a field of its own, where the collector sees it; there is no C++
// object behind it, so that scripts can be in a snapshot.
constexpr int kScriptField = 1;
constexpr int kScriptFields = 2;

// The context that argument `index` stands for, or `otherwise` when it is `absent`. Empty with an exception.
v8::MaybeLocal<v8::Context> ContextArgument(const CallInfo& info, int index, Local<v8::Context> otherwise,
                                            v8::MicrotaskQueue** queue = nullptr) {
  if (info[index]->IsNullOrUndefined()) return otherwise;
  ContextifyContext* context =
      info[index]->IsObject() ? ContextifyContext::Of(Environment::From(info), info[index].As<v8::Object>()) : nullptr;
  if (context == nullptr) {
    ThrowInvalidArgument(info.GetIsolate(), index, "an vm.Context", info[index]);
    return {};
  }
  if (queue != nullptr) *queue = context->microtask_queue();
  return context->context();
}

bool SetProperty(Environment* env, Local<v8::Object> target, const char* name, Local<v8::Value> value) {
  return target->Set(env->context(), Internalized(env->isolate(), name), value).IsJust();
}

// Says on `target` what became of the code cache that was given, and, when one was to be produced, stores it there.
bool StoreCodeCache(Environment* env, Local<v8::Object> target, const v8::ScriptCompiler::Source& source, bool produce,
                    const CodeCache& produced) {
  v8::Isolate* isolate = env->isolate();
  if (const v8::ScriptCompiler::CachedData* given = source.GetCachedData();
      given != nullptr && !SetProperty(env, target, "cachedDataRejected", v8::Boolean::New(isolate, given->rejected))) {
    return false;
  }
  if (!produce) return true;
  Local<v8::Uint8Array> buffer;
  if (produced != nullptr && !(ToBuffer(env, produced).ToLocal(&buffer) && SetProperty(env, target, "cachedData", buffer))) {
    return false;
  }
  return SetProperty(env, target, "cachedDataProduced", v8::Boolean::New(isolate, produced != nullptr));
}

v8::ScriptCompiler::CompileOptions OptionsFor(const v8::ScriptCompiler::CachedData* cached) {
  return cached != nullptr ? v8::ScriptCompiler::kConsumeCodeCache : v8::ScriptCompiler::kNoCompileOptions;
}

// Throws on what `guard` caught, with the source's line before its stack.
void Rethrow(Environment* env, v8::TryCatch* guard, bool decorate) {
  if (!guard->HasCaught() || guard->HasTerminated()) return;
  if (decorate) DecorateErrorStack(env, guard->Exception(), guard->Message());
  guard->ReThrow();
}

// new ContextifyScript(code, filename, lineOffset, columnOffset, cachedData, produceCachedData,
//                      parsingContext, hostDefinedOption); those after the second may be left out.
void NewScript(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = info.GetIsolate();
  if (!info.IsConstructCall()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Class constructor ContextifyScript cannot be invoked without `new`");
  }
  Local<v8::String> code;
  Local<v8::String> filename;
  int32_t line = 0;
  int32_t column = 0;
  Local<v8::Symbol> id;
  Local<v8::Context> context;
  if (!ArgumentReader<Local<v8::String>>::Read(isolate, info[0], 0, &code) ||
      !ArgumentReader<Local<v8::String>>::Read(isolate, info[1], 1, &filename)) {
    return;
  }
  if (info.Length() > 2 &&
      (!ArgumentReader<int32_t>::Read(isolate, info[2], 2, &line) || !ArgumentReader<int32_t>::Read(isolate, info[3], 3, &column) ||
       !ArgumentReader<Local<v8::Symbol>>::Read(isolate, info[7], 7, &id))) {
    return;
  }
  if (!ContextArgument(info, 6, env->context()).ToLocal(&context)) return;
  if (id.IsEmpty()) id = v8::Symbol::New(isolate, filename);

  v8::ScriptCompiler::CachedData* cached = ReadCodeCache(info[4]);
  v8::ScriptCompiler::Source source(code, OriginOf(isolate, filename, line, column, id, SourceKind::kScript), cached);
  const NoAbortScope no_abort(env);
  v8::TryCatch guard(isolate);
  v8::Context::Scope scope(context);
  Local<v8::UnboundScript> script;
  if (!v8::ScriptCompiler::CompileUnboundScript(isolate, &source, OptionsFor(cached)).ToLocal(&script)) {
    return Rethrow(env, &guard, true);
  }
  CodeCache produced;
  if (info[5]->IsTrue()) produced = CreateCodeCache(env, script);
  Local<v8::Object> self = info.This();
  self->SetInternalField(kScriptField, script);
  const bool stored = self->SetPrivate(env->context(), PrivateSymbol(env, "host_defined_option_symbol"), id).IsJust() &&
                      StoreCodeCache(env, self, source, info[5]->IsTrue(), produced) &&
                      SetProperty(env, self, "sourceURL", script->GetSourceURL()) &&
                      SetProperty(env, self, "sourceMapURL", script->GetSourceMappingURL());
  if (!stored) Rethrow(env, &guard, false);
}

// The script of the receiver; empty, with an exception, when its constructor did not finish.
v8::MaybeLocal<v8::UnboundScript> ScriptOf(const CallInfo& info) {
  Local<v8::Data> field = info.This()->GetInternalField(kScriptField);
  if (field->IsValue()) {
    ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_THIS", "Script methods can only be called on script instances.");
    return {};
  }
  // As() calls its Cast() where V8 checks, and it has none.
  return std::bit_cast<Local<v8::UnboundScript>>(field);
}

v8::MaybeLocal<v8::Uint8Array> CreateCachedData(Environment* env, const CallInfo& info) {
  Local<v8::UnboundScript> script;
  if (!ScriptOf(info).ToLocal(&script)) return {};
  return ToBuffer(env, CreateCodeCache(env, script));
}

// runInContext(context | null, timeout, displayErrors, breakOnSigint, breakOnFirstLine)
void RunInContext(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = info.GetIsolate();
  Local<v8::UnboundScript> unbound;
  Local<v8::Context> context;
  v8::MicrotaskQueue* queue = nullptr;
  int64_t timeout = -1;
  if (!ScriptOf(info).ToLocal(&unbound) || !ContextArgument(info, 0, env->context(), &queue).ToLocal(&context) ||
      (!info[1]->IsUndefined() && !ArgumentReader<int64_t>::Read(isolate, info[1], 1, &timeout))) {
    return;
  }
  const bool display_errors = info[2]->IsTrue();
  Inspector* inspector = Inspector::Existing(env);
  if (info[4]->IsTrue() && inspector != nullptr) inspector->PauseOnNextStatement();
  v8::Context::Scope scope(context);
  v8::TryCatch guard(isolate);
  Local<v8::Script> script = unbound->BindToCurrentContext();
  v8::MaybeLocal<v8::Value> result;
  const Ending ending = RunGuarded(env, timeout, info[3]->IsTrue(), [&] {
    result = script->Run(context);
    if (!result.IsEmpty() && queue != nullptr) queue->PerformCheckpoint(isolate);
  });
  if (guard.HasCaught()) return Rethrow(env, &guard, display_errors && ending == Ending::kOwn);
  Local<v8::Value> value;
  if (result.ToLocal(&value)) info.GetReturnValue().Set(value);
}

// The values of an array that must all be T.
template <typename T>
bool ReadArray(const CallInfo& info, int index, v8::LocalVector<T>* out) {
  if (info[index]->IsUndefined()) return true;
  Local<v8::Array> array;
  if (!ArgumentReader<Local<v8::Array>>::Read(info.GetIsolate(), info[index], index, &array)) return false;
  Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  for (uint32_t i = 0; i < array->Length(); i++) {
    Local<v8::Value> value;
    Local<T> read;
    if (!array->Get(context, i).ToLocal(&value) || !ArgumentReader<Local<T>>::Read(info.GetIsolate(), value, index, &read)) {
      return false;
    }
    out->push_back(read);
  }
  return true;
}

// compileFunction(code, filename, lineOffset, columnOffset, cachedData, produceCachedData, parsingContext,
//                 contextExtensions, params, hostDefinedOption)
void CompileFunction(Environment* env, Local<v8::String> code, Local<v8::String> filename, int32_t line, int32_t column,
                     const CallInfo& info) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Context> context;
  Local<v8::Symbol> id;
  v8::LocalVector<v8::Object> extensions(isolate);
  v8::LocalVector<v8::String> parameters(isolate);
  if (!ContextArgument(info, 6, env->context()).ToLocal(&context) || !ReadArray(info, 7, &extensions) || !ReadArray(info, 8, &parameters) ||
      !ArgumentReader<Local<v8::Symbol>>::Read(isolate, info[9], 9, &id)) {
    return;
  }
  v8::ScriptCompiler::CachedData* cached = ReadCodeCache(info[4]);
  v8::ScriptCompiler::Source source(code, OriginOf(isolate, filename, line, column, id, SourceKind::kScript), cached);
  v8::TryCatch guard(isolate);
  v8::Context::Scope scope(context);
  Local<v8::Function> function;
  if (!v8::ScriptCompiler::CompileFunction(context, &source, parameters.size(), parameters.data(), extensions.size(), extensions.data(),
                                           OptionsFor(cached))
           .ToLocal(&function)) {
    return Rethrow(env, &guard, true);
  }
  CodeCache produced;
  if (info[5]->IsTrue()) produced = CreateCodeCache(env, function);
  const v8::ScriptOrigin origin = function->GetScriptOrigin();
  v8::Context::Scope main_scope(env->context());
  Local<v8::Object> result = v8::Object::New(isolate);
  // A script's resource name is what its sourceURL comment says, when it has one.
  const bool stored = function->SetPrivate(env->context(), PrivateSymbol(env, "host_defined_option_symbol"), id).IsJust() &&
                      SetProperty(env, result, "function", function) && SetProperty(env, result, "sourceURL", origin.ResourceName()) &&
                      SetProperty(env, result, "sourceMapURL", origin.SourceMapUrl()) &&
                      StoreCodeCache(env, result, source, info[5]->IsTrue(), produced);
  if (!stored) return Rethrow(env, &guard, false);
  info.GetReturnValue().Set(result);
}

// compileFunctionForCJSLoader(code, filename, isSeaMain, shouldDetectModule): the function of a CommonJS
// file, or the news that the text is an ES module's.
v8::MaybeLocal<v8::Object> CompileFunctionForCJSLoader(Environment* env, Local<v8::String> code, Local<v8::String> filename, bool,
                                                       bool detect_module) {
  v8::Isolate* isolate = env->isolate();
  bool rejected = false;
  bool is_module = false;
  Local<v8::Function> function;
  {
    const NoAbortScope no_abort(env);
    v8::TryCatch guard(isolate);
    if (!CompileCommonJs(env, code, filename, CommonJsScope::kModule, &rejected).ToLocal(&function)) {
      if (guard.HasTerminated() || !guard.HasCaught()) return {};
      Local<v8::Value> exception = guard.Exception();
      DecorateErrorStack(env, exception, guard.Message());
      is_module = IsModuleError(env, guard.Message(), code, FileUrl(env, filename));
      if (!is_module || !detect_module) {
        if (is_module && !WarnAboutRequiredModule(env, filename)) return {};
        guard.ReThrow();
        return {};
      }
    }
  }
  Local<v8::Value> source_map_url = v8::Undefined(isolate);
  Local<v8::Value> source_url = v8::Undefined(isolate);
  if (!function.IsEmpty()) {
    const v8::ScriptOrigin origin = function->GetScriptOrigin();
    source_map_url = origin.SourceMapUrl();
    source_url = origin.ResourceName();
  }
  Local<v8::Name> names[] = {Internalized(isolate, "cachedDataRejected"), Internalized(isolate, "sourceMapURL"),
                             Internalized(isolate, "sourceURL"), Internalized(isolate, "canParseAsESM"), Internalized(isolate, "function")};
  Local<v8::Value> values[] = {v8::Boolean::New(isolate, rejected), source_map_url, source_url, v8::Boolean::New(isolate, is_module),
                               function.IsEmpty() ? v8::Undefined(isolate).As<v8::Value>() : function.As<v8::Value>()};
  return v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
}

// containsModuleSyntax(code, filename, resourceName?, cjsVar?): whether it is no CommonJS, but an ES module.
bool ContainsModuleSyntax(Environment* env, Local<v8::String> code, Local<v8::String> filename, const CallInfo& info) {
  const NoAbortScope no_abort(env);
  v8::TryCatch guard(env->isolate());
  bool rejected = false;
  // A fourth argument means text that runs outside a module's function.
  const CommonJsScope scope = info[3]->IsString() ? CommonJsScope::kNone : CommonJsScope::kModule;
  if (!CompileCommonJs(env, code, filename, scope, &rejected).IsEmpty() || !guard.HasCaught()) return false;
  Local<v8::String> name = info[2]->IsString() ? info[2].As<v8::String>() : filename;
  return IsModuleError(env, guard.Message(), code, name);
}

// makeContext(sandbox | symbol, name, origin, strings, wasm, ownMicrotaskQueue, hostDefinedOption)
void MakeContext(Environment* env, Local<v8::Value> sandbox, std::string name, Local<v8::Value> origin, bool strings, bool wasm,
                 bool own_microtasks, Local<v8::Symbol> id, const CallInfo& info) {
  ContextOptions options{
      .host_defined_option = id, .allow_strings = strings, .allow_wasm = wasm, .own_microtasks = own_microtasks, .name = std::move(name)};
  if (sandbox->IsObject()) {
    options.sandbox = sandbox.As<v8::Object>();
    if (ContextifyContext::Of(env, options.sandbox) != nullptr) {
      return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_VALUE", "The object is a vm.Context already");
    }
  } else if (!sandbox->IsSymbol()) {
    return ThrowInvalidArgument(env->isolate(), 0, "of type object", sandbox);
  }
  Local<v8::Object> holder;
  if (!ContextifyContext::Make(env, options).ToLocal(&holder)) return;
  if (Inspector* inspector = Inspector::Existing(env)) {
    const std::string from = origin->IsString() ? std::string(Utf8(env->isolate(), origin).view()) : "";
    inspector->ContextCreated(ContextifyContext::Of(env, holder)->context(), options.name, from);
  }
  info.GetReturnValue().Set(holder);
}

v8::MaybeLocal<v8::Promise> MeasureMemory(Environment* env, InRange<int32_t, 0, 1> mode, InRange<int32_t, 0, 1> execution) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Context> context = isolate->GetCurrentContext();
  Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  isolate->MeasureMemory(v8::MeasureMemoryDelegate::Default(isolate, context, resolver, static_cast<v8::MeasureMemoryMode>(mode.value)),
                         static_cast<v8::MeasureMemoryExecution>(execution.value));
  return resolver->GetPromise();
}

void Init(Environment* env, Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  const auto numbers = [&](const char* a, const char* b) {
    Local<v8::Object> object = v8::Object::New(isolate);
    SetProperty(env, object, a, v8::Integer::New(isolate, 0));
    SetProperty(env, object, b, v8::Integer::New(isolate, 1));
    return object;
  };
  Local<v8::Object> measure = v8::Object::New(isolate);
  SetProperty(env, measure, "mode", numbers("SUMMARY", "DETAILED"));
  SetProperty(env, measure, "execution", numbers("DEFAULT", "EAGER"));
  Local<v8::Object> constants = v8::Object::New(isolate);
  SetProperty(env, constants, "measureMemory", measure);
  SetProperty(env, target, "constants", constants);
}

constexpr FunctionSpec kScriptMethods[] = {
    Typed<CreateCachedData>("createCachedData"),
    {"runInContext", RunInContext},
};
constexpr ClassSpec kClasses[] = {
    {"ContextifyScript", NewScript, kScriptMethods, kScriptFields},
};
constexpr FunctionSpec kFunctions[] = {
    Typed<CompileFunction>("compileFunction"),
    Typed<CompileFunctionForCJSLoader>("compileFunctionForCJSLoader"),
    Typed<ContainsModuleSyntax>("containsModuleSyntax"),
    Typed<MakeContext>("makeContext"),
    Typed<MeasureMemory>("measureMemory"),
    Typed<StartSigintWatch>("startSigintWatchdog"),
    Typed<StopSigintWatch>("stopSigintWatchdog"),
    Typed<HasPendingSigint>("watchdogHasPendingSigint"),
};

}  // namespace

extern const BindingSpec kNodeContextify;
constexpr BindingSpec kNodeContextify{"contextify", kFunctions, {}, kClasses, Init, AppendContextReferences};

}  // namespace dv8::node
