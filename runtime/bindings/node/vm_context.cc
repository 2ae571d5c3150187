#include "runtime/bindings/node/vm_context.h"

#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

// V8 makes no context from nothing, as those of a heap image are, while its flag js_source_phase_imports is on.
class WithoutSourcePhase {
 public:
  explicit WithoutSourcePhase(v8::Isolate* isolate) : was_on_(IsOn(isolate)) {
    if (was_on_) v8::V8::SetFlagsFromString("--no-js-source-phase-imports");
  }
  ~WithoutSourcePhase() {
    if (was_on_) v8::V8::SetFlagsFromString("--js-source-phase-imports");
  }
  WithoutSourcePhase(const WithoutSourcePhase&) = delete;
  WithoutSourcePhase& operator=(const WithoutSourcePhase&) = delete;

 private:
  // The flag cannot be asked for: code that needs it compiles.
  static bool IsOn(v8::Isolate* isolate) {
    const v8::TryCatch ignored(isolate);
    const v8::ScriptOrigin origin(v8::String::Empty(isolate), 0, 0, false, -1, {}, false, false, true);
    v8::ScriptCompiler::Source source(v8::String::NewFromUtf8Literal(isolate, "import source a from 'a'"), origin);
    return !v8::ScriptCompiler::CompileModule(isolate, &source).IsEmpty();
  }

  const bool was_on_;
};

// Embedder data of a context that vm made; V8's inspector has the first.
enum EmbedderData { kSandbox = 1, kAllowWasm, kEmbedderDataCount };

using Named = v8::Local<v8::Name>;

// The context behind an interceptor's call, when it is one of ours and ready: V8 asks already while it
// makes the global object.
struct Target {
  template <typename T>
  explicit Target(const v8::PropertyCallbackInfo<T>& info) {
    v8::Local<v8::Context> found;
    if (!info.Holder()->GetCreationContext(info.GetIsolate()).ToLocal(&found) ||
        found->GetNumberOfEmbedderDataFields() < kEmbedderDataCount) {
      return;
    }
    v8::Local<v8::Value> data = found->GetEmbedderData(kSandbox);
    if (!data->IsObject()) return;
    context = found;
    sandbox = data.As<v8::Object>();
  }
  bool ready() const { return !sandbox.IsEmpty(); }
  v8::Local<v8::Object> global() const { return context->Global(); }

  v8::Local<v8::Context> context;
  v8::Local<v8::Object> sandbox;
};

// The attributes of a property that `object` or its prototypes have, without asking interceptors.
bool RealAttributes(const Target& target, v8::Local<v8::Object> object, Named name, v8::PropertyAttribute* attributes) {
  return object->GetRealNamedPropertyAttributes(target.context, name).To(attributes);
}

v8::Intercepted Query(Named name, const v8::PropertyCallbackInfo<v8::Integer>& info) {
  const Target target(info);
  if (!target.ready()) return v8::Intercepted::kNo;
  for (v8::Local<v8::Object> object : {target.sandbox, target.global()}) {
    bool has;
    if (!object->HasRealNamedProperty(target.context, name).To(&has)) return v8::Intercepted::kNo;
    if (!has) continue;
    v8::PropertyAttribute attributes;
    if (!RealAttributes(target, object, name, &attributes)) return v8::Intercepted::kNo;
    info.GetReturnValue().Set(attributes);
    return v8::Intercepted::kYes;
  }
  return v8::Intercepted::kNo;
}

v8::Intercepted Get(Named name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  const Target target(info);
  if (!target.ready()) return v8::Intercepted::kNo;
  v8::TryCatch guard(info.GetIsolate());
  v8::MaybeLocal<v8::Value> found = target.sandbox->GetRealNamedProperty(target.context, name);
  if (found.IsEmpty()) found = target.global()->GetRealNamedProperty(target.context, name);
  if (guard.HasCaught()) guard.ReThrow();
  v8::Local<v8::Value> value;
  if (!found.ToLocal(&value)) return v8::Intercepted::kNo;
  if (value == target.sandbox) value = target.global();
  info.GetReturnValue().Set(value);
  return v8::Intercepted::kYes;
}

v8::Intercepted Set(Named name, v8::Local<v8::Value> value, const v8::PropertyCallbackInfo<void>& info) {
  const Target target(info);
  if (!target.ready()) return v8::Intercepted::kNo;
  v8::PropertyAttribute on_global = v8::None;
  v8::PropertyAttribute on_sandbox = v8::None;
  const bool global_has = RealAttributes(target, target.global(), name, &on_global);
  const bool sandbox_has = RealAttributes(target, target.sandbox, name, &on_sandbox);
  if (((on_global | on_sandbox) & v8::ReadOnly) != 0) return v8::Intercepted::kNo;

  // `x = 5` in strict code is an error when nothing declares x; `this.x = 5` and a function's declaration
  // are not.
  const bool contextual = target.global() != info.This();
  const bool declared = global_has || sandbox_has;
  if (!declared && info.ShouldThrowOnError() && contextual && !value->IsFunction()) return v8::Intercepted::kNo;
  if (!declared && name->IsSymbol()) return v8::Intercepted::kNo;
  if (target.sandbox->Set(target.context, name, value).IsNothing()) return v8::Intercepted::kNo;

  // What the sandbox does by an accessor must not become a data property of the global object, too.
  v8::Local<v8::Value> descriptor;
  if (!sandbox_has || !target.sandbox->GetOwnPropertyDescriptor(target.context, name).ToLocal(&descriptor) || !descriptor->IsObject()) {
    return v8::Intercepted::kNo;
  }
  const auto described = [&](const char* key) {
    return descriptor.As<v8::Object>()->HasOwnProperty(target.context, Internalized(info.GetIsolate(), key)).FromMaybe(false);
  };
  return described("get") || described("set") ? v8::Intercepted::kYes : v8::Intercepted::kNo;
}

v8::Intercepted Describe(Named name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  const Target target(info);
  v8::Local<v8::Value> descriptor;
  if (!target.ready() || !target.sandbox->HasOwnProperty(target.context, name).FromMaybe(false) ||
      !target.sandbox->GetOwnPropertyDescriptor(target.context, name).ToLocal(&descriptor)) {
    return v8::Intercepted::kNo;
  }
  info.GetReturnValue().Set(descriptor);
  return v8::Intercepted::kYes;
}

void DefineOnSandbox(const Target& target, Named name, const v8::PropertyDescriptor& from, v8::PropertyDescriptor* descriptor) {
  if (from.has_enumerable()) descriptor->set_enumerable(from.enumerable());
  if (from.has_configurable()) descriptor->set_configurable(from.configurable());
  (void)target.sandbox->DefineProperty(target.context, name, *descriptor);
}

// Defines on the sandbox, and lets V8 define on the global object as well.
v8::Intercepted Define(Named name, const v8::PropertyDescriptor& from, const v8::PropertyCallbackInfo<void>& info) {
  const Target target(info);
  if (!target.ready()) return v8::Intercepted::kNo;
  v8::PropertyAttribute attributes = v8::None;
  constexpr int kFixed = v8::ReadOnly | v8::DontDelete;
  if (RealAttributes(target, target.global(), name, &attributes) && (attributes & kFixed) == kFixed) {
    return v8::Intercepted::kNo;
  }
  v8::Local<v8::Value> undefined = v8::Undefined(info.GetIsolate());
  if (from.has_get() || from.has_set()) {
    v8::PropertyDescriptor descriptor(from.has_get() ? from.get() : undefined, from.has_set() ? from.set() : undefined);
    DefineOnSandbox(target, name, from, &descriptor);
  } else if (from.has_writable()) {
    v8::PropertyDescriptor descriptor(from.has_value() ? from.value() : undefined, from.writable());
    DefineOnSandbox(target, name, from, &descriptor);
  } else {
    v8::PropertyDescriptor descriptor(from.has_value() ? from.value() : undefined);
    DefineOnSandbox(target, name, from, &descriptor);
  }
  return v8::Intercepted::kNo;
}

// What the sandbox refuses to delete stays on the global object, too.
v8::Intercepted Deleted(v8::Maybe<bool> deleted, const v8::PropertyCallbackInfo<v8::Boolean>& info) {
  if (deleted.FromMaybe(false)) return v8::Intercepted::kNo;
  info.GetReturnValue().Set(false);
  return v8::Intercepted::kYes;
}

v8::Intercepted Delete(Named name, const v8::PropertyCallbackInfo<v8::Boolean>& info) {
  const Target target(info);
  if (!target.ready()) return v8::Intercepted::kNo;
  return Deleted(target.sandbox->Delete(target.context, name), info);
}

// All own names: V8 filters those that are asked for.
void Enumerate(const v8::PropertyCallbackInfo<v8::Array>& info) {
  const Target target(info);
  v8::Local<v8::Array> names;
  if (!target.ready() ||
      !target.sandbox->GetPropertyNames(target.context, v8::KeyCollectionMode::kOwnOnly, v8::ALL_PROPERTIES, v8::IndexFilter::kSkipIndices)
           .ToLocal(&names)) {
    return;
  }
  info.GetReturnValue().Set(names);
}

void EnumerateIndices(const v8::PropertyCallbackInfo<v8::Array>& info) {
  const Target target(info);
  v8::Local<v8::Array> names;
  if (!target.ready() ||
      !target.sandbox->GetPropertyNames(target.context, v8::KeyCollectionMode::kOwnOnly, v8::SKIP_SYMBOLS, v8::IndexFilter::kIncludeIndices)
           .ToLocal(&names)) {
    return;
  }
  v8::LocalVector<v8::Value> indices(info.GetIsolate());
  for (uint32_t i = 0; i < names->Length(); i++) {
    v8::Local<v8::Value> name;
    if (!names->Get(target.context, i).ToLocal(&name)) return;
    if (name->IsNumber()) indices.push_back(name);
  }
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), indices.data(), indices.size()));
}

v8::Local<v8::String> IndexName(v8::Isolate* isolate, uint32_t index) { return Internalized(isolate, std::to_string(index)); }

v8::Intercepted QueryIndex(uint32_t index, const v8::PropertyCallbackInfo<v8::Integer>& info) {
  return Query(IndexName(info.GetIsolate(), index), info);
}
v8::Intercepted GetIndex(uint32_t index, const v8::PropertyCallbackInfo<v8::Value>& info) {
  return Get(IndexName(info.GetIsolate(), index), info);
}
v8::Intercepted SetIndex(uint32_t index, v8::Local<v8::Value> value, const v8::PropertyCallbackInfo<void>& info) {
  return Set(IndexName(info.GetIsolate(), index), value, info);
}
v8::Intercepted DescribeIndex(uint32_t index, const v8::PropertyCallbackInfo<v8::Value>& info) {
  return Describe(IndexName(info.GetIsolate(), index), info);
}
v8::Intercepted DefineIndex(uint32_t index, const v8::PropertyDescriptor& descriptor, const v8::PropertyCallbackInfo<void>& info) {
  return Define(IndexName(info.GetIsolate(), index), descriptor, info);
}
v8::Intercepted DeleteIndex(uint32_t index, const v8::PropertyCallbackInfo<v8::Boolean>& info) {
  const Target target(info);
  if (!target.ready()) return v8::Intercepted::kNo;
  return Deleted(target.sandbox->Delete(target.context, index), info);
}

bool AllowWasm(v8::Local<v8::Context> context, v8::Local<v8::String>) {
  return context->GetNumberOfEmbedderDataFields() < kEmbedderDataCount || !context->GetEmbedderData(kAllowWasm)->IsFalse();
}

// The templates of one isolate, made at the first use.
struct ContextTemplates {
  explicit ContextTemplates(Environment* env) {
    v8::Isolate* isolate = env->isolate();
    v8::Local<v8::ObjectTemplate> shape = v8::ObjectTemplate::New(isolate);
    shape->SetHandler(v8::NamedPropertyHandlerConfiguration(Get, Set, Query, Delete, Enumerate, Define, Describe, {},
                                                            v8::PropertyHandlerFlags::kHasNoSideEffect));
    shape->SetHandler(v8::IndexedPropertyHandlerConfiguration(GetIndex, SetIndex, QueryIndex, DeleteIndex, EnumerateIndices, DefineIndex,
                                                              DescribeIndex, {}, v8::PropertyHandlerFlags::kHasNoSideEffect));
    global.Reset(isolate, shape);
    v8::Local<v8::ObjectTemplate> object = v8::ObjectTemplate::New(isolate);
    object->SetInternalFieldCount(1);
    wrapper.Reset(isolate, object);
    isolate->SetAllowWasmCodeGenerationCallback(AllowWasm);
  }
  v8::Global<v8::ObjectTemplate> global;
  v8::Global<v8::ObjectTemplate> wrapper;
};

// globalThis[Symbol.toStringTag] of a context says what the sandbox's class is.
bool CopyClassName(v8::Local<v8::Context> context, v8::Local<v8::Object> sandbox) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::String> name = sandbox->GetConstructorName();
  if (name->StringEquals(Internalized(isolate, "Object"))) return true;
  return context->Global()->DefineOwnProperty(context, v8::Symbol::GetToStringTag(isolate), name, v8::DontEnum).IsJust();
}

}  // namespace

v8::Local<v8::Context> ContextifyContext::context() const { return object()->GetCreationContext(env()->isolate()).ToLocalChecked(); }

ContextifyContext* ContextifyContext::Of(Environment* env, v8::Local<v8::Object> holder) {
  v8::Local<v8::Value> object;
  if (!holder->GetPrivate(env->context(), PrivateSymbol(env, "contextify_context_private_symbol")).ToLocal(&object)) {
    return nullptr;
  }
  return NativeObject::Cast<ContextifyContext>(object);
}

v8::MaybeLocal<v8::Object> ContextifyContext::Make(Environment* env, const ContextOptions& options) {
  v8::Isolate* isolate = env->isolate();
  v8::EscapableHandleScope scope(isolate);
  ContextTemplates& templates = env->State<ContextTemplates>();
  const bool vanilla = options.sandbox.IsEmpty();
  std::unique_ptr<v8::MicrotaskQueue> queue;
  if (options.own_microtasks) queue = v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit);
  const WithoutSourcePhase without_source_phase(isolate);
  v8::Local<v8::Context> context =
      v8::Context::New(isolate, nullptr, vanilla ? v8::MaybeLocal<v8::ObjectTemplate>() : templates.global.Get(isolate), {}, {},
                       queue != nullptr ? queue.get() : isolate->GetCurrentContext()->GetMicrotaskQueue());
  if (context.IsEmpty()) return {};  // The stack's end, or a termination.
  v8::Local<v8::Object> global = context->Global();
  context->SetSecurityToken(env->context()->GetSecurityToken());
  context->AllowCodeGenerationFromStrings(options.allow_strings);
  context->SetEmbedderData(kAllowWasm, v8::Boolean::New(isolate, options.allow_wasm));

  // import() of code that has no host-defined options of its own asks the global object.
  v8::Local<v8::Private> host_defined = PrivateSymbol(env, "host_defined_option_symbol");
  v8::Local<v8::Object> wrapper;
  {
    v8::Context::Scope context_scope(context);
    if ((!vanilla && !CopyClassName(context, options.sandbox)) ||
        global->SetPrivate(context, host_defined, options.host_defined_option).IsNothing() ||
        !templates.wrapper.Get(isolate)->NewInstance(context).ToLocal(&wrapper)) {
      return {};
    }
    new ContextifyContext(env, wrapper, std::move(queue));
  }
  v8::Local<v8::Object> holder = vanilla ? global : options.sandbox;
  if (holder->SetPrivate(context, PrivateSymbol(env, "contextify_context_private_symbol"), wrapper).IsNothing() ||
      holder->SetPrivate(context, host_defined, options.host_defined_option).IsNothing()) {
    return {};
  }
  if (!vanilla) context->SetEmbedderData(kSandbox, options.sandbox);  // From here on the interceptors work.
  return scope.Escape(holder);
}

void AppendContextReferences(std::vector<intptr_t>* list) {
  const auto add = [list](auto... callbacks) { (list->push_back(reinterpret_cast<intptr_t>(callbacks)), ...); };
  add(&Query, &Get, &Set, &Describe, &Define, &Delete, &Enumerate);
  add(&QueryIndex, &GetIndex, &SetIndex, &DescribeIndex, &DefineIndex, &DeleteIndex, &EnumerateIndices);
}

}  // namespace dv8::node
