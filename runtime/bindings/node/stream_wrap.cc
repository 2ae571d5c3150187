// runtime/bindings/node/stream_wrap.cc: internalBinding('stream_wrap'), and streams of libuv.
#include "runtime/bindings/node/stream_wrap.h"

#include <sys/epoll.h>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/request_object.h"
#include "runtime/bindings/node/trigger_scope.h"

namespace dv8::node {

bool LibuvStreamWrap::IsIpcPipe() const { return stream_->type == UV_NAMED_PIPE && reinterpret_cast<const uv_pipe_t*>(stream_)->ipc != 0; }

int LibuvStreamWrap::GetFd() {
  int fd = -1;
  uv_fileno(handle(), &fd);
  return fd;
}

int LibuvStreamWrap::ReadStart() {
  if (listening_) return UV_ENOTCONN;
  return uv_read_start(
      stream_, [](uv_handle_t* handle, size_t suggested_size, uv_buf_t* buf) { *buf = FromData(handle->data)->EmitAlloc(suggested_size); },
      [](uv_stream_t* stream, ssize_t nread, const uv_buf_t* buf) { FromData(stream->data)->OnRead(nread, *buf); });
}

int LibuvStreamWrap::ReadStop() { return listening_ ? 0 : uv_read_stop(stream_); }

void LibuvStreamWrap::OnRead(ssize_t nread, const uv_buf_t& buf) {
  if (nread > 0 && IsIpcPipe() && uv_pipe_pending_count(reinterpret_cast<uv_pipe_t*>(stream_)) > 0 && !AcceptPending()) {
    return;
  }
  EmitRead(nread, buf);
}

// Gives JavaScript the handle that came with what was read, as `pendingHandle`.
bool LibuvStreamWrap::AcceptPending() {
  Environment* env = this->env();
  if (env->stopping()) return false;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  v8::TryCatch guard(isolate);
  constexpr int kSocket = 0;  // constants.SOCKET of each of them.
  const char* binding = "pipe_wrap";
  const char* type = "Pipe";
  switch (uv_pipe_pending_type(reinterpret_cast<uv_pipe_t*>(stream_))) {
    case UV_TCP: binding = "tcp_wrap", type = "TCP"; break;
    case UV_UDP: binding = "udp_wrap", type = "UDP"; break;
    // A pipe takes all else: a file that a foreign program sent is closed with it.
    default: break;
  }
  TriggerScope trigger(this);
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, kSocket)};
  v8::Local<v8::Object> object;
  HandleWrap* accepted = nullptr;
  if (NewInstance(env, binding, type, 1, argv).ToLocal(&object)) accepted = Cast<HandleWrap>(object);
  if (accepted == nullptr) {
    if (guard.HasCaught()) env->HandleUncaught(guard.Exception(), false);
    return false;
  }
  if (uv_accept(stream_, reinterpret_cast<uv_stream_t*>(accepted->handle())) != 0) {
    accepted->Close();
    return true;
  }
  return this->object()->Set(env->context(), Internalized(isolate, "pendingHandle"), object).IsJust();
}

int LibuvStreamWrap::DoShutdown(ShutdownWrap* request) {
  if (listening_ || !IsOpen()) return UV_ENOTCONN;
  return request->Dispatch(uv_shutdown, request->request(), stream_, [](uv_shutdown_t* request, int status) {
    static_cast<ShutdownWrap*>(ReqWrap<uv_shutdown_t>::From(request))->Done(status);
  });
}

int LibuvStreamWrap::DoTryWrite(uv_buf_t** bufs, size_t* count) {
  if (listening_) return UV_EPIPE;
  const int rc = uv_try_write(stream_, *bufs, static_cast<unsigned>(*count));
  if (rc == UV_EAGAIN || rc == UV_ENOSYS) return 0;
  if (rc < 0) return rc;
  size_t written = static_cast<size_t>(rc);
  for (; *count > 0; ++*bufs, --*count) {
    uv_buf_t& buf = **bufs;
    if (buf.len > written) {
      buf.base += written;
      buf.len -= written;
      break;
    }
    written -= buf.len;
  }
  return 0;
}

int LibuvStreamWrap::DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap* send_handle) {
  if (listening_) return UV_EPIPE;
  auto* sent = send_handle == nullptr ? nullptr : reinterpret_cast<uv_stream_t*>(send_handle->handle());
  return request->Dispatch(
      uv_write2, request->request(), stream_, bufs, static_cast<unsigned>(count), sent,
      [](uv_write_t* request, int status) { static_cast<WriteWrap*>(ReqWrap<uv_write_t>::From(request))->Done(status); });
}

int32_t LibuvStreamWrap::SetBlocking(bool blocking) { return uv_stream_set_blocking(stream_, blocking); }

uint32_t LibuvStreamWrap::WriteQueueSize() { return static_cast<uint32_t>(uv_stream_get_write_queue_size(stream_)); }

int LibuvStreamWrap::CheckDescriptor(int fd) const {
  if (fd < 0) return UV_EBADF;
  epoll_event event{};
  event.data.fd = fd;
  const int poll = uv_backend_fd(env()->loop());
  if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) == 0) {
    epoll_ctl(poll, EPOLL_CTL_DEL, fd, &event);
    return 0;
  }
  if (errno == EEXIST) return 0;
  return errno == EPERM ? UV_EINVAL : uv_translate_sys_error(errno);
}

namespace {

constexpr ConstantSpec kConstants[] = {
    {"kReadBytesOrError", StreamState::kReadBytesOrError},
    {"kArrayBufferOffset", StreamState::kArrayBufferOffset},
    {"kBytesWritten", StreamState::kBytesWritten},
    {"kLastWriteWasAsync", StreamState::kLastWriteWasAsync},
};

constexpr ClassSpec kClasses[] = {
    {"ShutdownWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
    {"WriteWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "streamBaseState"), env->State<StreamState>().fields.Get()).Check();
}

}  // namespace

extern const BindingSpec kNodeStreamWrap;
constexpr BindingSpec kNodeStreamWrap{"stream_wrap", {}, kConstants, kClasses, Init};

}  // namespace dv8::node
