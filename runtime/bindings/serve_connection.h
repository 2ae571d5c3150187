// A connection of dv8:serve: serve_server.h. One request at a time is JavaScript's; what follows it waits.
#pragma once

#include <llhttp.h>
#include <uv.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/bindings/serve_server.h"
#include "runtime/bindings/websocket_frames.h"

namespace dv8 {

// How JavaScript wants a body.
enum class ServePull : uint32_t { kChunk, kBytes, kText };

struct ServeResponse {
  enum Flag : uint32_t {
    kClose = 1,  // The header fields say that the connection is closed.
    kHasDate = 2,
    kHasLength = 4,  // Of a body that is not sent: the answer to HEAD, or 304.
  };
  uint32_t status = 200;
  uint32_t flags = 0;
};

class ServeConnection final : private WebSocketReader::Handler {
 public:
  ServeConnection(ServeServer* server, uint32_t slot);
  ~ServeConnection();
  ServeConnection(const ServeConnection&) = delete;
  ServeConnection& operator=(const ServeConnection&) = delete;

  // Takes a connection of `listener`. A negative libuv error, after which only the handle may have to be closed: Close().
  int Accept(uv_stream_t* listener);

  bool Answers(uint32_t serial) const { return serial == serial_ && !closing_ && !shutting_ && (handling_ || is_socket()); }
  bool is_socket() const { return socket_ != nullptr; }
  bool is_handling() const { return handling_; }

  // respond(): the whole response, or its head when `body` is true (chunks follow, until End()) or a number (so many bytes
  // follow). `fields` are "name: value\r\n", `reason` may be empty.
  void Respond(v8::Isolate* isolate, const ServeResponse& response, v8::Local<v8::String> reason, v8::Local<v8::String> fields,
               v8::Local<v8::Value> body);
  // A part of the body. False when the caller has to wait for kDrain.
  bool WriteChunk(v8::Isolate* isolate, v8::Local<v8::Value> chunk);
  void End();
  // Sends `size` bytes of a file from `offset` on, in place of chunks, and closes it. The head is out.
  void SendFile(int fd, int64_t offset, uint64_t size);
  // What of the request's body is there: undefined when kBody will tell, null at its end; kBytes and kText wait for all.
  v8::MaybeLocal<v8::Value> Pull(v8::Isolate* isolate, ServePull how);
  // Breaks the connection off: a body that cannot be completed.
  void Abort() { Close(); }

  // 101 with `fields`; false when the request is none for a WebSocket.
  bool Upgrade(std::string_view key, v8::Isolate* isolate, v8::Local<v8::String> fields);
  // Reads what came behind the request, now that JavaScript knows the WebSocket.
  void StartSocket();
  // A frame. What is then queued, in bytes; -1 when it was dropped.
  double SendFrame(v8::Isolate* isolate, WebSocketReader::Opcode opcode, v8::Local<v8::Value> data);
  void CloseSocket(uint16_t code, std::string_view reason);
  size_t queued() const { return queued_; }

  // [address, port, family] of the peer; empty for a path.
  v8::Local<v8::Value> PeerAddress(v8::Isolate* isolate) const;

  // The server stops: closes what waits for a request.
  void CloseWhenIdle();
  void Close();
  // Once a second.
  void CheckTimeouts(uint64_t now);
  void SetIdleTimeout(uint64_t milliseconds) { own_idle_timeout_ = milliseconds; }
  // Writes what OutputOf() has for this connection.
  void FlushOut();

 private:
  struct QueuedWrite;
  struct FileSource;

  static ServeConnection* From(llhttp_t* parser) { return static_cast<ServeConnection*>(parser->data); }
  static const llhttp_settings_t* Settings();
  static void OnAllocate(uv_handle_t* handle, size_t, uv_buf_t* buffer);
  static void OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer);
  static void OnWritten(uv_write_t* request, int status);
  static void OnFileRead(uv_fs_t* request);
  static void OnShutdown(uv_shutdown_t* request, int status);
  static void OnClosed(uv_handle_t* handle);

  // llhttp's callbacks.
  int OnMessageBegin();
  int AppendTarget(const char* text, size_t size);
  int AppendName(const char* text, size_t size);
  int EndName();
  int AppendValue(const char* text, size_t size);
  int EndValue();
  int OnHeadersComplete();
  int OnBody(const char* bytes, size_t size);
  int OnMessageComplete();
  int Refuse(int status);

  void OnBytes(const char* bytes, size_t size);
  void OnPlain(const char* bytes, size_t size);
  void OnEnd(int rc);
  void Execute(const char* bytes, size_t size);
  void Advance();
  bool IsBlocked() const;
  void CallRequest();
  void CallBack(ServeServer::Callback callback, uint32_t serial);
  // Tells JavaScript what has gone with the connection, and deletes this.
  void Vanish();
  // Answers what is no request with `status`, and closes.
  void Fail(int status);
  void AppendHead(std::string* out, const ServeResponse& response, std::string_view reason, std::string_view fields,
                  std::optional<double> length);
  void FinishResponse();
  void WriteRaw(std::string_view head, std::span<const char> body, std::shared_ptr<v8::BackingStore> keep);
  void Queue(std::string bytes, std::shared_ptr<v8::BackingStore> keep, std::span<const char> kept);
  void WriteBody(v8::Isolate* isolate, std::string* out, v8::Local<v8::Value> body);
  void ReadFile();
  void CloseAfterWrites();
  void CheckDrained();
  void UpdateReading();
  void ReadSocket(const char* bytes, size_t size);
  bool OnMessage(WebSocketReader::Opcode opcode, std::string_view data, uint16_t code) override;
  void Touch() { last_activity_ = server_->Now(); }
  uv_stream_t* stream() { return &handle_.stream; }

  ServeServer* server_;
  uint32_t slot_;
  uint32_t serial_ = 0;
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } handle_;
  llhttp_t parser_;
  std::unique_ptr<ServeTls> tls_;
  std::unique_ptr<WebSocketReader> socket_;
  std::unique_ptr<FileSource> file_;
  std::string head_;     // target "\n" {name ":" value "\n"}
  std::string pending_;  // Input behind what is read so far.
  std::string body_;     // Received, and not pulled.
  size_t name_at_ = 0;   // In head_: of the field that comes.
  size_t value_at_ = 0;
  double body_size_ = 0;
  double body_left_ = -1;  // Of a response's body that has a length; -1: chunks, or to the end.
  size_t queued_ = 0;
  uint64_t last_activity_ = 0;
  uint64_t head_began_ = 0;  // 0: no head has begun.
  std::optional<uint64_t> own_idle_timeout_;
  std::optional<ServePull> pull_;  // kBody is awaited.
  int host_count_ = 0;
  int refused_ = 0;  // The status of a head that is refused.
  bool in_head_ = false;
  bool opened_ = false;  // The handle is libuv's.
  bool reading_ = false;
  bool executing_ = false;
  bool paused_ = false;      // llhttp has stopped behind a message.
  bool at_upgrade_ = false;  // And it was one that asks for another protocol.
  bool handling_ = false;    // JavaScript has the request.
  bool received_ = false;    // The request's body is complete.
  bool discard_ = false;     // What comes of the body is not wanted.
  bool has_body_ = false;
  bool head_sent_ = false;
  bool chunked_ = false;  // The response is.
  bool no_body_ = false;  // The response has none: HEAD, 204, 304.
  bool is_head_ = false;
  bool is_old_ = false;  // HTTP/1.0
  bool keep_alive_ = true;
  bool wants_continue_ = false;
  bool wants_drain_ = false;
  bool close_after_ = false;
  bool shutting_ = false;  // Nothing is written any more; what comes is thrown away.
  bool peer_ended_ = false;
  bool socket_closing_ = false;  // A close frame went out.
  bool socket_pinged_ = false;
  bool socket_told_ = false;  // JavaScript knows of its end.
  bool closing_ = false;
  bool closed_ = false;  // While JavaScript of this connection ran.
  uv_shutdown_t shutdown_;
};

}  // namespace dv8
