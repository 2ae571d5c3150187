#include "runtime/bindings/node/http2_session.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/bindings/node/performance.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/node/trigger_scope.h"

namespace dv8::node::http2 {
namespace {

// Where all sessions of a thread read to; nghttp2 has consumed it before the next read, but where JavaScript that it
// calls makes another session read.
struct ReadMemory {
  explicit ReadMemory(Environment*) : bytes(new char[kSize]) {}
  static constexpr size_t kSize = 65536;
  std::unique_ptr<char[]> bytes;
  bool in_use = false;
};

}  // namespace

Http2Session::Scope::Scope(Http2Session* session) : handles_(session->env()->isolate()) {
  if (session->in_scope_ || session->write_scheduled_) return;
  session_ = session;
  alive_ = session->object();
  session->in_scope_ = true;
}

Http2Session::Scope::~Scope() {
  if (session_ == nullptr) return;
  session_->in_scope_ = false;
  session_->ScheduleWrite();
}

void* Http2Session::Malloc(size_t size, void* session) {
  void* memory = std::malloc(size);
  static_cast<Http2Session*>(session)->nghttp2_memory_ += malloc_usable_size(memory);
  return memory;
}

void Http2Session::Free(void* memory, void* session) {
  static_cast<Http2Session*>(session)->nghttp2_memory_ -= malloc_usable_size(memory);
  std::free(memory);
}

void* Http2Session::Calloc(size_t count, size_t size, void* session) {
  void* memory = std::calloc(count, size);
  static_cast<Http2Session*>(session)->nghttp2_memory_ += malloc_usable_size(memory);
  return memory;
}

void* Http2Session::Realloc(void* memory, size_t size, void* session) {
  const size_t before = malloc_usable_size(memory);
  void* moved = std::realloc(memory, size);
  if (moved != nullptr) static_cast<Http2Session*>(session)->nghttp2_memory_ += malloc_usable_size(moved) - before;
  return moved;
}

Http2Session::Http2Session(Environment* env, v8::Local<v8::Object> object, InRange<int32_t, 0, 1> side)
    : AsyncWrap(env, object, Provider::HTTP2SESSION), state_(env->State<Http2State>()), side_(static_cast<Side>(side.value)) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, sizeof(SessionFields));
  fields_store_ = buffer->GetBackingStore();
  fields_ = new (fields_store_->Data()) SessionFields;
  (void)object->Set(env->context(), Internalized(isolate, "fields"), v8::Uint8Array::New(buffer, 0, sizeof(SessionFields)));

  const Options options(state_, side_);
  max_memory_ = options.max_session_memory;
  max_header_pairs_ = options.max_header_pairs;
  max_pings_ = options.max_pings;
  max_settings_ = options.max_settings;
  padding_ = options.padding;
  const size_t custom = std::min<size_t>(state_.settings[kCustomSettingCount], kMostCustomSettings);
  for (size_t i = 0; i < custom; i++) remote_custom_.emplace_back(state_.settings[kCustomSettings + 2 * i] & 0xffff, std::nullopt);

  const auto make = side_ == Side::kServer ? nghttp2_session_server_new3 : nghttp2_session_client_new3;
  nghttp2_mem memory{this, Malloc, Free, Calloc, Realloc};
  if (make(&nghttp2_, SessionCallbacks(padding_), this, options.option, &memory) != 0) {
    nghttp2_ = nullptr;
    ThrowCoded(isolate, ErrorKind::kError, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
  }
}

Http2Session::~Http2Session() {
  for (Http2Stream* stream : known_streams_) stream->LeaveSession();
  nghttp2_session_del(nghttp2_);
}

v8::MaybeLocal<v8::Value> Http2Session::Tell(Event event, int argc, v8::Local<v8::Value> argv[]) {
  v8::Local<v8::Function> function = state_.Function(event);
  if (function.IsEmpty()) return {};
  return MakeCallback(function, argc, argv);
}

Http2Stream* Http2Session::FindStream(int32_t id) const {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second;
}

bool Http2Session::CanAddStream() const {
  return streams_.size() < nghttp2_session_get_local_settings(nghttp2_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS) &&
         HasMemoryFor(sizeof(Http2Stream));
}

void Http2Session::AddStream(Http2Stream* stream) {
  stream->MakeStrong();
  statistics_.stream_count++;
  streams_[stream->id()] = stream;
  known_streams_.insert(stream);
  statistics_.max_concurrent_streams = std::max(statistics_.max_concurrent_streams, streams_.size());
  AddMemory(sizeof(Http2Stream));
}

void Http2Session::RemoveStream(Http2Stream* stream) {
  if (FindStream(stream->id()) != stream) return;
  streams_.erase(stream->id());
  SubtractMemory(sizeof(Http2Stream));
  stream->MakeWeak();
}

void Http2Session::Forget(Http2Stream* stream) {
  if (FindStream(stream->id()) == stream) streams_.erase(stream->id());
  known_streams_.erase(stream);
}

bool Http2Session::HasPendingReset(int32_t id) const {
  return std::find(pending_resets_.begin(), pending_resets_.end(), id) != pending_resets_.end();
}

void Http2Session::StreamHasEnded(uint64_t duration) {
  statistics_.stream_average_duration = static_cast<double>(duration) / statistics_.stream_count / 1e6;
}

void Http2Session::Close(uint32_t code, bool socket_closed) {
  if (closing_ || nghttp2_ == nullptr) return;
  closing_ = true;
  close_code_ = code;
  socket_closed_ = socket_closed;
  if (receiving_) {
    close_pending_ = true;
    return;
  }
  FinishClose();
}

void Http2Session::FinishPendingClose() {
  if (!close_pending_ || is_destroyed()) return;
  close_pending_ = false;
  FinishClose();
}

void Http2Session::TellDone() {
  MakeCallback("ondone", 0, nullptr);
  ReadAgain();  // To see the other side's end.
}

void Http2Session::ReadAgain() {
  if (stream() == nullptr) return;
  reading_stopped_ = false;
  stream()->ReadStart();
}

void Http2Session::FinishClose() {
  if (stream() != nullptr) {
    reading_stopped_ = true;
    stream()->ReadStop();
  }
  if (!socket_closed_) {
    nghttp2_session_terminate_session(nghttp2_, close_code_);
    SendPending();
  } else if (stream() != nullptr) {
    // The socket hears itself of what follows.
    stream()->RemoveStreamListener(this);
  }
  destroyed_ = true;
  // A socket that is closed writes no more, and does not tell us.
  if (writing_ && stream() == nullptr) EndWrite();
  if (!writing_) TellDone();
  while (Http2Acknowledgement* ping = Pop(&pings_)) {
    Later(ping, [ping] { ping->Done(false); });
  }
  EmitStatistics(uv_hrtime());
}

void Http2Session::EmitStatistics(uint64_t end_time) {
  if (!HasObservers(env(), EntryType::kHttp2)) return;
  v8::Isolate* isolate = env()->isolate();
  const std::pair<const char*, double> numbers[] = {
      {"bytesWritten", static_cast<double>(statistics_.data_sent)},
      {"bytesRead", static_cast<double>(statistics_.data_received)},
      {"framesReceived", statistics_.frames_received},
      {"framesSent", statistics_.frames_sent},
      {"maxConcurrentStreams", static_cast<double>(statistics_.max_concurrent_streams)},
      {"pingRTT", static_cast<double>(statistics_.ping_rtt)},
      {"streamAverageDuration", statistics_.stream_average_duration},
      {"streamCount", statistics_.stream_count},
  };
  v8::Local<v8::Object> details = v8::Object::New(isolate);
  for (const auto& [name, value] : numbers)
    (void)details->Set(env()->context(), Internalized(isolate, name), v8::Number::New(isolate, value));
  (void)details->Set(env()->context(), Internalized(isolate, "type"), Internalized(isolate, side_ == Side::kServer ? "server" : "client"));
  TellObservers(env(), EntryType::kHttp2, "Http2Session", statistics_.start_time, end_time, details);
}

void Http2Session::ReceiveBytes(std::span<const uint8_t> bytes) {
  if (receiving_ || receive_paused_ || !pending_input_.empty()) {
    pending_input_.insert(pending_input_.end(), bytes.begin(), bytes.end());
    return ConsumePendingInput();
  }
  ConsumeBytes(bytes);
  ConsumePendingInput();
}

void Http2Session::ConsumePendingInput() {
  // A receive that is paused goes on when a write has ended, or more comes: nghttp2 pauses it again then.
  for (bool resume = receive_paused_; !receiving_ && (resume || !pending_input_.empty()); resume = false) {
    const std::vector<uint8_t> bytes = std::exchange(pending_input_, {});
    ConsumeBytes(bytes);
    if (receive_paused_) return;
  }
}

void Http2Session::ConsumeBytes(std::span<const uint8_t> bytes) {
  receive_paused_ = false;
  receive_error_ = nullptr;
  receiving_ = true;
  input_size_ = bytes.size();
  const nghttp2_ssize read = nghttp2_session_mem_recv2(nghttp2_, bytes.data(), bytes.size());
  receiving_ = false;
  input_size_ = 0;
  if (receive_paused_ && read >= 0) {
    // What JavaScript has made come meanwhile lies behind the rest.
    pending_input_.insert(pending_input_.begin(), bytes.begin() + read, bytes.end());
  }
  FinishPendingClose();
  if (read < 0) {
    pending_input_.clear();
    v8::Isolate* isolate = env()->isolate();
    v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, static_cast<int32_t>(read)), v8::Null(isolate)};
    if (receive_error_ != nullptr) argv[1] = Internalized(isolate, receive_error_);
    Tell(Event::kError, 2, argv);
  } else if (!is_destroyed()) {
    SendPending();
  }
}

uv_buf_t Http2Session::OnStreamAlloc(size_t suggested_size) {
  const size_t size = std::min(suggested_size, ReadMemory::kSize);
  ReadMemory& memory = env()->State<ReadMemory>();
  if (!memory.in_use) return uv_buf_init(memory.bytes.get(), static_cast<unsigned>(size));
  own_read_memory_ = std::make_unique_for_overwrite<char[]>(size);
  return uv_buf_init(own_read_memory_.get(), static_cast<unsigned>(size));
}

void Http2Session::OnStreamRead(ssize_t nread, const uv_buf_t& buf) {
  const LoopScope scope(env());
  [[maybe_unused]] const v8::Local<v8::Object> alive = object();
  const Scope http2_scope(this);
  const std::unique_ptr<char[]> own = std::move(own_read_memory_);
  if (nread < 0) return PassReadErrorToPreviousListener(nread);
  if (nread == 0) return;
  statistics_.data_received += nread;
  ReadMemory& memory = env()->State<ReadMemory>();
  struct Use {
    explicit Use(bool* flag) : flag(flag) {
      if (flag != nullptr) *flag = true;
    }
    ~Use() {
      if (flag != nullptr) *flag = false;
    }
    bool* flag;
  } const use(buf.base == memory.bytes.get() ? &memory.in_use : nullptr);
  ReceiveBytes({reinterpret_cast<const uint8_t*>(buf.base), static_cast<size_t>(nread)});
  StopReadingWhenBusy();
}

void Http2Session::StopReadingWhenBusy() {
  // One that closes wants to see the end of the other side.
  if (reading_stopped_ || closing_ || stream() == nullptr) return;
  if (nghttp2_session_want_read(nghttp2_) != 0 && !writing_) return;
  reading_stopped_ = true;
  stream()->ReadStop();
}

void Http2Session::ScheduleWrite() {
  if (write_scheduled_ || nghttp2_ == nullptr || nghttp2_session_want_write(nghttp2_) == 0) return;
  write_scheduled_ = true;
  v8::HandleScope scope(env()->isolate());
  Later(this, [this] {
    if (!write_scheduled_) return;  // It was sent earlier.
    env()->BeginCallback();
    SendPending();
    env()->EndCallback(/*failed=*/false);
  });
}

bool Http2Session::SendPending() {
  if (is_destroyed()) return true;
  write_scheduled_ = false;
  if (sending_ || receiving_) return false;
  sending_ = true;
  GatherFrames();
  WriteOut();
  return true;
}

void Http2Session::GatherFrames() {
  const uint8_t* data;
  nghttp2_ssize size;
  while ((size = nghttp2_session_mem_send2(nghttp2_, &data)) > 0) CopyOutgoing(data, static_cast<size_t>(size));
}

void Http2Session::WriteOut() {
  // Without a stream nghttp2 has at least ended its own streams.
  if (stream() == nullptr || outgoing_.empty()) return ClearOutgoing();
  std::vector<uv_buf_t> bufs;
  bufs.reserve(outgoing_.size());
  char* storage = reinterpret_cast<char*>(outgoing_storage_.data());
  for (const Chunk& chunk : outgoing_) {
    bufs.push_back(chunk.bytes);
    if (chunk.bytes.base != nullptr) continue;
    bufs.back().base = storage;
    storage += chunk.bytes.len;
  }
  statistics_.data_sent += outgoing_size_;
  chunks_sent_++;
  writing_ = true;
  write_ = nullptr;
  MakeStrong();  // The stream below has our memory.
  const StreamWriteResult result = stream()->Write(bufs.data(), bufs.size());
  if (!result.async) {
    EndWrite();
    TellWhenGracefullyClosed();
  } else if (writing_) {
    write_ = result.wrap;
  }
  StopReadingWhenBusy();
  if (!std::exchange(ended_by_nghttp2_, false) || closing_) return;
  v8::HandleScope scope(env()->isolate());
  v8::Local<v8::Value> error = v8::Integer::New(env()->isolate(), NGHTTP2_ERR_PROTO);
  Tell(Event::kError, 1, &error);
}

void Http2Session::EndWrite() {
  writing_ = false;
  write_ = nullptr;
  MakeWeak();
  ClearOutgoing();
}

void Http2Session::OnStreamAfterWrite(WriteWrap* request, int status) {
  // Of the listener before.
  if (!writing_ || (write_ != nullptr && request != write_)) return StreamListener::OnStreamAfterWrite(request, status);
  const LoopScope scope(env());
  [[maybe_unused]] const v8::Local<v8::Object> alive = object();
  TellWhenGracefullyClosed();
  EndWrite();
  if (reading_stopped_ && !writing_ && nghttp2_session_want_read(nghttp2_) != 0) ReadAgain();
  if (destroyed_) return TellDone();
  ConsumePendingInput();
  if (!destroyed_) ScheduleWrite();
}

void Http2Session::OnStreamDestroy() {
  if (!writing_) return;
  // Its requests go with it.
  writing_ = false;
  write_ = nullptr;
  MakeWeak();
}

void Http2Session::PushOutgoing(const Chunk& chunk) {
  outgoing_size_ += chunk.bytes.len;
  outgoing_.push_back(chunk);
}

void Http2Session::CopyOutgoing(const uint8_t* data, size_t size) {
  outgoing_storage_.insert(outgoing_storage_.end(), data, data + size);
  uv_buf_t bytes = uv_buf_init(nullptr, 0);
  bytes.len = size;
  PushOutgoing({bytes});
}

void Http2Session::ClearOutgoing() {
  sending_ = false;
  outgoing_storage_.clear();
  outgoing_size_ = 0;
  const std::vector<Chunk> sent = std::exchange(outgoing_, {});
  for (const Chunk& chunk : sent) {
    if (chunk.request != nullptr) chunk.request->Done(0);
  }
  if (pending_resets_.empty()) return;
  const std::vector<int32_t> resets = std::exchange(pending_resets_, {});
  SendPending();
  for (const int32_t id : resets) {
    if (Http2Stream* stream = FindStream(id)) stream->FlushReset();
  }
}

void Http2Session::TellWhenGracefullyClosed() {
  if (!graceful_close_ || HasPendingData()) return;
  v8::HandleScope scope(env()->isolate());
  MakeCallback("ongracefulclosecomplete", 0, nullptr);
}

Http2Acknowledgement* Http2Session::Pop(std::deque<v8::Global<v8::Object>>* waiting) {
  if (waiting->empty()) return nullptr;
  v8::Local<v8::Object> object = waiting->front().Get(env()->isolate());
  waiting->pop_front();
  SubtractMemory(sizeof(Http2Acknowledgement));
  return Cast<Http2Acknowledgement>(object);
}

}  // namespace dv8::node::http2
