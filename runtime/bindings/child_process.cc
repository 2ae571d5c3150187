// runtime/bindings/child_process.cc: internal:child_process, processes with pipes on the
// event loop. spawn_sync.cc has the form that waits.
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "runtime/bindings/native_object.h"
#include "runtime/bindings/spawn_options.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// One end of a pipe to a child, open from the child's start. Strong until it is closed.
class Pipe : public NativeObject {
 public:
  Pipe(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Function> on_read)
      : NativeObject(env, object), on_read_(env->isolate(), on_read) {
    MakeStrong();
  }

  // new Pipe(callback(Uint8Array | undefined at the end | negative error number)).
  static void Construct(const CallInfo& info) {
    DV8_CHECK(info.IsConstructCall() && info[0]->IsFunction());
    new Pipe(Environment::From(info), info.This(), info[0].As<v8::Function>());
  }

  static void ReadStart(const CallInfo& info) {
    auto* self = Unwrap<Pipe>(info);
    if (self == nullptr || self->closing()) return info.GetReturnValue().Set(UV_EBADF);
    const int rc = uv_read_start(self->stream(), Allocate, OnRead);
    info.GetReturnValue().Set(rc == UV_EALREADY ? 0 : rc);
  }

  static void ReadStop(const CallInfo& info) {
    auto* self = Unwrap<Pipe>(info);
    if (self != nullptr && !self->closing()) uv_read_stop(self->stream());
  }

  // write(view, callback(error number)) → 0 or a negative error number, without callback then.
  static void Write(const CallInfo& info) {
    auto* self = Unwrap<Pipe>(info);
    if (self == nullptr || self->closing()) return info.GetReturnValue().Set(UV_EBADF);
    const std::span<uint8_t> bytes = BytesOf(info[0]);
    auto request = std::make_unique<WriteRequest>();
    request->data.assign(bytes.begin(), bytes.end());
    request->env = self->env();
    request->callback.Reset(info.GetIsolate(), info[1].As<v8::Function>());
    request->uv.data = request.get();
    // uv_buf_init() would cut the length to 32 bits.
    const uv_buf_t buffer{reinterpret_cast<char*>(request->data.data()), request->data.size()};
    const int rc = uv_write(&request->uv, self->stream(), &buffer, 1, [](uv_write_t* uv, int status) {
      std::unique_ptr<WriteRequest> done(static_cast<WriteRequest*>(uv->data));
      CallWith(done->env, done->callback, [=](v8::Isolate* isolate) -> v8::Local<v8::Value> {
        return v8::Integer::New(isolate, status);
      });
    });
    if (rc == 0) request.release();
    info.GetReturnValue().Set(rc);
  }

  // shutdown(callback(error number)) → 0 or a negative error number.
  static void Shutdown(const CallInfo& info) {
    auto* self = Unwrap<Pipe>(info);
    if (self == nullptr || self->closing()) return info.GetReturnValue().Set(UV_EBADF);
    auto request = std::make_unique<ShutdownRequest>();
    request->env = self->env();
    request->callback.Reset(info.GetIsolate(), info[0].As<v8::Function>());
    request->uv.data = request.get();
    const int rc = uv_shutdown(&request->uv, self->stream(), [](uv_shutdown_t* uv, int status) {
      std::unique_ptr<ShutdownRequest> done(static_cast<ShutdownRequest*>(uv->data));
      CallWith(done->env, done->callback, [=](v8::Isolate* isolate) -> v8::Local<v8::Value> {
        return v8::Integer::New(isolate, status);
      });
    });
    if (rc == 0) request.release();
    info.GetReturnValue().Set(rc);
  }

  // fd() → the descriptor, or -1.
  static void Fd(const CallInfo& info) {
    auto* self = Unwrap<Pipe>(info);
    uv_os_fd_t fd = -1;
    if (self != nullptr) uv_fileno(reinterpret_cast<uv_handle_t*>(&self->pipe_), &fd);
    info.GetReturnValue().Set(fd);
  }

  static void Close(const CallInfo& info) {
    auto* self = Unwrap<Pipe>(info);
    if (self == nullptr) return;
    if (!self->open_) {
      delete self;
      return;
    }
    if (self->closing()) return;
    uv_close(reinterpret_cast<uv_handle_t*>(&self->pipe_),
             [](uv_handle_t* handle) { delete static_cast<Pipe*>(handle->data); });
  }

  static void SetRef(const CallInfo& info) {
    auto* self = Unwrap<Pipe>(info);
    if (self == nullptr || self->closing()) return;
    auto* handle = reinterpret_cast<uv_handle_t*>(&self->pipe_);
    BoolArg(info, 0) ? uv_ref(handle) : uv_unref(handle);
  }

  // Of an environment that has its loop.
  void Open() {
    uv_pipe_init(env()->loop(), &pipe_, 0);
    pipe_.data = this;
    open_ = true;
  }
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&pipe_); }

  template <typename MakeValue>
  static void CallWith(Environment* env, const v8::Global<v8::Function>& callback,
                       MakeValue make) {
    v8::Isolate* isolate = env->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env->context());
    v8::Local<v8::Value> argv[] = {make(isolate)};
    env->Callback(callback.Get(isolate), v8::Undefined(isolate), 1, argv);
  }

 private:
  struct WriteRequest {
    uv_write_t uv;
    Environment* env;
    std::vector<uint8_t> data;
    v8::Global<v8::Function> callback;
  };
  struct ShutdownRequest {
    uv_shutdown_t uv;
    Environment* env;
    v8::Global<v8::Function> callback;
  };

  bool closing() { return !open_ || uv_is_closing(reinterpret_cast<uv_handle_t*>(&pipe_)) != 0; }

  static void Allocate(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto* self = static_cast<Pipe*>(handle->data);
    if (self->chunk_.empty()) self->chunk_.resize(65536);
    *buffer = uv_buf_init(self->chunk_.data(), static_cast<unsigned>(self->chunk_.size()));
  }

  static void OnRead(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
    auto* self = static_cast<Pipe*>(stream->data);
    if (count == 0) return;
    CallWith(self->env(), self->on_read_, [=](v8::Isolate* isolate) -> v8::Local<v8::Value> {
      if (count == UV_EOF) return v8::Undefined(isolate);
      if (count < 0) return v8::Integer::New(isolate, static_cast<int>(count));
      const auto size = static_cast<size_t>(count);
      v8::Local<v8::ArrayBuffer> bytes = v8::ArrayBuffer::New(isolate, size);
      std::memcpy(bytes->Data(), buffer->base, size);
      return v8::Uint8Array::New(bytes, 0, size);
    });
  }

  uv_pipe_t pipe_;
  bool open_ = false;
  std::vector<char> chunk_;
  v8::Global<v8::Function> on_read_;
};

// A child process. Strong until it has ended.
class Process : public NativeObject {
 public:
  Process(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Function> on_exit)
      : NativeObject(env, object), on_exit_(env->isolate(), on_exit) {
    process_.data = this;
  }

  // new Process(callback(exit code, signal number)).
  static void Construct(const CallInfo& info) {
    DV8_CHECK(info.IsConstructCall() && info[0]->IsFunction());
    Environment* env = Environment::From(info);
    if (env->mode() == Environment::Mode::kBuild) {
      return ThrowTypeError(info.GetIsolate(),
                            "A process cannot be started while the snapshot is made");
    }
    new Process(env, info.This(), info[0].As<v8::Function>());
  }

  // spawn(…SpawnOptions, stdio) → process id
  // or a negative error number. `stdio` holds Pipes, descriptors, and -1 for /dev/null.
  static void Spawn(const CallInfo& info) {
    auto* self = Unwrap<Process>(info);
    DV8_CHECK(self != nullptr && !self->started_);
    if (const int rc = self->env()->OpenLoop(); rc < 0) return info.GetReturnValue().Set(rc);
    v8::Isolate* isolate = info.GetIsolate();
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    SpawnOptions options(info);
    auto list = info[7].As<v8::Array>();
    std::vector<uv_stdio_container_t> stdio(list->Length());
    for (uint32_t i = 0; i < list->Length(); i++) {
      v8::Local<v8::Value> item = list->Get(context, i).ToLocalChecked();
      if (item->IsObject()) {
        auto* pipe = static_cast<Pipe*>(NativeObject::FromObject(item.As<v8::Object>()));
        DV8_CHECK(pipe != nullptr);
        pipe->Open();
        // The child's view: it reads what the parent writes.
        stdio[i].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE |
                                                     UV_WRITABLE_PIPE);
        stdio[i].data.stream = pipe->stream();
      } else {
        const int fd = item.As<v8::Int32>()->Value();
        stdio[i].flags = fd < 0 ? UV_IGNORE : UV_INHERIT_FD;
        stdio[i].data.fd = fd;
      }
    }
    options.uv.stdio = stdio.data();
    options.uv.stdio_count = static_cast<int>(stdio.size());
    options.uv.exit_cb = OnExit;
    const int rc = uv_spawn(self->env()->loop(), &self->process_, &options.uv);
    self->started_ = true;
    self->MakeStrong();
    if (rc < 0) {
      self->CloseHandle();
      return info.GetReturnValue().Set(rc);
    }
    self->running_ = true;
    info.GetReturnValue().Set(self->process_.pid);
  }

  // kill(signal) → 0 or a negative error number.
  static void Kill(const CallInfo& info) {
    auto* self = Unwrap<Process>(info);
    info.GetReturnValue().Set(self != nullptr && self->running_
                                  ? uv_process_kill(&self->process_, Int32Arg(info, 0))
                                  : UV_ESRCH);
  }

  static void SetRef(const CallInfo& info) {
    auto* self = Unwrap<Process>(info);
    if (self == nullptr || !self->running_) return;
    auto* handle = reinterpret_cast<uv_handle_t*>(&self->process_);
    BoolArg(info, 0) ? uv_ref(handle) : uv_unref(handle);
  }

 private:
  void CloseHandle() {
    uv_close(reinterpret_cast<uv_handle_t*>(&process_),
             [](uv_handle_t* handle) { delete static_cast<Process*>(handle->data); });
  }

  static void OnExit(uv_process_t* process, int64_t code, int signal) {
    auto* self = static_cast<Process*>(process->data);
    self->running_ = false;
    Environment* env = self->env();
    v8::Isolate* isolate = env->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env->context());
    v8::Local<v8::Value> argv[] = {v8::Number::New(isolate, static_cast<double>(code)),
                                   v8::Integer::New(isolate, signal)};
    v8::Local<v8::Function> on_exit = self->on_exit_.Get(isolate);
    self->CloseHandle();
    env->Callback(on_exit, v8::Undefined(isolate), 2, argv);
  }

  uv_process_t process_;
  v8::Global<v8::Function> on_exit_;
  bool started_ = false;
  bool running_ = false;
};

constexpr FunctionSpec kPipeMethods[] = {
    {"close", Pipe::Close},         {"fd", Pipe::Fd},         {"readStart", Pipe::ReadStart},
    {"readStop", Pipe::ReadStop},   {"setRef", Pipe::SetRef}, {"shutdown", Pipe::Shutdown},
    {"write", Pipe::Write},
};
constexpr FunctionSpec kProcessMethods[] = {
    {"kill", Process::Kill}, {"setRef", Process::SetRef}, {"spawn", Process::Spawn}};
constexpr ClassSpec kClasses[] = {
    {"Pipe", Pipe::Construct, kPipeMethods},
    {"Process", Process::Construct, kProcessMethods},
};
constexpr FunctionSpec kFunctions[] = {{"spawnSync", SpawnSync}};

}  // namespace

extern const BindingSpec kChildProcess;
constexpr BindingSpec kChildProcess{"child_process", kFunctions, {}, kClasses};

}  // namespace dv8
