// V8's platform for this runtime: worker threads that start with the first task posted to
// them, and foreground tasks that run on the isolate's event loop.
#pragma once

#include <uv.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "v8-platform.h"

namespace dv8 {

// The tasks that V8 posts to an isolate's own thread. Posting is thread-safe; everything
// else belongs to the isolate's thread.
class ForegroundTasks final : public v8::TaskRunner {
 public:
  ~ForegroundTasks() override;

  // Wakes `loop` from now on, with a handle that does not keep it alive. `after` runs when
  // tasks have run: the place for microtasks.
  void AttachLoop(uv_loop_t* loop, std::function<void()> after);
  void DetachLoop();
  // Runs what was posted before the call; true when anything ran.
  bool RunPending();
  bool HasPending();
  // Drops every task that has not run: the isolate is going away.
  void Shutdown();

  bool IdleTasksEnabled() override { return false; }
  bool NonNestableTasksEnabled() const override { return true; }
  bool NonNestableDelayedTasksEnabled() const override { return true; }

 private:
  struct Delayed {
    uv_timer_t timer;
    ForegroundTasks* owner;
    std::unique_ptr<v8::Task> task;
  };

  void PostTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) override;
  void PostNonNestableTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) override;
  void PostDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_in_seconds, const v8::SourceLocation&) override;
  void PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_in_seconds, const v8::SourceLocation&) override;
  void PostIdleTaskImpl(std::unique_ptr<v8::IdleTask>, const v8::SourceLocation&) override {}

  void ArmDelayed();

  std::mutex mutex_;
  std::deque<std::unique_ptr<v8::Task>> tasks_;
  std::deque<std::pair<double, std::unique_ptr<v8::Task>>> unarmed_;
  bool closed_ = false;
  uv_async_t* wake_ = nullptr;  // Owned by the loop once attached.
  std::function<void()> after_;
  std::vector<Delayed*> delayed_;
};

// The pool behind V8's background compilation and garbage collection.
class WorkerPool {
 public:
  // Starts a thread when none waits and the CPUs this process may use allow one more.
  void Post(std::unique_ptr<v8::Task> task, double delay_in_seconds);
  // Waits until no task that is due is queued or running, or `foreground` has one: a task may wait for a collection by
  // its isolate's thread.
  void WaitUntilIdle(ForegroundTasks* foreground);
  // Lets WaitUntilIdle() look at its foreground tasks.
  void NotifyWaiters();
  bool started() const { return started_.load(std::memory_order_relaxed); }

 private:
  struct DelayedTask {
    double due;
    mutable std::unique_ptr<v8::Task> task;
    bool operator<(const DelayedTask& other) const { return due > other.due; }
  };

  void Work();

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable idle_;
  std::deque<std::unique_ptr<v8::Task>> tasks_;
  std::priority_queue<DelayedTask> delayed_;
  int threads_ = 0;
  int waiting_ = 0;
  int running_ = 0;
  std::atomic<int> waiters_{0};  // In WaitUntilIdle().
  std::atomic<bool> started_{false};
};

// One a process; lives until the process ends.
class Platform final : public v8::Platform {
 public:
  static Platform* Get();

  std::shared_ptr<ForegroundTasks> TasksOf(v8::Isolate* isolate);
  // To be called before the isolate is disposed.
  void Forget(v8::Isolate* isolate);
  WorkerPool& workers() { return workers_; }

  int NumberOfWorkerThreads() override;
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate, v8::TaskPriority) override;
  double MonotonicallyIncreasingTime() override;
  double CurrentClockTimeMillis() override;
  v8::TracingController* GetTracingController() override { return &tracing_; }

 private:
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority, std::unique_ptr<v8::JobTask> job,
                                               const v8::SourceLocation&) override;
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task, const v8::SourceLocation&) override;
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task, double delay_in_seconds,
                                         const v8::SourceLocation&) override;

  std::mutex mutex_;
  std::map<v8::Isolate*, std::shared_ptr<ForegroundTasks>> foreground_;
  WorkerPool workers_;
  v8::TracingController tracing_;
};

}  // namespace dv8
