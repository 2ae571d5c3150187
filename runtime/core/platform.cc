#include "runtime/core/platform.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "libplatform/libplatform.h"
#include "runtime/core/check.h"

#if __has_feature(thread_sanitizer)
extern "C" {  // Of its runtime; it has no header of them.
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace dv8 {
namespace {

// Runs and deletes a task of V8's. ThreadSanitizer is not to judge it: it sees V8's calls of malloc, free and memcpy,
// but not the atomics that order them.
void RunOnWorker(std::unique_ptr<v8::Task> task) {
#if __has_feature(thread_sanitizer)
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
#endif
  task->Run();
  task.reset();
#if __has_feature(thread_sanitizer)
  AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
#endif
}

// The collector and the compilers gain little from more, and each thread costs a stack.
constexpr int kMaxWorkers = 4;

double MonotonicSeconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Affinity and the cgroup's quota, read when the first task is posted.
int MaxThreads() {
  static const int threads = std::clamp(static_cast<int>(uv_available_parallelism()) - 1, 1, kMaxWorkers);
  return threads;
}

}  // namespace

ForegroundTasks::~ForegroundTasks() { Shutdown(); }

void ForegroundTasks::AttachLoop(uv_loop_t* loop, std::function<void()> after) {
  after_ = std::move(after);
  auto* wake = new uv_async_t;
  wake->data = this;
  DV8_CHECK(uv_async_init(loop, wake, [](uv_async_t* handle) {
              auto* self = static_cast<ForegroundTasks*>(handle->data);
              self->ArmDelayed();
              if (self->RunPending()) self->after_();
            }) == 0);
  uv_unref(reinterpret_cast<uv_handle_t*>(wake));
  bool pending;
  {
    std::lock_guard lock(mutex_);
    wake_ = wake;
    pending = !tasks_.empty() || !unarmed_.empty();
  }
  if (pending) uv_async_send(wake);
}

void ForegroundTasks::DetachLoop() {
  uv_async_t* wake;
  {
    std::lock_guard lock(mutex_);
    wake = std::exchange(wake_, nullptr);
  }
  if (wake == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(wake), [](uv_handle_t* handle) { delete reinterpret_cast<uv_async_t*>(handle); });
  for (Delayed* delayed : std::exchange(delayed_, {})) {
    delayed->task.reset();
    uv_close(reinterpret_cast<uv_handle_t*>(&delayed->timer), [](uv_handle_t* handle) { delete static_cast<Delayed*>(handle->data); });
  }
}

// Delayed tasks become timers that do not keep the loop alive: V8 uses them for housekeeping.
void ForegroundTasks::ArmDelayed() {
  std::deque<std::pair<double, std::unique_ptr<v8::Task>>> unarmed;
  uv_async_t* wake;
  {
    std::lock_guard lock(mutex_);
    unarmed.swap(unarmed_);
    wake = wake_;
  }
  for (auto& [seconds, task] : unarmed) {
    auto* delayed = new Delayed{{}, this, std::move(task)};
    uv_timer_init(wake->loop, &delayed->timer);
    delayed->timer.data = delayed;
    delayed_.push_back(delayed);
    uv_timer_start(
        &delayed->timer,
        [](uv_timer_t* timer) {
          auto* fired = static_cast<Delayed*>(timer->data);
          ForegroundTasks* owner = fired->owner;
          std::unique_ptr<v8::Task> due = std::move(fired->task);
          std::erase(owner->delayed_, fired);
          uv_close(reinterpret_cast<uv_handle_t*>(timer), [](uv_handle_t* handle) { delete static_cast<Delayed*>(handle->data); });
          due->Run();
          owner->after_();
        },
        static_cast<uint64_t>(std::max(0.0, seconds) * 1000), 0);
    uv_unref(reinterpret_cast<uv_handle_t*>(&delayed->timer));
  }
}

bool ForegroundTasks::RunPending() {
  std::deque<std::unique_ptr<v8::Task>> tasks;
  {
    std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (auto& task : tasks) task->Run();
  return !tasks.empty();
}

bool ForegroundTasks::HasPending() {
  std::lock_guard lock(mutex_);
  return !tasks_.empty();
}

void ForegroundTasks::Shutdown() {
  std::deque<std::unique_ptr<v8::Task>> tasks;
  std::deque<std::pair<double, std::unique_ptr<v8::Task>>> unarmed;
  std::lock_guard lock(mutex_);
  closed_ = true;
  tasks.swap(tasks_);
  unarmed.swap(unarmed_);
}

void ForegroundTasks::PostTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    tasks_.push_back(std::move(task));
    if (wake_ != nullptr) uv_async_send(wake_);
  }
  Platform::Get()->workers().NotifyWaiters();
}

// Tasks run from the loop only, never inside another task: every one is non-nestable.
void ForegroundTasks::PostNonNestableTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation& location) {
  PostTaskImpl(std::move(task), location);
}

void ForegroundTasks::PostDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_in_seconds, const v8::SourceLocation&) {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  unarmed_.emplace_back(delay_in_seconds, std::move(task));
  if (wake_ != nullptr) uv_async_send(wake_);
}

void ForegroundTasks::PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_in_seconds,
                                                     const v8::SourceLocation& location) {
  PostDelayedTaskImpl(std::move(task), delay_in_seconds, location);
}

void WorkerPool::Post(std::unique_ptr<v8::Task> task, double delay_in_seconds) {
  std::lock_guard lock(mutex_);
  started_ = true;
  if (delay_in_seconds > 0) {
    delayed_.push({MonotonicSeconds() + delay_in_seconds, std::move(task)});
  } else {
    tasks_.push_back(std::move(task));
  }
  if (waiting_ > 0) {
    work_.notify_one();
  } else if (threads_ < MaxThreads()) {
    threads_++;
    std::thread([this] { Work(); }).detach();
  }
}

void WorkerPool::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!delayed_.empty() && delayed_.top().due <= MonotonicSeconds()) {
      tasks_.push_back(std::move(delayed_.top().task));
      delayed_.pop();
    }
    if (!tasks_.empty()) {
      std::unique_ptr<v8::Task> task = std::move(tasks_.front());
      tasks_.pop_front();
      running_++;
      lock.unlock();
      RunOnWorker(std::move(task));
      lock.lock();
      running_--;
      if (running_ == 0 && tasks_.empty()) idle_.notify_all();
      continue;
    }
    waiting_++;
    if (delayed_.empty()) {
      work_.wait(lock);
    } else {
      const double seconds = delayed_.top().due - MonotonicSeconds();
      work_.wait_for(lock, std::chrono::duration<double>(std::max(seconds, 0.0)));
    }
    waiting_--;
  }
}

void WorkerPool::WaitUntilIdle(ForegroundTasks* foreground) {
  std::unique_lock lock(mutex_);
  waiters_++;
  idle_.wait(lock, [&] { return (running_ == 0 && tasks_.empty()) || foreground->HasPending(); });
  waiters_--;
}

void WorkerPool::NotifyWaiters() {
  if (waiters_.load() == 0) return;
  std::lock_guard lock(mutex_);
  idle_.notify_all();
}

Platform* Platform::Get() {
  // Never destroyed: worker threads use it until the process ends.
  static Platform* platform = new Platform;
  return platform;
}

std::shared_ptr<ForegroundTasks> Platform::TasksOf(v8::Isolate* isolate) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<ForegroundTasks>& tasks = foreground_[isolate];
  if (!tasks) tasks = std::make_shared<ForegroundTasks>();
  return tasks;
}

void Platform::Forget(v8::Isolate* isolate) {
  std::shared_ptr<ForegroundTasks> tasks;
  {
    std::lock_guard lock(mutex_);
    auto found = foreground_.find(isolate);
    if (found == foreground_.end()) return;
    tasks = std::move(found->second);
    foreground_.erase(found);
  }
  tasks->Shutdown();
}

int Platform::NumberOfWorkerThreads() {
  // By affinity alone: V8 asks at every start, and the cgroup's quota is in files.
  static const int workers = [] {
    cpu_set_t cpus;
    const int count = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 2;
    return std::clamp(count - 1, 1, kMaxWorkers);
  }();
  return workers;
}

std::shared_ptr<v8::TaskRunner> Platform::GetForegroundTaskRunner(v8::Isolate* isolate, v8::TaskPriority) { return TasksOf(isolate); }

double Platform::MonotonicallyIncreasingTime() { return MonotonicSeconds(); }

double Platform::CurrentClockTimeMillis() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec / 1000) / 1e3;
}

std::unique_ptr<v8::JobHandle> Platform::CreateJobImpl(v8::TaskPriority priority, std::unique_ptr<v8::JobTask> job,
                                                       const v8::SourceLocation&) {
  return v8::platform::NewDefaultJobHandle(this, priority, std::move(job), static_cast<size_t>(NumberOfWorkerThreads()));
}

void Platform::PostTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task, const v8::SourceLocation&) {
  workers_.Post(std::move(task), 0);
}

void Platform::PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task, double delay_in_seconds,
                                                 const v8::SourceLocation&) {
  workers_.Post(std::move(task), delay_in_seconds);
}

}  // namespace dv8
