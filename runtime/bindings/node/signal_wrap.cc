// runtime/bindings/node/signal_wrap.cc: internalBinding('signal_wrap'), what process.on('SIGTERM') starts.
#include "runtime/bindings/node/signal_wrap.h"

#include <csignal>
#include <map>
#include <mutex>

#include "runtime/binding/typed.h"
#include "runtime/bindings/debugger.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/process_warning.h"

namespace dv8::node {
namespace {

// Signals are the process's: the count of handlers over all threads.
class Handled {
 public:
  static Handled& Get() {
    static Handled handled;
    return handled;
  }
  void Add(int number, int change) {
    std::lock_guard lock(mutex_);
    counts_[number] += change;
  }
  bool Has(int number) {
    std::lock_guard lock(mutex_);
    const auto found = counts_.find(number);
    return found != counts_.end() && found->second > 0;
  }

 private:
  std::mutex mutex_;
  std::map<int, int> counts_;
};

class SignalWrap final : public HandleWrap {
 public:
  DV8_NATIVE_CLASS(SignalWrap, HandleWrap)
  SignalWrap(Environment* env, v8::Local<v8::Object> object)
      : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&signal_), Provider::SIGNALWRAP) {
    if (uv_signal_init(env->loop(), &signal_) < 0) MarkUninitialized();
  }

  static void New(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (RefuseWhileBuilding(env, "A signal's handler")) return;
    if (info.IsConstructCall() && !OpenLoop(info)) return;
    Constructor<SignalWrap>()(info);
  }

  int32_t Start(int32_t number) {
    if (number == SIGPROF && !env()->is_thread() && !DebuggerUrl().empty()) {
      EmitWarningNow(env(), "process.on(SIGPROF) is reserved while debugging");
      return 0;
    }
    const int rc = uv_signal_start(&signal_, OnSignal, number);
    if (rc == 0) Count(number);
    return rc;
  }
  int32_t Stop() {
    Count(0);
    return uv_signal_stop(&signal_);
  }

 private:
  // Which signal is handled from now on; 0 for none.
  void Count(int number) {
    if (handled_ != 0) Handled::Get().Add(handled_, -1);
    if (number != 0) Handled::Get().Add(number, 1);
    handled_ = number;
  }
  void OnClose() override { Count(0); }

  static void OnSignal(uv_signal_t* signal, int number) {
    auto* self = static_cast<SignalWrap*>(static_cast<HandleWrap*>(signal->data));
    Environment* env = self->env();
    v8::HandleScope scope(env->isolate());
    v8::Context::Scope context_scope(env->context());
    v8::Local<v8::Value> argument = v8::Integer::New(env->isolate(), number);
    (void)self->MakeCallback("onsignal", 1, &argument);
  }

  uv_signal_t signal_;
  int handled_ = 0;
};

constexpr FunctionSpec kMethods[] = {Method<&SignalWrap::Start>("start"), Method<&SignalWrap::Stop>("stop")};
constexpr ClassSpec kClasses[] = {{"Signal", SignalWrap::New, kMethods, 1, {}, &kHandleWrapClass}};

}  // namespace

bool HasSignalHandler(int number) { return Handled::Get().Has(number); }

extern const BindingSpec kNodeSignalWrap;
constexpr BindingSpec kNodeSignalWrap{"signal_wrap", {}, {}, kClasses};

}  // namespace dv8::node
