// The differences between the two engines that the runtime is built with, V8 13.6 and V8 11.3
// (bazel --config=v8-11), each under the newer one's names and shapes.
#pragma once

#include <memory>
#include <utility>

#include "v8-platform.h"
#include "v8-version.h"
#include "v8.h"

namespace dv8::compat {

#if V8_MAJOR_VERSION >= 13

using v8::Platform;
using v8::SnapshotCreator;
using v8::SourceLocation;
using v8::TaskRunner;

inline v8::ScriptOrigin Origin(v8::Isolate*, v8::Local<v8::Value> name,
                               v8::Local<v8::Value> source_map_url = {}) {
  return {name, 0, 0, false, -1, source_map_url};
}

inline v8::Local<v8::Value> ContinuationData(v8::Isolate* isolate) {
  return isolate->GetContinuationPreservedEmbedderData();
}

inline void SetContinuationData(v8::Isolate* isolate, v8::Local<v8::Value> data) {
  isolate->SetContinuationPreservedEmbedderData(data);
}

#else

struct SourceLocation {};

class TaskRunner : public v8::TaskRunner {
 public:
  void PostTask(std::unique_ptr<v8::Task> task) final { PostTaskImpl(std::move(task), {}); }
  void PostNonNestableTask(std::unique_ptr<v8::Task> task) final {
    PostNonNestableTaskImpl(std::move(task), {});
  }
  void PostDelayedTask(std::unique_ptr<v8::Task> task, double delay_in_seconds) final {
    PostDelayedTaskImpl(std::move(task), delay_in_seconds, {});
  }
  void PostNonNestableDelayedTask(std::unique_ptr<v8::Task> task, double delay_in_seconds) final {
    PostNonNestableDelayedTaskImpl(std::move(task), delay_in_seconds, {});
  }
  void PostIdleTask(std::unique_ptr<v8::IdleTask> task) final {
    PostIdleTaskImpl(std::move(task), {});
  }

 private:
  virtual void PostTaskImpl(std::unique_ptr<v8::Task>, const SourceLocation&) = 0;
  virtual void PostNonNestableTaskImpl(std::unique_ptr<v8::Task>, const SourceLocation&) = 0;
  virtual void PostDelayedTaskImpl(std::unique_ptr<v8::Task>, double, const SourceLocation&) = 0;
  virtual void PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task>, double,
                                              const SourceLocation&) = 0;
  virtual void PostIdleTaskImpl(std::unique_ptr<v8::IdleTask>, const SourceLocation&) = 0;
};

class Platform : public v8::Platform {
 public:
  v8::PageAllocator* GetPageAllocator() override { return nullptr; }  // V8's own.
  virtual std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate,
                                                                  v8::TaskPriority) = 0;
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate) final {
    return GetForegroundTaskRunner(isolate, v8::TaskPriority::kUserBlocking);
  }
  void CallOnWorkerThread(std::unique_ptr<v8::Task> task) final {
    PostTaskOnWorkerThreadImpl(v8::TaskPriority::kUserVisible, std::move(task), {});
  }
  void CallDelayedOnWorkerThread(std::unique_ptr<v8::Task> task, double delay_in_seconds) final {
    PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority::kUserVisible, std::move(task),
                                      delay_in_seconds, {});
  }
  std::unique_ptr<v8::JobHandle> CreateJob(v8::TaskPriority priority,
                                           std::unique_ptr<v8::JobTask> job) final {
    return CreateJobImpl(priority, std::move(job), {});
  }

 private:
  virtual std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority,
                                                       std::unique_ptr<v8::JobTask>,
                                                       const SourceLocation&) = 0;
  virtual void PostTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task>,
                                          const SourceLocation&) = 0;
  virtual void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task>,
                                                 double, const SourceLocation&) = 0;
};

// Its isolate has an allocator of V8's own and V8's default limits.
class SnapshotCreator : public v8::SnapshotCreator {
 public:
  explicit SnapshotCreator(const v8::Isolate::CreateParams& params)
      : v8::SnapshotCreator(params.external_references) {}
};

inline v8::ScriptOrigin Origin(v8::Isolate* isolate, v8::Local<v8::Value> name,
                               v8::Local<v8::Value> source_map_url = {}) {
  return {isolate, name, 0, 0, false, -1, source_map_url};
}

inline v8::Local<v8::Value> ContinuationData(v8::Isolate* isolate) {
  return isolate->GetCurrentContext()->GetContinuationPreservedEmbedderData();
}

inline void SetContinuationData(v8::Isolate* isolate, v8::Local<v8::Value> data) {
  isolate->GetCurrentContext()->SetContinuationPreservedEmbedderData(data);
}

#endif

}  // namespace dv8::compat
