// The thread of a Worker: an isolate from the program's snapshot, with an Environment and a loop of its own.
// worker.cc's object of the starting thread owns it.
#pragma once

#include <pthread.h>
#include <uv.h>

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/bindings/inspector.h"
#include "runtime/bindings/node/message_port.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/process_env.h"
#include "runtime/core/environment.h"

namespace dv8::node {

// Indexes of resource limits, in MiB.
enum ResourceLimit { kMaxYoungGenerationSizeMb, kMaxOldGenerationSizeMb, kCodeRangeSizeMb, kStackSizeMb, kTotalResourceLimitCount };
using ResourceLimits = std::array<double, kTotalResourceLimitCount>;

// What the thread starts with.
struct WorkerStart {
  explicit WorkerStart(const NodeOptions& options) : options(options) {}
  uint64_t id = 0;
  std::string name;
  bool is_internal = false;
  bool closes_descriptors = true;  // Those that its program opened by number and did not close.
  bool is_node = false;            // The program behaves as node.
  const Payload* payload = nullptr;
  int argc = 0;
  char** argv = nullptr;  // Where process.title is written.
  std::string program;    // process.argv0.
  NodeOptions options;
  std::vector<std::string> exec_argv;
  std::shared_ptr<WorkerVariables> variables;  // Null: the process's.
  std::unique_ptr<PortQueue> port;             // To the starting thread.
  std::string url;                             // Of its file.
  bool waits_for_client = false;               // The inspector's, before its program starts.
  std::shared_ptr<InspectorInbox> main_inbox;  // Of the program's first thread.
};

class WorkerThread {
 public:
  // How it ended. `error` is a code of Node's, or null.
  struct End {
    int exit_code = 0;
    const char* error = nullptr;
    std::string reason;
  };
  using Task = std::function<void(Environment*)>;

  // Limits that are not positive are V8's. `on_end` is called on the new thread, last.
  WorkerThread(WorkerStart start, const ResourceLimits& limits, std::function<void()> on_end)
      : start_(std::move(start)), limits_(limits), on_end_(std::move(on_end)) {}

  uint64_t id() const { return start_.id; }
  const std::string& name() const { return start_.name; }
  const std::shared_ptr<InspectorInbox>& main_inbox() const { return start_.main_inbox; }
  // 0, or a negative error number.
  int Run();
  // Ends its JavaScript, an endless loop too. From any thread.
  void Stop(int exit_code, const char* error = nullptr, std::string reason = "");
  // Runs `task` on the thread, also between two instructions of its JavaScript. False when it does not run.
  bool Interrupt(Task task);
  // Waits for the end.
  void Join();
  // After Join().
  const End& end() const { return end_; }

  ResourceLimits limits();
  // Nanoseconds that its loop has waited, and when it began to turn; -1 while it does not run.
  double IdleTime();
  double LoopStart();

 private:
  void Main();
  void Limit(v8::ResourceConstraints* constraints);
  void RunIn(v8::Isolate* isolate);
  bool Prepare(Environment* env);
  void RunTasks(Environment* env);
  static size_t OnNearHeapLimit(void* data, size_t limit, size_t initial_limit);

  WorkerStart start_;
  std::mutex mutex_;
  ResourceLimits limits_;           // Guarded by mutex_.
  Environment* running_ = nullptr;  // Guarded by mutex_.
  bool stop_ = false;               // Guarded by mutex_.
  End end_;                         // Guarded by mutex_ until the end.
  std::vector<Task> tasks_;         // Guarded by mutex_.
  uint64_t loop_start_ = 0;         // Guarded by mutex_.
  uv_async_t wake_;                 // For tasks_; open while running_ is set.
  uintptr_t stack_limit_ = 0;
  std::function<void()> on_end_;
  pthread_t thread_;
  bool joinable_ = false;
};

// What an Environment knows of its own thread: State<ThisWorker>().
struct ThisWorker {
  explicit ThisWorker(Environment*) {}
  WorkerThread* thread = nullptr;  // Null in the program's first thread.
  v8::Global<v8::Object> port;     // To the starting thread.
};

// Those that an Environment has started and that have not ended, by the order of their start.
struct StartedWorkers {
  explicit StartedWorkers(Environment*) {}
  std::vector<WorkerThread*> threads;
};

// 0 in the program's first thread.
uint64_t ThreadId(Environment* env);

}  // namespace dv8::node
