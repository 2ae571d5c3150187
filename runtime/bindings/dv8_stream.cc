// runtime/bindings/dv8_stream.cc: internal:dv8_stream, the native side of dv8's tty and socket.
#include "runtime/bindings/dv8_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {

struct Stream::QueuedWrite {
  uv_write_t request;
  Stream* stream;
  size_t size;
  char bytes[];
};

std::string UvErrorText(int rc) {
  char name[64], text[128];
  return std::string(uv_err_name_r(rc, name, sizeof(name))) + ": " + uv_strerror_r(rc, text, sizeof(text));
}

namespace {

// Room for several buffers between two programs: with Linux's 64 KiB each waits for the other
// after every one. The kernel refuses sockets, and users who have too many pipes.
void WidenPipe(int fd) {
  constexpr int kRoom = 256 << 10;
  const int room = fcntl(fd, F_GETPIPE_SZ);
  if (room >= 0 && room < kRoom) fcntl(fd, F_SETPIPE_SZ, kRoom);
}

}  // namespace

int Stream::Open(int fd) {
  if (state_ != State::kNone) return state_ == State::kOpen ? UV_EALREADY : UV_EBADF;
  uv_loop_t* loop = env()->loop();
  int rc = 0;
  switch (uv_guess_handle(fd)) {
    case UV_TTY:
      rc = uv_tty_init(loop, &handle_.tty, fd, 0);
      kind_ = Kind::kTty;
      if (rc < 0) return rc;
      break;
    case UV_TCP:
      uv_tcp_init(loop, &handle_.tcp);
      rc = uv_tcp_open(&handle_.tcp, fd);
      kind_ = Kind::kSocket;
      break;
    case UV_NAMED_PIPE:
      uv_pipe_init(loop, &handle_.pipe, 0);
      rc = uv_pipe_open(&handle_.pipe, fd);
      kind_ = Kind::kSocket;
      WidenPipe(fd);
      break;
    case UV_FILE:
      uv_idle_init(loop, &handle_.idle);
      file_ = fd;
      kind_ = Kind::kFile;
      break;
    default: return UV_EINVAL;
  }
  handle_.handle.data = this;
  state_ = State::kOpen;
  if (rc < 0) {
    Finish();
    return rc;
  }
  return wants_reading_ ? Resume() : 0;
}

int Stream::InitTcp() {
  if (state_ != State::kNone) return UV_EALREADY;
  const int rc = uv_tcp_init(env()->loop(), &handle_.tcp);
  if (rc < 0) return rc;
  handle_.handle.data = this;
  kind_ = Kind::kSocket;
  state_ = State::kOpen;
  return 0;
}

int Stream::InitPipe() {
  if (state_ != State::kNone) return UV_EALREADY;
  const int rc = uv_pipe_init(env()->loop(), &handle_.pipe, 0);
  if (rc < 0) return rc;
  handle_.handle.data = this;
  kind_ = Kind::kSocket;
  state_ = State::kOpen;
  return 0;
}

void Stream::set_connecting(bool connecting) {
  connecting_ = connecting;
  UpdateStrength();
}

void Stream::Connected(int rc) {
  connecting_ = false;
  if (state_ != State::kOpen) return;
  if (rc < 0) {
    EmitError(rc);
    UpdateStrength();
    return;
  }
  v8::HandleScope scope(env()->isolate());
  Emit(kConnect, {v8::Integer::New(env()->isolate(), fd())});
  if (wants_reading_) Resume();
  UpdateStrength();
}

int Stream::fd() const {
  if (kind_ == Kind::kFile) return file_;
  uv_os_fd_t fd = -1;
  if (state_ == State::kNone || uv_fileno(&handle_.handle, &fd) < 0) return -1;
  return fd;
}

Stream::Memory Stream::MemoryOf(v8::Local<v8::Value> value) {
  v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
  Memory memory;
  memory.store = view->Buffer()->GetBackingStore();
  memory.bytes = {static_cast<char*>(memory.store->Data()) + view->ByteOffset(), view->ByteLength()};
  return memory;
}

void Stream::SetBuffers(v8::Local<v8::Value> in, v8::Local<v8::Value> out) {
  if (in->IsArrayBufferView()) in_ = MemoryOf(in);
  if (out->IsArrayBufferView()) out_ = MemoryOf(out);
}

int Stream::Resume() {
  if (state_ == State::kClosing || state_ == State::kClosed || close_when_drained_) return UV_EBADF;
  if (state_ == State::kNone || connecting_) {
    wants_reading_ = true;
    return 0;
  }
  if (reading_) return 0;
  if (in_.bytes.empty()) return UV_ENOBUFS;
  const int rc = kind_ == Kind::kFile ? uv_idle_start(&handle_.idle, OnIdle) : uv_read_start(&handle_.stream, OnAllocate, OnRead);
  if (rc < 0) return rc;
  wants_reading_ = false;
  reading_ = true;
  stats_[kResumes]++;
  UpdateStrength();
  if (filter_ != nullptr) filter_->OnStreamResume();
  return 0;
}

void Stream::Pause() {
  wants_reading_ = false;
  if (!reading_) return;
  reading_ = false;
  stats_[kPauses]++;
  StopReading();
  UpdateStrength();
}

void Stream::OnAllocate(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
  auto* self = static_cast<Stream*>(handle->data);
  *buffer = uv_buf_init(self->in_.bytes.data(), static_cast<unsigned>(std::min<size_t>(self->in_.bytes.size(), INT32_MAX)));
}

void Stream::OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
  if (size != 0) static_cast<Stream*>(stream->data)->Deliver(size);
}

// A file is always ready: one piece a turn of the loop.
void Stream::OnIdle(uv_idle_t* idle) {
  auto* self = static_cast<Stream*>(idle->data);
  if (!self->told_later_.empty()) {
    v8::HandleScope scope(self->env()->isolate());
    [[maybe_unused]] const v8::Local<v8::Object> keep = self->object();
    self->TellLater();
    if (self->state_ != State::kOpen) return;
    if (!self->reading_ && self->told_later_.empty()) uv_idle_stop(idle);
    self->UpdateStrength();
  }
  if (!self->reading_) return;
  // Nothing read would look like the file's end.
  if (self->in_.bytes.empty()) return self->Deliver(UV_ENOBUFS);
  ssize_t size;
  do {
    size = read(self->file_, self->in_.bytes.data(), self->in_.bytes.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0 && errno == EAGAIN) return;
  self->Deliver(size == 0 ? UV_EOF : size < 0 ? -errno : size);
}

void Stream::Deliver(ssize_t size) {
  if (size > 0) {
    stats_[kData]++;
    stats_[kBytesRead] += static_cast<uint64_t>(size);
    if (filter_ != nullptr) return filter_->OnStreamRead(in_.bytes.data(), size);
    return DeliverPlain(size);
  }
  v8::HandleScope scope(env()->isolate());
  reading_ = false;
  StopReading();
  [[maybe_unused]] const v8::Local<v8::Object> keep = object();
  UpdateStrength();
  if (filter_ != nullptr) filter_->OnStreamEnd(static_cast<int>(size));
  if (listener_ != nullptr) listener_->OnStreamEnd(static_cast<int>(size));
  if (size == UV_EOF) {
    stats_[kEnds]++;
    Emit(kEnd);
  } else {
    EmitError(static_cast<int>(size));
  }
}

void Stream::DeliverPlain(size_t size) {
  if (StreamListener* listener = listener_; listener != nullptr) {
    listener->OnStreamRead(in_.bytes.data(), size);
    // It may have closed the stream, or given up the reads with what it left of these.
    if (listener_ != listener || !takes_writes()) return;
  }
  if (!has_callback(kRead)) return;
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  Emit(kRead, {v8::Number::New(isolate, static_cast<double>(size))});
}

// A file's handle also tells of writes.
void Stream::StopReading() {
  if (kind_ != Kind::kFile) {
    uv_read_stop(&handle_.stream);
  } else if (told_later_.empty()) {
    uv_idle_stop(&handle_.idle);
  }
}

int64_t Stream::WriteFile(const char* bytes, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t written = write(file_, bytes + done, size - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int rc = -errno;
      stats_[kBytesWritten] += done;
      return rc;
    }
    done += static_cast<size_t>(written);
  }
  return static_cast<int64_t>(size);
}

int64_t Stream::Write(const char* bytes, size_t size) {
  if (state_ != State::kOpen || close_when_drained_) return UV_EBADF;
  if (size == 0) return 0;
  int64_t written;
  if (kind_ == Kind::kFile) {
    written = WriteFile(bytes, size);
  } else {
    const uv_buf_t buffer = uv_buf_init(const_cast<char*>(bytes), static_cast<unsigned>(std::min<size_t>(size, INT32_MAX)));
    // A program that writes in onWrite gets its next onWrite from the loop, not from deeper in the stack.
    written = telling_ ? UV_EAGAIN : uv_try_write(&handle_.stream, &buffer, 1);
    // A socket that is still connecting takes writes too.
    if (written == UV_EBADF && connecting_) written = UV_EAGAIN;
  }
  if (written < 0 && (written != UV_EAGAIN || kind_ == Kind::kFile)) {
    EmitError(static_cast<int>(written));
    return written;
  }
  if (written == static_cast<int64_t>(size)) {
    stats_[kFull]++;
    stats_[kBytesWritten] += size;
    TellWritten(size);
    return written;
  }
  const size_t done = written > 0 ? static_cast<size_t>(written) : 0;
  stats_[written == UV_EAGAIN ? kAgain : kIncomplete]++;
  stats_[kBytesWritten] += done;
  const int rc = Queue(bytes + done, size - done);
  if (rc < 0) {
    EmitError(rc);
    return rc;
  }
  return static_cast<int64_t>(done);
}

void Stream::TellWritten(size_t size) {
  if (!has_callback(kWrite)) return;
  if (telling_) {
    told_later_.push_back(size);
    uv_idle_start(&handle_.idle, OnIdle);
    return UpdateStrength();
  }
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  [[maybe_unused]] const v8::Local<v8::Object> keep = object();
  telling_ = true;
  Emit(kWrite, {v8::Number::New(isolate, static_cast<double>(size)), v8::Integer::New(isolate, 0)});
  telling_ = false;
}

void Stream::TellLater() {
  for (const size_t size : std::exchange(told_later_, {})) TellWritten(size);
}

int Stream::Queue(const char* bytes, size_t size) {
  auto* queued = static_cast<QueuedWrite*>(std::malloc(sizeof(QueuedWrite) + size));
  if (queued == nullptr) return UV_ENOMEM;
  std::memcpy(queued->bytes, bytes, size);
  queued->stream = this;
  queued->size = size;
  const uv_buf_t buffer = uv_buf_init(queued->bytes, static_cast<unsigned>(size));
  const int rc = uv_write(&queued->request, &handle_.stream, &buffer, 1, OnWritten);
  if (rc < 0) {
    std::free(queued);
    return rc;
  }
  stats_[kAllocs]++;
  pending_writes_++;
  stats_[kMaxQueue] = std::max<uint64_t>(stats_[kMaxQueue], queue_size());
  UpdateStrength();
  return 0;
}

void Stream::OnWritten(uv_write_t* request, int status) {
  auto* queued = reinterpret_cast<QueuedWrite*>(request);
  Stream* self = queued->stream;
  const size_t size = queued->size;
  std::free(queued);
  self->stats_[kFrees]++;
  self->pending_writes_--;
  if (status == 0) self->stats_[kBytesWritten] += size;
  if (self->is_collected() || self->state_ == State::kClosed) return;
  v8::Isolate* isolate = self->env()->isolate();
  v8::HandleScope scope(isolate);
  [[maybe_unused]] const v8::Local<v8::Object> keep = self->object();
  if (status != UV_ECANCELED) {
    self->Emit(kWrite, {v8::Number::New(isolate, static_cast<double>(size)), v8::Integer::New(isolate, status)});
    if (status < 0) self->EmitError(status);
    if (self->pending_writes_ == 0 && status == 0) {
      self->stats_[kDrains]++;
      if (self->filter_ != nullptr) self->filter_->OnStreamDrain();
      if (self->listener_ != nullptr) self->listener_->OnStreamDrain();
      self->Emit(kDrain);
    }
  }
  if (self->close_when_drained_ && self->pending_writes_ == 0) self->CloseHandle();
  self->UpdateStrength();
}

size_t Stream::queue_size() const {
  if (state_ == State::kNone || kind_ == Kind::kFile) return 0;
  return uv_stream_get_write_queue_size(&handle_.stream);
}

void Stream::Close(bool shutdown) {
  if (state_ != State::kOpen || close_when_drained_) return;
  if (reading_) {
    reading_ = false;
    StopReading();
  }
  if (kind_ == Kind::kTty && pending_writes_ > 0) {
    close_when_drained_ = true;
    return;
  }
  if (kind_ == Kind::kSocket && shutdown) {
    shutdown_.data = this;
    const auto after = [](uv_shutdown_t* request, int) { static_cast<Stream*>(request->data)->CloseHandle(); };
    // What is queued goes first; no write may follow.
    close_when_drained_ = true;
    if (uv_shutdown(&shutdown_, &handle_.stream, after) == 0) return UpdateStrength();
  }
  CloseHandle();
}

void Stream::CloseHandle() {
  if (state_ != State::kOpen) return;
  state_ = State::kClosing;
  stats_[kCloses]++;
  if (!is_collected()) MakeStrong();
  uv_close(&handle_.handle, [](uv_handle_t* handle) {
    auto* self = static_cast<Stream*>(handle->data);
    self->state_ = State::kClosed;
    if (self->file_ > STDERR_FILENO) close(self->file_);
    self->LetGo();
    if (self->is_collected()) {
      delete self;
      return;
    }
    v8::HandleScope scope(self->env()->isolate());
    [[maybe_unused]] const v8::Local<v8::Object> keep = self->object();
    self->TellLater();
    self->Emit(kClose);
    self->MakeWeak();
  });
}

void Stream::Finish() {
  reading_ = connecting_ = false;
  CloseHandle();
}

void Stream::OnCollected() {
  if (state_ == State::kOpen) {
    Finish();
  } else if (state_ != State::kClosing) {
    delete this;
  }
}

void Stream::LetGo() {
  for (StreamListener** place : {&filter_, &listener_}) {
    if (StreamListener* listener = std::exchange(*place, nullptr)) listener->OnStreamClose();
  }
}

void Stream::UpdateStrength() {
  if (is_collected()) return;
  if (reading_ || connecting_ || pending_writes_ > 0 || !told_later_.empty() || close_when_drained_ || state_ == State::kClosing) {
    MakeStrong();
  } else {
    MakeWeak();
  }
}

void Stream::Emit(Event event, std::initializer_list<v8::Local<v8::Value>> arguments) {
  if (is_collected() || !has_callback(event)) return;
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Object> self = object();
  v8::Local<v8::Data> callback = self->GetInternalField(event);
  std::array<v8::Local<v8::Value>, 3> argv;
  std::copy(arguments.begin(), arguments.end(), argv.begin());
  (void)env()->Callback(callback.As<v8::Value>().As<v8::Function>(), self, static_cast<int>(arguments.size()), argv.data());
}

void Stream::EmitError(int rc) {
  stats_[kErrors]++;
  if (is_collected()) return;
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::String> text;
  if (!FromUtf8(isolate, UvErrorText(rc)).ToLocal(&text)) return;
  Emit(kError, {v8::Integer::New(isolate, rc), text});
}

}  // namespace dv8
