// runtime/bindings/node/task_queue.cc: internalBinding('task_queue'), nextTicks, microtasks and rejections.
// JavaScript's queues are lib/internal/process/task_queues.js and promises.js.
#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"

namespace dv8::node {
namespace {

// Two bytes that Environment::ProcessTicks reads: a nextTick waits, a rejection waits for its warning.
struct TickInfo {
  explicit TickInfo(Environment* env) : flags(env, "task_queue.tickInfo", 2) { env->set_tick_flags(flags.data()); }
  SharedUint8 flags;
};

void EnqueueMicrotask(Environment* env, v8::Local<v8::Function> task) { env->isolate()->EnqueueMicrotask(task); }

void RunMicrotasks(Environment* env) { env->isolate()->PerformMicrotaskCheckpoint(); }

void SetTickCallback(Environment* env, v8::Local<v8::Function> fn) {
  env->set_hook(Hook::kProcessTicks, fn);
  env->set_tick_receiver(env->Kept("process"));
}

void SetPromiseRejectCallback(Environment* env, v8::Local<v8::Function> fn) { env->set_hook(Hook::kUnhandledRejection, fn); }

constexpr FunctionSpec kFunctions[] = {
    Typed<EnqueueMicrotask>("enqueueMicrotask"),
    Typed<RunMicrotasks>("runMicrotasks"),
    Typed<SetPromiseRejectCallback>("setPromiseRejectCallback"),
    Typed<SetTickCallback>("setTickCallback"),
};

constexpr ConstantSpec kEvents[] = {
    {"kPromiseHandlerAddedAfterReject", v8::kPromiseHandlerAddedAfterReject},
    {"kPromiseRejectAfterResolved", v8::kPromiseRejectAfterResolved},
    {"kPromiseRejectWithNoHandler", v8::kPromiseRejectWithNoHandler},
    {"kPromiseResolveAfterResolved", v8::kPromiseResolveAfterResolved},
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Local<v8::Context> context = env->context();
  target->Set(context, Internalized(env->isolate(), "promiseRejectEvents"), NumbersByName(context, kEvents)).Check();
  target->Set(context, Internalized(env->isolate(), "tickInfo"), env->State<TickInfo>().flags.Get()).Check();
}

}  // namespace

void RestoreTickInfo(Environment* env) {
  env->State<TickInfo>();
  env->set_tick_receiver(env->Kept("process"));
}

extern const BindingSpec kNodeTaskQueue;
constexpr BindingSpec kNodeTaskQueue{"task_queue", kFunctions, {}, {}, Init};

}  // namespace dv8::node
