#include "runtime/bindings/node/handle_wrap.h"

#include "runtime/binding/typed.h"

namespace dv8::node {

HandleWrap::HandleWrap(Environment* env, v8::Local<v8::Object> object, uv_handle_t* handle, Provider provider)
    : AsyncWrap(env, object, provider), handle_(handle) {
  handle->data = this;
  MakeStrong();
}

void HandleWrap::MarkUninitialized() {
  state_ = State::kClosed;
  MakeWeak();
}

void HandleWrap::MarkInitialized() {
  handle_->data = this;
  state_ = State::kOpen;
  MakeStrong();
}

bool HandleWrap::AnswerWhenClosed(const CallInfo& info) const {
  if (IsOpen()) return false;
  info.GetReturnValue().Set(UV_EBADF);
  return true;
}

void HandleWrap::Close(v8::Local<v8::Value> callback) {
  CloseBy(
      [](uv_handle_t* handle, uv_close_cb closed) {
        uv_close(handle, closed);
        return 0;
      },
      callback);
}

int HandleWrap::CloseBy(int (*close)(uv_handle_t*, uv_close_cb), v8::Local<v8::Value> callback) {
  if (state_ != State::kOpen) return 0;
  if (const int rc = close(handle_, OnClosed); rc < 0) return rc;
  state_ = State::kClosing;
  if (!callback.IsEmpty() && callback->IsFunction()) {
    v8::Local<v8::Private> key = v8::Private::ForApi(env()->isolate(), Internalized(env()->isolate(), "dv8:onclose"));
    object()->SetPrivate(env()->context(), key, callback).Check();
  }
  return 0;
}

void HandleWrap::OnClosed(uv_handle_t* handle) {
  auto* self = static_cast<HandleWrap*>(handle->data);
  Environment* env = self->env();
  self->state_ = State::kClosed;
  if (self->is_collected()) {
    delete self;
    return;
  }
  v8::HandleScope scope(env->isolate());
  v8::Context::Scope context_scope(env->context());
  v8::Local<v8::Object> object = self->object();
  self->OnClose();
  if (!env->stopping()) {
    v8::Local<v8::Private> key = v8::Private::ForApi(env->isolate(), Internalized(env->isolate(), "dv8:onclose"));
    v8::Local<v8::Value> callback;
    if (object->GetPrivate(env->context(), key).ToLocal(&callback) && callback->IsFunction()) {
      object->DeletePrivate(env->context(), key).Check();
      self->MakeCallback(callback.As<v8::Function>(), 0, nullptr);
    }
  }
  self->EndResource();
  self->MakeWeak();
}

void HandleWrap::OnCollected() {
  // Open handles are strong; one that is closing is deleted by its callback.
  if (state_ == State::kClosed) delete this;
}

namespace {

// Methods of handles answer what Node's do where the handle is closed: nothing.
HandleWrap* Open(const CallInfo& info) {
  auto* self = NativeObject::Cast<HandleWrap>(info.This());
  return self != nullptr && self->IsOpen() ? self : nullptr;
}
void CloseHandle(const CallInfo& info) {
  if (HandleWrap* self = Open(info)) self->Close(info[0]);
}
void Ref(const CallInfo& info) {
  if (HandleWrap* self = Open(info)) uv_ref(self->handle());
}
void Unref(const CallInfo& info) {
  if (HandleWrap* self = Open(info)) uv_unref(self->handle());
}
void HasRef(const CallInfo& info) {
  HandleWrap* self = Open(info);
  info.GetReturnValue().Set(self != nullptr && uv_has_ref(self->handle()));
}

constexpr FunctionSpec kMethods[] = {{"close", CloseHandle}, {"hasRef", HasRef}, {"ref", Ref}, {"unref", Unref}};

}  // namespace

constexpr ClassSpec kHandleWrapClass{"HandleWrap", RefuseConstruction, kMethods, 1, {}, &kAsyncWrapClass};

}  // namespace dv8::node
