#include "runtime/bindings/native_object.h"

#include <vector>

#include "runtime/bindings/node/module_wrap.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {

NativeObject::NativeObject(Environment* env, v8::Local<v8::Object> object) : env_(env), object_(env->isolate(), object) {
  DV8_CHECK(object->InternalFieldCount() > 0);
  object->SetAlignedPointerInInternalField(0, this);
  position_ = env->native_objects().insert(env->native_objects().end(), this);
  if (env->mode() == Environment::Mode::kBuild) creation_stack_ = CurrentStack(env->isolate());
  MakeWeak();
}

NativeObject::~NativeObject() {
  env_->native_objects().erase(position_);
  if (!object_.IsEmpty()) {
    v8::HandleScope scope(env_->isolate());
    object()->SetAlignedPointerInInternalField(0, nullptr);
    object_.Reset();
  }
}

void NativeObject::GiveCreationStack() {
  for (NativeObject* object : env_->native_objects()) {
    if (object->creation_stack_.empty()) object->creation_stack_ = creation_stack_;
  }
  for (auto& [fd, stack] : env_->open_files()) {
    if (stack.empty()) stack = creation_stack_;
  }
}

void NativeObject::MakeStrong() { object_.ClearWeak(); }

void NativeObject::MakeWeak() {
  object_.SetWeak(
      this,
      [](const v8::WeakCallbackInfo<NativeObject>& first) {
        // The handle must be dropped now; what may call V8 runs in the second pass.
        first.GetParameter()->object_.Reset();
        first.SetSecondPassCallback([](const v8::WeakCallbackInfo<NativeObject>& second) { second.GetParameter()->OnCollected(); });
      },
      v8::WeakCallbackType::kParameter);
}

NativeObject* NativeObject::FromObject(v8::Local<v8::Object> object) {
  if (object->InternalFieldCount() < 1) return nullptr;
  return static_cast<NativeObject*>(object->GetAlignedPointerFromInternalField(0));
}

NativeObject* NativeObject::FromValue(v8::Local<v8::Value> value) {
  if (!value->IsObject()) return nullptr;
  v8::Local<v8::Object> object = value.As<v8::Object>();
  if (object->InternalFieldCount() < 1) return nullptr;
  v8::Local<v8::Data> field = object->GetInternalField(0);
  if (field->IsValue()) {
    // Until a constructor has run, the field is undefined instead of a pointer.
    if (field.As<v8::Value>()->IsUndefined()) return nullptr;
    if (field.As<v8::Value>()->IsTrue()) return node::ModuleWrap::MakeAnew(object);
  }
  return FromObject(object);
}

void NativeObject::LeaveToSnapshot(Environment* env) {
  v8::HandleScope scope(env->isolate());
  const std::vector<NativeObject*> objects(env->native_objects().begin(), env->native_objects().end());
  for (NativeObject* native : objects) {
    if (native->is_collected() || !native->KeepInSnapshot()) continue;
    v8::Local<v8::Object> object = native->object();
    delete native;
    object->SetInternalField(0, v8::True(env->isolate()));
  }
}

bool OpenLoop(const CallInfo& info) {
  const int rc = Environment::From(info)->OpenLoop();
  if (rc < 0) ThrowUvError(info, rc, "epoll_create1");
  return rc == 0;
}

}  // namespace dv8
