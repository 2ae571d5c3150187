// runtime/bindings/node/timers.cc: internalBinding('timers'), one libuv timer for all of JavaScript's and one
// check handle for its immediates. Which is due when is lib/internal/timers.js' business.
#include <cmath>

#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/core/check.h"
#include "runtime/core/uncaught.h"

namespace dv8::node {
namespace {

class Timers {
 public:
  enum Immediate { kCount, kRefCount, kHasOutstanding, kImmediateFields };

  explicit Timers(Environment* env)
      : env_(env), immediate_info(env, "timers.immediateInfo", kImmediateFields), timeout_info(env, "timers.timeoutInfo", 1) {}

  // Milliseconds since the first call: lib's times are small integers.
  double Now() {
    if (!Open()) return 0;
    uv_update_time(env_->loop());
    return static_cast<double>(uv_now(env_->loop()) - base_);
  }
  void Schedule(int64_t duration) {
    if (!Open()) return;
    uv_timer_start(
        &timer_, [](uv_timer_t* timer) { static_cast<Timers*>(timer->data)->RunTimers(); },
        static_cast<uint64_t>(std::max<int64_t>(duration, 1)), 0);
  }
  void ToggleTimerRef(bool ref) {
    // lib/ says it once, for this timer and those that follow one that could not be made.
    is_referenced_ = ref;
    if (Open()) ApplyReference();
  }
  void ToggleImmediateRef(bool ref) {
    if (!Open()) return;
    // Only the idle handle stops the loop from waiting for events.
    ref ? uv_idle_start(&idle_, [](uv_idle_t*) {}) : uv_idle_stop(&idle_);
  }

 private:
  // False in a rehearsal, which has no loop, and, with an exception, where the system refuses one.
  bool Open() {
    if (env_->mode() == Environment::Mode::kRehearse) return false;
    if (opened_) return true;
    if (const int rc = env_->OpenLoop(); rc < 0) {
      env_->isolate()->ThrowException(UvError(env_->isolate(), rc, "epoll_create1"));
      return false;
    }
    opened_ = true;
    uv_loop_t* loop = env_->loop();
    DV8_CHECK(uv_timer_init(loop, &timer_) == 0 && uv_check_init(loop, &check_) == 0 && uv_idle_init(loop, &idle_) == 0);
    timer_.data = check_.data = idle_.data = this;
    uv_check_start(&check_, [](uv_check_t* check) { static_cast<Timers*>(check->data)->RunImmediates(); });
    uv_unref(reinterpret_cast<uv_handle_t*>(&check_));
    uv_update_time(loop);
    base_ = uv_now(loop);
    ApplyReference();
    return true;
  }

  void ApplyReference() {
    auto* handle = reinterpret_cast<uv_handle_t*>(&timer_);
    is_referenced_ ? uv_ref(handle) : uv_unref(handle);
  }

  v8::Local<v8::Object> Process() { return env_->Kept("process").As<v8::Object>(); }

  void RunTimers() {
    if (env_->stopping()) return;
    v8::Isolate* isolate = env_->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env_->context());
    AsyncHooks& hooks = env_->State<AsyncHooks>();
    v8::Local<v8::Function> fn = env_->hook(Hook::kProcessTimers);
    v8::Local<v8::Value> now = v8::Number::New(isolate, Now());
    v8::Local<v8::Object> process = Process();
    env_->BeginCallback();
    hooks.Push(0, 0, process);
    v8::MaybeLocal<v8::Value> result;
    do {
      v8::TryCatch guard(isolate);
      result = fn->Call(env_->context(), process, 1, &now);
      if (guard.HasCaught()) {
        if (guard.HasTerminated()) break;
        v8::Local<v8::Value> exception = guard.Exception();
        const UncaughtScope thrown(env_, guard.Message());
        guard.Reset();
        env_->HandleUncaught(exception, false);
      }
    } while (result.IsEmpty() && !env_->stopping());
    hooks.Pop(0);
    v8::Local<v8::Value> next;
    if (result.ToLocal(&next)) Reschedule(next->IsNumber() ? next.As<v8::Number>()->Value() : 0);
    env_->EndCallback(result.IsEmpty());
  }

  // `next` is when the next timer is due, below 0 when only unreferenced ones are left, 0 for none.
  void Reschedule(double next) {
    auto* handle = reinterpret_cast<uv_handle_t*>(&timer_);
    if (next == 0) return uv_unref(handle);
    const double wait = std::fabs(next) - static_cast<double>(uv_now(env_->loop()) - base_);
    Schedule(static_cast<int64_t>(wait));
    next > 0 ? uv_ref(handle) : uv_unref(handle);
  }

  void RunImmediates() {
    v8::HandleScope scope(env_->isolate());
    v8::Context::Scope context_scope(env_->context());
    // Ticks that an exception has left come before the immediates.
    if (env_->tick_flags()[0] != 0 || env_->tick_flags()[1] != 0) env_->ProcessTicks();
    env_->State<AsyncHooks>().EmitQueuedDestroys();  // Node's own immediates run before JavaScript's.
    if (immediate_info[kCount] == 0 || env_->stopping()) return;
    v8::Local<v8::Object> process = Process();
    do {
      (void)MakeAsyncCallback(env_, process, process, 0, 0, env_->hook(Hook::kProcessImmediates), 0, nullptr);
    } while (immediate_info[kHasOutstanding] != 0 && !env_->stopping());
    if (immediate_info[kRefCount] == 0) ToggleImmediateRef(false);
  }

  Environment* env_;
  uv_timer_t timer_{};
  uv_check_t check_{};
  uv_idle_t idle_{};
  uint64_t base_ = 0;
  bool opened_ = false;
  bool is_referenced_ = false;

 public:
  SharedUint32 immediate_info;
  SharedInt32 timeout_info;
};

void SetupTimers(Environment* env, v8::Local<v8::Function> immediates, v8::Local<v8::Function> timers) {
  env->set_hook(Hook::kProcessImmediates, immediates);
  env->set_hook(Hook::kProcessTimers, timers);
}

double GetLibuvNow(Environment* env) { return env->State<Timers>().Now(); }

void ScheduleTimer(Environment* env, double duration) {
  constexpr double kLongest = 2147483647;
  env->State<Timers>().Schedule(static_cast<int64_t>(std::isnan(duration) ? 1 : std::clamp(duration, 1.0, kLongest)));
}

void ToggleTimerRef(Environment* env, bool ref) { env->State<Timers>().ToggleTimerRef(ref); }

void ToggleImmediateRef(Environment* env, bool ref) { env->State<Timers>().ToggleImmediateRef(ref); }

constexpr FunctionSpec kFunctions[] = {
    Typed<GetLibuvNow>("getLibuvNow"),       Typed<ScheduleTimer>("scheduleTimer"),
    Typed<SetupTimers>("setupTimers"),       Typed<ToggleImmediateRef>("toggleImmediateRef"),
    Typed<ToggleTimerRef>("toggleTimerRef"),
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  Timers& timers = env->State<Timers>();
  target->Set(env->context(), Internalized(env->isolate(), "immediateInfo"), timers.immediate_info.Get()).Check();
  target->Set(env->context(), Internalized(env->isolate(), "timeoutInfo"), timers.timeout_info.Get()).Check();
}

}  // namespace

extern const BindingSpec kNodeTimers;
constexpr BindingSpec kNodeTimers{"timers", kFunctions, {}, {}, Init};

}  // namespace dv8::node
