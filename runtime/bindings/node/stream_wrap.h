// StreamBase over a stream of libuv: what TCP, Pipe and TTY are.
#pragma once

#include "runtime/bindings/node/stream_base.h"

namespace dv8::node {

class LibuvStreamWrap : public HandleWrap, public StreamBase {
 public:
  DV8_NATIVE_CLASS(LibuvStreamWrap, HandleWrap)
  LibuvStreamWrap(Environment* env, v8::Local<v8::Object> object, uv_stream_t* stream, Provider provider)
      : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(stream), provider), StreamBase(this), stream_(stream) {}

  uv_stream_t* stream() const { return stream_; }
  StreamBase* AsStreamBase() override { return this; }

  bool IsAlive() const override { return !IsClosed(); }
  bool IsClosing() override { return !IsOpen(); }
  bool IsIpcPipe() const override;
  int GetFd() override;
  int ReadStart() override;
  int ReadStop() override;
  int DoShutdown(ShutdownWrap* request) override;
  int DoTryWrite(uv_buf_t** bufs, size_t* count) override;
  bool HasDoTryWrite() const override { return true; }
  int DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap* send_handle) override;

  // Methods that JavaScript calls.
  int32_t SetBlocking(bool blocking);
  uint32_t WriteQueueSize();

 protected:
  void OnClose() override { DropUserBuffer(); }
  // 0 when a handle may take `fd`: libuv's poll ends the process over one that cannot be watched (a file).
  int CheckDescriptor(int fd) const;
  // A stream that listens gives connections, not data: libuv would call it wrongly.
  void set_listening() { listening_ = true; }

 private:
  static LibuvStreamWrap* FromData(void* data) { return static_cast<LibuvStreamWrap*>(static_cast<HandleWrap*>(data)); }
  void OnRead(ssize_t nread, const uv_buf_t& buf);
  bool AcceptPending();

  uv_stream_t* stream_;
  bool listening_ = false;
};

// What StreamBase has, and setBlocking(), writeQueueSize; behind it kHandleWrapClass: `parent` of streams.
extern const ClassSpec kLibuvStreamClass;

}  // namespace dv8::node
