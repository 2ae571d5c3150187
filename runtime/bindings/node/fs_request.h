// How each call of internalBinding('fs') and internalBinding('fs_dir') runs: at once, or on the pool with a
// callback (FSReqCallback) or a promise (kUsePromises). A call is an FsTask: what it does on any thread, and
// what its result is for JavaScript.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/req_wrap.h"
#include "runtime/bindings/node/virtual_root.h"

namespace dv8::node {

class FsRequest;

// The last argument of each call.
struct Completion {
  enum class Kind { kNow, kCallback, kPromise };
  Kind kind = Kind::kNow;
  FsRequest* request = nullptr;  // The FSReqCallback; for a promise, a request made for it, or none.
};

// A descriptor, with the error that Node's functions give for what is none.
struct Fd {
  int value = -1;
};

// A path that is looked up: absolute where the current folder is one that only the program has.
struct FsPath : Path {};

// One call. Made and destroyed on the isolate's thread.
class FsTask {
 public:
  FsTask(Environment* env, const char* syscall) : syscall(syscall), root(VirtualRoot::Of(env)) {}
  virtual ~FsTask() = default;
  FsTask(FsTask&&) = default;

  // Does it, on any thread: what the call returns, or a negative libuv error.
  virtual int64_t Run() = 0;
  // The result for JavaScript, after a Run() that did not fail; on the isolate's thread. Empty: an
  // exception is pending.
  virtual v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) { return v8::Undefined(env->isolate()).As<v8::Value>(); }

  v8::Local<v8::Value> Error(v8::Isolate* isolate) const;

  const char* syscall;
  const VirtualRoot* root;          // Null: no files are embedded.
  std::optional<std::string> path;  // What an error names.
  std::optional<std::string> dest;
  int64_t result = 0;
};

// A task whose value is the number that Run() gives.
class FsNumberTask : public FsTask {
 public:
  using FsTask::FsTask;
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) override {
    return v8::Number::New(env->isolate(), static_cast<double>(result)).As<v8::Value>();
  }
};

// A task out of `run`, which gets the task: for calls without a value.
template <typename F>
class FsPlainTask final : public FsTask {
 public:
  FsPlainTask(Environment* env, const char* syscall, F run) : FsTask(env, syscall), run_(std::move(run)) {}
  int64_t Run() override { return run_(*this); }

 private:
  F run_;
};

class FsRequest : public ReqWrap<uv_work_t> {
 public:
  DV8_NATIVE_CLASS(FsRequest, AsyncWrap)
  using ReqWrap<uv_work_t>::ReqWrap;

  // Runs `task` on the pool and settles with its result.
  void Start(Completion::Kind kind, std::unique_ptr<FsTask> task);

 protected:
  virtual void Settle(bool failed, v8::Local<v8::Value> value) = 0;

 private:
  void Finish(int status);

  Completion::Kind kind_ = Completion::Kind::kCallback;
  std::unique_ptr<FsTask> task_;
};

// new FSReqCallback(bigint): calls its `oncomplete` with (error) or (null, value).
class FsCallback final : public FsRequest {
 public:
  DV8_NATIVE_CLASS(FsCallback, FsRequest)
  FsCallback(Environment* env, v8::Local<v8::Object> object, bool bigint)
      : FsRequest(env, object, Provider::FSREQCALLBACK), bigint_(bigint) {}
  bool bigint() const { return bigint_; }

 private:
  void Settle(bool failed, v8::Local<v8::Value> value) override;

  bool bigint_;
};

// The request behind kUsePromises, and FileHandle's close. Only C++ makes them.
class FsPromise final : public FsRequest {
 public:
  DV8_NATIVE_CLASS(FsPromise, FsRequest)
  FsPromise(Environment* env, v8::Local<v8::Object> object, Provider provider, v8::Local<v8::Promise::Resolver> resolver)
      : FsRequest(env, object, provider), resolver_(env->isolate(), resolver) {}
  v8::Local<v8::Promise> promise() { return resolver_.Get(env()->isolate())->GetPromise(); }

 private:
  void Settle(bool failed, v8::Local<v8::Value> value) override;

  v8::Global<v8::Promise::Resolver> resolver_;
};

// Constructors of the two classes of FsPromise.
void NewFsPromise(const CallInfo& info);
void NewFileHandleCloseReq(const CallInfo& info);
// What an FsPromise calls between the async hooks: a function of the binding that nobody else sees.
void SettleFunction(v8::Local<v8::Promise> promise, bool failed, v8::Local<v8::Value> value);

namespace internal {
void RunNow(const CallInfo& info, FsTask& task);
void RunLater(const CallInfo& info, const Completion& completion, std::unique_ptr<FsTask> task);
}  // namespace internal

// Runs `task` as `completion` says, and returns its value or its promise to JavaScript.
template <typename Task>
void Perform(const CallInfo& info, const Completion& completion, Task&& task) {
  if (completion.kind == Completion::Kind::kNow) return internal::RunNow(info, task);
  internal::RunLater(info, completion, std::make_unique<std::remove_cvref_t<Task>>(std::move(task)));
}

// The same for a call without a value: `run(const FsTask&)` gives 0 or a negative error.
template <typename F>
void Perform(const CallInfo& info, const Completion& completion, const char* syscall, F run) {
  Perform(info, completion, FsPlainTask<F>(Environment::From(info), syscall, std::move(run)));
}
// For one path, and for two: errors name them.
template <typename F>
void PerformOn(const CallInfo& info, const Completion& completion, const char* syscall, Path path, F run) {
  FsPlainTask<F> task(Environment::From(info), syscall, std::move(run));
  task.path = std::move(path.value);
  Perform(info, completion, std::move(task));
}
template <typename F>
void PerformOn(const CallInfo& info, const Completion& completion, const char* syscall, Path path, Path dest, F run) {
  FsPlainTask<F> task(Environment::From(info), syscall, std::move(run));
  task.path = std::move(path.value);
  task.dest = std::move(dest.value);
  Perform(info, completion, std::move(task));
}

// A libuv function called at once: RunUv(uv_fs_chmod, path, mode).
template <typename... Ps, typename... Arguments>
int64_t RunUv(int (*function)(uv_loop_t*, uv_fs_t*, Ps...), Arguments... arguments) {
  uv_fs_t request;
  const int rc = function(nullptr, &request, arguments..., nullptr);
  const int64_t result = rc < 0 ? rc : request.result;
  uv_fs_req_cleanup(&request);
  return result;
}

}  // namespace dv8::node

namespace dv8 {

template <>
struct ArgumentReader<node::Completion> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, node::Completion* out);
};
template <>
struct ArgumentReader<node::FsPath> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, node::FsPath* out) {
    if (!ArgumentReader<Path>::Read(isolate, value, index, out)) return false;
    node::VirtualRoot::Resolve(&out->value);
    return true;
  }
};
template <>
struct ArgumentReader<node::Fd> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, node::Fd* out);
};

}  // namespace dv8
