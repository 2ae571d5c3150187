// One isolate with its context, its event loop and the hooks of the standard library.
// Everything here belongs to the thread that made the Environment, unless it says otherwise.
#pragma once

#include <uv.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/binding/environment_state.h"
#include "runtime/bindings/spec.h"
#include "v8.h"

namespace dv8 {

class NativeObject;
class Payload;

// Functions that stdlib-js/internal/bootstrap.js exports to the host. They live in the
// snapshot, in this order.
enum class Hook {
  kSetMain,             // (fn, entry): what is run, by its entry; fn is a thread's or the rehearsal's function.
  kEvaluate,            // (): while a snapshot is made: runs the app's top level, whose
                        // dv8.main(fn) is then what kStart calls. Returns a promise or undefined.
  kStart,               // (): runs restore hooks, then the app's main. May return a promise.
  kProcessTicks,        // (): nextTick queue and microtasks, until both are empty.
  kUncaughtException,   // (error, isRejection) → true when a listener took it.
  kUnhandledRejection,  // (type, promise, value): PromiseRejectEvent as a number.
  kProcessTimers,       // (now): runs due timers and schedules the next call.
  kProcessImmediates,   // (): runs the immediates that were queued before the call.
  kBeforeExit,          // (code): emits 'beforeExit'.
  kExit,                // (code) → the final exit code: emits 'exit'.
  kPrepareStackTrace,   // (error, callSites) → the text of error.stack.
  kFormatUncaught,      // (error) → the text that goes to stderr.
  kImport,              // (specifier) → a promise of the namespace: import() at run time.
  kCount,
};

// Where a snapshot's context has the Environment's kept values: behind the hooks.
inline constexpr size_t kKeptValues = static_cast<size_t>(Hook::kCount);

// uv_loop_init, but with an error where descriptors run out in the middle of it: libuv aborts there.
int InitLoop(uv_loop_t* loop);

class Environment {
 public:
  enum class Mode {
    kRun,       // A program runs.
    kBuild,     // A snapshot is being made: no handle may be left, no run-time state read.
    kRehearse,  // A run without effects, in a context that is thrown away: see snapshot.cc.
  };

  // `isolate` is borrowed and must outlive the Environment. `payload` is null in the builder.
  Environment(v8::Isolate* isolate, Mode mode, const Payload* payload);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  static Environment* From(v8::Isolate* isolate) { return static_cast<Environment*>(isolate->GetData(0)); }
  static Environment* From(const CallInfo& info) { return From(info.GetIsolate()); }

  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return context_.Get(isolate_); }
  void set_context(v8::Local<v8::Context> context);
  Mode mode() const { return mode_; }
  void set_mode(Mode mode) { mode_ = mode; }
  const Payload* payload() const { return payload_; }
  int argc() const { return argc_; }
  char** argv() const { return argv_; }
  void set_arguments(int argc, char** argv) { argc_ = argc, argv_ = argv; }

  // libuv's loop, made at the first call: a program that never waits never pays for it. The process
  // ends with a line where there are no descriptors for it: who can tell the program calls OpenLoop first.
  uv_loop_t* loop();
  // Makes the loop; 0, or a negative error number.
  int OpenLoop();
  bool has_loop() const { return loop_made_; }
  // Whether the loop lives on the descriptor `fd`: with that closed, its next step would end the process.
  bool IsOfLoop(int fd) const;

  // Calls into JavaScript from the loop (a libuv callback): runs `fn`, then nextTicks and
  // microtasks. An exception goes to the uncaught handler, which may end the process; the
  // result is then empty, and ticks wait for the next callback. Opens no HandleScope: the
  // caller has one.
  v8::MaybeLocal<v8::Value> Callback(v8::Local<v8::Function> fn, v8::Local<v8::Value> receiver, int argc, v8::Local<v8::Value> argv[]);

  // The two halves of Callback() for who calls in another way (runtime/bindings/node/async_wrap.cc):
  // ticks and microtasks follow when the outermost callback ends, unless it failed.
  void BeginCallback() { callback_depth_++; }
  void EndCallback(bool failed) {
    if (--callback_depth_ == 0 && !failed) ProcessTicks();
  }

  // Hooks of the standard library; empty handles until the bootstrap has run.
  void SetHooks(v8::Local<v8::Object> exports);
  v8::Local<v8::Function> hook(Hook hook) const;
  void set_hook(Hook hook, v8::Local<v8::Function> fn);
  void ClearHooks();

  // What a binding keeps for this Environment, made at the first use.
  template <typename T>
  T& State() {
    return states_.Get<T>(this);
  }
  // Values that C++ needs later, by name: they live in the heap, in a snapshot's and a restored one's.
  // undefined when nothing of that name is kept.
  void Keep(const char* name, v8::Local<v8::Value> value);
  v8::Local<v8::Value> Kept(const char* name);
  // The object that holds them; empty when there is none.
  v8::Local<v8::Object> kept_values() { return kept_.Get(isolate_); }

  // Runs nextTicks and microtasks now, when there are any. Behind an exception that a listener
  // took, the rest waits for the next callback, which the library makes sure of.
  void ProcessTicks();
  // JavaScript sets byte 0 when the nextTick queue is not empty, byte 1 when a rejection waits.
  uint8_t* tick_flags() { return tick_flags_; }
  // Node's library has the flags in an array of its own (task_queue's tickInfo).
  void set_tick_flags(uint8_t* flags) { tick_flags_ = flags; }
  // The receiver of the hook kProcessTicks; undefined without it.
  void set_tick_receiver(v8::Local<v8::Value> receiver) { tick_receiver_.Reset(isolate_, receiver); }

  // Runs `task` in the loop's next turn, which it keeps alive; never while JavaScript runs. On this thread.
  void SetImmediate(std::function<void()> task);

  // Hands `exception` to process.on('uncaughtException'); prints it and ends the process with
  // code 1 when nobody listens.
  void HandleUncaught(v8::Local<v8::Value> exception, bool is_rejection);

  // Runs the loop until nothing is alive, with 'beforeExit' and 'exit'. Returns the exit code.
  int RunLoop();
  // Runs the loop from JavaScript that the loop did not call, as uv_run does: dv8's EventLoop.
  // UV_EBUSY when the loop runs already.
  int RunLoopNow(uv_run_mode mode);
  // Emits 'exit' and ends the process: process.exit(code).
  [[noreturn]] void Exit(int code);
  // What process.exit() ends with: the process; a thread alone; a builder with a message, as it has made nothing.
  void EndProgram(int code);

  // Makes this the environment of a thread that is not the program's first: what would end the
  // process ends the thread. `on_fatal` gets the text for an error that nothing caught.
  void BecomeThread(std::function<void(const std::string& text)> on_fatal);
  bool is_thread() const { return on_fatal_ != nullptr; }
  // Ends a thread's JavaScript and its loop as soon as possible. From any thread.
  void RequestStop();
  // What a thread that called process.exit(code) gave.
  void set_exit_code(int code) { exit_code_ = code; }
  int exit_code() const { return exit_code_; }
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }
  // Closes all that is on the loop and deletes the native objects. JavaScript does not run any more.
  void TearDown();
  // Closes what the process must not leave behind (terminal modes), then ends it at once.
  [[noreturn]] static void ExitNow(int code);
  // What ExitNow calls first, each once a process: the debugger's last words, the closing of databases.
  static void AddBeforeExitNow(void (*fn)());

  // While a snapshot is made: the compiled files of Node's library, by their index.
  std::map<size_t, v8::Global<v8::UnboundScript>>& library_scripts() { return library_scripts_; }
  // Forgets all that belongs to the context, whose native objects go: another one follows.
  void LeaveContext();

  // Live native objects, newest last: what a snapshot may not hold.
  std::list<NativeObject*>& native_objects() { return native_objects_; }
  // While a snapshot is made: descriptors that the app opened and has not closed, each with
  // the stack that opened it.
  std::map<int, std::string>& open_files() { return open_files_; }

 private:
  void RunTicks();
  // Ends a thread because of `exception`.
  void EndThread(v8::Local<v8::Value> exception);
  void PrintUncaught(v8::Local<v8::Value> exception);
  std::string UncaughtText(v8::Local<v8::Value> exception);
  // Calls a hook that takes and may return an exit code.
  int ExitCodeFromHook(Hook which, int code);

  v8::Isolate* isolate_;
  Mode mode_;
  const Payload* payload_;
  v8::Global<v8::Context> context_;
  std::array<v8::Global<v8::Function>, static_cast<size_t>(Hook::kCount)> hooks_;
  std::array<uint8_t, 2> own_tick_flags_{};
  uint8_t* tick_flags_ = own_tick_flags_.data();
  v8::Global<v8::Value> tick_receiver_;
  std::map<size_t, v8::Global<v8::UnboundScript>> library_scripts_;
  v8::Global<v8::Object> kept_;
  StateMap states_;
  std::list<NativeObject*> native_objects_;
  std::map<int, std::string> open_files_;
  uv_loop_t loop_storage_;
  bool loop_made_ = false;
  bool loop_runs_ = false;
  static void RunImmediates(uv_check_t* check);
  std::vector<std::function<void()>> immediates_;
  uv_check_t immediate_check_{};
  uv_idle_t immediate_idle_{};
  std::function<void(const std::string&)> on_fatal_;
  std::atomic<bool> stopping_{false};
  uv_async_t stop_;  // A thread's, to wake its loop.
  int callback_depth_ = 0;
  int exit_code_ = 0;
  int argc_ = 0;
  char** argv_ = nullptr;
};

}  // namespace dv8
