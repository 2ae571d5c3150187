#include "runtime/bindings/node/promise_hooks.h"

#include "runtime/bindings/node/async_wrap.h"

namespace dv8::node {
namespace {

constexpr char kKept[] = "async_wrap.promise_hooks";

size_t IndexOf(v8::PromiseHookType type) {
  switch (type) {
    case v8::PromiseHookType::kInit: return 0;
    case v8::PromiseHookType::kBefore: return 1;
    case v8::PromiseHookType::kAfter: return 2;
    default: return 3;
  }
}

}  // namespace

PromiseHooks::PromiseHooks(Environment* env) : env_(env) {
  v8::HandleScope scope(env->isolate());
  if (v8::Local<v8::Value> kept = env->Kept(kKept); kept->IsArray()) Install(kept.As<v8::Array>());
}

PromiseHooks::~PromiseHooks() { env_->isolate()->SetPromiseHook(nullptr); }

void PromiseHooks::Set(const std::array<v8::Local<v8::Value>, kCount>& hooks) {
  v8::Local<v8::Value> values[kCount];
  for (size_t i = 0; i < kCount; i++) {
    values[i] = hooks[i]->IsFunction() ? hooks[i] : v8::Undefined(env_->isolate()).As<v8::Value>();
  }
  v8::Local<v8::Array> array = v8::Array::New(env_->isolate(), values, kCount);
  env_->Keep(kKept, array);
  Install(array);
}

v8::Local<v8::Value> PromiseHooks::Get() {
  v8::Local<v8::Value> values[kCount];
  for (size_t i = 0; i < kCount; i++) {
    values[i] = v8::Undefined(env_->isolate());
    if (!hooks_[i].IsEmpty()) values[i] = hooks_[i].Get(env_->isolate());
  }
  return v8::Array::New(env_->isolate(), values, kCount);
}

void PromiseHooks::Install(v8::Local<v8::Array> hooks) {
  bool any = false;
  for (size_t i = 0; i < kCount; i++) {
    hooks_[i].Reset();
    v8::Local<v8::Value> hook = hooks->Get(env_->context(), static_cast<uint32_t>(i)).ToLocalChecked();
    if (!hook->IsFunction()) continue;
    hooks_[i].Reset(env_->isolate(), hook.As<v8::Function>());
    any = true;
  }
  env_->isolate()->SetPromiseHook(any ? OnPromise : nullptr);
}

void PromiseHooks::OnPromise(v8::PromiseHookType type, v8::Local<v8::Promise> promise, v8::Local<v8::Value> parent) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Environment* env = Environment::From(isolate);
  const v8::Global<v8::Function>& hook = env->State<PromiseHooks>().hooks_[IndexOf(type)];
  if (hook.IsEmpty() || env->stopping()) return;
  v8::HandleScope scope(isolate);
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> argv[] = {promise, parent};
  const int argc = type == v8::PromiseHookType::kInit ? 2 : 1;
  (void)hook.Get(isolate)->Call(env->context(), v8::Undefined(isolate), argc, argv);
  if (!guard.HasCaught() || guard.HasTerminated()) return;
  // An exception must not reach the program's code that made the promise, but where that has used up the stack.
  if (IsStackOverflow(isolate, guard.Exception())) {
    guard.ReThrow();
  } else {
    env->HandleUncaught(guard.Exception(), false);
  }
}

}  // namespace dv8::node
