// runtime/bindings/signal.cc: internal:signal, a class over uv_signal_t for
// process.on('SIGTERM', …). A watched signal does not keep the process alive.
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

class SignalWatch : public NativeObject {
 public:
  SignalWatch(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Function> callback)
      : NativeObject(env, object), callback_(env->isolate(), callback) {
    handle_.data = this;
    uv_signal_init(env->loop(), &handle_);
    uv_unref(reinterpret_cast<uv_handle_t*>(&handle_));
    MakeStrong();
  }

  // new SignalWatch(callback(signal number)).
  static void Construct(const CallInfo& info) {
    DV8_CHECK(info.IsConstructCall() && info[0]->IsFunction());
    Environment* env = Environment::From(info);
    if (env->mode() == Environment::Mode::kBuild) {
      return ThrowTypeError(info.GetIsolate(), "A signal cannot be watched while the snapshot is made");
    }
    if (!OpenLoop(info)) return;
    new SignalWatch(env, info.This(), info[0].As<v8::Function>());
  }

  // start(signal number) → 0 or a negative error number.
  static void Start(const CallInfo& info) {
    auto* self = Unwrap<SignalWatch>(info);
    info.GetReturnValue().Set(uv_signal_start(&self->handle_, OnSignal, Int32Arg(info, 0)));
  }

  static void Close(const CallInfo& info) {
    auto* self = Unwrap<SignalWatch>(info);
    if (self == nullptr || uv_is_closing(reinterpret_cast<uv_handle_t*>(&self->handle_))) return;
    uv_close(reinterpret_cast<uv_handle_t*>(&self->handle_), [](uv_handle_t* handle) { delete static_cast<SignalWatch*>(handle->data); });
  }

 private:
  static void OnSignal(uv_signal_t* handle, int number) {
    auto* self = static_cast<SignalWatch*>(handle->data);
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::Value> argument = v8::Integer::New(isolate, number);
    (void)self->env()->Callback(self->callback_.Get(isolate), v8::Undefined(isolate), 1, &argument);
  }

  v8::Global<v8::Function> callback_;
  uv_signal_t handle_;
};

constexpr FunctionSpec kMethods[] = {
    {"close", SignalWatch::Close},
    {"start", SignalWatch::Start},
};
constexpr ClassSpec kClasses[] = {{"SignalWatch", SignalWatch::Construct, kMethods}};

}  // namespace

extern const BindingSpec kSignal;
constexpr BindingSpec kSignal{"signal", {}, {}, kClasses};

}  // namespace dv8
