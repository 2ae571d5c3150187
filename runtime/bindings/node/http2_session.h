// A connection of HTTP/2: lib's handle of an Http2Session. It listens to a socket's stream, whose bytes nghttp2 reads
// and which gets the frames that nghttp2 makes. nghttp2's calls back are in http2_frames.cc.
//
// nghttp2 must not be asked to send while it receives, as that may close streams that it works on: what JavaScript asks
// for meanwhile (an end of the session, a reset, an end of a stream) is noted, and done when receiving has ended.
#pragma once

#include <deque>
#include <memory>
#include <set>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/http2_stream.h"

namespace dv8::node::http2 {

// The bytes of a session's property `fields`: which events have listeners, and limits.
struct SessionFields {
  enum Bit { kHasRemoteSettingsListeners, kRemoteSettingsIsUpToDate, kHasPingListeners, kHasAltsvcListeners };
  bool Has(Bit bit) const { return (bits & (1 << bit)) != 0; }

  uint8_t bits = 0;
  uint8_t priority_listeners = 0;
  uint8_t frame_error_listeners = 0;
  uint32_t max_invalid_frames = 1000;
  uint32_t max_rejected_streams = 100;
};

// A PING or a SETTINGS frame that waits for its acknowledgement, and the function that hears of it.
class Http2Acknowledgement final : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(Http2Acknowledgement, AsyncWrap)
  enum class Kind { kPing, kSettings };
  static constexpr int kFields = 2;

  Http2Acknowledgement(Environment* env, v8::Local<v8::Object> object, Kind kind, v8::Local<v8::Function> callback);
  // Null, with an exception pending, where no object can be made.
  static Http2Acknowledgement* Make(Environment* env, Kind kind, v8::Local<v8::Function> callback);
  // Calls the function. `payload` is null, or the 8 bytes of a PING.
  void Done(bool acknowledged, const uint8_t* payload = nullptr);
  uint64_t start_time() const { return start_time_; }

 private:
  uint64_t start_time_ = uv_hrtime();
};

class Http2Session final : public AsyncWrap, public StreamListener {
 public:
  DV8_NATIVE_CLASS(Http2Session, AsyncWrap)
  Http2Session(Environment* env, v8::Local<v8::Object> object, InRange<int32_t, 0, 1> side);
  ~Http2Session() override;

  nghttp2_session* nghttp2() const { return nghttp2_; }
  Http2State& state() const { return state_; }
  bool is_destroyed() const { return destroyed_ || nghttp2_ == nullptr; }
  bool is_receiving() const { return receiving_; }
  bool is_writing() const { return writing_; }
  bool in_scope() const { return in_scope_; }
  uint32_t max_header_pairs() const { return max_header_pairs_; }

  // Schedules a write, when nghttp2 has something to send, as the outermost one ends.
  class Scope {
   public:
    explicit Scope(Http2Session* session);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Http2Session* session_ = nullptr;
    v8::HandleScope handles_;
    v8::Local<v8::Object> alive_;
  };

  // Streams: those that are open are kept, all are known.
  Http2Stream* FindStream(int32_t id) const;
  bool CanAddStream() const;
  void AddStream(Http2Stream* stream);
  void RemoveStream(Http2Stream* stream);
  void Forget(Http2Stream* stream);

  // What counts for maxSessionMemory.
  bool HasMemoryFor(size_t size) const { return Memory() + size <= max_memory_; }
  void AddMemory(size_t size) { memory_ += size; }
  void SubtractMemory(size_t size) { memory_ -= size; }

  // Sends what nghttp2 has. False when that has to wait: another write is under way, or nghttp2 receives.
  bool SendPending();
  bool HasMuchToSend() const { return outgoing_size_ > 4096; }
  void PushOutgoing(const Chunk& chunk);
  void CopyOutgoing(const uint8_t* data, size_t size);
  // Resets that are sent behind the data that waits.
  void AddPendingReset(int32_t id) { pending_resets_.push_back(id); }
  bool HasPendingReset(int32_t id) const;
  void RemovePendingReset(int32_t id) { std::erase(pending_resets_, id); }
  void StreamHasEnded(uint64_t duration);

  // Calls one of lib's functions, of this session's.
  v8::MaybeLocal<v8::Value> Tell(Event event, int argc = 0, v8::Local<v8::Value> argv[] = nullptr);

  // Methods that JavaScript calls.
  bool AnswerWhenClosed(const CallInfo&) const { return nghttp2_ == nullptr; }
  void Altsvc(int32_t id, std::string origin, std::string value);
  void Consume(v8::Local<v8::Object> stream);
  void Destroy(std::optional<uint32_t> code, bool socket_closed);
  void Goaway(uint32_t code, int32_t last_stream_id, v8::Local<v8::Value> data);
  bool HasPendingData() const;
  void LocalSettings() { RefreshSettings(nghttp2_session_get_local_settings, local_custom_); }
  void Origin(v8::Local<v8::String> origins, uint32_t count);
  bool Ping(v8::Local<v8::Value> payload, v8::Local<v8::Function> callback);
  void Receive(Bytes bytes);
  void RefreshState();
  void RemoteSettings() { RefreshSettings(nghttp2_session_get_remote_settings, remote_custom_); }
  v8::MaybeLocal<v8::Value> Request(v8::Local<v8::Array> headers, int32_t options);
  void SetGracefulClose() { graceful_close_ = true; }
  int32_t SetLocalWindowSize(int32_t size);
  bool SetNextStreamId(int32_t id);
  bool Settings(v8::Local<v8::Function> callback);
  v8::MaybeLocal<v8::Value> UpdateChunksSent();

  // StreamListener
  uv_buf_t OnStreamAlloc(size_t suggested_size) override;
  void OnStreamRead(ssize_t nread, const uv_buf_t& buf) override;
  void OnStreamAfterWrite(WriteWrap* request, int status) override;
  void OnStreamDestroy() override;

 private:
  friend class Frames;
  using CustomSettings = std::vector<std::pair<int32_t, std::optional<uint32_t>>>;
  struct Statistics {
    uint64_t start_time = uv_hrtime();
    uint64_t ping_rtt = 0;
    uint64_t data_sent = 0;
    uint64_t data_received = 0;
    uint32_t frames_received = 0;
    uint32_t frames_sent = 0;
    uint32_t stream_count = 0;
    size_t max_concurrent_streams = 0;
    double stream_average_duration = 0;
  };

  // nghttp2's memory, which is counted.
  static void* Malloc(size_t size, void* session);
  static void Free(void* memory, void* session);
  static void* Calloc(size_t count, size_t size, void* session);
  static void* Realloc(void* memory, size_t size, void* session);

  uint64_t Memory() const {
    return sizeof(*this) + memory_ + nghttp2_memory_ + outgoing_storage_.size() + pending_input_.size() + input_size_;
  }
  void RefreshSettings(uint32_t (*get)(nghttp2_session*, nghttp2_settings_id), const CustomSettings& custom);
  void RememberLocalSettings(const std::vector<nghttp2_settings_entry>& entries);
  void Close(uint32_t code, bool socket_closed);
  void FinishClose();
  void FinishPendingClose();
  void TellDone();
  void EmitStatistics(uint64_t end_time);

  void ReceiveBytes(std::span<const uint8_t> bytes);
  void ConsumeBytes(std::span<const uint8_t> bytes);
  void ConsumePendingInput();
  void StopReadingWhenBusy();
  void ReadAgain();
  void ScheduleWrite();
  void GatherFrames();
  void WriteOut();
  void EndWrite();
  void ClearOutgoing();
  void TellWhenGracefullyClosed();
  Http2Acknowledgement* Pop(std::deque<v8::Global<v8::Object>>* waiting);

  Http2State& state_;
  const Side side_;
  nghttp2_session* nghttp2_ = nullptr;
  std::shared_ptr<v8::BackingStore> fields_store_;
  SessionFields* fields_;
  uint64_t max_memory_ = 0;
  uint64_t memory_ = 0;
  uint64_t nghttp2_memory_ = 0;
  uint32_t max_header_pairs_ = 0;
  uint32_t max_pings_ = 0;
  uint32_t max_settings_ = 0;
  Padding padding_ = Padding::kNone;
  std::unordered_map<int32_t, Http2Stream*> streams_;  // Open, and kept.
  std::set<Http2Stream*> known_streams_;

  bool in_scope_ = false;
  bool write_scheduled_ = false;
  bool closing_ = false;
  bool destroyed_ = false;
  bool sending_ = false;  // From GatherFrames() until what was gathered is written.
  bool writing_ = false;  // The stream below has not written yet.
  bool reading_stopped_ = false;
  bool receiving_ = false;
  bool receive_paused_ = false;  // Until a write has ended.
  bool close_pending_ = false;   // Close() came while receiving.
  bool graceful_close_ = false;
  bool goaway_asked_ = false;
  bool ended_by_nghttp2_ = false;  // Which has sent a GOAWAY that nobody asked for.
  uint32_t close_code_ = NGHTTP2_NO_ERROR;
  bool socket_closed_ = false;
  const char* receive_error_ = nullptr;  // A code of lib's errors.

  std::vector<uint8_t> pending_input_;  // Came, and is not consumed yet.
  size_t input_size_ = 0;               // Being consumed.
  std::unique_ptr<char[]> own_read_memory_;
  WriteWrap* write_ = nullptr;
  std::vector<Chunk> outgoing_;  // Of base null: the next bytes of the storage.
  std::vector<uint8_t> outgoing_storage_;
  size_t outgoing_size_ = 0;
  std::vector<int32_t> pending_resets_;
  uint32_t chunks_sent_ = 0;
  uint32_t rejected_streams_ = 0;  // Since the last one that was accepted.
  uint32_t invalid_frames_ = 0;
  std::deque<v8::Global<v8::Object>> pings_;
  std::deque<v8::Global<v8::Object>> settings_;
  CustomSettings local_custom_;
  CustomSettings remote_custom_;  // Those that the program wants to know.
  Statistics statistics_;
};

// While JavaScript that called us waits: callbacks from here run no ticks.
class Nested {
 public:
  explicit Nested(Environment* env) : env_(env) { env_->BeginCallback(); }
  ~Nested() { env_->EndCallback(/*failed=*/true); }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  Environment* env_;
};

// Handles for what the loop calls.
struct LoopScope {
  explicit LoopScope(Environment* env) : handles(env->isolate()), context(env->context()) {}
  v8::HandleScope handles;
  v8::Context::Scope context;
};

// Runs `task` in the loop's next turn; `object` stays until then.
template <typename Task>
void Later(NativeObject* object, Task task) {
  Environment* env = object->env();
  auto alive = std::make_shared<v8::Global<v8::Object>>(env->isolate(), object->object());
  env->SetImmediate([env, alive, task] {
    LoopScope scope(env);
    task();
    alive->Reset();
  });
}

// nghttp2's calls back, whose user data is the session.
const nghttp2_session_callbacks* SessionCallbacks(Padding padding);

}  // namespace dv8::node::http2
