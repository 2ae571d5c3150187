#include "runtime/bindings/node/worker_thread.h"

#include <unistd.h>

#include <algorithm>

#include "runtime/bindings/node/coverage.h"
#include "runtime/bindings/node/inspector_workers.h"
#include "runtime/bindings/node/open_descriptors.h"
#include "runtime/bindings/node/performance.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/value.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/engine.h"
#include "runtime/core/platform.h"
#include "runtime/core/snapshot.h"
#include "runtime/payload/payload.h"

namespace dv8::node {
namespace {

constexpr double kMiB = 1 << 20;
constexpr size_t kDefaultStack = 4 << 20;
constexpr size_t kNativeStack = 192 << 10;  // For C++ below V8's limit.
constexpr size_t kExtraHeap = 64 << 20;     // Until the end: one collection may promote a whole young generation.
constexpr int kFailed = 1;

}  // namespace

int WorkerThread::Run() {
  size_t stack_size = kDefaultStack;
  if (limits_[kStackSizeMb] > 0) stack_size = std::max(kNativeStack, static_cast<size_t>(limits_[kStackSizeMb] * kMiB));
  limits_[kStackSizeMb] = static_cast<double>(stack_size) / kMiB;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_size);
  const int rc = pthread_create(
      &thread_, &attributes,
      [](void* data) -> void* {
        static_cast<WorkerThread*>(data)->Main();
        return nullptr;
      },
      this);
  pthread_attr_destroy(&attributes);
  joinable_ = rc == 0;
  return -rc;
}

void WorkerThread::Main() {
  uv_thread_setname(start_.name.c_str());
  const auto top = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  stack_limit_ = top - (static_cast<size_t>(limits()[kStackSizeMb] * kMiB) - kNativeStack);
  const std::string error = WithThreadIsolate(
      *start_.payload, HeapOf(*start_.payload), [this](v8::ResourceConstraints* constraints) { Limit(constraints); },
      [this](v8::Isolate* isolate) { RunIn(isolate); });
  if (!error.empty()) Stop(kFailed, "ERR_WORKER_INIT_FAILED", error);
  start_.port = nullptr;  // If the thread has not got to it.
  on_end_();
}

// Gives V8 the limits, and notes its own for those that the program leaves to it.
void WorkerThread::Limit(v8::ResourceConstraints* constraints) {
  std::lock_guard lock(mutex_);
  const auto limit = [](double* mib, size_t own, auto set) {
    if (*mib > 0) {
      set(static_cast<size_t>(*mib * kMiB));
    } else {
      *mib = static_cast<double>(own) / kMiB;
    }
  };
  limit(&limits_[kMaxYoungGenerationSizeMb], constraints->max_young_generation_size_in_bytes(),
        [&](size_t size) { constraints->set_max_young_generation_size_in_bytes(size); });
  limit(&limits_[kMaxOldGenerationSizeMb], constraints->max_old_generation_size_in_bytes(),
        [&](size_t size) { constraints->set_max_old_generation_size_in_bytes(size); });
  limit(&limits_[kCodeRangeSizeMb], constraints->code_range_size_in_bytes(),
        [&](size_t size) { constraints->set_code_range_size_in_bytes(size); });
  constraints->set_stack_limit(reinterpret_cast<uint32_t*>(stack_limit_));
}

void WorkerThread::RunIn(v8::Isolate* isolate) {
  isolate->SetStackLimit(stack_limit_);
  isolate->AddNearHeapLimitCallback(OnNearHeapLimit, this);
  Environment env(isolate, Environment::Mode::kRun, start_.payload);
  env.set_arguments(start_.argc, start_.argv);
  if (const int rc = env.OpenLoop(); rc < 0) return Stop(kFailed, "ERR_WORKER_INIT_FAILED", uv_err_name(rc));
  env.BecomeThread([this](const std::string& text) { Stop(kFailed, "ERR_WORKER_INIT_FAILED", text); });
  wake_.data = &env;
  uv_async_init(env.loop(), &wake_, [](uv_async_t* async) {
    auto* env = static_cast<Environment*>(async->data);
    v8::HandleScope scope(env->isolate());
    env->State<ThisWorker>().thread->RunTasks(env);
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(&wake_));
  env.State<ThisWorker>().thread = this;
  int code = 0;
  if (Prepare(&env)) {
    v8::Context::Scope context_scope(env.context());
    bool stop;
    {
      std::lock_guard lock(mutex_);
      running_ = &env;
      stop = stop_;
      loop_start_ = uv_hrtime();
    }
    SetLoopStart(&env, loop_start_);
    if (!stop) {
      AddInspectedWorker({start_.id, "[worker " + std::to_string(start_.id) + "]" + (start_.name.empty() ? "" : " " + start_.name),
                          start_.url, start_.waits_for_client, Inspector::InboxOf(&env)});
      Inspector::Name(&env, "Worker[" + std::to_string(start_.id) + "]");
      if (start_.is_node) Inspector::Get(&env);  // V8 shows scripts that are compiled when it is there.
      if (start_.waits_for_client) Inspector::Get(&env)->WaitForClient();
      v8::Local<v8::Value> binding = InternalBinding(&env, "worker").ToLocalChecked();
      (void)env.Callback(env.hook(Hook::kStart), v8::Undefined(isolate), 1, &binding);
      code = env.RunLoop();
    }
    isolate->CancelTerminateExecution();
    EndCoverage(&env);
    if (Inspector* inspector = Inspector::Existing(&env)) inspector->WaitForDisconnect();
    RemoveInspectedWorker(start_.id);
    RunTasks(&env);  // Who waits for an answer gets one.
    std::lock_guard lock(mutex_);
    running_ = nullptr;
    if (!stop_) end_.exit_code = env.stopping() ? env.exit_code() : code;
  }
  env.State<ThisWorker>().port.Reset();
  env.TearDown();
  for (const int fd : env.State<OpenDescriptors>().numbers) close(fd);
}

// Restores the program's context and gives it what is the worker's.
bool WorkerThread::Prepare(Environment* env) {
  const std::optional<SnapshotJob::Mode> mode = ModeFromName(start_.payload->Manifest("mode"));
  if (!mode || !RestoreContext(env, *mode, HeapOf(*start_.payload))) {
    Stop(kFailed, "ERR_WORKER_INIT_FAILED", "the program's snapshot cannot be restored");
    return false;
  }
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Context::Scope context_scope(context);
  v8::TryCatch guard(isolate);
  v8::Local<v8::UnboundScript> stdlib;
  if (*mode == SnapshotJob::Mode::kNone && (!CompileStdlib(env).ToLocal(&stdlib) || !RunStdlib(env, stdlib) ||
                                            !NameProgram(env, std::string(start_.payload->Manifest("entry"))))) {
    Stop(kFailed, "ERR_WORKER_INIT_FAILED", std::string(Utf8(isolate, guard.Exception()).view()));
    return false;
  }
  env->State<NodeOptions>() = start_.options;
  if (start_.waits_for_client) env->State<NodeOptions>().Set(*FindOption("--inspect-brk"), "true");
  env->State<EnvironmentVariables>().own = start_.variables;
  ProcessArguments& arguments = env->State<ProcessArguments>();
  arguments.argv = {start_.program};
  arguments.exec_argv = start_.exec_argv;
  arguments.is_node = start_.is_node;
  env->State<OpenDescriptors>().are_tracked = start_.closes_descriptors;
  if (start_.is_node) {
    env->set_hook(Hook::kImport, {});  // As in the first thread: command_line.cc.
    isolate->InstallConditionalFeatures(context);
  }
  v8::Local<v8::Object> binding;
  if (!InternalBinding(env, "worker").ToLocal(&binding)) return false;
  const auto set = [&](const char* name, v8::Local<v8::Value> value) { binding->Set(context, Internalized(isolate, name), value).Check(); };
  set("isMainThread", v8::False(isolate));
  set("isInternalThread", v8::Boolean::New(isolate, start_.is_internal));
  set("ownsProcessState", v8::False(isolate));
  set("threadId", v8::Number::New(isolate, static_cast<double>(start_.id)));
  v8::Local<v8::String> name;
  if (FromUtf8(isolate, start_.name).ToLocal(&name)) set("threadName", name);
  const ResourceLimits numbers = limits();
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, sizeof(numbers));
  std::copy(numbers.begin(), numbers.end(), static_cast<double*>(buffer->Data()));
  set("resourceLimits", v8::Float64Array::New(buffer, 0, numbers.size()));
  MessagePort* port = MessagePort::Create(env, context, std::move(start_.port));
  if (port == nullptr) {
    Stop(kFailed, "ERR_WORKER_INIT_FAILED", "its MessagePort cannot be made");
    return false;
  }
  env->State<ThisWorker>().port.Reset(isolate, port->object());
  return true;
}

void WorkerThread::Stop(int exit_code, const char* error, std::string reason) {
  std::lock_guard lock(mutex_);
  if (error != nullptr && end_.error == nullptr) {
    end_.error = error;
    end_.reason = std::move(reason);
  }
  stop_ = true;
  end_.exit_code = exit_code;
  if (running_ != nullptr) running_->RequestStop();
}

bool WorkerThread::Interrupt(Task task) {
  std::lock_guard lock(mutex_);
  if (running_ == nullptr || stop_) return false;
  tasks_.push_back(std::move(task));
  running_->isolate()->RequestInterrupt(
      [](v8::Isolate* isolate, void*) {
        Environment* env = Environment::From(isolate);
        env->State<ThisWorker>().thread->RunTasks(env);
      },
      nullptr);
  uv_async_send(&wake_);
  return true;
}

void WorkerThread::RunTasks(Environment* env) {
  std::vector<Task> tasks;
  {
    std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const Task& task : tasks) task(env);
}

void WorkerThread::Join() {
  if (!joinable_) return;
  joinable_ = false;
  pthread_join(thread_, nullptr);
}

ResourceLimits WorkerThread::limits() {
  std::lock_guard lock(mutex_);
  return limits_;
}

double WorkerThread::IdleTime() {
  std::lock_guard lock(mutex_);
  return running_ == nullptr ? -1 : static_cast<double>(uv_metrics_idle_time(running_->loop()));
}

double WorkerThread::LoopStart() {
  std::lock_guard lock(mutex_);
  return running_ == nullptr ? -1 : static_cast<double>(loop_start_);
}

uint64_t ThreadId(Environment* env) {
  const WorkerThread* thread = env->State<ThisWorker>().thread;
  return thread == nullptr ? 0 : thread->id();
}

// The worker ends, and not the process.
size_t WorkerThread::OnNearHeapLimit(void* data, size_t limit, size_t) {
  static_cast<WorkerThread*>(data)->Stop(kFailed, "ERR_WORKER_OUT_OF_MEMORY", "JS heap out of memory");
  return limit + kExtraHeap;
}

}  // namespace dv8::node
