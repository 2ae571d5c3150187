// runtime/bindings/timers.cc: internal:timers, one libuv timer for all of JavaScript's and
// one check handle for all immediates. Which is due when is JavaScript's business
// (stdlib-js/internal/timers.js).
#include <algorithm>

#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// One a thread, as loops are. The handles are made at the first use.
struct TimerState {
  Environment* env = nullptr;
  uint64_t base = 0;  // Loop time that JavaScript counts from: its times stay small integers.
  uv_timer_t timer;
  uv_check_t check;
  uv_idle_t idle;  // Active while an immediate waits: the loop must not block.
};
thread_local TimerState state;

double Elapsed() {
  uv_update_time(state.env->loop());
  return static_cast<double>(uv_now(state.env->loop()) - state.base);
}

// An exception leaves the queue as it is, so that the rest runs at once.
void RunTimers(uv_timer_t*) {
  v8::Isolate* isolate = state.env->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Value> now = v8::Number::New(isolate, Elapsed());
  while (state.env->Callback(state.env->hook(Hook::kProcessTimers), v8::Undefined(isolate), 1, &now).IsEmpty()) {
    if (isolate->IsExecutionTerminating() || state.env->stopping()) return;
  }
  // libuv polls next, for as long as the next timer is away from the time that it has read last.
  uv_update_time(state.env->loop());
}

void RunImmediates(uv_check_t*) {
  v8::Isolate* isolate = state.env->isolate();
  v8::HandleScope scope(isolate);
  state.env->ProcessTicks();  // What an exception left behind.
  while (state.env->Callback(state.env->hook(Hook::kProcessImmediates), v8::Undefined(isolate), 0, nullptr).IsEmpty()) {
    if (isolate->IsExecutionTerminating() || state.env->stopping()) return;
  }
}

// False, with an exception, while a snapshot is made.
bool Prepare(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (env->mode() == Environment::Mode::kBuild) {
    v8::Isolate* isolate = info.GetIsolate();
    isolate->ThrowException(v8::Exception::Error(Internalized(isolate, "A timer cannot be started while the snapshot is made")));
    return false;
  }
  if (state.env == env) return true;
  DV8_CHECK(state.env == nullptr);
  if (!OpenLoop(info)) return false;
  state.env = env;
  uv_loop_t* loop = env->loop();
  uv_timer_init(loop, &state.timer);
  uv_check_init(loop, &state.check);
  uv_idle_init(loop, &state.idle);
  uv_check_start(&state.check, RunImmediates);
  uv_unref(reinterpret_cast<uv_handle_t*>(&state.check));
  uv_update_time(loop);
  state.base = uv_now(loop);
  return true;
}

// now() → milliseconds of the loop's clock since its first timer.
void Now(const CallInfo& info) {
  if (Prepare(info)) info.GetReturnValue().Set(Elapsed());
}

// schedule(due): when the processTimers hook is called next, by the clock of now().
void Schedule(const CallInfo& info) {
  if (!Prepare(info)) return;
  const double delay = std::max(1.0, NumberArg(info, 0) - Elapsed());
  uv_timer_start(&state.timer, RunTimers, static_cast<uint64_t>(delay), 0);
}

// setTimerRef(bool): whether timers keep the process alive.
void SetTimerRef(const CallInfo& info) {
  if (!Prepare(info)) return;
  auto* handle = reinterpret_cast<uv_handle_t*>(&state.timer);
  BoolArg(info, 0) ? uv_ref(handle) : uv_unref(handle);
}

// setImmediateRef(bool): whether immediates wait that keep the process alive.
void SetImmediateRef(const CallInfo& info) {
  if (!Prepare(info)) return;
  if (BoolArg(info, 0)) {
    uv_idle_start(&state.idle, [](uv_idle_t*) {});
  } else {
    uv_idle_stop(&state.idle);
  }
}

constexpr FunctionSpec kFunctions[] = {
    {"now", Now},
    {"schedule", Schedule},
    {"setImmediateRef", SetImmediateRef},
    {"setTimerRef", SetTimerRef},
};

}  // namespace

extern const BindingSpec kTimers;
constexpr BindingSpec kTimers{"timers", kFunctions};

}  // namespace dv8
