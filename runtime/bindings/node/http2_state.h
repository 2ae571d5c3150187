// What internalBinding('http2') shares with lib/internal/http2: arrays of numbers, and the functions that frames
// are told to. Environment::State<Http2State>().
#pragma once

#include <nghttp2/nghttp2.h>

#include <array>
#include <span>
#include <unordered_map>
#include <vector>

#include "runtime/binding/shared_array.h"
#include "runtime/core/environment.h"

namespace dv8::node::http2 {

enum class Side { kServer, kClient };  // NGHTTP2_SESSION_SERVER, NGHTTP2_SESSION_CLIENT

// What a stream is made with.
inline constexpr int32_t kOptionEmptyPayload = 1;
inline constexpr int32_t kOptionGetTrailers = 2;

inline constexpr size_t kMostCustomSettings = 10;

enum class Padding { kNone, kAligned, kMax };

// Indexes of `settings`: a setting each, bits of those that are set, then numbers and values of others.
enum SettingField {
  kHeaderTableSize,
  kEnablePush,
  kInitialWindowSize,
  kMaxFrameSize,
  kMaxConcurrentStreams,
  kMaxHeaderListSize,
  kEnableConnectProtocol,
  kSettingFlags,
  kCustomSettingCount,
  kCustomSettings,
  kSettingFieldCount = kCustomSettings + 2 * kMostCustomSettings,
};
inline constexpr size_t kSettingCount = kSettingFlags;

struct SettingSpec {
  nghttp2_settings_id id;
  uint32_t otherwise;  // RFC 9113's initial value.
};
inline constexpr SettingSpec kSettingSpecs[kSettingCount] = {
    {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 4096},
    {NGHTTP2_SETTINGS_ENABLE_PUSH, 1},
    {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65535},
    {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 16384},
    {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0xffffffff},
    {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, 65535},
    {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 0},
};

enum SessionStateField {
  kEffectiveLocalWindowSize,
  kEffectiveRecvDataLength,
  kNextStreamId,
  kLocalWindowSize,
  kLastProcStreamId,
  kRemoteWindowSize,
  kOutboundQueueSize,
  kHdDeflateDynamicTableSize,
  kHdInflateDynamicTableSize,
  kSessionStateFieldCount,
};

enum StreamStateField {
  kStreamState,
  kStreamWeight,
  kStreamSumDependencyWeight,
  kStreamLocalClose,
  kStreamRemoteClose,
  kStreamLocalWindowSize,
  kStreamStateFieldCount,
};

enum OptionField {
  kMaxDeflateDynamicTableSize,
  kMaxReservedRemoteStreams,
  kMaxSendHeaderBlockLength,
  kPeerMaxConcurrentStreams,
  kPaddingStrategy,
  kMaxHeaderListPairs,
  kMaxOutstandingPings,
  kMaxOutstandingSettings,
  kMaxSessionMemory,
  kMaxSettings,
  kStreamResetRate,
  kStreamResetBurst,
  kStrictFieldWhitespace,
  kOptionFlags,
  kOptionFieldCount,
};

// The functions that setCallbackFunctions() takes, in this order.
enum class Event {
  kError,
  kPriority,
  kSettings,
  kPing,
  kHeaders,
  kFrameError,
  kGoawayData,
  kAltsvc,
  kOrigin,
  kStreamTrailers,
  kStreamClose
};
inline constexpr size_t kEventCount = 11;

struct Http2State {
  explicit Http2State(Environment* env);

  void SetFunction(Event event, v8::Local<v8::Function> function);
  // Empty before lib has given it.
  v8::Local<v8::Function> Function(Event event);
  // A header's name; those of HPACK's static table are made once.
  v8::MaybeLocal<v8::String> HeaderName(nghttp2_rcbuf* name);

  Environment* env;
  SharedFloat64 session_state;
  SharedFloat64 stream_state;
  SharedUint32 options;
  SharedUint32 settings;

 private:
  std::array<v8::Global<v8::Function>, kEventCount> functions_;
  std::unordered_map<const uint8_t*, v8::Global<v8::String>> names_;
};

// What a session is made with, out of `options`.
struct Options {
  Options(const Http2State& state, Side side);
  ~Options() { nghttp2_option_del(option); }
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  nghttp2_option* option = nullptr;  // Null without memory.
  uint64_t max_session_memory = 10'000'000;
  uint32_t max_header_pairs = 128;
  Padding padding = Padding::kNone;
  uint32_t max_pings = 10;  // That are not acknowledged yet.
  uint32_t max_settings = 10;
};

// The settings that lib has put into `settings`.
std::vector<nghttp2_settings_entry> ReadSettings(const Http2State& state);
// Puts RFC 9113's initial values there.
void RefreshDefaultSettings(Environment* env);
// The payload of a SETTINGS frame; undefined where a value is out of range.
v8::MaybeLocal<v8::Value> PackSettings(Environment* env);

// A list of headers as lib's buildNgHeaderString() makes it, [string, count]: name, NUL, value, NUL, flags each.
class HeaderList {
 public:
  // A list that is none becomes one of a header that nghttp2 refuses.
  HeaderList(v8::Isolate* isolate, v8::Local<v8::Array> list);
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  const nghttp2_nv* data() const { return pairs_.data(); }
  size_t size() const { return pairs_.size(); }

 private:
  bool Parse(size_t count);

  std::string text_;
  std::vector<nghttp2_nv> pairs_;
};

}  // namespace dv8::node::http2
