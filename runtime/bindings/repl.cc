// runtime/bindings/repl.cc: internal:repl, scripts that Ctrl-C can interrupt.
#include <semaphore.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

sem_t interrupted;
std::atomic<bool> over;

// Makes a terminal in raw mode send signals for Ctrl-C. All else stays raw: what is typed while a
// script runs is neither echoed nor lost, as it would be by a change to line mode and back.
class TerminalSignals {
 public:
  TerminalSignals() {
    termios mode;
    if (tcgetattr(STDIN_FILENO, &mode) != 0 || (mode.c_lflag & ISIG) != 0) return;
    mode.c_lflag |= ISIG;
    changed_ = tcsetattr(STDIN_FILENO, TCSANOW, &mode) == 0;
  }
  ~TerminalSignals() {
    termios mode;
    if (!changed_ || tcgetattr(STDIN_FILENO, &mode) != 0) return;
    mode.c_lflag &= ~static_cast<tcflag_t>(ISIG);
    tcsetattr(STDIN_FILENO, TCSANOW, &mode);
  }

 private:
  bool changed_ = false;
};

void OnSigint(int) { sem_post(&interrupted); }

// run(source, name) → the script's completion value. SIGINT ends it with undefined and sets
// wasInterrupted: a thread waits for the signal, since V8 may not be called from its handler.
std::atomic<bool> was_interrupted;

void Run(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::ScriptOrigin origin(info[1]);
  v8::Local<v8::Script> script;
  if (!v8::Script::Compile(context, info[0].As<v8::String>(), &origin).ToLocal(&script)) return;
  sem_init(&interrupted, 0, 0);
  over = was_interrupted = false;
  struct sigaction action{}, before;
  action.sa_handler = OnSigint;
  sigaction(SIGINT, &action, &before);
  std::thread watch([isolate] {
    while (sem_wait(&interrupted) != 0) {
    }
    if (over) return;
    was_interrupted = true;
    isolate->TerminateExecution();
  });
  v8::Local<v8::Value> value;
  {
    const TerminalSignals signals;
    v8::TryCatch guard(isolate);
    if (script->Run(context).ToLocal(&value)) {
      info.GetReturnValue().Set(value);
    } else if (guard.HasTerminated()) {
      isolate->CancelTerminateExecution();
    } else {
      guard.ReThrow();
    }
    over = true;
    sem_post(&interrupted);
    watch.join();
    // The signal may have come when the script had ended.
    if (was_interrupted) isolate->CancelTerminateExecution();
  }
  sigaction(SIGINT, &before, nullptr);
  sem_destroy(&interrupted);
}

void WasInterrupted(const CallInfo& info) { info.GetReturnValue().Set(was_interrupted.load()); }

constexpr FunctionSpec kFunctions[] = {
    {"run", Run},
    {"wasInterrupted", WasInterrupted},
};

}  // namespace

extern const BindingSpec kRepl;
constexpr BindingSpec kRepl{"repl", kFunctions};

}  // namespace dv8
