// internalBinding('worker'): threads, and what the current one is (lib/internal/worker.js).
#include <algorithm>
#include <atomic>
#include <map>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/heap_utils.h"
#include "runtime/bindings/node/inspector_workers.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/node/profiles.h"
#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/node/worker_options.h"
#include "runtime/bindings/node/worker_thread.h"
#include "runtime/core/engine.h"
#include "runtime/payload/payload.h"

namespace dv8::node {
namespace {

constexpr double kNanosPerMilli = 1e6;

uint64_t NextThreadId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

// What asks a worker something: its `ondone` gets the answer.
class WorkerRequest final : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(WorkerRequest, AsyncWrap)
  WorkerRequest(Environment* env, v8::Local<v8::Object> object, int32_t provider)
      : AsyncWrap(env, object, static_cast<Provider>(provider)) {}
};

// Its handle wakes the starting thread's loop: when an answer has come, and at the thread's end.
class Worker final : public HandleWrap {
 public:
  DV8_NATIVE_CLASS(Worker, HandleWrap)
  // Run on the starting thread: what ondone is called with.
  using Answer = std::function<std::vector<v8::Local<v8::Value>>(Environment*)>;

  // new Worker(url, env, execArgv, resourceLimits, trackUnmanagedFds, isInternal, name)
  static void Make(Environment* env, const CallInfo& info, v8::Local<v8::Value> url, v8::Local<v8::Value> variables,
                   v8::Local<v8::Value> exec_argv, v8::Local<v8::Float64Array> limits, bool tracks_descriptors, bool is_internal,
                   std::string name);

  void StartThread(const CallInfo& info);
  void StopThread() { thread_->Stop(1); }
  v8::Local<v8::Value> GetResourceLimits();
  v8::Local<v8::Value> TakeHeapSnapshot(Bytes options);
  v8::Local<v8::Value> GetHeapStatistics();
  v8::Local<v8::Value> CpuUsage();
  v8::Local<v8::Value> StartCpuProfile();
  v8::Local<v8::Value> StopCpuProfile(uint32_t id);
  v8::Local<v8::Value> StartHeapProfile();
  v8::Local<v8::Value> StopHeapProfile();
  static void HasRef(const CallInfo& info);
  double LoopIdleTime();
  double LoopStartTime();

  bool AnswerWhenClosed(const CallInfo&) const { return false; }
  void CloseNow() override {
    thread_->Stop(1);
    thread_->Join();
    HandleWrap::CloseNow();
  }
  ~Worker() override;

 private:
  Worker(Environment* env, v8::Local<v8::Object> object, WorkerStart start, const ResourceLimits& limits);
  v8::Local<v8::Value> Ask(Provider provider, std::function<Answer(Environment*)> question);
  void OnWake();
  void OnEnd();

  uv_async_t wake_;
  std::unique_ptr<WorkerThread> thread_;
  std::map<uint64_t, WorkerRequest*> requests_;
  uint64_t last_request_ = 0;

  std::mutex mutex_;
  std::vector<std::pair<uint64_t, Answer>> answers_;  // Guarded by mutex_.
  bool ended_ = false;                                // Guarded by mutex_.
};

Worker::Worker(Environment* env, v8::Local<v8::Object> object, WorkerStart start, const ResourceLimits& limits)
    : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&wake_), Provider::WORKER) {
  MarkUninitialized();  // StartThread() makes the handle.
  thread_ = std::make_unique<WorkerThread>(std::move(start), limits, [this] {
    std::lock_guard lock(mutex_);
    ended_ = true;
    uv_async_send(&wake_);
  });
  env->State<StartedWorkers>().threads.push_back(thread_.get());
}

Worker::~Worker() {
  std::erase(env()->State<StartedWorkers>().threads, thread_.get());
  thread_->Join();
}

void Worker::Make(Environment* env, const CallInfo& info, v8::Local<v8::Value>, v8::Local<v8::Value> variables,
                  v8::Local<v8::Value> exec_argv, v8::Local<v8::Float64Array> limits, bool tracks_descriptors, bool is_internal,
                  std::string name) {
  if (!info.IsConstructCall()) {
    return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Class constructor Worker cannot be invoked without 'new'");
  }
  if (RefuseWhileBuilding(env, "Starting a worker") || !OpenLoop(info)) return;
  if (HeapOf(*env->payload()) == StartFrom::kHeapImage && env->payload()->Manifest("threads").empty()) {
    return ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_WORKER_INIT_FAILED",
                      "Worker initialization failure: the program did not name worker_threads when it was packed: pack "
                      "it with --include=node:worker_threads");
  }
  v8::Local<v8::Context> context = env->context();
  const auto set = [&](const char* key, v8::Local<v8::Value> value) {
    return info.This()->Set(context, Internalized(env->isolate(), key), value).FromMaybe(false);
  };
  WorkerStart start(env->State<NodeOptions>());
  start.id = NextThreadId();
  start.name = std::move(name);
  start.is_internal = is_internal;
  start.closes_descriptors = tracks_descriptors;
  start.payload = env->payload();
  start.argc = env->argc();
  start.argv = env->argv();
  const WorkerThread* own = env->State<ThisWorker>().thread;
  if (info[0]->IsString() || info[0]->IsObject()) start.url = Utf8(env->isolate(), info[0]).view();
  start.waits_for_client = NewWorkersWait();
  start.main_inbox = own == nullptr ? Inspector::InboxOf(env) : own->main_inbox();
  WorkerOptions options;
  if (!ReadWorkerOptions(env, variables, exec_argv, &options)) return;
  if (!options.invalid.empty()) {
    std::vector<v8::Local<v8::Value>> texts;
    for (const std::string& text : options.invalid) {
      v8::Local<v8::String> string;
      if (FromUtf8(env->isolate(), text).ToLocal(&string)) texts.push_back(string);
    }
    set(options.invalid_in, v8::Array::New(env->isolate(), texts.data(), texts.size()));
    return;
  }
  const ProcessArguments& arguments = env->State<ProcessArguments>();
  if (!arguments.argv.empty()) start.program = arguments.argv[0];
  start.is_node = arguments.is_node;
  start.options = std::move(options.options);
  start.exec_argv = std::move(options.exec_argv);
  start.variables = std::move(options.variables);
  ResourceLimits numbers;
  numbers.fill(-1);
  limits->CopyContents(numbers.data(), sizeof(numbers));

  MessagePort* port = MessagePort::Create(env, context);
  if (port == nullptr) return;
  start.port = std::make_unique<PortQueue>();
  PortQueue::Entangle(port->queue(), start.port.get());
  v8::Local<v8::String> text;
  if (!FromUtf8(env->isolate(), start.name).ToLocal(&text) || !set("messagePort", port->object()) ||
      !set("threadId", v8::Number::New(env->isolate(), static_cast<double>(start.id))) || !set("threadName", text)) {
    return;
  }
  new Worker(env, info.This(), std::move(start), numbers);
}

void Worker::StartThread(const CallInfo& info) {
  if (!IsClosed()) return;
  int rc = uv_async_init(env()->loop(), &wake_,
                         [](uv_async_t* async) { static_cast<Worker*>(static_cast<HandleWrap*>(async->data))->OnWake(); });
  if (rc == 0) {
    MarkInitialized();
    rc = thread_->Run();
    if (rc < 0) Close();
  }
  if (rc < 0)
    ThrowCoded(info.GetIsolate(), ErrorKind::kError, "ERR_WORKER_INIT_FAILED",
               std::string("Worker initialization failure: ") + uv_err_name(rc));
}

void Worker::OnWake() {
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env()->context());
  std::vector<std::pair<uint64_t, Answer>> answers;
  bool ended;
  {
    std::lock_guard lock(mutex_);
    answers.swap(answers_);
    ended = ended_;
  }
  for (const auto& [id, answer] : answers) {
    const auto entry = requests_.find(id);
    if (entry == requests_.end()) continue;
    WorkerRequest* request = entry->second;
    requests_.erase(entry);
    std::vector<v8::Local<v8::Value>> argv = answer(env());
    request->MakeCallback("ondone", static_cast<int>(argv.size()), argv.data());
    request->MakeWeak();
  }
  if (ended && IsOpen()) OnEnd();
}

void Worker::OnEnd() {
  v8::Isolate* isolate = env()->isolate();
  thread_->Join();
  if (env()->stopping()) return Close();
  object()->Set(env()->context(), Internalized(isolate, "messagePort"), v8::Undefined(isolate)).Check();
  const WorkerThread::End& end = thread_->end();
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, end.exit_code), v8::Null(isolate), v8::Null(isolate)};
  v8::Local<v8::String> reason;
  if (end.error != nullptr) argv[1] = Internalized(isolate, end.error);
  if (!end.reason.empty() && FromUtf8(isolate, end.reason).ToLocal(&reason)) argv[2] = reason;
  MakeCallback("onexit", std::size(argv), argv);
  Close();
}

// undefined behind the thread's end.
void Worker::HasRef(const CallInfo& info) {
  const auto* self = NativeObject::Cast<Worker>(info.This());
  if (self != nullptr && self->IsOpen()) info.GetReturnValue().Set(uv_has_ref(self->handle()) != 0);
}

v8::Local<v8::Value> Worker::Ask(Provider provider, std::function<Answer(Environment*)> question) {
  v8::Local<v8::Value> argument = v8::Integer::New(env()->isolate(), static_cast<int32_t>(provider));
  v8::Local<v8::Object> object;
  if (!IsOpen() || !NewInstance(env(), "worker", "WorkerRequest", 1, &argument).ToLocal(&object)) return {};
  const uint64_t id = ++last_request_;
  const bool asked = thread_->Interrupt([this, id, question = std::move(question)](Environment* worker) {
    Answer answer = question(worker);
    std::lock_guard lock(mutex_);
    answers_.emplace_back(id, std::move(answer));
    uv_async_send(&wake_);
  });
  if (!asked) return {};
  auto* request = NativeObject::Cast<WorkerRequest>(object);
  request->MakeStrong();
  requests_[id] = request;
  return object;
}

v8::Local<v8::Value> Worker::GetResourceLimits() {
  const ResourceLimits limits = thread_->limits();
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(env()->isolate(), sizeof(limits));
  std::copy(limits.begin(), limits.end(), static_cast<double*>(buffer->Data()));
  return v8::Float64Array::New(buffer, 0, limits.size());
}

v8::Local<v8::Value> Worker::TakeHeapSnapshot(Bytes options) {
  return Ask(Provider::WORKERHEAPSNAPSHOT, [options = ReadHeapSnapshotOptions(options.span)](Environment* worker) -> Answer {
    return [text = HeapSnapshotText(worker->isolate(), options)](Environment* env) {
      v8::Local<v8::Object> stream;
      std::vector<v8::Local<v8::Value>> arguments;
      if (NewHeapSnapshotStream(env, text).ToLocal(&stream)) arguments.push_back(stream);
      return arguments;
    };
  });
}

// An object without a prototype of `names` and `values`.
v8::Local<v8::Object> PlainObject(Environment* env, std::span<const char* const> names, std::vector<v8::Local<v8::Value>> values) {
  std::vector<v8::Local<v8::Name>> keys;
  for (const char* name : names) keys.push_back(Internalized(env->isolate(), name));
  return v8::Object::New(env->isolate(), v8::Null(env->isolate()), keys.data(), values.data(), keys.size());
}

v8::Local<v8::Value> Worker::GetHeapStatistics() {
  return Ask(Provider::WORKERHEAPSTATISTICS, [](Environment* worker) -> Answer {
    v8::HeapStatistics heap;
    worker->isolate()->GetHeapStatistics(&heap);
    return [heap](Environment* env) mutable {
      static constexpr const char* kNames[] = {"total_heap_size",
                                               "total_heap_size_executable",
                                               "total_physical_size",
                                               "total_available_size",
                                               "used_heap_size",
                                               "heap_size_limit",
                                               "malloced_memory",
                                               "peak_malloced_memory",
                                               "does_zap_garbage",
                                               "number_of_native_contexts",
                                               "number_of_detached_contexts",
                                               "total_global_handles_size",
                                               "used_global_handles_size",
                                               "external_memory"};
      std::vector<v8::Local<v8::Value>> values;
      for (const size_t number :
           {heap.total_heap_size(), heap.total_heap_size_executable(), heap.total_physical_size(), heap.total_available_size(),
            heap.used_heap_size(), heap.heap_size_limit(), heap.malloced_memory(), heap.peak_malloced_memory(), heap.does_zap_garbage(),
            heap.number_of_native_contexts(), heap.number_of_detached_contexts(), heap.total_global_handles_size(),
            heap.used_global_handles_size(), heap.external_memory()}) {
        values.push_back(v8::Number::New(env->isolate(), static_cast<double>(number)));
      }
      constexpr size_t kDoesZapGarbage = 8;
      values[kDoesZapGarbage] = v8::Boolean::New(env->isolate(), heap.does_zap_garbage() != 0);
      return std::vector<v8::Local<v8::Value>>{PlainObject(env, kNames, std::move(values))};
    };
  });
}

v8::Local<v8::Value> Worker::CpuUsage() {
  return Ask(Provider::WORKERCPUUSAGE, [](Environment*) -> Answer {
    uv_rusage_t usage{};
    const int rc = uv_getrusage_thread(&usage);
    return [usage, rc](Environment* env) {
      v8::Isolate* isolate = env->isolate();
      if (rc < 0) return std::vector<v8::Local<v8::Value>>{UvError(isolate, rc, "uv_getrusage_thread")};
      const auto microseconds = [isolate](const uv_timeval_t& time) -> v8::Local<v8::Value> {
        return v8::Number::New(isolate, static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec));
      };
      static constexpr const char* kNames[] = {"user", "system"};
      return std::vector<v8::Local<v8::Value>>{v8::Null(isolate),
                                               PlainObject(env, kNames, {microseconds(usage.ru_utime), microseconds(usage.ru_stime)})};
    };
  });
}

std::vector<v8::Local<v8::Value>> ErrorAnswer(Environment* env, const char* code, const char* text) {
  return {CodedError(env->isolate(), ErrorKind::kError, code, text)};
}

// (null, text), or the error when there is no text.
Worker::Answer TextAnswer(std::optional<std::string> text, const char* code, const char* error) {
  return [text = std::move(text), code, error](Environment* env) {
    v8::Local<v8::String> string;
    if (!text) return ErrorAnswer(env, code, error);
    if (!FromUtf8(env->isolate(), *text).ToLocal(&string)) string = v8::String::Empty(env->isolate());
    return std::vector<v8::Local<v8::Value>>{v8::Null(env->isolate()), string};
  };
}

v8::Local<v8::Value> Worker::StartCpuProfile() {
  return Ask(Provider::WORKERCPUPROFILE, [](Environment* worker) -> Answer {
    const v8::CpuProfilingResult result = node::StartCpuProfile(worker);
    return [result](Environment* env) {
      if (result.status == v8::CpuProfilingStatus::kErrorTooManyProfilers) {
        return ErrorAnswer(env, "ERR_CPU_PROFILE_TOO_MANY", "There are too many CPU profiles");
      }
      return std::vector<v8::Local<v8::Value>>{v8::Null(env->isolate()), v8::Number::New(env->isolate(), result.id)};
    };
  });
}

v8::Local<v8::Value> Worker::StopCpuProfile(uint32_t id) {
  return Ask(Provider::WORKERCPUPROFILE, [id](Environment* worker) {
    return TextAnswer(node::StopCpuProfile(worker, id), "ERR_CPU_PROFILE_NOT_STARTED", "CPU profile not started");
  });
}

v8::Local<v8::Value> Worker::StartHeapProfile() {
  return Ask(Provider::WORKERHEAPPROFILE, [](Environment* worker) -> Answer {
    return [started = node::StartHeapProfile(worker)](Environment* env) {
      if (!started) return ErrorAnswer(env, "ERR_HEAP_PROFILE_HAVE_BEEN_STARTED", "heap profiler have been started");
      return std::vector<v8::Local<v8::Value>>{v8::Null(env->isolate())};
    };
  });
}

v8::Local<v8::Value> Worker::StopHeapProfile() {
  return Ask(Provider::WORKERHEAPPROFILE, [](Environment* worker) {
    return TextAnswer(node::StopHeapProfile(worker), "ERR_HEAP_PROFILE_NOT_STARTED", "heap profile not started");
  });
}

double Worker::LoopIdleTime() {
  const double time = thread_->IdleTime();
  return time < 0 ? -1 : time / kNanosPerMilli;
}

double Worker::LoopStartTime() {
  const double time = thread_->LoopStart();
  return time < 0 ? -1 : time / kNanosPerMilli;
}

// The port to the thread that started this one; undefined in the first.
v8::Local<v8::Value> GetEnvMessagePort(Environment* env) { return env->State<ThisWorker>().port.Get(env->isolate()); }

constexpr FunctionSpec kFunctions[] = {Typed<GetEnvMessagePort>("getEnvMessagePort")};

constexpr ConstantSpec kConstants[] = {
    {"kMaxYoungGenerationSizeMb", kMaxYoungGenerationSizeMb},
    {"kMaxOldGenerationSizeMb", kMaxOldGenerationSizeMb},
    {"kCodeRangeSizeMb", kCodeRangeSizeMb},
    {"kStackSizeMb", kStackSizeMb},
    {"kTotalResourceLimitCount", kTotalResourceLimitCount},
    {"threadId", 0},
};

constexpr FunctionSpec kWorkerMethods[] = {
    Method<&Worker::CpuUsage>("cpuUsage"),
    Method<&Worker::GetHeapStatistics>("getHeapStatistics"),
    Method<&Worker::GetResourceLimits>("getResourceLimits"),
    {"hasRef", Worker::HasRef},
    Method<&Worker::LoopIdleTime>("loopIdleTime"),
    Method<&Worker::LoopStartTime>("loopStartTime"),
    Method<&Worker::StartCpuProfile>("startCpuProfile"),
    Method<&Worker::StartHeapProfile>("startHeapProfile"),
    Method<&Worker::StartThread>("startThread"),
    Method<&Worker::StopCpuProfile>("stopCpuProfile"),
    Method<&Worker::StopHeapProfile>("stopHeapProfile"),
    Method<&Worker::StopThread>("stopThread"),
    Method<&Worker::TakeHeapSnapshot>("takeHeapSnapshot"),
};

constexpr ClassSpec kClasses[] = {
    {"Worker", Typed<Worker::Make>("").callback, kWorkerMethods, 1, {}, &kHandleWrapClass},
    {"WorkerRequest", Constructor<WorkerRequest, int32_t>(), {}, 1, {}, &kAsyncWrapClass},
};

// Of the first thread; WorkerThread gives its own Environment others.
void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    target->Set(env->context(), Internalized(isolate, name), value).Check();
  };
  set("isMainThread", v8::True(isolate));
  set("isInternalThread", v8::False(isolate));
  set("ownsProcessState", v8::True(isolate));
  set("threadName", Internalized(isolate, "main"));
}

}  // namespace

extern const BindingSpec kNodeWorker;
constexpr BindingSpec kNodeWorker{"worker", kFunctions, kConstants, kClasses, Init};

}  // namespace dv8::node
