#include "runtime/bindings/isolate_thread.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/bindings/isolate_endpoint.h"
#include "runtime/bindings/isolate_sandbox.h"
#include "runtime/bindings/isolate_values.h"
#include "runtime/bindings/isolate_watch.h"
#include "runtime/bindings/value.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/check.h"
#include "runtime/core/engine.h"
#include "runtime/core/snapshot.h"
#include "runtime/payload/payload.h"

namespace dv8 {
namespace {

constexpr double kMostMemory = 2'147'483'648.0;
// Above the limit of memory, where what is allocated at once has room until the isolate is ended.
constexpr size_t kHeadroom = 1 << 30;
constexpr size_t kExtraHeap = 64 << 20;
constexpr size_t kStackSize = 4 << 20;  // The main thread's: V8's own limit is below it.
// What stdlib-js/internal/app.js knows a thread by.
constexpr char kThreadEntry[] = "dv8:thread";
constexpr char kProgram[] = "(function(require,module,exports,__dv8_require){__dv8_require('dv8:isolate').run()})";

// The isolates that run, and the one that stays for them.
struct Running {
  std::mutex mutex;
  uint64_t last_id = 0;
  std::map<uint64_t, std::shared_ptr<IsolateThread>> threads;
  std::shared_ptr<Mailbox> first;
};

Running& AllRunning() {
  static auto* running = new Running;
  return *running;
}

struct ThisIsolate {
  explicit ThisIsolate(Environment*) {}
  IsolateThread* thread = nullptr;
};

}  // namespace

IsolateThread* IsolateThread::Of(Environment* env) { return env->State<ThisIsolate>().thread; }

bool IsolateThread::StaysForOthers(const std::shared_ptr<Mailbox>& mailbox) {
  Running& running = AllRunning();
  std::lock_guard lock(running.mutex);
  return running.first == mailbox && !running.threads.empty();
}

std::vector<std::shared_ptr<IsolateThread>> IsolateThread::All() {
  Running& running = AllRunning();
  std::lock_guard lock(running.mutex);
  std::vector<std::shared_ptr<IsolateThread>> all;
  for (const auto& [id, thread] : running.threads) all.push_back(thread);
  return all;
}

IsolateThread::IsolateThread(Start start)
    : start_(std::move(start)), mailbox_(std::make_shared<Mailbox>(start_.kind == Recipient::kSandbox)) {}

int IsolateThread::Run(std::shared_ptr<Mailbox> spawner) {
  Running& running = AllRunning();
  {
    std::lock_guard lock(running.mutex);
    id_ = ++running.last_id;
    running.threads.emplace(id_, shared_from_this());
    if (running.first == nullptr) running.first = std::move(spawner);
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  const int rc = pthread_create(
      &thread, &attributes,
      [](void* data) -> void* {
        static_cast<IsolateThread*>(data)->Main();
        return nullptr;
      },
      this);
  pthread_attr_destroy(&attributes);
  if (rc != 0) {
    std::lock_guard lock(running.mutex);
    running.threads.erase(id_);
  }
  return -rc;
}

void IsolateThread::Main() {
  const Limits& limits = start_.limits;
  const bool is_watched = limits.cpu > 0 || limits.time > 0;
  if (is_watched) IsolateWatch::Get()->Begin(this, limits.cpu, limits.time);
  const std::string error = WithThreadIsolate(
      *start_.payload, From(), [this](v8::ResourceConstraints* constraints) { LimitMemory(constraints); },
      [this](v8::Isolate* isolate) { RunIn(isolate); });
  if (is_watched) IsolateWatch::Get()->End(this);
  if (!error.empty()) Stop(error);
  mailbox_->Close();        // If the thread has not got to it;
  start_.given = Parcel();  // nor to that, whose functions would keep the spawner's isolate.
  has_ended_ = true;
  TellOfEnd();
  Running& running = AllRunning();
  std::shared_ptr<IsolateThread> self;
  std::lock_guard lock(running.mutex);
  const auto entry = running.threads.find(id_);
  self = std::move(entry->second);
  running.threads.erase(entry);
  running.first->Wake();
}

void IsolateThread::TellOfEnd() {
  Message message;
  message.id = start_.on_exit->id();
  message.parcel = value_ ? std::move(*value_) : UndefinedParcel();
  std::lock_guard lock(mutex_);
  if (!reason_.empty()) AppendString(reason_, &message.parcel);
  start_.on_exit->home()->Post(std::move(message));
  start_.on_exit = nullptr;
}

void IsolateThread::RunIn(v8::Isolate* isolate) {
  Environment env(isolate, Environment::Mode::kRun, start_.payload);
  env.set_arguments(start_.argc, start_.argv);
  if (const int rc = env.OpenLoop(); rc < 0) return Stop(std::string("the event loop cannot be made: ") + uv_strerror(rc));
  env.BecomeThread([this](const std::string& text) { Stop(text); });
  env.State<ThisIsolate>().thread = this;
  {
    std::lock_guard lock(mutex_);
    running_ = &env;
    if (stop_) env.RequestStop();
  }
  if (start_.limits.memory > 0) {
    const auto check = [](v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void* data) {
      static_cast<IsolateThread*>(data)->CheckMemory(isolate);
    };
    isolate->AddGCEpilogueCallback(check, this);
    isolate->AddNearHeapLimitCallback(
        [](void* data, size_t limit, size_t) {
          static_cast<IsolateThread*>(data)->Stop("memory");
          return limit + kExtraHeap;
        },
        this);
  }
  if (Prepare(&env)) {
    v8::Context::Scope context_scope(env.context());
    RunProgram(&env);
    env.RunLoop();
    KeepExitCode(&env);
  }
  {
    std::lock_guard lock(mutex_);
    running_ = nullptr;
    stop_ = true;  // The reason is what it is.
  }
  env.TearDown();
}

void IsolateThread::LimitMemory(v8::ResourceConstraints* constraints) {
  if (start_.limits.memory <= 0) return;
  const auto limit = static_cast<size_t>(std::min(start_.limits.memory, kMostMemory));
  constraints->set_initial_old_generation_size_in_bytes(limit);
  constraints->set_max_old_generation_size_in_bytes(limit + kHeadroom);
}

bool IsolateThread::IsAboveItsMemory(v8::Isolate* isolate) const {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  return static_cast<double>(statistics.used_heap_size() + statistics.external_memory()) > start_.limits.memory;
}

void IsolateThread::CheckMemory(v8::Isolate* isolate) {
  if (collects_ || !IsAboveItsMemory(isolate)) return;
  // Much of it may be garbage: what was allocated while V8 marked, and buffers that another thread is yet to free.
  collects_ = true;
  isolate->RequestInterrupt([](v8::Isolate* isolate, void* data) { static_cast<IsolateThread*>(data)->CollectAndCheckMemory(isolate); },
                            this);
}

void IsolateThread::CollectAndCheckMemory(v8::Isolate* isolate) {
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
  collects_ = false;
  if (IsAboveItsMemory(isolate)) Stop("memory");
}

void IsolateThread::RunProgram(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  if (start_.kind == Recipient::kIsolate) {
    (void)env->Callback(env->hook(Hook::kStart), v8::Undefined(isolate), 0, nullptr);
    return;
  }
  std::vector<v8::Local<v8::Value>> values;
  if (Unpack(env, TakeGiven(), &values)) RunSandboxed(env, values[0].As<v8::Object>());
}

void IsolateThread::KeepExitCode(Environment* env) {
  std::lock_guard lock(mutex_);
  if (stop_ || value_ || env->exit_code() == 0) return;
  v8::Local<v8::Value> code = v8::Integer::New(env->isolate(), env->exit_code());
  if (Parcel parcel; Pack(env, std::span(&code, 1), Recipient::kIsolate, &parcel)) value_ = std::move(parcel);
}

StartFrom IsolateThread::From() const {
  return start_.kind == Recipient::kSandbox ? SandboxHeapOf(*start_.payload) : HeapOf(*start_.payload);
}

bool IsolateThread::Prepare(Environment* env) {
  if (start_.kind == Recipient::kSandbox) {
    if (!EnterSandbox(env, From())) return false;
    v8::Context::Scope context_scope(env->context());
    return Endpoint::Open(env, mailbox_) != nullptr;
  }
  const std::optional<SnapshotJob::Mode> mode = ModeFromName(start_.payload->Manifest("mode"));
  DV8_CHECK(mode && RestoreContext(env, *mode, From()));
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Context::Scope context_scope(context);
  const v8::TryCatch guard(isolate);
  v8::Local<v8::UnboundScript> stdlib;
  if (*mode == SnapshotJob::Mode::kNone && (!CompileStdlib(env).ToLocal(&stdlib) || !RunStdlib(env, stdlib))) return false;
  if (Endpoint::Open(env, mailbox_) == nullptr) return false;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> program;
  if (!v8::Script::Compile(context, Internalized(isolate, kProgram)).ToLocal(&script) || !script->Run(context).ToLocal(&program)) {
    return false;
  }
  v8::Local<v8::Value> argv[] = {program, Internalized(isolate, kThreadEntry)};
  return !env->hook(Hook::kSetMain)->Call(context, v8::Undefined(isolate), 2, argv).IsEmpty();
}

void IsolateThread::Exit(Environment* env, Parcel value) {
  value_ = std::move(value);
  env->RequestStop();
}

void IsolateThread::Stop(std::string reason) {
  std::lock_guard lock(mutex_);
  if (!stop_) reason_ = std::move(reason);
  stop_ = true;
  if (running_ == nullptr) return;
  running_->RequestStop();
  mailbox_->Interrupt();
}

}  // namespace dv8
