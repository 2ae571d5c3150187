// runtime/bindings/dv8_thread.cc: internal:dv8_thread, threads with an isolate and a loop of their
// own, started from the program's snapshot.
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "runtime/binding/checked.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/check.h"
#include "runtime/core/engine.h"
#include "runtime/core/environment.h"
#include "runtime/core/platform.h"
#include "runtime/core/snapshot.h"
#include "runtime/payload/payload.h"

namespace dv8 {
namespace {

// What stdlib-js/internal/app.js knows a thread by.
constexpr char kThreadEntry[] = "dv8:thread";
constexpr char kMemory[] = "dv8_thread.memory";
constexpr int kCallbackField = 1;
constexpr int kFieldCount = 2;

// What both threads know. The starting thread writes before the start and reads after the end.
struct Work {
  std::string source;  // Of the wrapper function that the library calls; empty: the program itself runs once more.
  std::string name;
  std::shared_ptr<v8::BackingStore> memory;
  int argc = 0;
  char** argv = nullptr;
  const Payload* payload = nullptr;

  std::mutex mutex;
  Environment* running = nullptr;  // Guarded by mutex.
  bool stop = false;               // Guarded by mutex.

  bool failed = false;
  std::string error;
  int status = 0;
};

// The part of its block that `view` shows, as a block of its own that keeps the whole one.
std::shared_ptr<v8::BackingStore> PartOf(v8::Local<v8::ArrayBufferView> view) {
  std::shared_ptr<v8::BackingStore> whole = view->Buffer()->GetBackingStore();
  const size_t size = view->ByteLength();
  if (size == whole->ByteLength()) return whole;
  void* start = static_cast<char*>(whole->Data()) + view->ByteOffset();
  auto* kept = new std::shared_ptr<v8::BackingStore>(whole);
  const auto release = [](void*, size_t, void* kept) { delete static_cast<std::shared_ptr<v8::BackingStore>*>(kept); };
  if (whole->IsShared()) return v8::SharedArrayBuffer::NewBackingStore(start, size, release, kept);
  return v8::ArrayBuffer::NewBackingStore(start, size, release, kept);
}

// The memory of the starting thread as the thread's own view of the same bytes.
v8::Local<v8::Value> MemoryIn(v8::Isolate* isolate, const std::shared_ptr<v8::BackingStore>& memory) {
  if (memory == nullptr) return v8::Undefined(isolate);
  if (memory->IsShared()) return v8::SharedArrayBuffer::New(isolate, memory);
  return v8::ArrayBuffer::New(isolate, memory);
}

bool Prepare(Environment* env, Work* work) {
  const std::optional<SnapshotJob::Mode> mode = ModeFromName(work->payload->Manifest("mode"));
  DV8_CHECK(mode && RestoreContext(env, *mode, HeapOf(*work->payload)));
  v8::Local<v8::Context> context = env->context();
  v8::Context::Scope context_scope(context);
  v8::Isolate* isolate = env->isolate();
  v8::TryCatch guard(isolate);
  v8::Local<v8::UnboundScript> stdlib;
  if (*mode == SnapshotJob::Mode::kNone && (!CompileStdlib(env).ToLocal(&stdlib) || !RunStdlib(env, stdlib))) {
    return false;
  }
  if (work->source.empty()) {
    env->Keep(kMemory, MemoryIn(isolate, work->memory));
    return *mode != SnapshotJob::Mode::kNone || NameProgram(env, std::string(work->payload->Manifest("entry")));
  }
  context->Global()->Set(context, Internalized(isolate, "workerData"), MemoryIn(isolate, work->memory)).Check();
  v8::ScriptOrigin origin(FromUtf8(isolate, work->name).ToLocalChecked());
  v8::Local<v8::String> source;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> wrapper;
  if (!FromUtf8(isolate, work->source).ToLocal(&source) || !v8::Script::Compile(context, source, &origin).ToLocal(&script) ||
      !script->Run(context).ToLocal(&wrapper)) {
    if (!guard.HasTerminated()) {
      v8::Local<v8::Value> exception = guard.Exception();
      guard.Reset();
      env->HandleUncaught(exception, false);
    }
    return false;
  }
  // Stacks take the script of that name for the program's, which the thread's is not.
  v8::Local<v8::Value> argv[] = {wrapper, Internalized(isolate, kThreadEntry)};
  return !env->hook(Hook::kSetMain)->Call(context, v8::Undefined(isolate), 2, argv).IsEmpty();
}

void RunInIsolate(v8::Isolate* isolate, Work* work) {
  Environment env(isolate, Environment::Mode::kRun, work->payload);
  env.set_arguments(work->argc, work->argv);
  if (const int rc = env.OpenLoop(); rc < 0) {
    work->failed = true;
    work->error = std::string("the event loop cannot be made: ") + uv_strerror(rc);
    work->status = 1;
    return;
  }
  env.BecomeThread([work](const std::string& text) {
    work->failed = true;
    work->error = text;
    work->status = 1;
  });
  {
    std::lock_guard lock(work->mutex);
    work->running = &env;
    if (work->stop) env.RequestStop();
  }
  int code = 0;
  if (Prepare(&env, work)) {
    v8::Context::Scope context_scope(env.context());
    (void)env.Callback(env.hook(Hook::kStart), v8::Undefined(isolate), 0, nullptr);
    code = env.RunLoop();
  }
  {
    std::lock_guard lock(work->mutex);
    work->running = nullptr;
  }
  if (!work->failed) work->status = env.stopping() ? env.exit_code() : code;
  env.TearDown();
}

void RunThread(Work* work) {
  const std::string error = WithThreadIsolate(
      *work->payload, HeapOf(*work->payload), [](v8::ResourceConstraints*) {},
      [work](v8::Isolate* isolate) { RunInIsolate(isolate, work); });
  if (error.empty()) return;
  work->failed = true;
  work->error = error;
  work->status = 1;
}

class Thread : public NativeObject {
 public:
  using NativeObject::NativeObject;

  // new Thread(callback(error text or undefined, status))
  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (env->mode() != Environment::Mode::kRun) {
      return ThrowTypeError(info.GetIsolate(), "A thread cannot be started while the snapshot is made");
    }
    new Thread(env, info.This());
    info.This()->SetInternalField(kCallbackField, info[0]);
  }

  // start(source, name, view of the memory or undefined) → 0 or a negative error number. With an empty source the
  // program runs as in its first thread.
  static void Start(const CallInfo& info) {
    auto* self = Unwrap<Thread>(info);
    if (self->work_ != nullptr) return ThrowTypeError(info.GetIsolate(), "start: it was started before");
    v8::Isolate* isolate = info.GetIsolate();
    auto work = std::make_unique<Work>();
    work->source = Utf8(isolate, info[0]).view();
    work->name = Utf8(isolate, info[1]).view();
    if (info[2]->IsArrayBufferView()) work->memory = PartOf(info[2].As<v8::ArrayBufferView>());
    Environment* env = self->env();
    if (const int rc = env->OpenLoop(); rc < 0) return info.GetReturnValue().Set(rc);
    work->payload = env->payload();
    work->argc = env->argc();
    work->argv = env->argv();
    uv_async_init(env->loop(), &self->done_, OnDone);
    self->done_.data = self;
    self->work_ = std::move(work);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    // The same as the main thread's: V8's own limit is below it.
    pthread_attr_setstacksize(&attributes, kStackSize);
    const int rc = pthread_create(
        &self->thread_, &attributes,
        [](void* data) -> void* {
          auto* thread = static_cast<Thread*>(data);
          RunThread(thread->work_.get());
          uv_async_send(&thread->done_);
          return nullptr;
        },
        self);
    pthread_attr_destroy(&attributes);
    if (rc == 0) {
      self->started_ = true;
      self->MakeStrong();
    } else {
      self->CloseAsync();
    }
    info.GetReturnValue().Set(-rc);
  }

  // stop(): ends its JavaScript, an endless loop too.
  static void Stop(const CallInfo& info) { Unwrap<Thread>(info)->RequestStop(); }

  // setRef(bool): whether it keeps the program going.
  static void SetRef(const CallInfo& info) {
    auto* self = Unwrap<Thread>(info);
    if (!self->started_ || self->joined_) return;
    auto* handle = reinterpret_cast<uv_handle_t*>(&self->done_);
    BoolArg(info, 0) ? uv_ref(handle) : uv_unref(handle);
  }

  // A thread is waited for: its memory is this object's.
  void CloseNow() override {
    RequestStop();
    Join();
  }

  ~Thread() override { Join(); }

 protected:
  void OnCollected() override {
    if (!closing_) delete this;
  }

 private:
  static constexpr size_t kStackSize = 4 << 20;

  void RequestStop() {
    if (work_ == nullptr || !started_ || joined_) return;
    std::lock_guard lock(work_->mutex);
    work_->stop = true;
    if (work_->running != nullptr) work_->running->RequestStop();
  }

  void Join() {
    if (!started_ || joined_) return;
    joined_ = true;
    pthread_join(thread_, nullptr);
  }

  void CloseAsync() {
    closing_ = true;
    MakeStrong();
    uv_close(reinterpret_cast<uv_handle_t*>(&done_), [](uv_handle_t* handle) {
      auto* self = static_cast<Thread*>(handle->data);
      self->closing_ = false;
      if (!self->is_collected()) self->MakeWeak();
    });
  }

  static void OnDone(uv_async_t* async) {
    auto* self = static_cast<Thread*>(async->data);
    if (self->told_) return;
    self->told_ = true;
    self->Join();
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::Object> object = self->object();
    v8::Local<v8::Value> callback = object->GetInternalField(kCallbackField).As<v8::Value>();
    Work& work = *self->work_;
    v8::Local<v8::Value> error = v8::Undefined(isolate);
    if (work.failed) error = FromUtf8(isolate, work.error).ToLocalChecked();
    v8::Local<v8::Value> argv[] = {error, v8::Integer::New(isolate, work.status)};
    // The collector may not come for this object before long.
    work.source = std::string();
    work.memory = nullptr;
    self->CloseAsync();
    (void)self->env()->Callback(callback.As<v8::Function>(), object, 2, argv);
  }

  std::unique_ptr<Work> work_;
  pthread_t thread_;
  uv_async_t done_;
  bool started_ = false;
  bool joined_ = false;
  bool told_ = false;
  bool closing_ = false;
};

// fileOf(function) → the name of the script that it is from; undefined when it has none.
void FileOf(const CallInfo& info) {
  const v8::Local<v8::Value> name = info[0].As<v8::Function>()->GetScriptOrigin().ResourceName();
  if (!name.IsEmpty() && name->IsString()) info.GetReturnValue().Set(name);
}

// memory() → what start() without a source was given; undefined in other threads.
void Memory(const CallInfo& info) { info.GetReturnValue().Set(Environment::From(info)->Kept(kMemory)); }

constexpr FunctionSpec kFunctions[] = {
    Checked<FileOf, v8::Local<v8::Function>>("fileOf"),
    {"memory", Memory},
};
constexpr FunctionSpec kMethods[] = {
    {"setRef", Thread::SetRef},
    Checked<Thread::Start, v8::Local<v8::String>, v8::Local<v8::String>, std::optional<FixedView>>("start"),
    {"stop", Thread::Stop},
};
constexpr ClassSpec kClasses[] = {{"Thread", CheckedConstructor<Thread::Construct, v8::Local<v8::Function>>, kMethods, kFieldCount}};

}  // namespace

extern const BindingSpec kDv8Thread;
constexpr BindingSpec kDv8Thread{"dv8_thread", kFunctions, {}, kClasses};

}  // namespace dv8
