// runtime/bindings/node/async_wrap.cc: internalBinding('async_wrap').
#include "runtime/bindings/node/async_wrap.h"

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/promise_hooks.h"
#include "runtime/core/bootstrap.h"

namespace dv8::node {
namespace {

constexpr const char* kProviderNames[] = {
#define V(name) #name,
    DV8_ASYNC_PROVIDERS(V)
#undef V
};

constexpr const char* kResources = "async_wrap.execution_async_resources";
constexpr const char* kTrampoline = "async_wrap.trampoline";

v8::Local<v8::String> ProviderName(v8::Isolate* isolate, Provider provider) {
  return Internalized(isolate, kProviderNames[static_cast<size_t>(provider)]);
}

// Sets AsyncLocalStorage's context and gives the one before.
v8::Local<v8::Value> ExchangeFrame(v8::Isolate* isolate, v8::Local<v8::Value> frame) {
  v8::Local<v8::Value> before = isolate->GetContinuationPreservedEmbedderData();
  isolate->SetContinuationPreservedEmbedderData(frame);
  return before;
}

// Calls one of the functions of setupHooks() with an id. They report their own errors.
void EmitId(AsyncHooks& hooks, AsyncHooks::Field field, const char* name, double async_id) {
  if (hooks.fields[field] == 0 || hooks.env->stopping()) return;
  v8::Isolate* isolate = hooks.env->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Value> id = v8::Number::New(isolate, async_id);
  v8::TryCatch guard(isolate);
  (void)hooks.Hook(name)->Call(hooks.env->context(), v8::Undefined(isolate), 1, &id);
  if (guard.HasCaught() && !guard.HasTerminated()) hooks.env->HandleUncaught(guard.Exception(), false);
}

v8::MaybeLocal<v8::Value> CallBetweenHooks(AsyncHooks& hooks, v8::Local<v8::Object> resource,
                                           v8::Local<v8::Value> receiver, double async_id,
                                           v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[]) {
  Environment* env = hooks.env;
  const bool watched = hooks.fields[AsyncHooks::kBefore] + hooks.fields[AsyncHooks::kAfter] +
                           hooks.fields[AsyncHooks::kUsesExecutionAsyncResource] > 0;
  v8::Local<v8::Value> trampoline;
  if (watched) trampoline = env->Kept(kTrampoline);
  if (watched && trampoline->IsFunction()) {
    std::vector<v8::Local<v8::Value>> all = {v8::Number::New(env->isolate(), async_id), resource, fn};
    all.insert(all.end(), argv, argv + argc);
    return trampoline.As<v8::Function>()->Call(env->context(), receiver, static_cast<int>(all.size()), all.data());
  }
  if (async_id != 0) EmitId(hooks, AsyncHooks::kBefore, "before", async_id);
  v8::MaybeLocal<v8::Value> result = fn->Call(env->context(), receiver, argc, argv);
  if (!result.IsEmpty() && async_id != 0) EmitId(hooks, AsyncHooks::kAfter, "after", async_id);
  return result;
}

}  // namespace

AsyncHooks::AsyncHooks(Environment* env)
    : env(env),
      fields(env, "async_wrap.async_hook_fields", kFieldCount),
      ids(env, "async_wrap.async_id_fields", kIdFieldCount),
      stack(env, "async_wrap.async_ids_stack", kStackSize) {
  if (ids[kAsyncIdCounter] == 0) {
    ids[kAsyncIdCounter] = 1;
    ids[kDefaultTriggerAsyncId] = -1;
    fields[kCheck] = 1;
  }
}

v8::Local<v8::Function> AsyncHooks::Hook(const char* name) {
  v8::Local<v8::Value> hooks = env->Kept("async_wrap.hooks");
  return hooks.As<v8::Object>()
      ->Get(env->context(), Internalized(env->isolate(), name))
      .ToLocalChecked()
      .As<v8::Function>();
}

void AsyncHooks::Push(double async_id, double trigger_async_id, v8::Local<v8::Value> resource) {
  const uint32_t offset = fields[kStackLength];
  const double pair[] = {ids[kExecutionAsyncId], ids[kTriggerAsyncId]};
  if (offset * 2 < kStackSize) {
    stack[2 * offset] = pair[0];
    stack[2 * offset + 1] = pair[1];
  } else {
    overflow.insert(overflow.end(), pair, pair + 2);
  }
  fields[kStackLength] = offset + 1;
  ids[kExecutionAsyncId] = async_id;
  ids[kTriggerAsyncId] = trigger_async_id;
  if (resource.IsEmpty()) return;
  if (native_resources.size() <= offset) native_resources.resize(offset + 1);
  native_resources[offset] = resource;
}

bool AsyncHooks::Pop(double async_id) {
  const uint32_t length = fields[kStackLength];
  // JavaScript has cleared it in the middle of a callback: after an uncaught exception.
  if (length == 0 || ids[kExecutionAsyncId] != async_id) return false;
  const uint32_t offset = length - 1;
  if (offset * 2 < kStackSize) {
    ids[kExecutionAsyncId] = stack[2 * offset];
    ids[kTriggerAsyncId] = stack[2 * offset + 1];
  } else {
    ids[kTriggerAsyncId] = overflow.back();
    overflow.pop_back();
    ids[kExecutionAsyncId] = overflow.back();
    overflow.pop_back();
  }
  fields[kStackLength] = offset;
  if (offset < native_resources.size()) native_resources.resize(offset);
  CutResources(offset);
  return offset > 0;
}

void AsyncHooks::CutResources(uint32_t length) {
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  if (resources.IsEmpty()) resources.Reset(isolate, env->Kept(kResources).As<v8::Array>());
  v8::Local<v8::Array> array = resources.Get(isolate);
  if (array->Length() <= length) return;
  array->Set(env->context(), Internalized(isolate, "length"), v8::Integer::NewFromUnsigned(isolate, length)).Check();
}

void AsyncHooks::Clear() {
  ids[kExecutionAsyncId] = 0;
  ids[kTriggerAsyncId] = 0;
  fields[kStackLength] = 0;
  overflow.clear();
  native_resources.clear();
  CutResources(0);
}

v8::Local<v8::Value> AsyncHooks::ResourceAt(size_t index) {
  if (index >= native_resources.size() || native_resources[index].IsEmpty()) return v8::Undefined(env->isolate());
  return native_resources[index];
}

void AsyncHooks::EmitInit(double async_id, v8::Local<v8::String> type, double trigger,
                          v8::Local<v8::Object> resource) {
  if (fields[kInit] == 0 || env->stopping()) return;
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> argv[] = {v8::Number::New(isolate, async_id), type, v8::Number::New(isolate, trigger), resource};
  v8::TryCatch guard(isolate);
  (void)Hook("init")->Call(env->context(), resource, 4, argv);
  if (guard.HasCaught() && !guard.HasTerminated()) env->HandleUncaught(guard.Exception(), false);
}

void AsyncHooks::QueueDestroy(double async_id) {
  if (fields[kDestroy] == 0 || env->stopping()) return;
  destroy_queue.push_back(async_id);
  if (destroy_queue.size() > 1) return;
  // Hooks run JavaScript, which a destructor or the collector must not: the loop's next turn does.
  env->SetImmediate([this] {
    while (!destroy_queue.empty()) {
      std::vector<double> queue;
      queue.swap(destroy_queue);
      for (const double id : queue) EmitId(*this, kDestroy, "destroy", id);
    }
  });
}

AsyncWrap::AsyncWrap(Environment* env, v8::Local<v8::Object> object, Provider provider)
    : NativeObject(env, object), provider_(provider) {
  AsyncReset();
}

AsyncWrap::~AsyncWrap() { EmitDestroy(); }

void AsyncWrap::EmitDestroy() {
  if (async_id_ > 0) env()->State<AsyncHooks>().QueueDestroy(async_id_);
  async_id_ = -1;
}

void AsyncWrap::AsyncReset(v8::Local<v8::Object> resource) {
  EmitDestroy();
  AsyncHooks& hooks = env()->State<AsyncHooks>();
  async_id_ = hooks.NewAsyncId();
  trigger_async_id_ = hooks.DefaultTriggerAsyncId();
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Value> frame = isolate->GetContinuationPreservedEmbedderData();
  context_frame_.Reset();
  if (!frame->IsUndefined()) context_frame_.Reset(isolate, frame);  // Mostly there is none, and no handle for it.
  if (hooks.fields[AsyncHooks::kInit] == 0) return;
  hooks.EmitInit(async_id_, ProviderName(isolate, provider_), trigger_async_id_,
                 resource.IsEmpty() ? object() : resource);
}

void AsyncWrap::JsAsyncReset(const CallInfo& info) {
  AsyncReset(info[0]->IsObject() ? info[0].As<v8::Object>() : v8::Local<v8::Object>());
}

v8::MaybeLocal<v8::Value> AsyncWrap::MakeCallback(v8::Local<v8::Function> fn, int argc,
                                                  v8::Local<v8::Value> argv[]) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> before = ExchangeFrame(isolate, context_frame_.Get(isolate));
  v8::Local<v8::Object> receiver = object();
  v8::MaybeLocal<v8::Value> result =
      MakeAsyncCallback(env(), receiver, receiver, async_id_, trigger_async_id_, fn, argc, argv);
  isolate->SetContinuationPreservedEmbedderData(before);
  return result;
}

v8::MaybeLocal<v8::Value> AsyncWrap::CallNested(v8::Local<v8::Function> fn, int argc,
                                                v8::Local<v8::Value> argv[]) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> before = ExchangeFrame(isolate, context_frame_.Get(isolate));
  v8::Local<v8::Object> receiver = object();
  AsyncHooks& hooks = env()->State<AsyncHooks>();
  const size_t resources = hooks.native_resources.size();
  hooks.Push(async_id_, trigger_async_id_, receiver);
  v8::MaybeLocal<v8::Value> result = CallBetweenHooks(hooks, receiver, receiver, async_id_, fn, argc, argv);
  hooks.Pop(async_id_);
  hooks.KeepResources(resources);
  isolate->SetContinuationPreservedEmbedderData(before);
  return result;
}

v8::MaybeLocal<v8::Value> AsyncWrap::MakeCallback(v8::Local<v8::Name> name, int argc,
                                                  v8::Local<v8::Value> argv[]) {
  v8::Local<v8::Value> fn;
  v8::TryCatch guard(env()->isolate());
  if (!object()->Get(env()->context(), name).ToLocal(&fn)) {
    env()->HandleUncaught(guard.Exception(), false);
    return {};
  }
  guard.Reset();
  if (!fn->IsFunction()) return v8::Undefined(env()->isolate()).As<v8::Value>();
  return MakeCallback(fn.As<v8::Function>(), argc, argv);
}

v8::MaybeLocal<v8::Value> AsyncWrap::MakeCallback(const char* name, int argc, v8::Local<v8::Value> argv[]) {
  return MakeCallback(Internalized(env()->isolate(), name), argc, argv);
}

v8::MaybeLocal<v8::Value> MakeAsyncCallback(Environment* env, v8::Local<v8::Object> resource,
                                            v8::Local<v8::Value> receiver, double async_id,
                                            double trigger_async_id, v8::Local<v8::Function> fn,
                                            int argc, v8::Local<v8::Value> argv[]) {
  if (env->stopping()) return {};
  v8::Isolate* isolate = env->isolate();
  AsyncHooks& hooks = env->State<AsyncHooks>();
  env->BeginCallback();
  const size_t resources = hooks.native_resources.size();
  hooks.Push(async_id, trigger_async_id, resource);
  v8::MaybeLocal<v8::Value> result;
  {
    v8::TryCatch guard(isolate);
    result = CallBetweenHooks(hooks, resource, receiver, async_id, fn, argc, argv);
    if (guard.HasCaught() && !guard.HasTerminated()) {
      v8::Local<v8::Value> exception = guard.Exception();
      guard.Reset();
      env->HandleUncaught(exception, false);
    }
  }
  hooks.Pop(async_id);
  hooks.KeepResources(resources);
  env->EndCallback(result.IsEmpty());
  return result;
}

v8::MaybeLocal<v8::Object> NewInstance(Environment* env, const char* binding, const char* name, int argc,
                                       v8::Local<v8::Value> argv[]) {
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Object> module;
  v8::Local<v8::Value> constructor;
  if (!InternalBinding(env, binding).ToLocal(&module) ||
      !module->Get(context, Internalized(env->isolate(), name)).ToLocal(&constructor)) {
    return {};
  }
  return constructor.As<v8::Function>()->NewInstance(context, argc, argv);
}

namespace {

void SetupHooks(Environment* env, v8::Local<v8::Object> hooks) { env->Keep("async_wrap.hooks", hooks); }

void SetCallbackTrampoline(Environment* env, v8::Local<v8::Value> fn) { env->Keep(kTrampoline, fn); }

void PushAsyncContext(Environment* env, double async_id, double trigger_async_id) {
  env->State<AsyncHooks>().Push(async_id, trigger_async_id, {});
}

bool PopAsyncContext(Environment* env, double async_id) { return env->State<AsyncHooks>().Pop(async_id); }

v8::Local<v8::Value> ExecutionAsyncResource(Environment* env, uint32_t index) {
  return env->State<AsyncHooks>().ResourceAt(index);
}

void ClearAsyncIdStack(Environment* env) { env->State<AsyncHooks>().Clear(); }

void QueueDestroyAsyncId(Environment* env, double async_id) { env->State<AsyncHooks>().QueueDestroy(async_id); }

void SetPromiseHooks(Environment* env, v8::Local<v8::Value> init, v8::Local<v8::Value> before,
                     v8::Local<v8::Value> after, v8::Local<v8::Value> settled) {
  env->State<PromiseHooks>().Set({init, before, after, settled});
}

v8::Local<v8::Value> GetPromiseHooks(Environment* env) { return env->State<PromiseHooks>().Get(); }

// Tells the destroy hooks when the collector has taken `target`, unless `bag.destroyed` says that they know.
class DestroyWatch {
 public:
  DestroyWatch(Environment* env, v8::Local<v8::Object> target, double async_id, v8::Local<v8::Value> bag)
      : env_(env), async_id_(async_id), target_(env->isolate(), target) {
    if (bag->IsObject()) bag_.Reset(env->isolate(), bag.As<v8::Object>());
    target_.SetWeak(this, OnFirst, v8::WeakCallbackType::kParameter);
  }

 private:
  static void OnFirst(const v8::WeakCallbackInfo<DestroyWatch>& info) {
    info.GetParameter()->target_.Reset();
    info.SetSecondPassCallback([](const v8::WeakCallbackInfo<DestroyWatch>& second) {
      second.GetParameter()->Tell();
    });
  }
  void Tell() {
    v8::HandleScope scope(env_->isolate());
    v8::Local<v8::Value> destroyed = v8::False(env_->isolate());
    const bool known = !bag_.IsEmpty() &&
                       bag_.Get(env_->isolate())
                           ->Get(env_->context(), Internalized(env_->isolate(), "destroyed"))
                           .ToLocal(&destroyed) &&
                       !destroyed->IsFalse();
    if (!known) env_->State<AsyncHooks>().QueueDestroy(async_id_);
    delete this;
  }

  Environment* env_;
  double async_id_;
  v8::Global<v8::Object> target_;
  v8::Global<v8::Object> bag_;
};

void RegisterDestroyHook(Environment* env, v8::Local<v8::Object> target, double async_id, v8::Local<v8::Value> bag) {
  new DestroyWatch(env, target, async_id, bag);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<SetupHooks>("setupHooks"),
    Typed<SetCallbackTrampoline>("setCallbackTrampoline"),
    Typed<PushAsyncContext>("pushAsyncContext"),
    Typed<PopAsyncContext>("popAsyncContext"),
    Typed<ExecutionAsyncResource>("executionAsyncResource"),
    Typed<ClearAsyncIdStack>("clearAsyncIdStack"),
    Typed<QueueDestroyAsyncId>("queueDestroyAsyncId"),
    Typed<SetPromiseHooks>("setPromiseHooks"),
    Typed<GetPromiseHooks>("getPromiseHooks"),
    Typed<RegisterDestroyHook>("registerDestroyHook"),
};

v8::Local<v8::Object> NumbersByName(Environment* env, std::span<const ConstantSpec> constants) {
  v8::Local<v8::Object> object = v8::Object::New(env->isolate());
  for (const ConstantSpec& constant : constants) {
    object
        ->Set(env->context(), Internalized(env->isolate(), constant.name),
              v8::Number::New(env->isolate(), static_cast<double>(constant.value)))
        .Check();
  }
  return object;
}

constexpr ConstantSpec kConstants[] = {
#define V(name) {#name, AsyncHooks::name},
    V(kInit) V(kBefore) V(kAfter) V(kDestroy) V(kPromiseResolve) V(kTotals) V(kCheck) V(kExecutionAsyncId)
    V(kTriggerAsyncId) V(kAsyncIdCounter) V(kDefaultTriggerAsyncId) V(kUsesExecutionAsyncResource) V(kStackLength)
#undef V
};

constexpr ConstantSpec kProviders[] = {
#define V(name) {#name, static_cast<int64_t>(Provider::name)},
    DV8_ASYNC_PROVIDERS(V)
#undef V
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  AsyncHooks& hooks = env->State<AsyncHooks>();
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    target->Set(env->context(), Internalized(env->isolate(), name), value).Check();
  };
  v8::Local<v8::Array> resources = v8::Array::New(env->isolate());
  env->Keep(kResources, resources);
  set("async_hook_fields", hooks.fields.Get());
  set("async_id_fields", hooks.ids.Get());
  set("async_ids_stack", hooks.stack.Get());
  set("execution_async_resources", resources);
  set("constants", NumbersByName(env, kConstants));
  set("Providers", NumbersByName(env, kProviders));
}

// -1 for a request that has not been dispatched, or has ended: it has no native object then.
void GetAsyncId(const CallInfo& info) {
  const AsyncWrap* self = NativeObject::Cast<AsyncWrap>(info.This());
  info.GetReturnValue().Set(self == nullptr ? -1 : self->async_id());
}

constexpr FunctionSpec kMethods[] = {
    {"getAsyncId", GetAsyncId},
    Method<&AsyncWrap::GetProviderType>("getProviderType"),
    Method<&AsyncWrap::JsAsyncReset>("asyncReset"),
};

}  // namespace

constexpr ClassSpec kAsyncWrapClass{"AsyncWrap", RefuseConstruction, kMethods};

extern const BindingSpec kNodeAsyncWrap;
constexpr BindingSpec kNodeAsyncWrap{"async_wrap", kFunctions, {}, {}, Init};

}  // namespace dv8::node
