// runtime/bindings/fd_reader.cc: internal:fd_reader, chunks from a descriptor for process.stdin:
// a terminal, a pipe or a socket through libuv's streams, a file through its thread pool.
#include <cstring>
#include <memory>

#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

constexpr size_t kChunkSize = 65536;

class FdReader : public NativeObject {
 public:
  FdReader(Environment* env, v8::Local<v8::Object> object, int fd,
           v8::Local<v8::Function> callback)
      : NativeObject(env, object), fd_(fd), callback_(env->isolate(), callback) {
    uv_loop_t* loop = env->loop();
    int rc = 0;
    switch (uv_guess_handle(fd)) {
      case UV_TTY:
        rc = uv_tty_init(loop, &handle_.tty, fd, 1);
        open_ = rc == 0;
        kind_ = Kind::kStream;
        break;
      case UV_TCP:
        uv_tcp_init(loop, &handle_.tcp);
        rc = uv_tcp_open(&handle_.tcp, fd);
        open_ = true;
        kind_ = Kind::kStream;
        break;
      case UV_NAMED_PIPE:
        uv_pipe_init(loop, &handle_.pipe, 0);
        rc = uv_pipe_open(&handle_.pipe, fd);
        open_ = true;
        kind_ = Kind::kStream;
        break;
      default:
        kind_ = Kind::kFile;
    }
    error_ = rc;
    handle_.handle.data = this;
    request_.data = this;
    MakeStrong();
  }

  // new FdReader(fd, callback(Uint8Array | null at the end | negative error number)).
  static void Construct(const CallInfo& info) {
    DV8_CHECK(info.IsConstructCall() && info[1]->IsFunction());
    Environment* env = Environment::From(info);
    if (env->mode() == Environment::Mode::kBuild) {
      return ThrowTypeError(info.GetIsolate(),
                            "Standard input cannot be read while the snapshot is made");
    }
    if (!OpenLoop(info)) return;
    new FdReader(env, info.This(), Int32Arg(info, 0), info[1].As<v8::Function>());
  }

  // start() → 0 or a negative error number. A file gives one chunk a call.
  static void Start(const CallInfo& info) {
    auto* self = Unwrap<FdReader>(info);
    info.GetReturnValue().Set(self == nullptr ? UV_EBADF : self->StartReading());
  }

  static void Stop(const CallInfo& info) {
    auto* self = Unwrap<FdReader>(info);
    if (self != nullptr && self->kind_ == Kind::kStream && self->error_ == 0) {
      uv_read_stop(&self->handle_.stream);
    }
  }

  // setRawMode(bool) → 0 or a negative error number.
  static void SetRawMode(const CallInfo& info) {
    auto* self = Unwrap<FdReader>(info);
    const bool is_tty = self != nullptr && self->kind_ == Kind::kStream &&
                        self->handle_.handle.type == UV_TTY;
    info.GetReturnValue().Set(
        is_tty ? uv_tty_set_mode(&self->handle_.tty,
                                 BoolArg(info, 0) ? UV_TTY_MODE_RAW : UV_TTY_MODE_NORMAL)
               : UV_ENOTTY);
  }

  // setRef(bool): whether waiting for input keeps the process alive.
  static void SetRef(const CallInfo& info) {
    auto* self = Unwrap<FdReader>(info);
    if (self == nullptr || self->kind_ != Kind::kStream || self->error_ != 0) return;
    BoolArg(info, 0) ? uv_ref(&self->handle_.handle) : uv_unref(&self->handle_.handle);
  }

  static void Close(const CallInfo& info) {
    auto* self = Unwrap<FdReader>(info);
    if (self == nullptr) return;
    self->closed_ = true;
    if (self->kind_ == Kind::kFile) {
      if (!self->busy_) delete self;
    } else if (!self->open_) {
      delete self;
    } else if (!uv_is_closing(&self->handle_.handle)) {
      uv_close(&self->handle_.handle,
               [](uv_handle_t* handle) { delete static_cast<FdReader*>(handle->data); });
    }
  }

 private:
  enum class Kind { kStream, kFile };

  int StartReading() {
    if (error_ != 0) return error_;
    if (kind_ == Kind::kStream) {
      const int rc = uv_read_start(&handle_.stream, OnAllocate, OnRead);
      return rc == UV_EALREADY ? 0 : rc;
    }
    if (busy_) return 0;
    busy_ = true;
    buffer_ = std::make_unique_for_overwrite<char[]>(kChunkSize);
    uv_buf_t buffer = uv_buf_init(buffer_.get(), kChunkSize);
    return uv_fs_read(env()->loop(), &request_, fd_, &buffer, 1, -1, OnFileRead);
  }

  static void OnAllocate(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto* self = static_cast<FdReader*>(handle->data);
    if (self->buffer_ == nullptr) {
      self->buffer_ = std::make_unique_for_overwrite<char[]>(kChunkSize);
    }
    *buffer = uv_buf_init(self->buffer_.get(), kChunkSize);
  }

  static void OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
    if (size != 0) static_cast<FdReader*>(stream->data)->Deliver(size);
  }

  static void OnFileRead(uv_fs_t* request) {
    auto* self = static_cast<FdReader*>(request->data);
    const ssize_t size = request->result;
    uv_fs_req_cleanup(request);
    self->busy_ = false;
    if (self->closed_) {
      delete self;
    } else {
      self->Deliver(size == 0 ? UV_EOF : size);
    }
  }

  void Deliver(ssize_t size) {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::Value> argument;
    if (size == UV_EOF) {
      argument = v8::Null(isolate);
    } else if (size < 0) {
      argument = v8::Integer::New(isolate, static_cast<int32_t>(size));
    } else {
      const size_t bytes = static_cast<size_t>(size);
      v8::Local<v8::ArrayBuffer> copy = v8::ArrayBuffer::New(isolate, bytes);
      std::memcpy(copy->Data(), buffer_.get(), bytes);
      argument = v8::Uint8Array::New(copy, 0, bytes);
    }
    // The callback may close, and so delete, this object.
    (void)env()->Callback(callback_.Get(isolate), v8::Undefined(isolate), 1, &argument);
  }

  int fd_;
  Kind kind_ = Kind::kFile;
  int error_ = 0;
  bool open_ = false;  // libuv knows the handle: it must be closed.
  bool busy_ = false;
  bool closed_ = false;
  std::unique_ptr<char[]> buffer_;
  v8::Global<v8::Function> callback_;
  uv_fs_t request_;
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tty_t tty;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
  } handle_;
};

constexpr FunctionSpec kMethods[] = {
    {"close", FdReader::Close},           {"setRawMode", FdReader::SetRawMode},
    {"setRef", FdReader::SetRef},         {"start", FdReader::Start},
    {"stop", FdReader::Stop},
};
constexpr ClassSpec kClasses[] = {{"FdReader", FdReader::Construct, kMethods}};

}  // namespace

extern const BindingSpec kFdReader;
constexpr BindingSpec kFdReader{"fd_reader", {}, {}, kClasses};

}  // namespace dv8
