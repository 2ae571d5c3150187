// runtime/bindings/dv8_loop.cc: internal:dv8_loop, libuv's loop and its simple handles, for dv8's
// timer, os and loop.
#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string_view>

#include "runtime/binding/checked.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

enum Kind { kTimer, kSignal, kIdle, kPrepare, kCheck, kKindCount };
constexpr int kCallbackField = 1;
constexpr int kFieldCount = 2;

// Milliseconds that a timer can take.
bool IsDuration(v8::Local<v8::Value> value) {
  if (!value->IsNumber()) return false;
  const double number = value.As<v8::Number>()->Value();
  return number >= 0 && number <= 9007199254740991.0;
}

// A timer, a watched signal, or a place in the loop's turn. Its object stays while it is active.
class LoopHandle : public NativeObject {
 public:
  LoopHandle(Environment* env, v8::Local<v8::Object> object, Kind kind) : NativeObject(env, object), kind_(kind) {
    uv_loop_t* loop = env->loop();
    switch (kind) {
      case kTimer: uv_timer_init(loop, &handle_.timer); break;
      case kSignal: uv_signal_init(loop, &handle_.signal); break;
      case kIdle: uv_idle_init(loop, &handle_.idle); break;
      case kPrepare: uv_prepare_init(loop, &handle_.prepare); break;
      default: uv_check_init(loop, &handle_.check);
    }
    handle_.handle.data = this;
  }

  // new LoopHandle(kind)
  static void Construct(const CallInfo& info) {
    const int kind = Int32Arg(info, 0);
    Environment* env = Environment::From(info);
    if (env->mode() != Environment::Mode::kRun) {
      return ThrowTypeError(info.GetIsolate(), "A handle cannot be opened while the snapshot is made");
    }
    if (!OpenLoop(info)) return;
    new LoopHandle(env, info.This(), static_cast<Kind>(kind));
  }

  // start(callback, first, second) → 0 or a negative error number. A timer takes milliseconds to
  // its first and between its next calls, a signal its number.
  static void Start(const CallInfo& info) {
    LoopHandle* self = Self(info);
    if (self->closing_) return info.GetReturnValue().Set(UV_EBADF);
    const bool is_timer = self->kind_ == kTimer;
    if ((is_timer && (!IsDuration(info[1]) || !IsDuration(info[2]))) || (self->kind_ == kSignal && !info[1]->IsInt32())) {
      return ThrowTypeError(info.GetIsolate(), is_timer ? "start: a timer takes milliseconds" : "start: a signal is a number");
    }
    info.This()->SetInternalField(kCallbackField, info[0]);
    int rc;
    switch (self->kind_) {
      case kTimer:
        uv_update_time(self->env()->loop());
        rc = uv_timer_start(&self->handle_.timer, OnTimer, static_cast<uint64_t>(NumberArg(info, 1)),
                            static_cast<uint64_t>(NumberArg(info, 2)));
        break;
      case kSignal: rc = uv_signal_start(&self->handle_.signal, OnSignal, Int32Arg(info, 1)); break;
      case kIdle: rc = uv_idle_start(&self->handle_.idle, [](uv_idle_t* idle) { Of(idle)->Call(0); }); break;
      case kPrepare: rc = uv_prepare_start(&self->handle_.prepare, [](uv_prepare_t* prepare) { Of(prepare)->Call(0); }); break;
      default: rc = uv_check_start(&self->handle_.check, [](uv_check_t* check) { Of(check)->Call(0); });
    }
    self->UpdateStrength();
    info.GetReturnValue().Set(rc);
  }

  static void Stop(const CallInfo& info) {
    LoopHandle* self = Self(info);
    if (!self->closing_) self->StopNow();
    info.GetReturnValue().Set(self->closing_ ? UV_EBADF : 0);
  }

  // again() → 0 or a negative error number: a repeating timer from the start.
  static void Again(const CallInfo& info) {
    LoopHandle* self = Self(info);
    if (self->kind_ != kTimer) return ThrowTypeError(info.GetIsolate(), "again: it is no timer");
    const int rc = self->closing_ ? UV_EBADF : uv_timer_again(&self->handle_.timer);
    self->UpdateStrength();
    info.GetReturnValue().Set(rc);
  }

  static void Close(const CallInfo& info) { Self(info)->CloseNow(); }

  static void SetRef(const CallInfo& info) {
    LoopHandle* self = Self(info);
    if (self->closing_) return;
    BoolArg(info, 0) ? uv_ref(&self->handle_.handle) : uv_unref(&self->handle_.handle);
  }

  void CloseNow() override {
    if (closing_) return;
    closing_ = true;
    if (!is_collected()) MakeStrong();
    uv_close(&handle_.handle, [](uv_handle_t* handle) {
      auto* self = static_cast<LoopHandle*>(handle->data);
      self->closed_ = true;
      if (self->is_collected()) {
        delete self;
      } else {
        self->MakeWeak();
      }
    });
  }

 protected:
  void OnCollected() override {
    if (closed_) {
      delete this;
    } else {
      CloseNow();
    }
  }

 private:
  static LoopHandle* Self(const CallInfo& info) { return Unwrap<LoopHandle>(info); }
  template <typename Handle>
  static LoopHandle* Of(Handle* handle) {
    return static_cast<LoopHandle*>(handle->data);
  }
  static void OnTimer(uv_timer_t* timer) { Of(timer)->Call(0); }
  static void OnSignal(uv_signal_t* signal, int number) { Of(signal)->Call(number); }

  void StopNow() {
    switch (kind_) {
      case kTimer: uv_timer_stop(&handle_.timer); break;
      case kSignal: uv_signal_stop(&handle_.signal); break;
      case kIdle: uv_idle_stop(&handle_.idle); break;
      case kPrepare: uv_prepare_stop(&handle_.prepare); break;
      default: uv_check_stop(&handle_.check);
    }
    UpdateStrength();
  }

  // A signal's callback that gives 1 has seen enough.
  void Call(int number) {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::Object> self = object();
    v8::Local<v8::Value> argument = v8::Integer::New(isolate, number);
    v8::Local<v8::Value> callback = self->GetInternalField(kCallbackField).As<v8::Value>();
    v8::Local<v8::Value> result;
    const bool returned = env()->Callback(callback.As<v8::Function>(), self, kind_ == kSignal ? 1 : 0, &argument).ToLocal(&result);
    if (closing_) return;
    if (kind_ == kSignal && returned && result->IsNumber() && result.As<v8::Number>()->Value() == 1) {
      StopNow();
    }
    UpdateStrength();
  }

  void UpdateStrength() {
    if (is_collected() || closing_) return;
    uv_is_active(&handle_.handle) ? MakeStrong() : MakeWeak();
  }

  Kind kind_;
  bool closing_ = false;
  bool closed_ = false;
  union {
    uv_handle_t handle;
    uv_timer_t timer;
    uv_signal_t signal;
    uv_idle_t idle;
    uv_prepare_t prepare;
    uv_check_t check;
  } handle_;
};

// run(mode) → libuv's answer, or a negative error number
void Run(const CallInfo& info) {
  info.GetReturnValue().Set(Environment::From(info)->RunLoopNow(static_cast<uv_run_mode>(Int32Arg(info, 0))));
}

void StopLoop(const CallInfo& info) { uv_stop(Environment::From(info)->loop()); }

void IsAlive(const CallInfo& info) {
  Environment* env = Environment::From(info);
  info.GetReturnValue().Set(env->has_loop() && uv_loop_alive(env->loop()) != 0);
}

struct HandleList {
  std::span<uint8_t> bytes;
  size_t used = 0;
  uint32_t count = 0;
};

// listHandles(view) → how many there are. As many as fit are listed: each is a byte whether it is active, one
// with the length of its type's name, and the name. Two zeros follow.
void ListHandles(const CallInfo& info) {
  HandleList list{BytesOf(info[0])};
  uv_walk(
      Environment::From(info)->loop(),
      [](uv_handle_t* handle, void* data) {
        constexpr size_t kHead = 2, kEnd = 2;
        auto* list = static_cast<HandleList*>(data);
        list->count++;
        const std::string_view name = uv_handle_type_name(handle->type);
        if (list->bytes.size() < list->used + kHead + name.size() + kEnd) return;
        uint8_t* to = list->bytes.data() + list->used;
        to[0] = uv_is_active(handle) ? 1 : 0;
        to[1] = static_cast<uint8_t>(name.size());
        std::copy(name.begin(), name.end(), to + kHead);
        list->used += kHead + name.size();
      },
      &list);
  for (size_t i = list.used; i < std::min(list.used + 2, list.bytes.size()); i++) list.bytes[i] = 0;
  info.GetReturnValue().Set(list.count);
}

// evaluate(source, name) → the value of the script, run as one in the global scope.
void Evaluate(const CallInfo& info) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::ScriptOrigin origin(info[1]);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value;
  if (v8::Script::Compile(context, info[0].As<v8::String>(), &origin).ToLocal(&script) && script->Run(context).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// heapSpaces() → [name, physical, available, size, used] of each space of V8's heap
void HeapSpaces(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Array> spaces = v8::Array::New(isolate);
  for (size_t i = 0; i < isolate->NumberOfHeapSpaces(); i++) {
    v8::HeapSpaceStatistics space;
    if (!isolate->GetHeapSpaceStatistics(&space, i)) continue;
    v8::Local<v8::Value> fields[] = {Internalized(isolate, space.space_name()),
                                     v8::Number::New(isolate, static_cast<double>(space.physical_space_size())),
                                     v8::Number::New(isolate, static_cast<double>(space.space_available_size())),
                                     v8::Number::New(isolate, static_cast<double>(space.space_size())),
                                     v8::Number::New(isolate, static_cast<double>(space.space_used_size()))};
    spaces->Set(context, spaces->Length(), v8::Array::New(isolate, fields, 5)).Check();
  }
  info.GetReturnValue().Set(spaces);
}

// sleep(microseconds)
void Sleep(const CallInfo& info) {
  const auto micros = static_cast<uint64_t>(NumberArg(info, 0));
  timespec left{static_cast<time_t>(micros / 1000000), static_cast<long>(micros % 1000000 * 1000)};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

constexpr FunctionSpec kFunctions[] = {
    Checked<Evaluate, v8::Local<v8::String>>("evaluate"),
    {"heapSpaces", HeapSpaces},
    {"isAlive", IsAlive},
    Checked<ListHandles, Bytes>("listHandles"),
    Checked<Run, InRange<int32_t, UV_RUN_DEFAULT, UV_RUN_NOWAIT>>("run"),
    {"sleep", Sleep},
    {"stop", StopLoop},
};
constexpr FunctionSpec kMethods[] = {
    {"again", LoopHandle::Again},   {"close", LoopHandle::Close},
    {"setRef", LoopHandle::SetRef}, Checked<LoopHandle::Start, v8::Local<v8::Function>>("start"),
    {"stop", LoopHandle::Stop},
};
constexpr ClassSpec kClasses[] = {
    {"LoopHandle", CheckedConstructor<LoopHandle::Construct, InRange<int32_t, 0, kKindCount - 1>>, kMethods, kFieldCount},
};
constexpr ConstantSpec kConstants[] = {
    {"TIMER", kTimer},
    {"SIGNAL", kSignal},
    {"IDLE", kIdle},
    {"PREPARE", kPrepare},
    {"CHECK", kCheck},
    {"UV_RUN_DEFAULT", UV_RUN_DEFAULT},
    {"UV_RUN_ONCE", UV_RUN_ONCE},
    {"UV_RUN_NOWAIT", UV_RUN_NOWAIT},
};

}  // namespace

extern const BindingSpec kDv8Loop;
constexpr BindingSpec kDv8Loop{"dv8_loop", kFunctions, kConstants, kClasses};

}  // namespace dv8
