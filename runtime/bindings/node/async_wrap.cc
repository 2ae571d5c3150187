// runtime/bindings/node/async_wrap.cc: internalBinding('async_wrap').
#include "runtime/bindings/node/async_wrap.h"

#include <cstdio>
#include <cstdlib>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/promise_hooks.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/uncaught.h"

namespace dv8::node {
namespace {

constexpr const char* kProviderNames[] = {
#define V(name) #name,
    DV8_ASYNC_PROVIDERS(V)
#undef V
};

constexpr const char* kResources = "async_wrap.execution_async_resources";
constexpr const char* kStackName = "async_wrap.async_ids_stack";
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

// A hook's exception is fatal, but where the program below it has used up the stack: it gets the error.
void ReportOrRethrow(Environment* env, v8::TryCatch* guard) {
  if (!guard->HasCaught() || guard->HasTerminated()) return;
  if (IsStackOverflow(env->isolate(), guard->Exception())) {
    guard->ReThrow();
  } else {
    env->HandleUncaught(guard->Exception(), false);
  }
}

// Calls one of the functions of setupHooks() with an id. They report their own errors.
void EmitId(AsyncHooks& hooks, AsyncHooks::Field field, const char* name, double async_id) {
  if (hooks.fields[field] == 0 || hooks.env->stopping()) return;
  v8::Isolate* isolate = hooks.env->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Value> id = v8::Number::New(isolate, async_id);
  v8::TryCatch guard(isolate);
  (void)hooks.Hook(name)->Call(hooks.env->context(), v8::Undefined(isolate), 1, &id);
  ReportOrRethrow(hooks.env, &guard);
}

v8::MaybeLocal<v8::Value> CallBetweenHooks(AsyncHooks& hooks, v8::Local<v8::Object> resource, v8::Local<v8::Value> receiver,
                                           double async_id, v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[]) {
  Environment* env = hooks.env;
  const bool watched =
      hooks.fields[AsyncHooks::kBefore] + hooks.fields[AsyncHooks::kAfter] + hooks.fields[AsyncHooks::kUsesExecutionAsyncResource] > 0;
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

bool IsStackOverflow(v8::Isolate* isolate, v8::Local<v8::Value> exception) {
  if (!exception->IsNativeError()) return false;
  v8::HandleScope scope(isolate);
  v8::TryCatch guard(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> message;
  return exception.As<v8::Object>()->GetRealNamedProperty(context, Internalized(isolate, "message")).ToLocal(&message) &&
         message->IsString() && Utf8(isolate, message).view() == "Maximum call stack size exceeded" &&
         v8::StackTrace::CurrentStackTrace(isolate, 1)->GetFrameCount() > 0;
}

AsyncHooks::AsyncHooks(Environment* env)
    : env(env),
      fields(env, "async_wrap.async_hook_fields", kFieldCount),
      ids(env, "async_wrap.async_id_fields", kIdFieldCount),
      stack(env, kStackName, kStackSize) {
  v8::HandleScope scope(env->isolate());
  stack_size_ = stack.Get()->Length();
  if (ids[kAsyncIdCounter] == 0) {
    ids[kAsyncIdCounter] = 1;
    ids[kDefaultTriggerAsyncId] = -1;
    fields[kCheck] = 1;
  }
}

v8::Local<v8::Function> AsyncHooks::Hook(const char* name) {
  v8::Local<v8::Value> hooks = env->Kept("async_wrap.hooks");
  return hooks.As<v8::Object>()->Get(env->context(), Internalized(env->isolate(), name)).ToLocalChecked().As<v8::Function>();
}

void AsyncHooks::Push(double async_id, double trigger_async_id, v8::Local<v8::Value> resource) {
  const uint32_t offset = fields[kStackLength];
  if (2 * static_cast<size_t>(offset) >= stack_size_) {
    if (2 * static_cast<size_t>(offset) > stack_size_) return Clear();  // A program has written the fields.
    GrowStack();
  }
  stack[2 * offset] = ids[kExecutionAsyncId];
  stack[2 * offset + 1] = ids[kTriggerAsyncId];
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
  if (length == 0) return false;
  if (ids[kExecutionAsyncId] != async_id) {
    // What is ended in the middle of a callback pops nothing.
    if (fields[kCheck] > 0 && !env->stopping()) EndCorrupted(async_id);
    return false;
  }
  const uint32_t offset = length - 1;
  if (2 * static_cast<size_t>(offset) >= stack_size_) {
    Clear();  // A program has written the fields.
    return false;
  }
  ids[kExecutionAsyncId] = stack[2 * offset];
  ids[kTriggerAsyncId] = stack[2 * offset + 1];
  fields[kStackLength] = offset;
  if (offset < native_resources.size()) native_resources.resize(offset);
  CutResources(offset);
  return offset > 0;
}

void AsyncHooks::EndCorrupted(double async_id) {
  std::fprintf(stderr, "Error: async hook stack has become corrupted (actual: %.f, expected: %.f)\n%s\n", ids[kExecutionAsyncId], async_id,
               CurrentStack(env->isolate()).c_str());
  if (env->State<NodeOptions>().IsTrue("--abort-on-uncaught-exception")) std::abort();
  env->Exit(1);
}

// lib reads the binding's property at each use.
void AsyncHooks::GrowStack() {
  constexpr size_t kFactor = 3;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  const size_t size = stack_size_;
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, kFactor * size * sizeof(double));
  std::copy_n(stack.data(), size, static_cast<double*>(buffer->Data()));
  env->Keep(kStackName, v8::Float64Array::New(buffer, 0, kFactor * size));
  stack = SharedFloat64(env, kStackName, kFactor * size);
  stack_size_ = kFactor * size;
  v8::Local<v8::Object> binding;
  if (!InternalBinding(env, "async_wrap").ToLocal(&binding)) return;
  (void)binding->Set(env->context(), Internalized(isolate, "async_ids_stack"), stack.Get());
}

namespace {

v8::Local<v8::Private> Key(v8::Isolate* isolate, v8::Global<v8::Private>* key, const char* name) {
  if (key->IsEmpty()) key->Reset(isolate, v8::Private::ForApi(isolate, Internalized(isolate, name)));
  return key->Get(isolate);
}

}  // namespace

v8::Local<v8::Private> AsyncHooks::FrameKey() { return Key(env->isolate(), &frame_key_, "dv8:async_context_frame"); }
v8::Local<v8::Private> AsyncHooks::ResourceKey() { return Key(env->isolate(), &resource_key_, "dv8:async_resource"); }

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
  native_resources.clear();
  CutResources(0);
}

v8::Local<v8::Value> AsyncHooks::ResourceAt(size_t index) {
  if (index >= native_resources.size() || native_resources[index].IsEmpty()) return v8::Undefined(env->isolate());
  return native_resources[index];
}

void AsyncHooks::EmitInit(double async_id, v8::Local<v8::String> type, double trigger, v8::Local<v8::Object> resource) {
  if (fields[kInit] == 0 || env->stopping()) return;
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> argv[] = {v8::Number::New(isolate, async_id), type, v8::Number::New(isolate, trigger), resource};
  v8::TryCatch guard(isolate);
  (void)Hook("init")->Call(env->context(), resource, 4, argv);
  ReportOrRethrow(env, &guard);
}

void AsyncHooks::QueueDestroy(double async_id) {
  if (fields[kDestroy] == 0 || env->stopping()) return;
  destroy_queue.push_back(async_id);
  // A full queue is emptied by a microtask, before the loop's next turn. This may be a callback of the collector, which must
  // not queue one: an interrupt does.
  constexpr size_t kFull = 16384;
  if (destroy_queue.size() == kFull) {
    env->isolate()->RequestInterrupt(
        [](v8::Isolate* isolate, void* self) {
          isolate->EnqueueMicrotask([](void* hooks) { static_cast<AsyncHooks*>(hooks)->EmitQueuedDestroys(); }, self);
        },
        this);
  }
  if (destroy_queue.size() > 1) return;
  // Hooks run JavaScript, which a destructor or the collector must not: the loop's next turn does.
  env->SetImmediate([this] { EmitQueuedDestroys(); });
}

void AsyncHooks::EmitQueuedDestroys() {
  while (!destroy_queue.empty()) {
    std::vector<double> queue;
    queue.swap(destroy_queue);
    for (const double id : queue) EmitId(*this, kDestroy, "destroy", id);
  }
}

AsyncWrap::AsyncWrap(Environment* env, v8::Local<v8::Object> object, Provider provider) : NativeObject(env, object), provider_(provider) {
  AsyncReset();
}

AsyncWrap::~AsyncWrap() { EndResource(); }

void AsyncWrap::EmitDestroy() {
  EndResource();
  async_id_ = -1;
  if (!has_frame_ && !has_resource_) return;
  v8::HandleScope scope(env()->isolate());
  AsyncHooks& hooks = env()->State<AsyncHooks>();
  // What they hold must not live as long as the object lies in its pool.
  if (has_frame_) (void)object()->DeletePrivate(env()->context(), hooks.FrameKey());
  if (has_resource_) (void)object()->DeletePrivate(env()->context(), hooks.ResourceKey());
  has_frame_ = has_resource_ = false;
}

void AsyncWrap::EndResource() {
  if (!ended_ && async_id_ > 0) env()->State<AsyncHooks>().QueueDestroy(async_id_);
  ended_ = true;
}

void AsyncWrap::KeepFrame() {
  v8::Local<v8::Value> frame = env()->isolate()->GetContinuationPreservedEmbedderData();
  if (frame->IsUndefined() && !has_frame_) return;
  has_frame_ = !frame->IsUndefined();
  object()->SetPrivate(env()->context(), env()->State<AsyncHooks>().FrameKey(), frame).Check();
}

v8::Local<v8::Value> AsyncWrap::Frame() const {
  v8::Local<v8::Value> frame = v8::Undefined(env()->isolate());
  if (!has_frame_) return frame;
  (void)object()->GetPrivate(env()->context(), env()->State<AsyncHooks>().FrameKey()).ToLocal(&frame);
  return frame;
}

void AsyncWrap::AsyncReset(v8::Local<v8::Object> resource) {
  EmitDestroy();
  AsyncHooks& hooks = env()->State<AsyncHooks>();
  async_id_ = hooks.NewAsyncId();
  trigger_async_id_ = hooks.DefaultTriggerAsyncId();
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  ended_ = false;
  KeepFrame();
  if (hooks.fields[AsyncHooks::kInit] == 0) return;
  if (resource.IsEmpty()) resource = object();
  if (resource != object()) {
    has_resource_ = true;
    object()->SetPrivate(env()->context(), hooks.ResourceKey(), resource).Check();
  }
  hooks.EmitInit(async_id_, ProviderName(isolate, provider_), trigger_async_id_, resource);
}

v8::Local<v8::Object> AsyncWrap::Resource() const {
  v8::Local<v8::Value> resource;
  if (has_resource_ && object()->GetPrivate(env()->context(), env()->State<AsyncHooks>().ResourceKey()).ToLocal(&resource)) {
    return resource.As<v8::Object>();
  }
  return object();
}

void AsyncWrap::JsAsyncReset(const CallInfo& info) { AsyncReset(info[0]->IsObject() ? info[0].As<v8::Object>() : v8::Local<v8::Object>()); }

v8::MaybeLocal<v8::Value> AsyncWrap::MakeCallback(v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[]) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> before = ExchangeFrame(isolate, Frame());
  v8::Local<v8::Object> receiver = object();
  v8::MaybeLocal<v8::Value> result = MakeAsyncCallback(env(), Resource(), receiver, async_id_, trigger_async_id_, fn, argc, argv);
  isolate->SetContinuationPreservedEmbedderData(before);
  return result;
}

v8::MaybeLocal<v8::Value> AsyncWrap::CallNested(v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[]) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> before = ExchangeFrame(isolate, Frame());
  v8::Local<v8::Object> receiver = object();
  AsyncHooks& hooks = env()->State<AsyncHooks>();
  const size_t resources = hooks.native_resources.size();
  v8::Local<v8::Object> resource = Resource();
  const double async_id = async_id_;  // The call may free the object for its next use, which has another.
  hooks.Push(async_id, trigger_async_id_, resource);
  v8::TryCatch guard(isolate);  // V8's functions must not be called while an exception is pending.
  v8::MaybeLocal<v8::Value> result = CallBetweenHooks(hooks, resource, receiver, async_id, fn, argc, argv);
  hooks.Pop(async_id);
  hooks.KeepResources(resources);
  if (guard.HasCaught()) guard.ReThrow();
  isolate->SetContinuationPreservedEmbedderData(before);
  return result;
}

v8::MaybeLocal<v8::Value> AsyncWrap::MakeCallback(v8::Local<v8::Name> name, int argc, v8::Local<v8::Value> argv[]) {
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

v8::MaybeLocal<v8::Value> MakeAsyncCallback(Environment* env, v8::Local<v8::Object> resource, v8::Local<v8::Value> receiver,
                                            double async_id, double trigger_async_id, v8::Local<v8::Function> fn, int argc,
                                            v8::Local<v8::Value> argv[]) {
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
      const UncaughtScope thrown(env, guard.Message());
      guard.Reset();
      env->HandleUncaught(exception, false);
    }
  }
  hooks.Pop(async_id);
  hooks.KeepResources(resources);
  env->EndCallback(result.IsEmpty());
  return result;
}

v8::MaybeLocal<v8::Object> NewInstance(Environment* env, const char* binding, const char* name, int argc, v8::Local<v8::Value> argv[]) {
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Object> module;
  v8::Local<v8::Value> constructor;
  if (!InternalBinding(env, binding).ToLocal(&module) || !module->Get(context, Internalized(env->isolate(), name)).ToLocal(&constructor)) {
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

v8::Local<v8::Value> ExecutionAsyncResource(Environment* env, uint32_t index) { return env->State<AsyncHooks>().ResourceAt(index); }

void ClearAsyncIdStack(Environment* env) { env->State<AsyncHooks>().Clear(); }

void QueueDestroyAsyncId(Environment* env, double async_id) { env->State<AsyncHooks>().QueueDestroy(async_id); }

void SetPromiseHooks(Environment* env, v8::Local<v8::Value> init, v8::Local<v8::Value> before, v8::Local<v8::Value> after,
                     v8::Local<v8::Value> settled) {
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
    info.SetSecondPassCallback([](const v8::WeakCallbackInfo<DestroyWatch>& second) { second.GetParameter()->Tell(); });
  }
  void Tell() {
    v8::HandleScope scope(env_->isolate());
    v8::Local<v8::Value> destroyed = v8::False(env_->isolate());
    const bool known = !bag_.IsEmpty() &&
                       bag_.Get(env_->isolate())->Get(env_->context(), Internalized(env_->isolate(), "destroyed")).ToLocal(&destroyed) &&
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

constexpr ConstantSpec kConstants[] = {
#define V(name) {#name, AsyncHooks::name},
    V(kInit) V(kBefore) V(kAfter) V(kDestroy) V(kPromiseResolve) V(kTotals) V(kCheck) V(kExecutionAsyncId) V(kTriggerAsyncId)
        V(kAsyncIdCounter) V(kDefaultTriggerAsyncId) V(kUsesExecutionAsyncResource) V(kStackLength)
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
  set("constants", NumbersByName(env->context(), kConstants));
  set("Providers", NumbersByName(env->context(), kProviders));
}

// Of request objects, too, which have no native part before they are used.
double GetAsyncId(const CallInfo& info) {
  const auto* self = NativeObject::Cast<AsyncWrap>(info.This());
  return self == nullptr ? -1 : self->async_id();
}
int32_t GetProviderType(const CallInfo& info) {
  const auto* self = NativeObject::Cast<AsyncWrap>(info.This());
  return self == nullptr ? 0 : static_cast<int32_t>(self->provider());
}

constexpr FunctionSpec kMethods[] = {
    Typed<GetAsyncId>("getAsyncId"),
    Typed<GetProviderType>("getProviderType"),
    Method<&AsyncWrap::JsAsyncReset>("asyncReset"),
};

}  // namespace

constexpr ClassSpec kAsyncWrapClass{"AsyncWrap", RefuseConstruction, kMethods};

extern const BindingSpec kNodeAsyncWrap;
constexpr BindingSpec kNodeAsyncWrap{"async_wrap", kFunctions, {}, {}, Init};

}  // namespace dv8::node
