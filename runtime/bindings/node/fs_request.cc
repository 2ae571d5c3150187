#include "runtime/bindings/node/fs_request.h"

#include "runtime/bindings/node/fs_state.h"

namespace dv8::node {
v8::Local<v8::Value> FsTask::Error(v8::Isolate* isolate) const {
  return UvError(isolate, static_cast<int>(result), syscall, path ? path->c_str() : nullptr, dest ? dest->c_str() : nullptr);
}

void FsRequest::Start(Completion::Kind kind, std::unique_ptr<FsTask> task) {
  kind_ = kind;
  task_ = std::move(task);
  if (env()->OpenLoop() == 0) {
    const int rc = Dispatch(
        uv_queue_work, env()->loop(), request(),
        [](uv_work_t* work) {
          FsTask& task = *static_cast<FsRequest*>(From(work))->task_;
          task.result = task.Run();
        },
        [](uv_work_t* work, int status) { static_cast<FsRequest*>(From(work))->Finish(status); });
    if (rc == 0) return;
  }
  // Without a descriptor for a loop it is done at once: it may be what closes some.
  Dispatched();
  task_->result = task_->Run();
  env()->isolate()->EnqueueMicrotask([](void* self) { static_cast<FsRequest*>(self)->Finish(0); }, this);
}

void FsRequest::Finish(int status) {
  Environment* env = this->env();
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  [[maybe_unused]] const v8::Local<v8::Object> alive = object();  // Until the end of this: Finished() makes it weak.
  std::unique_ptr<FsTask> task = std::move(task_);
  Finished();
  if (env->stopping()) return;
  if (status < 0) task->result = status;
  bool failed = task->result < 0;
  v8::Local<v8::Value> value;
  if (failed) {
    value = task->Error(isolate);
  } else {
    v8::TryCatch guard(isolate);
    failed = !task->Value(env, kind_).ToLocal(&value);
    if (failed && guard.HasTerminated()) return;
    if (failed) value = guard.Exception();
  }
  if (env->mode() == Environment::Mode::kBuild) GiveCreationStack();
  task.reset();  // What it holds is the program's again.
  Settle(failed, value);
}

void FsCallback::Settle(bool failed, v8::Local<v8::Value> value) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> argv[] = {v8::Null(isolate), value};
  if (failed) argv[0] = value;
  // A call without a value has one argument: fs.close(fd, (...all) => all.length).
  const int argc = failed || value->IsUndefined() ? 1 : 2;
  MakeCallback(env()->State<FsState>().oncomplete.Get(isolate), argc, argv);
}

void FsPromise::Settle(bool failed, v8::Local<v8::Value> value) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> argv[] = {resolver_.Get(isolate), v8::Boolean::New(isolate, failed), value};
  resolver_.Reset();  // Or the promise would keep its value as long as this.
  MakeCallback(env()->State<FsState>().settle.Get(isolate), 3, argv);
}

void SettleFunction(v8::Local<v8::Promise> promise, bool failed, v8::Local<v8::Value> value) {
  v8::Local<v8::Promise::Resolver> resolver = promise.As<v8::Promise::Resolver>();
  v8::Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
  (void)(failed ? resolver->Reject(context, value) : resolver->Resolve(context, value));
}

namespace {

void MakeFsPromise(const CallInfo& info, Provider provider) {
  Environment* env = Environment::From(info);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!info.IsConstructCall()) return RefuseConstruction(info);
  if (v8::Promise::Resolver::New(env->context()).ToLocal(&resolver)) {
    new FsPromise(env, info.This(), provider, resolver);
  }
}

}  // namespace

void NewFsPromise(const CallInfo& info) { MakeFsPromise(info, Provider::FSREQPROMISE); }
void NewFileHandleCloseReq(const CallInfo& info) { MakeFsPromise(info, Provider::FILEHANDLECLOSEREQ); }

namespace internal {

void RunNow(const CallInfo& info, FsTask& task) {
  v8::Isolate* isolate = info.GetIsolate();
  task.result = task.Run();
  if (task.result < 0) {
    isolate->ThrowException(task.Error(isolate));
    return;
  }
  v8::Local<v8::Value> value;
  if (task.Value(Environment::From(info), Completion::Kind::kNow).ToLocal(&value)) info.GetReturnValue().Set(value);
}

void RunLater(const CallInfo& info, const Completion& completion, std::unique_ptr<FsTask> task) {
  FsRequest* request = completion.request;
  if (completion.kind == Completion::Kind::kPromise) {
    Environment* env = Environment::From(info);
    v8::Local<v8::Object> object;
    if (request == nullptr && env->State<FsState>().promise_class.Get(info.GetIsolate())->NewInstance(env->context()).ToLocal(&object)) {
      request = NativeObject::Cast<FsPromise>(object);
    }
    if (request == nullptr) return;  // An exception is pending.
    info.GetReturnValue().Set(static_cast<FsPromise*>(request)->promise());
  }
  request->Start(completion.kind, std::move(task));
}

}  // namespace internal
}  // namespace dv8::node

namespace dv8 {

bool ArgumentReader<node::Completion>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, node::Completion* out) {
  using Kind = node::Completion::Kind;
  if (value->IsUndefined()) return true;
  if (value->IsSymbol() && value == Environment::From(isolate)->State<node::FsState>().use_promises) {
    out->kind = Kind::kPromise;
    return true;
  }
  auto* request = NativeObject::Cast<node::FsCallback>(value);
  if (request == nullptr) {
    ThrowInvalidArgument(isolate, index, "an instance of FSReqCallback", value);
    return false;
  }
  if (request->dispatched()) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_INVALID_STATE", "The request is in use");
    return false;
  }
  out->kind = Kind::kCallback;
  out->request = request;
  return true;
}

bool ArgumentReader<node::Fd>::Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int, node::Fd* out) {
  if (!value->IsNumber()) {
    ThrowInvalidArgument(isolate, "fd", "of type number", value);
    return false;
  }
  const double number = value.As<v8::Number>()->Value();
  if (std::isfinite(number) && (number < 0 || number > std::numeric_limits<int32_t>::max())) {
    ThrowOutOfRange(isolate, "fd", ">= 0 && <= 2147483647", value);
    return false;
  }
  if (std::trunc(number) != number || std::isinf(number)) {
    ThrowOutOfRange(isolate, "fd", "an integer", value);
    return false;
  }
  out->value = static_cast<int>(number);
  return true;
}

}  // namespace dv8
