#include "runtime/bindings/node/http2_state.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node::http2 {
namespace {

constexpr const char* kKeptFunctions[kEventCount] = {
    "http2.onerror",      "http2.onpriority", "http2.onsettings", "http2.onping",           "http2.onheaders",     "http2.onframeerror",
    "http2.ongoawaydata", "http2.onaltsvc",   "http2.onorigin",   "http2.onstreamtrailers", "http2.onstreamclose",
};

}  // namespace

Http2State::Http2State(Environment* env)
    : env(env),
      session_state(env, "http2.sessionState", kSessionStateFieldCount),
      stream_state(env, "http2.streamState", kStreamStateFieldCount),
      options(env, "http2.options", kOptionFieldCount),
      settings(env, "http2.settings", kSettingFieldCount) {}

void Http2State::SetFunction(Event event, v8::Local<v8::Function> function) {
  const auto index = static_cast<size_t>(event);
  env->Keep(kKeptFunctions[index], function);
  functions_[index].Reset();
}

v8::Local<v8::Function> Http2State::Function(Event event) {
  const auto index = static_cast<size_t>(event);
  v8::Global<v8::Function>& cached = functions_[index];
  if (cached.IsEmpty()) {
    v8::Local<v8::Value> kept = env->Kept(kKeptFunctions[index]);
    if (!kept->IsFunction()) return {};
    cached.Reset(env->isolate(), kept.As<v8::Function>());
  }
  return cached.Get(env->isolate());
}

v8::MaybeLocal<v8::String> Http2State::HeaderName(nghttp2_rcbuf* name) {
  v8::Isolate* isolate = env->isolate();
  const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(name);
  const bool is_static = nghttp2_rcbuf_is_static(name) != 0;
  if (is_static) {
    if (const auto found = names_.find(bytes.base); found != names_.end()) return found->second.Get(isolate);
  }
  v8::Local<v8::String> text;
  if (!v8::String::NewFromOneByte(isolate, bytes.base, v8::NewStringType::kInternalized, static_cast<int>(bytes.len)).ToLocal(&text))
    return {};
  if (is_static) names_[bytes.base].Reset(isolate, text);
  return text;
}

Options::Options(const Http2State& state, Side side) {
  if (nghttp2_option_new(&option) != 0) return;
  // Streams that are closed are not kept for a tree of priorities, which nobody reads.
  nghttp2_option_set_no_closed_streams(option, 1);
  // A window grows when the program has read what came.
  nghttp2_option_set_no_auto_window_update(option, 1);
  if (side == Side::kClient) {
    nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_ALTSVC);
    nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_ORIGIN);
  }
  const SharedUint32& values = state.options;
  const auto given = [&values](OptionField field) { return (values[kOptionFlags] & (1u << field)) != 0; };
  if (given(kMaxDeflateDynamicTableSize)) nghttp2_option_set_max_deflate_dynamic_table_size(option, values[kMaxDeflateDynamicTableSize]);
  if (given(kMaxReservedRemoteStreams)) nghttp2_option_set_max_reserved_remote_streams(option, values[kMaxReservedRemoteStreams]);
  if (given(kMaxSendHeaderBlockLength)) nghttp2_option_set_max_send_header_block_length(option, values[kMaxSendHeaderBlockLength]);
  nghttp2_option_set_peer_max_concurrent_streams(option, given(kPeerMaxConcurrentStreams) ? values[kPeerMaxConcurrentStreams] : 100);
  if (given(kStrictFieldWhitespace)) {
    nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, static_cast<int>(values[kStrictFieldWhitespace]));
  }
  if (given(kPaddingStrategy))
    padding = static_cast<Padding>(std::min<uint32_t>(values[kPaddingStrategy], static_cast<uint32_t>(Padding::kMax)));
  if (given(kMaxHeaderListPairs)) max_header_pairs = values[kMaxHeaderListPairs];
  if (given(kMaxOutstandingPings)) max_pings = values[kMaxOutstandingPings];
  if (given(kMaxOutstandingSettings)) max_settings = values[kMaxOutstandingSettings];
  if (given(kMaxSessionMemory)) max_session_memory = values[kMaxSessionMemory] * uint64_t{1'000'000};
  if (given(kMaxSettings)) nghttp2_option_set_max_settings(option, values[kMaxSettings]);
  if (given(kStreamResetBurst) && given(kStreamResetRate)) {
    nghttp2_option_set_stream_reset_rate_limit(option, values[kStreamResetBurst], values[kStreamResetRate]);
  }
  // A request has four pseudo headers, a response one.
  max_header_pairs = std::max<uint32_t>(max_header_pairs, side == Side::kServer ? 4 : 1);
}

std::vector<nghttp2_settings_entry> ReadSettings(const Http2State& state) {
  std::vector<nghttp2_settings_entry> entries;
  for (size_t i = 0; i < kSettingCount; i++) {
    if (state.settings[kSettingFlags] & (1u << i)) entries.push_back({kSettingSpecs[i].id, state.settings[i]});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.settings_id < b.settings_id; });
  const size_t count = std::min<size_t>(state.settings[kCustomSettingCount], kMostCustomSettings);
  for (size_t i = 0; i < count; i++) {
    const size_t at = kCustomSettings + 2 * i;
    entries.push_back({static_cast<int32_t>(state.settings[at]), state.settings[at + 1]});
  }
  return entries;
}

void RefreshDefaultSettings(Environment* env) {
  const SharedUint32& settings = env->State<Http2State>().settings;
  for (size_t i = 0; i < kSettingCount; i++) settings[i] = kSettingSpecs[i].otherwise;
  settings[kSettingFlags] = (1u << kSettingCount) - 1;
  settings[kCustomSettingCount] = 0;
}

v8::MaybeLocal<v8::Value> PackSettings(Environment* env) {
  const std::vector<nghttp2_settings_entry> entries = ReadSettings(env->State<Http2State>());
  std::vector<uint8_t> payload(entries.size() * 6);  // RFC 9113, section 6.5.1.
  if (nghttp2_pack_settings_payload2(payload.data(), payload.size(), entries.data(), entries.size()) < 0) {
    return v8::Undefined(env->isolate()).As<v8::Value>();
  }
  v8::Local<v8::Uint8Array> buffer;
  if (!CopyToBuffer(env, payload).ToLocal(&buffer)) return {};
  return buffer.As<v8::Value>();
}

HeaderList::HeaderList(v8::Isolate* isolate, v8::Local<v8::Array> list) {
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> text, count;
  if (list->Get(context, 0).ToLocal(&text) && list->Get(context, 1).ToLocal(&count) && text->IsString() && count->IsUint32()) {
    text_.resize(text.As<v8::String>()->Length());
    text_.resize(WriteString(isolate, text.As<v8::String>(), {reinterpret_cast<uint8_t*>(text_.data()), text_.size()}, Encoding::kLatin1));
    if (Parse(count.As<v8::Uint32>()->Value())) return;
  }
  static uint8_t nul = 0;
  pairs_ = {{.name = &nul, .value = &nul, .namelen = 1, .valuelen = 1, .flags = NGHTTP2_NV_FLAG_NONE}};
}

bool HeaderList::Parse(size_t count) {
  auto* at = reinterpret_cast<uint8_t*>(text_.data());
  uint8_t* const end = at + text_.size();
  const auto next = [&at, end](uint8_t** start, size_t* size) {
    auto* nul = static_cast<uint8_t*>(std::memchr(at, 0, end - at));
    if (nul == nullptr) return false;
    *start = at;
    *size = nul - at;
    at = nul + 1;
    return true;
  };
  while (at < end) {
    nghttp2_nv pair;
    if (pairs_.size() == count || !next(&pair.name, &pair.namelen) || !next(&pair.value, &pair.valuelen) || at == end) return false;
    pair.flags = *at++;
    pairs_.push_back(pair);
  }
  return pairs_.size() == count;
}

}  // namespace dv8::node::http2
