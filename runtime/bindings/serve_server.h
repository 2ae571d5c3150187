// internal:dv8_serve: the native side of dv8:serve. A Server listens; each of its connections reads HTTP/1 by llhttp
// and calls JavaScript once a request, with the head as one text that JavaScript takes apart when it is asked to.
// Connections have no JavaScript objects: JavaScript names a request by its connection's slot and a serial number, and
// what it says of a request that is over is ignored. Belongs to its loop's thread.
#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/binding/held_bytes.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/serve_tls.h"
#include "v8.h"

namespace dv8 {

class ServeConnection;

struct ServeLimits {
  size_t head = 16 << 10;                  // Bytes of a request's target and header fields.
  double body = 128 << 20;                 // Bytes of a request's body.
  uint64_t head_timeout = 60'000;          // Milliseconds for a head from its first byte on; 0: any time.
  uint64_t idle_timeout = 10'000;          // Milliseconds without a byte where one is waited for; 0: any time.
  size_t socket_message = 16 << 20;        // Bytes of a WebSocket's message.
  uint64_t socket_idle_timeout = 120'000;  // Milliseconds without a frame from a WebSocket's peer; 0: any time.
};

class ServeServer : public NativeObject {
 public:
  DV8_NATIVE_CLASS(ServeServer, NativeObject)
  // Internal fields of the JavaScript object: the functions that it was made with.
  enum Callback : int {
    kRequest = 1,  // (slot, serial, method, head, flags)
    kBody,         // (slot, serial): pull() has something.
    kDrain,        // (slot, serial): what was queued has been written.
    kAbort,        // (slot, serial): the connection has gone before the response was complete.
    kMessage,      // (slot, serial, opcode, data, code): of a WebSocket.
    kClosed,       // (): stop() has come to its end.
    kFieldCount
  };

  static void Construct(const CallInfo& info);
  ~ServeServer() override;

  // listen(host, port, reuse, backlog), listenPath(path, backlog)
  UvResult<void> Listen(std::string host, Port port, bool reuse_port, int32_t backlog);
  UvResult<void> ListenPath(Path path, int32_t backlog);
  // setLimits(head, body, head timeout, idle timeout, socket's message, socket's idle timeout)
  void SetLimits(uint32_t head, double body, uint32_t head_timeout, uint32_t idle_timeout, uint32_t socket_message,
                 uint32_t socket_idle_timeout);
  // setTls(key, certificate, passphrase, authority) → what is wrong with them, or ""
  std::string SetTls(std::string key, std::string certificate, std::string passphrase, std::string authority);
  // The port; -1 for a path.
  int32_t ListeningPort() const;
  void SetRef(bool ref);
  // No more connections; those that are idle are closed, the others when their response is complete, or now.
  void Stop(bool now);
  uint32_t CountPending() const;
  uint32_t CountSockets() const;
  void CloseNow() override { Stop(true); }

  // The one whose request `serial` is being answered, or whose WebSocket has this number; else null.
  ServeConnection* Find(uint32_t slot, uint32_t serial) const;

  // Whether `connection` is still there.
  bool Has(uint32_t slot, const ServeConnection* connection) const;

  uint32_t NextSerial() { return serial_ = (serial_ + 1) & 0x3FFFFFFF; }
  const ServeLimits& limits() const { return limits_; }
  const ServeTlsContext* tls() const { return tls_.get(); }
  bool stopping() const { return stopping_; }
  // "date: …\r\n" of this second.
  std::string_view DateLine();
  uint64_t Now() const { return uv_now(env()->loop()); }
  // Calls JavaScript; the caller has a HandleScope.
  v8::MaybeLocal<v8::Value> Call(Callback callback, std::initializer_list<v8::Local<v8::Value>> arguments);
  // The loop's memory for a read; one of its own when the other is in use.
  std::span<char> TakeInput();
  void GiveInput(char* input);
  // What `connection` is about to write, which goes out by its FlushOut(). That of another goes out before.
  std::string& OutputOf(ServeConnection* connection);
  bool IsOutputOf(const ServeConnection* connection) const { return output_owner_ == connection; }
  void ForgetOutput() { output_owner_ = nullptr, output_.clear(); }
  // Gives the output away; its memory comes back when it is written.
  std::string TakeOutput() { return output_owner_ = nullptr, std::move(output_); }
  void ReturnOutput(std::string output);
  // The connection's handle is closed.
  void Remove(uint32_t slot);

 protected:
  void OnCollected() override;

 private:
  enum class Kind { kNone, kTcp, kPipe };

  ServeServer(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  UvResult<void> Start(int rc, int32_t backlog, const char* syscall, const std::string& address);
  static void OnConnection(uv_stream_t* listener, int status);
  static void OnSecond(uv_timer_t* timer);
  static void OnHandleClosed(uv_handle_t* handle);
  void CloseHandles();
  void EndWhenOver();

  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } listener_;
  uv_timer_t timer_;
  Kind kind_ = Kind::kNone;
  int open_handles_ = 0;
  bool stopping_ = false;
  bool handles_closing_ = false;
  bool over_ = false;
  std::string path_;
  ServeLimits limits_;
  std::unique_ptr<ServeTlsContext> tls_;
  std::vector<std::unique_ptr<ServeConnection>> connections_;
  std::vector<uint32_t> free_slots_;
  size_t count_ = 0;
  uint32_t serial_ = 0;
  std::string output_;
  ServeConnection* output_owner_ = nullptr;
  std::unique_ptr<char[]> input_;
  bool input_taken_ = false;
  int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace dv8
