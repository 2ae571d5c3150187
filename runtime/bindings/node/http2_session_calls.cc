// What JavaScript calls on a session.
#include <algorithm>
#include <cstring>

#include "runtime/bindings/node/http2_session.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node::http2 {
namespace {

// Of an object that waits for an acknowledgement: field 0 is the NativeObject's.
constexpr int kCallbackField = 1;
constexpr size_t kPingSize = 8;

}  // namespace

Http2Acknowledgement::Http2Acknowledgement(Environment* env, v8::Local<v8::Object> object, Kind kind, v8::Local<v8::Function> callback)
    : AsyncWrap(env, object, kind == Kind::kPing ? Provider::HTTP2PING : Provider::HTTP2SETTINGS) {
  object->SetInternalField(kCallbackField, callback);
}

Http2Acknowledgement* Http2Acknowledgement::Make(Environment* env, Kind kind, v8::Local<v8::Function> callback) {
  v8::Local<v8::Object> object;
  if (!NewInstance(env, "http2", kind == Kind::kPing ? "Http2Ping" : "Http2Settings").ToLocal(&object)) return nullptr;
  return new Http2Acknowledgement(env, object, kind, callback);
}

void Http2Acknowledgement::Done(bool acknowledged, const uint8_t* payload) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> argv[] = {v8::Boolean::New(isolate, acknowledged),
                                 v8::Number::New(isolate, static_cast<double>(uv_hrtime() - start_time_) / 1e6), v8::Undefined(isolate)};
  v8::Local<v8::Uint8Array> copy;
  if (payload != nullptr && CopyToBuffer(env(), {payload, kPingSize}).ToLocal(&copy)) argv[2] = copy;
  v8::Local<v8::Value> callback = object()->GetInternalField(kCallbackField).As<v8::Value>();
  MakeCallback(callback.As<v8::Function>(), provider() == Provider::HTTP2PING ? 3 : 2, argv);
  EndResource();
}

void Http2Session::Consume(v8::Local<v8::Object> object) {
  StreamBase* below = StreamBase::From(object);
  if (below == nullptr) return ThrowInvalidArgument(env()->isolate(), 0, "a stream's handle", object);
  if (stream() == nullptr) below->PushStreamListener(this);
}

void Http2Session::Receive(Bytes bytes) {
  const Nested nested(env());
  // JavaScript may take its memory away meanwhile.
  const std::vector<uint8_t> copy(bytes.span.begin(), bytes.span.end());
  if (copy.empty()) return;
  const Scope scope(this);
  statistics_.data_received += copy.size();
  ReceiveBytes(copy);
  StopReadingWhenBusy();
}

void Http2Session::Destroy(std::optional<uint32_t> code, bool socket_closed) {
  const Nested nested(env());
  Close(code.value_or(NGHTTP2_NO_ERROR), socket_closed);
}

bool Http2Session::HasPendingData() const { return nghttp2_session_want_write(nghttp2_) != 0 || nghttp2_session_want_read(nghttp2_) != 0; }

void Http2Session::Goaway(uint32_t code, int32_t last_stream_id, v8::Local<v8::Value> data) {
  if (is_destroyed()) return;
  const ReadBytes bytes(data);
  goaway_asked_ = true;
  const Scope scope(this);
  if (last_stream_id <= 0) last_stream_id = nghttp2_session_get_last_proc_stream_id(nghttp2_);
  nghttp2_submit_goaway(nghttp2_, NGHTTP2_FLAG_NONE, last_stream_id, code, bytes.data(), bytes.size());
}

void Http2Session::Altsvc(int32_t id, std::string origin, std::string value) {
  const Scope scope(this);
  nghttp2_submit_altsvc(nghttp2_, NGHTTP2_FLAG_NONE, id, reinterpret_cast<const uint8_t*>(origin.data()), origin.size(),
                        reinterpret_cast<const uint8_t*>(value.data()), value.size());
}

void Http2Session::Origin(v8::Local<v8::String> origins, uint32_t count) {
  std::string text(origins->Length(), 0);
  text.resize(WriteString(env()->isolate(), origins, {reinterpret_cast<uint8_t*>(text.data()), text.size()}, Encoding::kLatin1));
  std::vector<nghttp2_origin_entry> entries;
  for (size_t at = 0; at < text.size() && entries.size() < count;) {
    const size_t size = std::strlen(text.data() + at);  // Each ends with NUL.
    entries.push_back({reinterpret_cast<uint8_t*>(text.data() + at), size});
    at += size + 1;
  }
  const Scope scope(this);
  nghttp2_submit_origin(nghttp2_, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
}

bool Http2Session::Ping(v8::Local<v8::Value> payload, v8::Local<v8::Function> callback) {
  Http2Acknowledgement* ping = Http2Acknowledgement::Make(env(), Http2Acknowledgement::Kind::kPing, callback);
  if (ping == nullptr) return false;
  if (pings_.size() >= max_pings_) {
    const Nested nested(env());
    ping->Done(false);
    return false;
  }
  uint8_t data[kPingSize];
  const uint64_t start = ping->start_time();
  std::memcpy(data, &start, kPingSize);
  if (const ReadBytes given(payload); given.size() == kPingSize) std::memcpy(data, given.data(), kPingSize);
  AddMemory(sizeof(*ping));
  pings_.emplace_back(env()->isolate(), ping->object());
  const Scope scope(this);
  nghttp2_submit_ping(nghttp2_, NGHTTP2_FLAG_NONE, data);
  return true;
}

bool Http2Session::Settings(v8::Local<v8::Function> callback) {
  Http2Acknowledgement* waiting = Http2Acknowledgement::Make(env(), Http2Acknowledgement::Kind::kSettings, callback);
  if (waiting == nullptr) return false;
  const std::vector<nghttp2_settings_entry> entries = ReadSettings(state_);
  if (settings_.size() < max_settings_) {
    const Scope scope(this);
    RememberLocalSettings(entries);
    if (nghttp2_submit_settings(nghttp2_, NGHTTP2_FLAG_NONE, entries.data(), entries.size()) == 0) {
      AddMemory(sizeof(*waiting));
      settings_.emplace_back(env()->isolate(), waiting->object());
      return true;
    }
  }
  const Nested nested(env());
  waiting->Done(false);
  return false;
}

void Http2Session::RememberLocalSettings(const std::vector<nghttp2_settings_entry>& entries) {
  for (const nghttp2_settings_entry& entry : entries) {
    const auto is_known = [&entry](const SettingSpec& known) { return known.id == entry.settings_id; };
    if (std::any_of(std::begin(kSettingSpecs), std::end(kSettingSpecs), is_known)) continue;
    const auto same = [&entry](const auto& custom) { return custom.first == entry.settings_id; };
    if (const auto found = std::find_if(local_custom_.begin(), local_custom_.end(), same); found != local_custom_.end()) {
      found->second = entry.value;
    } else if (local_custom_.size() < kMostCustomSettings) {
      local_custom_.emplace_back(entry.settings_id, entry.value);
    }
  }
}

void Http2Session::RefreshSettings(uint32_t (*get)(nghttp2_session*, nghttp2_settings_id), const CustomSettings& custom) {
  const SharedUint32& settings = state_.settings;
  for (size_t i = 0; i < kSettingCount; i++) settings[i] = get(nghttp2_, kSettingSpecs[i].id);
  uint32_t count = 0;
  for (const auto& [id, value] : custom) {
    if (!value.has_value()) continue;
    settings[kCustomSettings + 2 * count] = static_cast<uint32_t>(id);
    settings[kCustomSettings + 2 * count + 1] = *value;
    count++;
  }
  settings[kCustomSettingCount] = count;
}

void Http2Session::RefreshState() {
  const SharedFloat64& state = state_.session_state;
  state[kEffectiveLocalWindowSize] = nghttp2_session_get_effective_local_window_size(nghttp2_);
  state[kEffectiveRecvDataLength] = nghttp2_session_get_effective_recv_data_length(nghttp2_);
  state[kNextStreamId] = nghttp2_session_get_next_stream_id(nghttp2_);
  state[kLocalWindowSize] = nghttp2_session_get_local_window_size(nghttp2_);
  state[kLastProcStreamId] = nghttp2_session_get_last_proc_stream_id(nghttp2_);
  state[kRemoteWindowSize] = nghttp2_session_get_remote_window_size(nghttp2_);
  state[kOutboundQueueSize] = static_cast<double>(nghttp2_session_get_outbound_queue_size(nghttp2_));
  state[kHdDeflateDynamicTableSize] = static_cast<double>(nghttp2_session_get_hd_deflate_dynamic_table_size(nghttp2_));
  state[kHdInflateDynamicTableSize] = static_cast<double>(nghttp2_session_get_hd_inflate_dynamic_table_size(nghttp2_));
}

v8::MaybeLocal<v8::Value> Http2Session::Request(v8::Local<v8::Array> headers, int32_t options) {
  v8::Isolate* isolate = env()->isolate();
  const HeaderList list(isolate, headers);
  const nghttp2_data_provider2 source{.source = {}, .read_callback = Http2Stream::ReadForFrame};
  int32_t id;
  {
    const Scope scope(this);
    id = nghttp2_submit_request2(nghttp2_, nullptr, list.data(), list.size(), (options & kOptionEmptyPayload) != 0 ? nullptr : &source,
                                 nullptr);
  }
  if (id <= 0) return v8::Integer::New(isolate, id).As<v8::Value>();
  Http2Stream* stream = Http2Stream::Make(this, id, NGHTTP2_HCAT_HEADERS, options);
  if (stream == nullptr) return {};
  return stream->object().As<v8::Value>();
}

int32_t Http2Session::SetLocalWindowSize(int32_t size) {
  const Scope scope(this);
  return nghttp2_session_set_local_window_size(nghttp2_, NGHTTP2_FLAG_NONE, 0, size);
}

bool Http2Session::SetNextStreamId(int32_t id) { return nghttp2_session_set_next_stream_id(nghttp2_, id) >= 0; }

v8::MaybeLocal<v8::Value> Http2Session::UpdateChunksSent() {
  v8::Local<v8::Value> count = v8::Integer::NewFromUnsigned(env()->isolate(), chunks_sent_);
  if (object()->Set(env()->context(), Internalized(env()->isolate(), "chunksSentSinceLastWrite"), count).IsNothing()) return {};
  return count;
}

}  // namespace dv8::node::http2
