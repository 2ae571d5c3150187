// A stream of HTTP/2: lib's handle of an Http2Stream. What the program writes waits in a queue until nghttp2 makes DATA
// frames of it; what comes goes to `onread`.
#pragma once

#include <deque>

#include "runtime/bindings/node/http2_state.h"
#include "runtime/bindings/node/stream_base.h"

namespace dv8::node::http2 {

class Http2Session;

// Bytes to send. `request` is the write that ends with them, or null.
struct Chunk {
  uv_buf_t bytes;
  WriteWrap* request = nullptr;
};

// A header that came; it shares nghttp2's memory.
class Header {
 public:
  Header(nghttp2_rcbuf* name, nghttp2_rcbuf* value, uint8_t flags) : name_(name), value_(value), flags_(flags) {
    nghttp2_rcbuf_incref(name);
    nghttp2_rcbuf_incref(value);
  }
  Header(Header&& other) noexcept
      : name_(std::exchange(other.name_, nullptr)), value_(std::exchange(other.value_, nullptr)), flags_(other.flags_) {}
  Header& operator=(Header&&) = delete;
  ~Header() {
    if (name_ == nullptr) return;
    nghttp2_rcbuf_decref(name_);
    nghttp2_rcbuf_decref(value_);
  }
  nghttp2_rcbuf* name() const { return name_; }
  nghttp2_vec value() const { return nghttp2_rcbuf_get_buf(value_); }
  bool is_sensitive() const { return (flags_ & NGHTTP2_NV_FLAG_NO_INDEX) != 0; }

 private:
  nghttp2_rcbuf* name_;
  nghttp2_rcbuf* value_;
  uint8_t flags_;
};

class Http2Stream final : public AsyncWrap, public StreamBase {
 public:
  DV8_NATIVE_CLASS(Http2Stream, AsyncWrap)
  Http2Stream(v8::Local<v8::Object> object, Http2Session* session, int32_t id, nghttp2_headers_category category, int32_t options);
  // Enters `session`. Null, with an exception pending, where no object can be made.
  static Http2Stream* Make(Http2Session* session, int32_t id, nghttp2_headers_category category, int32_t options);
  ~Http2Stream() override;
  StreamBase* AsStreamBase() override { return this; }

  int32_t id() const { return id_; }
  bool is_destroyed() const { return destroyed_; }
  // Null when it has been collected.
  Http2Session* session() const { return session_; }
  // The session goes, and nghttp2's memory with it.
  void LeaveSession();

  // What the session hears of nghttp2.
  void StartHeaders(nghttp2_headers_category category);
  // False when there are more or longer headers than the session takes.
  bool AddHeader(nghttp2_rcbuf* name, nghttp2_rcbuf* value, uint8_t flags);
  // Forgets headers that no frame completes.
  void DropHeaders();
  void TellHeaders(uint8_t frame_flags);
  void ReceiveData(const uint8_t* data, size_t size);
  void ReceiveEnd() { EmitRead(UV_EOF); }
  void Closed(uint32_t code);
  void FlushReset();
  // Moves `size` bytes of the queue to what the session sends; false when they are not there.
  bool Send(size_t size);
  // nghttp2's source of DATA frames.
  static nghttp2_ssize ReadForFrame(nghttp2_session*, int32_t id, uint8_t*, size_t length, uint32_t* flags, nghttp2_data_source*,
                                    void* session);

  // Methods that JavaScript calls.
  int32_t Id() const { return id_; }
  void Destroy();
  v8::MaybeLocal<v8::Value> PushPromise(v8::Local<v8::Array> headers, int32_t options);
  int32_t Info(v8::Local<v8::Array> headers);
  int32_t Trailers(v8::Local<v8::Array> headers);
  int32_t Respond(v8::Local<v8::Array> headers, int32_t options);
  void RstStream(uint32_t code);
  void RefreshState();

  // StreamBase
  bool IsAlive() const override { return true; }
  bool IsClosing() override { return false; }
  int ReadStart() override;
  int ReadStop() override;
  int DoShutdown(ShutdownWrap* request) override;
  int DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap* send_handle) override;
  bool HasWantsWrite() const override { return true; }

 private:
  // Gives no memory: the session has read the bytes already, and each chunk is copied once.
  class Listener final : public ReportingListener {
   public:
    uv_buf_t OnStreamAlloc(size_t size) override { return uv_buf_init(nullptr, static_cast<unsigned>(size)); }
    void OnStreamRead(ssize_t nread, const uv_buf_t& buf) override;
  };
  struct Statistics {
    uint64_t start_time = 0;
    uint64_t first_header = 0;  // Times of uv_hrtime(); 0: not yet.
    uint64_t first_byte = 0;
    uint64_t first_byte_sent = 0;
    uint64_t sent_bytes = 0;
    uint64_t received_bytes = 0;
  };

  bool reading() const { return read_started_ && !read_paused_; }
  nghttp2_ssize NextFrame(size_t length, uint32_t* flags);
  void WantTrailers();
  void FinishDestroy();
  void CancelWrites();
  void EmitStatistics(uint64_t end_time);

  Http2Session* session_;
  const int32_t id_;
  Listener http2_listener_;
  uint32_t code_ = NGHTTP2_NO_ERROR;
  bool writable_ = true;
  bool read_started_ = false;
  bool read_paused_ = false;
  bool destroyed_ = false;
  bool has_trailers_ = false;
  nghttp2_headers_category category_;
  std::vector<Header> headers_;
  size_t headers_size_ = 0;       // RFC 9113, section 6.5.2: 32 bytes more than its text each.
  size_t told_headers_size_ = 0;  // Of those that JavaScript has.
  uint32_t most_headers_size_;
  size_t unread_size_ = 0;  // Came while reading was paused.
  std::deque<Chunk> queue_;
  size_t queued_size_ = 0;
  Statistics statistics_;
};

}  // namespace dv8::node::http2
