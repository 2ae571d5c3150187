#include "runtime/bindings/node/http2_stream.h"

#include <algorithm>
#include <cstring>

#include "runtime/bindings/node/http2_session.h"
#include "runtime/bindings/node/performance.h"

namespace dv8::node::http2 {
namespace {

constexpr uint32_t kMostHeadersSize = 16777215;

nghttp2_data_provider2 FrameSource() { return {.source = {}, .read_callback = Http2Stream::ReadForFrame}; }

}  // namespace

Http2Stream::Http2Stream(v8::Local<v8::Object> object, Http2Session* session, int32_t id, nghttp2_headers_category category,
                         int32_t options)
    : AsyncWrap(session->env(), object, Provider::HTTP2STREAM), StreamBase(this), session_(session), id_(id), category_(category) {
  statistics_.start_time = uv_hrtime();
  most_headers_size_ =
      std::min(nghttp2_session_get_local_settings(session->nghttp2(), NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE), kMostHeadersSize);
  has_trailers_ = (options & kOptionGetTrailers) != 0;
  PushStreamListener(&http2_listener_);
  session->AddStream(this);
  if ((options & kOptionEmptyPayload) != 0) writable_ = false;
}

Http2Stream* Http2Stream::Make(Http2Session* session, int32_t id, nghttp2_headers_category category, int32_t options) {
  v8::Local<v8::Object> object;
  if (!NewInstance(session->env(), "http2", "Http2Stream").ToLocal(&object)) return nullptr;
  return new Http2Stream(object, session, id, category, options);
}

Http2Stream::~Http2Stream() {
  if (session_ != nullptr) session_->Forget(this);
}

void Http2Stream::LeaveSession() {
  session_ = nullptr;
  headers_.clear();
  if (!is_collected()) MakeWeak();
}

void Http2Stream::StartHeaders(nghttp2_headers_category category) {
  DropHeaders();
  category_ = category;
}

void Http2Stream::DropHeaders() {
  headers_.clear();
  session_->SubtractMemory(std::exchange(headers_size_, 0));
}

bool Http2Stream::AddHeader(nghttp2_rcbuf* name, nghttp2_rcbuf* value, uint8_t flags) {
  const size_t name_size = nghttp2_rcbuf_get_buf(name).len;
  if (name_size == 0) return true;
  const size_t size = name_size + nghttp2_rcbuf_get_buf(value).len + 32;
  if (!session_->HasMemoryFor(size) || headers_.size() == session_->max_header_pairs() || headers_size_ + size > most_headers_size_)
    return false;
  if (statistics_.first_header == 0) statistics_.first_header = uv_hrtime();
  headers_.emplace_back(name, value, flags);
  headers_size_ += size;
  session_->AddMemory(size);
  return true;
}

void Http2Stream::TellHeaders(uint8_t frame_flags) {
  v8::Isolate* isolate = env()->isolate();
  std::vector<v8::Local<v8::Value>> pairs, sensitive;
  pairs.reserve(headers_.size() * 2);
  const std::vector<Header> headers = std::exchange(headers_, {});
  for (const Header& header : headers) {
    v8::Local<v8::String> name;
    if (!session_->state().HeaderName(header.name()).ToLocal(&name)) return;
    const nghttp2_vec value = header.value();
    pairs.push_back(name);
    pairs.push_back(FromLatin1(isolate, {reinterpret_cast<const char*>(value.base), value.len}).FromMaybe(v8::String::Empty(isolate)));
    if (header.is_sensitive()) sensitive.push_back(name);
  }
  // They count as long as the stream is there: JavaScript has them.
  told_headers_size_ += std::exchange(headers_size_, 0);
  v8::Local<v8::Value> argv[] = {object(),
                                 v8::Integer::New(isolate, id_),
                                 v8::Integer::New(isolate, category_),
                                 v8::Integer::New(isolate, frame_flags),
                                 v8::Array::New(isolate, pairs.data(), pairs.size()),
                                 v8::Array::New(isolate, sensitive.data(), sensitive.size())};
  session_->Tell(Event::kHeaders, 6, argv);
}

void Http2Stream::Listener::OnStreamRead(ssize_t nread, const uv_buf_t& buf) {
  auto* stream = static_cast<Http2Stream*>(this->stream());
  if (nread < 0) return PassReadErrorToPreviousListener(nread);
  if (nread == 0) return;
  v8::Isolate* isolate = stream->env()->isolate();
  const LoopScope scope(stream->env());
  v8::Local<v8::ArrayBuffer> buffer =
      v8::ArrayBuffer::New(isolate, static_cast<size_t>(nread), v8::BackingStoreInitializationMode::kUninitialized);
  std::memcpy(buffer->Data(), buf.base, static_cast<size_t>(nread));
  stream->CallOnRead(nread, buffer);
}

void Http2Stream::ReceiveData(const uint8_t* data, size_t size) {
  if (statistics_.first_byte == 0) statistics_.first_byte = uv_hrtime();
  statistics_.received_bytes += size;
  while (size > 0 && !destroyed_) {
    uv_buf_t buf = EmitAlloc(size);
    const size_t taken = std::min<size_t>(buf.len, size);
    if (taken == 0) return;
    if (buf.base == nullptr) {
      buf.base = reinterpret_cast<char*>(const_cast<uint8_t*>(data));
    } else {
      std::memcpy(buf.base, data, taken);
    }
    data += taken;
    size -= taken;
    EmitRead(static_cast<ssize_t>(taken), buf);
    if (destroyed_) return;
    if (reading()) {
      nghttp2_session_consume_stream(session_->nghttp2(), id_, taken);
    } else {
      unread_size_ += taken;
    }
  }
}

void Http2Stream::Closed(uint32_t code) {
  code_ = code;
  v8::Local<v8::Function> function = session_->state().Function(Event::kStreamClose);
  if (function.IsEmpty() || env()->stopping()) return;
  v8::Local<v8::Value> argument = v8::Integer::NewFromUnsigned(env()->isolate(), code);
  v8::Local<v8::Value> known;
  // JavaScript has never got to know of a stream that ends before its headers.
  if (!MakeCallback(function, 1, &argument).ToLocal(&known) || known->IsFalse()) Destroy();
}

void Http2Stream::Destroy() {
  if (destroyed_) return;
  destroyed_ = true;
  if (session_ == nullptr) return;
  if (session_->is_receiving()) {
    // What is queued is sent behind what is received, with this stream's resets last.
    return Later(this, [this] { FinishDestroy(); });
  }
  FinishDestroy();
}

void Http2Stream::FinishDestroy() {
  if (session_ == nullptr) return;
  const Nested nested(env());
  if (session_->HasPendingReset(id_)) FlushReset();
  if (session_->FindStream(id_) == this) {
    DropHeaders();
    session_->SubtractMemory(std::exchange(told_headers_size_, 0));
    session_->RemoveStream(this);
    Later(this, [this] { CancelWrites(); });
  }
  const uint64_t now = uv_hrtime();
  session_->StreamHasEnded(now - statistics_.start_time);
  EmitStatistics(now);
}

void Http2Stream::CancelWrites() {
  while (!queue_.empty()) {
    WriteWrap* request = queue_.front().request;
    queue_.pop_front();
    if (request != nullptr) request->Done(UV_ECANCELED);
  }
  if (session_ != nullptr) session_->SubtractMemory(std::exchange(queued_size_, 0));
  EndResource();
}

void Http2Stream::EmitStatistics(uint64_t end_time) {
  if (!HasObservers(env(), EntryType::kHttp2)) return;
  const auto since_start = [this](uint64_t time) { return time == 0 ? 0 : static_cast<double>(time - statistics_.start_time) / 1e6; };
  const std::pair<const char*, double> numbers[] = {
      {"bytesRead", static_cast<double>(statistics_.received_bytes)},
      {"bytesWritten", static_cast<double>(statistics_.sent_bytes)},
      {"id", id_},
      {"timeToFirstByte", since_start(statistics_.first_byte)},
      {"timeToFirstByteSent", since_start(statistics_.first_byte_sent)},
      {"timeToFirstHeader", since_start(statistics_.first_header)},
  };
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Object> details = v8::Object::New(isolate);
  for (const auto& [name, value] : numbers)
    (void)details->Set(env()->context(), Internalized(isolate, name), v8::Number::New(isolate, value));
  TellObservers(env(), EntryType::kHttp2, "Http2Stream", statistics_.start_time, end_time, details);
}

int32_t Http2Stream::Respond(v8::Local<v8::Array> headers, int32_t options) {
  if (destroyed_ || session_ == nullptr) return NGHTTP2_ERR_STREAM_CLOSED;
  const HeaderList list(env()->isolate(), headers);
  const Http2Session::Scope scope(session_);
  if ((options & kOptionGetTrailers) != 0) has_trailers_ = true;
  const nghttp2_data_provider2 source = FrameSource();
  const bool empty = !writable_ || (options & kOptionEmptyPayload) != 0;
  return nghttp2_submit_response2(session_->nghttp2(), id_, list.data(), list.size(), empty ? nullptr : &source);
}

int32_t Http2Stream::Info(v8::Local<v8::Array> headers) {
  if (destroyed_ || session_ == nullptr) return NGHTTP2_ERR_STREAM_CLOSED;
  const HeaderList list(env()->isolate(), headers);
  const Http2Session::Scope scope(session_);
  return nghttp2_submit_headers(session_->nghttp2(), NGHTTP2_FLAG_NONE, id_, nullptr, list.data(), list.size(), nullptr);
}

int32_t Http2Stream::Trailers(v8::Local<v8::Array> headers) {
  if (destroyed_ || session_ == nullptr) return NGHTTP2_ERR_STREAM_CLOSED;
  const HeaderList list(env()->isolate(), headers);
  const Http2Session::Scope scope(session_);
  if (list.size() > 0) return nghttp2_submit_trailer(session_->nghttp2(), id_, list.data(), list.size());
  // Not all clients take empty trailers: an empty DATA frame ends the stream as well.
  const nghttp2_data_provider2 source = FrameSource();
  return nghttp2_submit_data2(session_->nghttp2(), NGHTTP2_FLAG_END_STREAM, id_, &source);
}

v8::MaybeLocal<v8::Value> Http2Stream::PushPromise(v8::Local<v8::Array> headers, int32_t options) {
  v8::Isolate* isolate = env()->isolate();
  if (destroyed_ || session_ == nullptr) return v8::Integer::New(isolate, NGHTTP2_ERR_STREAM_CLOSED).As<v8::Value>();
  const HeaderList list(isolate, headers);
  int32_t id;
  {
    const Http2Session::Scope scope(session_);
    id = nghttp2_submit_push_promise(session_->nghttp2(), NGHTTP2_FLAG_NONE, id_, list.data(), list.size(), nullptr);
  }
  if (id <= 0) return v8::Integer::New(isolate, id).As<v8::Value>();
  Http2Stream* stream = Make(session_, id, NGHTTP2_HCAT_HEADERS, options);
  if (stream == nullptr) return {};
  return stream->object().As<v8::Value>();
}

void Http2Stream::RstStream(uint32_t code) {
  if (destroyed_ || session_ == nullptr) return;
  code_ = code;
  const bool refuses = code == NGHTTP2_REFUSED_STREAM;
  if (session_->is_receiving()) {
    // nghttp2 makes another reset when the callback that runs fails without one.
    if (refuses || code == NGHTTP2_ENHANCE_YOUR_CALM) return FlushReset();
    return session_->AddPendingReset(id_);
  }
  if (session_->in_scope() && code == NGHTTP2_CANCEL) return session_->AddPendingReset(id_);
  if (session_->in_scope() && refuses) return FlushReset();
  // nghttp2 sends resets before all else: what waits goes first.
  const Nested nested(env());
  if (!session_->SendPending()) return session_->AddPendingReset(id_);
  FlushReset();
}

void Http2Stream::FlushReset() {
  if (session_ == nullptr) return;
  session_->RemovePendingReset(id_);
  const Http2Session::Scope scope(session_);
  nghttp2_submit_rst_stream(session_->nghttp2(), NGHTTP2_FLAG_NONE, id_, code_);
}

void Http2Stream::RefreshState() {
  if (session_ == nullptr) return;
  nghttp2_session* session = session_->nghttp2();
  nghttp2_stream* stream = nghttp2_session_find_stream(session, id_);
  const SharedFloat64& state = session_->state().stream_state;
  std::fill_n(state.data(), kStreamStateFieldCount, 0);
  state[kStreamState] = NGHTTP2_STREAM_STATE_IDLE;
  if (stream == nullptr) return;
  state[kStreamState] = nghttp2_stream_get_state(stream);
  state[kStreamWeight] = nghttp2_stream_get_weight(stream);
  state[kStreamSumDependencyWeight] = nghttp2_stream_get_sum_dependency_weight(stream);
  state[kStreamLocalClose] = nghttp2_session_get_stream_local_close(session, id_);
  state[kStreamRemoteClose] = nghttp2_session_get_stream_remote_close(session, id_);
  state[kStreamLocalWindowSize] = nghttp2_session_get_stream_local_window_size(session, id_);
}

int Http2Stream::ReadStart() {
  if (destroyed_ || session_ == nullptr) return 0;
  const Http2Session::Scope scope(session_);
  read_started_ = true;
  read_paused_ = false;
  nghttp2_session_consume_stream(session_->nghttp2(), id_, std::exchange(unread_size_, 0));
  return 0;
}

int Http2Stream::ReadStop() {
  if (!destroyed_ && reading()) read_paused_ = true;
  return 0;
}

int Http2Stream::DoShutdown(ShutdownWrap*) {
  if (destroyed_ || session_ == nullptr) return UV_EPIPE;
  const Http2Session::Scope scope(session_);
  writable_ = false;
  nghttp2_session_resume_data(session_->nghttp2(), id_);
  return 1;
}

int Http2Stream::DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap*) {
  if (!writable_ || destroyed_ || session_ == nullptr) return UV_EOF;
  const Http2Session::Scope scope(session_);
  request->Dispatched();
  for (size_t i = 0; i < count; i++) {
    queue_.push_back({bufs[i], i + 1 == count ? request : nullptr});
    queued_size_ += bufs[i].len;
    session_->AddMemory(bufs[i].len);
  }
  nghttp2_session_resume_data(session_->nghttp2(), id_);
  return 0;
}

bool Http2Stream::Send(size_t size) {
  while (!queue_.empty()) {
    Chunk& first = queue_.front();
    if (first.bytes.len > size) {
      if (size == 0) return true;
      Chunk part{first.bytes};
      part.bytes.len = size;
      session_->PushOutgoing(part);
      first.bytes.base += size;
      first.bytes.len -= size;
      return true;
    }
    size -= first.bytes.len;
    session_->PushOutgoing(first);
    queue_.pop_front();
  }
  return size == 0;
}

nghttp2_ssize Http2Stream::ReadForFrame(nghttp2_session*, int32_t id, uint8_t*, size_t length, uint32_t* flags, nghttp2_data_source*,
                                        void* session) {
  Http2Stream* stream = static_cast<Http2Session*>(session)->FindStream(id);
  return stream == nullptr ? 0 : stream->NextFrame(length, flags);
}

nghttp2_ssize Http2Stream::NextFrame(size_t length, uint32_t* flags) {
  if (statistics_.first_byte_sent == 0) statistics_.first_byte_sent = uv_hrtime();
  for (;;) {
    // An empty write ends when its turn has come.
    while (!queue_.empty() && queue_.front().bytes.len == 0) {
      WriteWrap* request = queue_.front().request;
      queue_.pop_front();
      if (request != nullptr) request->Done(0);
    }
    if (queued_size_ > 0 || !writable_) break;
    EmitWantsWrite(length);
    if (queued_size_ == 0 && writable_) return NGHTTP2_ERR_DEFERRED;
  }
  const size_t size = std::min(queued_size_, length);
  if (size > 0) {
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;  // Send() follows.
    queued_size_ -= size;
    session_->SubtractMemory(size);
    statistics_.sent_bytes += size;
  }
  if (queued_size_ == 0 && !writable_) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    // JavaScript of a destroyed stream is not asked for trailers.
    if (has_trailers_ && !destroyed_) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      WantTrailers();
    }
  }
  return static_cast<nghttp2_ssize>(size);
}

void Http2Stream::WantTrailers() {
  has_trailers_ = false;
  v8::Local<v8::Function> function = session_->state().Function(Event::kStreamTrailers);
  if (function.IsEmpty()) return;
  const LoopScope scope(env());
  MakeCallback(function, 0, nullptr);
}

}  // namespace dv8::node::http2
