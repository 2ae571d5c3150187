// runtime/bindings/node/spawn_sync.cc: internalBinding('spawn_sync'), a child that the program waits for.
// It has a loop of its own: nothing of the program's runs meanwhile.
#include <signal.h>

#include <list>
#include <memory>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/spawn_request.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

class SyncProcess;

// The parent's end of a pipe to the child.
class SyncPipe {
 public:
  SyncPipe(SyncProcess* process, bool readable, bool writable, HeldBytes input)
      : process_(process), readable_(readable), writable_(writable), input_(std::move(input)) {}

  int Open(uv_loop_t* loop) {
    const int rc = uv_pipe_init(loop, &pipe_, 0);
    pipe_.data = this;
    opened_ = rc == 0;
    return rc;
  }
  // Writes the input and ends it, and begins to read.
  int Start();
  void Close() {
    if (opened_) uv_close(reinterpret_cast<uv_handle_t*>(&pipe_), nullptr);
    opened_ = false;
  }
  // As the child sees it: it reads what is "readable".
  uv_stdio_container_t Container() {
    uv_stdio_container_t container{};
    container.flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | (readable_ ? UV_READABLE_PIPE : 0) | (writable_ ? UV_WRITABLE_PIPE : 0));
    container.data.stream = stream();
    return container;
  }
  bool writable() const { return writable_; }
  std::span<const uint8_t> output() const { return output_; }

 private:
  static constexpr size_t kChunk = 65536;

  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&pipe_); }
  static SyncPipe* From(void* data) { return static_cast<SyncPipe*>(data); }
  static void OnAlloc(uv_handle_t* handle, size_t, uv_buf_t* buffer);
  static void OnRead(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer);

  SyncProcess* process_;
  bool readable_, writable_;
  HeldBytes input_;
  uv_pipe_t pipe_;
  bool opened_ = false;
  uv_write_t write_;
  uv_shutdown_t shutdown_;
  std::vector<uint8_t> output_;
};

class SyncProcess {
 public:
  explicit SyncProcess(Environment* env) : env_(env) {}
  // False: an exception is pending. Options that are no process's are an error of the result.
  bool ReadOptions(v8::Local<v8::Object> options);
  void Run();
  // {pid, status, signal, output, error}
  v8::MaybeLocal<v8::Object> Result();

  void SetError(int rc) {
    if (error_ == 0) error_ = rc;
  }
  // What goes wrong with a pipe counts when nothing else did.
  void SetPipeError(int rc) {
    if (pipe_error_ == 0) pipe_error_ = rc;
  }
  void CountOutput(size_t bytes);

 private:
  bool ReadStdio(v8::Local<v8::Value> value);
  bool ReadEntry(v8::Local<v8::Object> object);
  // Of the options, or of an entry; empty: an exception is pending.
  v8::MaybeLocal<v8::Value> Property(v8::Local<v8::Object> object, const char* name) {
    return object->Get(env_->context(), Internalized(env_->isolate(), name));
  }
  // Accepts what a reader gave; false: an exception is pending.
  bool Accept(ReadResult result) {
    if (result == ReadResult::kWrongType) SetError(UV_EINVAL);
    return result != ReadResult::kException;
  }
  int Start();
  void Kill();
  void CloseTimer() {
    if (timer_opened_) uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
    timer_opened_ = false;
  }
  void ClosePipes() {
    for (const std::unique_ptr<SyncPipe>& pipe : pipes_) {
      if (pipe != nullptr) pipe->Close();
    }
  }
  static void OnExit(uv_process_t* process, int64_t status, int signal_number);
  static void OnTimeout(uv_timer_t* timer) {
    auto* self = static_cast<SyncProcess*>(timer->data);
    self->SetError(UV_ETIMEDOUT);
    self->Kill();
  }
  v8::MaybeLocal<v8::Array> Output();

  Environment* env_;
  SpawnRequest request_;
  std::vector<uv_stdio_container_t> stdio_;
  std::vector<std::unique_ptr<SyncPipe>> pipes_;  // One for each of stdio_; null for those that are none.
  uint64_t timeout_ = 0;
  double max_buffer_ = 0;
  int32_t kill_signal_ = SIGTERM;

  uv_loop_t loop_;
  uv_process_t process_{};
  uv_timer_t timer_;
  bool timer_opened_ = false;
  bool killed_ = false;
  double output_size_ = 0;
  int64_t exit_status_ = -1;
  int term_signal_ = -1;
  int error_ = 0, pipe_error_ = 0;
};

int SyncPipe::Start() {
  if (readable_) {
    if (input_.size() > 0) {
      const uv_buf_t buffer{reinterpret_cast<char*>(input_.data()), input_.size()};
      const int rc = uv_write(&write_, stream(), &buffer, 1, [](uv_write_t* request, int status) {
        if (status < 0) From(request->handle->data)->process_->SetPipeError(status);
      });
      if (rc < 0) return rc;
    }
    const int rc = uv_shutdown(&shutdown_, stream(), [](uv_shutdown_t* request, int status) {
      // The child may have closed its end already.
      if (status < 0 && status != UV_ENOTCONN) From(request->handle->data)->process_->SetPipeError(status);
    });
    if (rc < 0) return rc;
  }
  return writable_ ? uv_read_start(stream(), OnAlloc, OnRead) : 0;
}

void SyncPipe::OnAlloc(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
  std::vector<uint8_t>& output = From(handle->data)->output_;
  const size_t size = output.size();
  output.reserve(size + kChunk > output.capacity() ? std::max(size + kChunk, output.capacity() * 2) : 0);
  output.resize(size + kChunk);
  *buffer = uv_buf_t{reinterpret_cast<char*>(output.data() + size), kChunk};
}

void SyncPipe::OnRead(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
  SyncPipe* self = From(stream->data);
  if (buffer->base != nullptr) {
    self->output_.resize(self->output_.size() - kChunk + static_cast<size_t>(std::max<ssize_t>(count, 0)));
  }
  if (count == UV_EOF) {
    self->Close();
  } else if (count < 0) {
    self->process_->SetPipeError(static_cast<int>(count));
    uv_read_stop(stream);
  } else {
    self->process_->CountOutput(static_cast<size_t>(count));
  }
}

bool SyncProcess::ReadEntry(v8::Local<v8::Object> object) {
  v8::Local<v8::Value> type, readable, writable, input, fd;
  if (!Property(object, "type").ToLocal(&type) || !Property(object, "readable").ToLocal(&readable) ||
      !Property(object, "writable").ToLocal(&writable) || !Property(object, "input").ToLocal(&input) ||
      !Property(object, "fd").ToLocal(&fd)) {
    return false;
  }
  const Utf8 text(env_->isolate(), type->IsString() ? type : v8::String::Empty(env_->isolate()).As<v8::Value>());
  uv_stdio_container_t container{};
  std::unique_ptr<SyncPipe> pipe;
  if (text.view() == "pipe" || text.view() == "overlapped") {
    HeldBytes bytes;
    if (HeldBytes::CanHold(input)) {
      bytes = HeldBytes(env_->isolate(), input);
    } else if (!input->IsNullOrUndefined()) {
      SetError(UV_EINVAL);
    }
    pipe = std::make_unique<SyncPipe>(this, readable->BooleanValue(env_->isolate()), writable->BooleanValue(env_->isolate()),
                                      std::move(bytes));
  } else if (text.view() == "inherit" || text.view() == "fd") {
    container.flags = UV_INHERIT_FD;
    container.data.fd = fd->IsInt32() ? fd.As<v8::Int32>()->Value() : -1;
    if (container.data.fd < 0) SetError(UV_EBADF);
  } else if (text.view() != "ignore") {
    SetError(UV_EINVAL);
  }
  stdio_.push_back(container);
  pipes_.push_back(std::move(pipe));
  return true;
}

bool SyncProcess::ReadStdio(v8::Local<v8::Value> value) {
  if (!value->IsArray()) return Accept(ReadResult::kWrongType);
  v8::Local<v8::Array> list = value.As<v8::Array>();
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> item;
    if (!list->Get(env_->context(), i).ToLocal(&item)) return false;
    if (!item->IsObject()) return Accept(ReadResult::kWrongType);
    if (!ReadEntry(item.As<v8::Object>())) return false;
  }
  return true;
}

bool SyncProcess::ReadOptions(v8::Local<v8::Object> options) {
  enum Option { kFile, kArgs, kCwd, kEnv, kUid, kGid, kDetached, kTimeout, kMaxBuffer, kKillSignal, kStdio, kCount };
  static constexpr const char* kNames[] = {"file",     "args",    "cwd",       "envPairs",   "uid",  "gid",
                                           "detached", "timeout", "maxBuffer", "killSignal", "stdio"};
  static_assert(std::size(kNames) == kCount);
  v8::Local<v8::Value> values[kCount];
  for (size_t i = 0; i < kCount; i++) {
    if (!Property(options, kNames[i]).ToLocal(&values[i])) return false;
  }
  const auto given = [&](Option option) { return !values[option]->IsNullOrUndefined(); };
  if (!Accept(request_.ReadFile(env_, values[kFile])) || (given(kArgs) && !Accept(request_.ReadArguments(env_, values[kArgs]))) ||
      (given(kCwd) && !Accept(request_.ReadCwd(env_, values[kCwd]))) ||
      (given(kEnv) && !Accept(request_.ReadVariables(env_, values[kEnv]))) || !Accept(request_.ReadUser(values[kUid])) ||
      !Accept(request_.ReadGroup(values[kGid]))) {
    return false;
  }
  if (values[kDetached]->BooleanValue(env_->isolate())) request_.set_detached();
  const auto number = [&](Option option) { return values[option]->IsNumber() ? values[option].As<v8::Number>()->Value() : 0; };
  constexpr double kLongest = 9007199254740991.0;
  const double timeout = number(kTimeout);
  timeout_ = timeout >= 1 ? static_cast<uint64_t>(std::min(timeout, kLongest)) : 0;
  max_buffer_ = number(kMaxBuffer);
  if (values[kKillSignal]->IsInt32() && values[kKillSignal].As<v8::Int32>()->Value() > 0) {
    kill_signal_ = values[kKillSignal].As<v8::Int32>()->Value();
  }
  return ReadStdio(values[kStdio]);
}

int SyncProcess::Start() {
  if (timeout_ > 0) {
    if (const int rc = uv_timer_init(&loop_, &timer_); rc < 0) return rc;
    timer_.data = this;
    timer_opened_ = true;
    uv_unref(reinterpret_cast<uv_handle_t*>(&timer_));
    if (const int rc = uv_timer_start(&timer_, OnTimeout, timeout_, 0); rc < 0) return rc;
  }
  for (size_t i = 0; i < pipes_.size(); i++) {
    if (pipes_[i] == nullptr) continue;
    if (const int rc = pipes_[i]->Open(&loop_); rc < 0) return rc;
    stdio_[i] = pipes_[i]->Container();
  }
  process_.data = this;
  if (const int rc = request_.Spawn(env_, &loop_, &process_, OnExit, stdio_); rc < 0) return rc;
  for (const std::unique_ptr<SyncPipe>& pipe : pipes_) {
    if (pipe == nullptr) continue;
    if (const int rc = pipe->Start(); rc < 0) SetPipeError(rc);
  }
  return 0;
}

void SyncProcess::Run() {
  if (error_ != 0) return;
  if (const int rc = InitLoop(&loop_); rc < 0) return SetError(rc);
  if (const int rc = Start(); rc < 0) {
    SetError(rc);
    ClosePipes();
  } else {
    uv_run(&loop_, UV_RUN_DEFAULT);
  }
  CloseTimer();
  ClosePipes();
  auto* process = reinterpret_cast<uv_handle_t*>(&process_);
  if (process_.type == UV_PROCESS && !uv_is_closing(process)) uv_close(process, nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

void SyncProcess::OnExit(uv_process_t* process, int64_t status, int signal_number) {
  auto* self = static_cast<SyncProcess*>(process->data);
  self->exit_status_ = status;
  self->term_signal_ = signal_number;
  self->CloseTimer();
}

// The child may have ended already and left its pipes to a child of its own: they are closed in any case.
void SyncProcess::Kill() {
  if (killed_) return;
  killed_ = true;
  if (exit_status_ < 0) {
    const int rc = uv_process_kill(&process_, kill_signal_);
    if (rc < 0 && rc != UV_ESRCH) {
      SetError(rc);
      uv_process_kill(&process_, SIGKILL);
    }
  }
  ClosePipes();
  CloseTimer();
}

void SyncProcess::CountOutput(size_t bytes) {
  output_size_ += static_cast<double>(bytes);
  if (!(max_buffer_ > 0) || output_size_ <= max_buffer_) return;
  SetError(UV_ENOBUFS);
  Kill();
}

v8::MaybeLocal<v8::Array> SyncProcess::Output() {
  std::vector<v8::Local<v8::Value>> list;
  for (const std::unique_ptr<SyncPipe>& pipe : pipes_) {
    if (pipe == nullptr || !pipe->writable()) {
      list.push_back(v8::Null(env_->isolate()));
      continue;
    }
    v8::Local<v8::Uint8Array> buffer;
    if (!CopyToBuffer(env_, pipe->output()).ToLocal(&buffer)) return {};
    list.push_back(buffer);
  }
  return v8::Array::New(env_->isolate(), list.data(), list.size());
}

v8::MaybeLocal<v8::Object> SyncProcess::Result() {
  v8::Isolate* isolate = env_->isolate();
  v8::Local<v8::Object> result = v8::Object::New(isolate);
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    return result->Set(env_->context(), Internalized(isolate, name), value).FromMaybe(false);
  };
  const bool ran = exit_status_ >= 0;
  v8::Local<v8::Value> output = v8::Null(isolate), status = output, signal_name = output;
  if (ran) {
    v8::Local<v8::Array> list;
    if (!Output().ToLocal(&list)) return {};
    output = list;
  }
  if (ran && term_signal_ <= 0) status = v8::Number::New(isolate, static_cast<double>(exit_status_));
  if (term_signal_ > 0) signal_name = Internalized(isolate, SignalName(term_signal_));
  const int error = error_ != 0 ? error_ : pipe_error_;
  if (!set("pid", v8::Integer::New(isolate, process_.pid)) || !set("status", status) || !set("signal", signal_name) ||
      !set("output", output) || (error != 0 && !set("error", v8::Integer::New(isolate, error)))) {
    return {};
  }
  return result;
}

// spawn({file, args, cwd, envPairs, stdio, timeout, maxBuffer, killSignal, uid, gid, detached})
v8::MaybeLocal<v8::Object> Spawn(Environment* env, v8::Local<v8::Object> options) {
  if (RefuseWhileBuilding(env, "A process")) return {};
  SyncProcess process(env);
  if (!process.ReadOptions(options)) return {};
  process.Run();
  return process.Result();
}

constexpr FunctionSpec kFunctions[] = {Typed<Spawn>("spawn")};

}  // namespace

extern const BindingSpec kNodeSpawnSync;
constexpr BindingSpec kNodeSpawnSync{"spawn_sync", kFunctions};

}  // namespace dv8::node
