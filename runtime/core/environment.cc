#include "runtime/core/environment.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/library.h"
#include "runtime/core/platform.h"
#include "runtime/core/start_times.h"
#include "runtime/core/uncaught.h"

namespace dv8 {
namespace {

// Names under which the library exports the hooks, in the order of enum Hook.
constexpr const char* kHookNames[] = {
    "setMain",           "evaluate",   "start", "processTicks",      "uncaughtException", "unhandledRejection", "processTimers",
    "processImmediates", "beforeExit", "exit",  "prepareStackTrace", "formatUncaught",    "importModule",
};
static_assert(std::size(kHookNames) == static_cast<size_t>(Hook::kCount));

// Exit codes that Node documents.
constexpr int kUncaughtExceptionCode = 1;
constexpr int kHandlerThrewCode = 7;

constexpr int kRefusedCode = 1;
constexpr int kNoLoopCode = 134;  // The shell's number for a process that abort() ended, as Node's does.

std::array<std::atomic<void (*)()>, 3> before_exit_now{};  // One a user.

// The pipe that libuv's signal handling locks with: one a process, made with the first loop.
std::atomic<int> signal_lock[2] = {-1, -1};

bool IsOf(const uv_loop_t& loop, int fd) {
  return fd == loop.backend_fd || fd == loop.async_io_watcher.fd || fd == loop.async_wfd || fd == loop.signal_pipefd[0] ||
         fd == loop.signal_pipefd[1];
}

void WriteError(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

// V8 tells of an exception that nobody below could catch: a microtask's, a finalizer's.
void OnMessage(v8::Local<v8::Message>, v8::Local<v8::Value> exception) {
  Environment* env = Environment::From(v8::Isolate::GetCurrent());
  if (!env->stopping()) env->HandleUncaught(exception, false);
}

// Whether the program's 'uncaughtException' listeners took it.
bool ListenerTakes(Environment* env, v8::Local<v8::Value> exception) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Function> hook = env->hook(Hook::kUncaughtException);
  if (hook.IsEmpty()) return false;
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> argv[] = {exception, v8::False(isolate)};
  v8::Local<v8::Value> taken;
  return hook->Call(env->context(), v8::Undefined(isolate), 2, argv).ToLocal(&taken) && taken->IsTrue();
}

}  // namespace

int InitLoop(uv_loop_t* loop) {
  // epoll's, an event's, the pipe that signals come by and, once a process, that of its lock.
  int fds[6];
  size_t count = 0;
  while (count < std::size(fds) && (fds[count] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0) count++;
  const bool enough = count == std::size(fds) || errno != EMFILE;
  const size_t tried = count;
  while (count > 0) close(fds[--count]);
  if (!enough) return UV_EMFILE;
  const int rc = uv_loop_init(loop);
  if (rc < 0 || signal_lock[0] >= 0) return rc;
  for (size_t i = 0; i < tried; i++) {
    if (!IsOf(*loop, fds[i])) signal_lock[count++ % 2] = fds[i];
  }
  return rc;
}

bool Environment::IsOfLoop(int fd) const { return loop_made_ && (IsOf(loop_storage_, fd) || fd == signal_lock[0] || fd == signal_lock[1]); }

Environment::Environment(v8::Isolate* isolate, Mode mode, const Payload* payload) : isolate_(isolate), mode_(mode), payload_(payload) {
  isolate->SetData(0, this);
  BeginPhase(Phase::kEnvironment);
  if (mode != Mode::kRun) return;
  isolate->AddMessageListener(OnMessage);
}

Environment::~Environment() {
  if (loop_made_) {
    Platform::Get()->TasksOf(isolate_)->DetachLoop();
    // Those of the states, such as the timers', are not active but still there.
    uv_walk(
        &loop_storage_,
        [](uv_handle_t* handle, void*) {
          if (!uv_is_closing(handle)) uv_close(handle, nullptr);
        },
        nullptr);
    uv_run(&loop_storage_, UV_RUN_NOWAIT);
    uv_loop_close(&loop_storage_);
  }
}

void Environment::set_context(v8::Local<v8::Context> context) { context_.Reset(isolate_, context); }

uv_loop_t* Environment::loop() {
  if (const int rc = OpenLoop(); rc < 0) {
    std::fprintf(stderr, "fatal: the event loop cannot be made: %s\n", uv_strerror(rc));
    ExitNow(kNoLoopCode);
  }
  return &loop_storage_;
}

int Environment::OpenLoop() {
  if (loop_made_) return 0;
  if (const int rc = InitLoop(&loop_storage_); rc < 0) return rc;
  loop_storage_.data = this;
  loop_made_ = true;
  // For performance.eventLoopUtilization(), which Node's library has: libuv sums up how long it has waited, by a call of the
  // system more each time.
  if (LibrarySize() != 0) uv_loop_configure(&loop_storage_, UV_METRICS_IDLE_TIME);
  Platform::Get()->TasksOf(isolate_)->AttachLoop(&loop_storage_, [this] {
    v8::HandleScope scope(isolate_);
    ProcessTicks();
  });
  return 0;
}

void Environment::Keep(const char* name, v8::Local<v8::Value> value) {
  if (kept_.IsEmpty()) Kept(name);
  if (kept_.IsEmpty()) kept_.Reset(isolate_, v8::Object::New(isolate_, v8::Null(isolate_), nullptr, nullptr, 0));
  kept_.Get(isolate_)->Set(context(), Internalized(isolate_, name), value).Check();
}

v8::Local<v8::Value> Environment::Kept(const char* name) {
  if (kept_.IsEmpty()) {
    v8::Local<v8::Object> restored;
    if (mode_ != Mode::kRun || !context()->GetDataFromSnapshotOnce<v8::Object>(kKeptValues).ToLocal(&restored)) {
      return v8::Undefined(isolate_);
    }
    kept_.Reset(isolate_, restored);
  }
  return kept_.Get(isolate_)->Get(context(), Internalized(isolate_, name)).ToLocalChecked();
}

void Environment::LeaveContext() {
  while (!native_objects_.empty()) delete native_objects_.front();
  states_.Clear();
  kept_.Reset();
  tick_flags_ = own_tick_flags_.data();
  ClearHooks();
}

void Environment::SetHooks(v8::Local<v8::Object> exports) {
  for (size_t i = 0; i < hooks_.size(); i++) {
    v8::Local<v8::Value> value = exports->Get(context(), Internalized(isolate_, kHookNames[i])).ToLocalChecked();
    // Node's library has given some of them through bindings already (setTickCallback).
    if (value->IsUndefined() && !hooks_[i].IsEmpty()) continue;
    DV8_CHECK(value->IsFunction());
    hooks_[i].Reset(isolate_, value.As<v8::Function>());
  }
}

v8::Local<v8::Function> Environment::hook(Hook hook) const { return hooks_[static_cast<size_t>(hook)].Get(isolate_); }

void Environment::set_hook(Hook hook, v8::Local<v8::Function> fn) { hooks_[static_cast<size_t>(hook)].Reset(isolate_, fn); }

void Environment::ClearHooks() {
  for (v8::Global<v8::Function>& hook : hooks_) hook.Reset();
  tick_receiver_.Reset();
}

v8::MaybeLocal<v8::Value> Environment::Callback(v8::Local<v8::Function> fn, v8::Local<v8::Value> receiver, int argc,
                                                v8::Local<v8::Value> argv[]) {
  v8::MaybeLocal<v8::Value> result;
  if (stopping()) return result;
  BeginCallback();
  {
    v8::TryCatch guard(isolate_);
    result = fn->Call(context(), receiver, argc, argv);
    if (guard.HasCaught() && !guard.HasTerminated()) {
      v8::Local<v8::Value> exception = guard.Exception();
      const UncaughtScope thrown(this, guard.Message());
      guard.Reset();
      HandleUncaught(exception, false);
    }
  }
  EndCallback(result.IsEmpty());
  return result;
}

void Environment::ProcessTicks() {
  if (isolate_->IsExecutionTerminating() || stopping()) return;
  // What they call back at once (a write's onWrite) must not run those that are queued behind them.
  callback_depth_++;
  RunTicks();
  callback_depth_--;
  isolate_->ClearKeptObjects();  // What WeakRefs have kept lives until here, also behind an exception.
}

void Environment::RunTicks() {
  // nextTick callbacks go before promise continuations.
  if (tick_flags_[0] == 0) isolate_->PerformMicrotaskCheckpoint();
  while (tick_flags_[0] != 0 || tick_flags_[1] != 0) {
    v8::HandleScope scope(isolate_);
    v8::TryCatch guard(isolate_);
    v8::Local<v8::Value> receiver = v8::Undefined(isolate_);
    if (!tick_receiver_.IsEmpty()) receiver = tick_receiver_.Get(isolate_);
    if (hook(Hook::kProcessTicks)->Call(context(), receiver, 0, nullptr).IsEmpty()) {
      if (guard.HasTerminated()) return;
      v8::Local<v8::Value> exception = guard.Exception();
      const UncaughtScope thrown(this, guard.Message());
      guard.Reset();
      HandleUncaught(exception, false);
      if (mode_ == Mode::kRun) return;  // While a snapshot is made no callback follows.
    }
  }
}

void Environment::HandleUncaught(v8::Local<v8::Value> exception, bool is_rejection) {
  v8::HandleScope scope(isolate_);
  v8::Local<v8::Context> context = this->context();
  v8::Local<v8::Value> argv[] = {exception, v8::Boolean::New(isolate_, is_rejection)};
  v8::TryCatch guard(isolate_);
  v8::Local<v8::Value> handled;
  if (!hooks_[static_cast<size_t>(Hook::kUncaughtException)].IsEmpty()) {
    if (hook(Hook::kUncaughtException)->Call(context, v8::Undefined(isolate_), 2, argv).ToLocal(&handled)) {
      if (handled->IsTrue()) return;
    } else if (guard.HasCaught() && !guard.HasTerminated()) {
      argv[0] = guard.Exception();
      guard.Reset();
      if (is_thread()) return EndThread(argv[0]);
      PrintUncaught(argv[0]);
      ExitNow(kHandlerThrewCode);
    }
  }
  if (stopping()) return;  // The handler has ended the thread: process.exit().
  if (is_thread()) return EndThread(exception);
  PrintUncaught(exception);
  if (mode_ != Mode::kRun) ExitNow(kUncaughtExceptionCode);
  Exit(kUncaughtExceptionCode);
}

void Environment::EndThread(v8::Local<v8::Value> exception) {
  on_fatal_(UncaughtText(exception));
  RequestStop();
}

void Environment::PrintUncaught(v8::Local<v8::Value> exception) { WriteError(UncaughtText(exception)); }

std::string Environment::UncaughtText(v8::Local<v8::Value> exception) {
  v8::HandleScope scope(isolate_);
  v8::TryCatch guard(isolate_);
  v8::Local<v8::Value> text;
  if (!hooks_[static_cast<size_t>(Hook::kFormatUncaught)].IsEmpty() &&
      hook(Hook::kFormatUncaught)->Call(context(), v8::Undefined(isolate_), 1, &exception).ToLocal(&text) && text->IsString()) {
    return std::string(Utf8(isolate_, text).view());
  }
  // The library is not there yet, or formatting threw: V8's own words are better than none.
  guard.Reset();
  v8::Local<v8::Value> stack;
  if (v8::TryCatch::StackTrace(context(), exception).ToLocal(&stack) && stack->IsString()) {
    return std::string("Uncaught ") + Utf8(isolate_, stack).c_str() + "\n";
  }
  return std::string("Uncaught ") + Utf8(isolate_, exception).c_str() + "\n";
}

void Environment::SetImmediate(std::function<void()> task) {
  immediates_.push_back(std::move(task));
  if (immediates_.size() > 1) return;
  if (immediate_check_.loop == nullptr) {
    DV8_CHECK(uv_check_init(loop(), &immediate_check_) == 0 && uv_idle_init(loop(), &immediate_idle_) == 0);
    immediate_check_.data = this;
    uv_unref(reinterpret_cast<uv_handle_t*>(&immediate_check_));
  }
  uv_check_start(&immediate_check_, RunImmediates);
  uv_idle_start(&immediate_idle_, [](uv_idle_t*) {});  // The loop must not wait for events before.
}

void Environment::RunImmediates(uv_check_t* check) {
  auto* env = static_cast<Environment*>(check->data);
  uv_check_stop(&env->immediate_check_);
  uv_idle_stop(&env->immediate_idle_);
  std::vector<std::function<void()>> tasks;
  tasks.swap(env->immediates_);
  v8::HandleScope scope(env->isolate_);
  v8::Context::Scope context_scope(env->context());
  for (const std::function<void()>& task : tasks) task();
}

void Environment::BecomeThread(std::function<void(const std::string& text)> on_fatal) {
  on_fatal_ = std::move(on_fatal);
  DV8_CHECK(uv_async_init(loop(), &stop_, [](uv_async_t* async) { uv_stop(async->loop); }) == 0);
  uv_unref(reinterpret_cast<uv_handle_t*>(&stop_));
}

void Environment::RequestStop() {
  stopping_.store(true, std::memory_order_relaxed);
  isolate_->TerminateExecution();
  uv_async_send(&stop_);
}

void Environment::TearDown() {
  stopping_.store(true, std::memory_order_relaxed);
  v8::HandleScope scope(isolate_);
  // Closing may take objects out of the list.
  const std::vector<NativeObject*> objects(native_objects_.begin(), native_objects_.end());
  for (NativeObject* object : objects) object->CloseNow();
  Platform::Get()->TasksOf(isolate_)->DetachLoop();
  uv_walk(
      &loop_storage_,
      [](uv_handle_t* handle, void*) {
        if (!uv_is_closing(handle)) uv_close(handle, nullptr);
      },
      nullptr);
  uv_run(&loop_storage_, UV_RUN_DEFAULT);
  while (!native_objects_.empty()) delete native_objects_.front();
  ClearHooks();
}

int Environment::ExitCodeFromHook(Hook which, int code) {
  if (hooks_[static_cast<size_t>(which)].IsEmpty()) return code;  // The library itself failed to start.
  v8::HandleScope scope(isolate_);
  v8::Local<v8::Value> argument = v8::Integer::New(isolate_, code);
  v8::TryCatch guard(isolate_);
  v8::Local<v8::Value> result;
  if (!hook(which)->Call(context(), v8::Undefined(isolate_), 1, &argument).ToLocal(&result)) {
    if (guard.HasTerminated()) return code;
    v8::Local<v8::Value> exception = guard.Exception();
    guard.Reset();
    // A throwing 'exit' listener ends the process as any uncaught error does, but once.
    if (which == Hook::kExit) {
      if (ListenerTakes(this, exception)) return code;
      if (is_thread()) {
        EndThread(exception);
      } else {
        PrintUncaught(exception);
      }
      return kUncaughtExceptionCode;
    }
    HandleUncaught(exception, false);
    return code;
  }
  return result->IsInt32() ? result.As<v8::Int32>()->Value() : code;
}

int Environment::RunLoop() {
  v8::HandleScope scope(isolate_);
  Platform* platform = Platform::Get();
  std::shared_ptr<ForegroundTasks> tasks = platform->TasksOf(isolate_);
  // Work that V8 still does in the background may resolve promises (WebAssembly.compile).
  const auto drain_platform = [&] {
    bool ran = false;
    do {
      if (platform->workers().started()) platform->workers().WaitUntilIdle(tasks.get());
      ran = tasks->RunPending();
      if (ran) ProcessTicks();
    } while (ran);
  };
  if (!is_thread()) BeginPhase(Phase::kLoop);
  for (;;) {
    loop_runs_ = true;
    if (loop_made_) uv_run(&loop_storage_, UV_RUN_DEFAULT);
    loop_runs_ = false;
    if (stopping()) return 0;
    drain_platform();
    if (loop_made_ && uv_loop_alive(&loop_storage_)) continue;
    ExitCodeFromHook(Hook::kBeforeExit, 0);
    ProcessTicks();
    if (stopping()) return 0;
    if (!loop_made_ || !uv_loop_alive(&loop_storage_)) break;
  }
  if (!is_thread()) BeginPhase(Phase::kLoopEnd);
  const int code = ExitCodeFromHook(Hook::kExit, 0);
  // Promises that listeners have settled: their continuations may still say what the code is.
  ProcessTicks();
  return stopping() ? 0 : ExitCodeFromHook(Hook::kExit, code);
}

int Environment::RunLoopNow(uv_run_mode mode) {
  if (loop_runs_) return UV_EBUSY;
  // Ticks and microtasks follow each of the loop's callbacks, although JavaScript is below them.
  const int depth = callback_depth_;
  callback_depth_ = 0;
  loop_runs_ = true;
  const int result = uv_run(loop(), mode);
  loop_runs_ = false;
  callback_depth_ = depth;
  return result;
}

void Environment::Exit(int code) { ExitNow(ExitCodeFromHook(Hook::kExit, code)); }

void Environment::AddBeforeExitNow(void (*fn)()) {
  for (auto& slot : before_exit_now) {
    void (*free)() = nullptr;
    if (slot.compare_exchange_strong(free, fn) || free == fn) return;
  }
  DV8_CHECK(false);
}

void Environment::EndProgram(int code) {
  if (mode_ == Mode::kBuild) {
    std::fprintf(stderr,
                 "error: the app's top level ended the process (exit code %d) while its snapshot was made\n%s\n"
                 "  hint: end it in the function given to dv8.main(fn), or pack with --snapshot=code\n",
                 code, CurrentStack(isolate_).c_str());
    ExitNow(kRefusedCode);
  }
  if (!is_thread()) ExitNow(code);
  set_exit_code(code);
  RequestStop();
}

void Environment::ExitNow(int code) {
  for (auto& slot : before_exit_now) {
    if (auto* fn = slot.exchange(nullptr)) fn();
  }
  uv_tty_reset_mode();
  std::fflush(nullptr);
  _exit(code);
}

}  // namespace dv8
