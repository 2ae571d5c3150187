// runtime/bindings/node/trace_sigint.cc: internalBinding('watchdog'), for --trace-sigint and util.setTraceSigInt().
#include <signal.h>

#include <cstdio>
#include <optional>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/error_source.h"
#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/watchdog.h"

namespace dv8::node {
namespace {

// While it is started SIGINT ends the program with the stack of what was running.
class TraceSigintWatchdog final : public HandleWrap {
 public:
  DV8_NATIVE_CLASS(TraceSigintWatchdog, HandleWrap)
  TraceSigintWatchdog(Environment* env, v8::Local<v8::Object> object)
      : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&wake_), Provider::SIGINTWATCHDOG) {
    const int rc = uv_async_init(
        env->loop(), &wake_, [](uv_async_t* wake) { static_cast<TraceSigintWatchdog*>(static_cast<HandleWrap*>(wake->data))->End(false); });
    if (rc < 0) {
      MarkUninitialized();
    } else {
      uv_unref(handle());
    }
  }

  static void New(const CallInfo& info) {
    if (info.IsConstructCall() && !OpenLoop(info)) return;
    Constructor<TraceSigintWatchdog>()(info);
  }

  void Start() {
    watcher_.emplace([this] {
      // Where JavaScript runs it is interrupted; where the loop waits it is woken.
      env()->isolate()->RequestInterrupt([](v8::Isolate*, void* self) { static_cast<TraceSigintWatchdog*>(self)->End(true); }, this);
      uv_async_send(&wake_);
    });
  }
  void Stop() { watcher_.reset(); }

 private:
  void OnClose() override { watcher_.reset(); }

  void End(bool in_javascript) {
    if (!watcher_) return;
    std::fputs("KEYBOARD_INTERRUPT: Script execution was interrupted by `SIGINT`\n", stderr);
    if (in_javascript) PrintStack();
    watcher_.reset();
    std::fflush(stderr);
    raise(SIGINT);
  }

  void PrintStack() {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(isolate, 10, v8::StackTrace::kDetailed);
    std::fputs(StackText(isolate, stack).c_str(), stderr);
  }

  uv_async_t wake_;
  std::optional<SigintWatcher> watcher_;
};

constexpr FunctionSpec kMethods[] = {
    Method<&TraceSigintWatchdog::Start>("start"),
    Method<&TraceSigintWatchdog::Stop>("stop"),
};
constexpr ClassSpec kClasses[] = {{"TraceSigintWatchdog", TraceSigintWatchdog::New, kMethods, 1, {}, &kHandleWrapClass}};

}  // namespace

extern const BindingSpec kNodeWatchdog;
constexpr BindingSpec kNodeWatchdog{"watchdog", {}, {}, kClasses};

}  // namespace dv8::node
