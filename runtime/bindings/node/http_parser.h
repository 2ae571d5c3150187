// internalBinding('http_parser'): llhttp with the callbacks that lib/_http_common.js expects. A parser
// is fed by execute(), or reads a stream itself (consume), whose bytes then never become JavaScript's.
#pragma once

#include <llhttp.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/http_connections.h"
#include "runtime/bindings/node/http_strings.h"
#include "runtime/bindings/node/stream_base.h"

namespace dv8::node {

// A part of a message's head. It refers to the bytes that are parsed as long as they stay, and owns a copy
// when it came in several pieces.
class HttpText {
 public:
  void Clear() {
    text_ = {};
    own_.reset();
  }
  void Append(const char* at, size_t length);
  // Before the bytes go.
  void Save();
  std::string_view view() const { return text_; }

 private:
  std::string_view text_;
  std::unique_ptr<std::string> own_;
};

class HttpParser : public AsyncWrap, public StreamListener {
 public:
  DV8_NATIVE_CLASS(HttpParser, AsyncWrap)
  HttpParser(Environment* env, v8::Local<v8::Object> object);
  ~HttpParser() override;

  // Bits of initialize()'s argument.
  enum Leniency : uint32_t {
    kLenientNone = 0,
    kLenientHeaders = 1 << 0,
    kLenientChunkedLength = 1 << 1,
    kLenientKeepAlive = 1 << 2,
    kLenientTransferEncoding = 1 << 3,
    kLenientVersion = 1 << 4,
    kLenientDataAfterClose = 1 << 5,
    kLenientOptionalLFAfterCR = 1 << 6,
    kLenientOptionalCRLFAfterChunk = 1 << 7,
    kLenientOptionalCRBeforeLF = 1 << 8,
    kLenientSpacesAfterChunkSize = 1 << 9,
    kLenientAll = (1 << 10) - 1,
    // Header values as the Fetch standard has them. lib/ asks whether it is 0.
    kLenientHeaderValueRelaxed = 1 << 10,
  };

  // Methods of JavaScript.
  void Initialize(const CallInfo& info, InRange<int32_t, HTTP_REQUEST, HTTP_RESPONSE> type, v8::Local<v8::Object> resource,
                  std::optional<double> max_header_size, std::optional<uint32_t> leniency, std::optional<HttpConnections*> connections);
  v8::Local<v8::Value> Execute(v8::Local<v8::ArrayBufferView> bytes);
  v8::Local<v8::Value> Finish();
  void Pause();
  void Resume();
  v8::MaybeLocal<v8::Uint8Array> GetCurrentBuffer();
  void Consume(v8::Local<v8::Object> stream);
  void Unconsume();
  void Remove();
  void Free();
  void Close();

  // Internal fields: the native object, and what JavaScript puts at the parser's indexes, where each event of
  // llhttp finds its function without a look-up.
  static constexpr int kFirstCallback = 1;
  static constexpr int kFields = kFirstCallback + 7;
  template <uint32_t kIndex>
  v8::Local<v8::Value> GetCallback() {
    v8::Local<v8::Data> field = object()->GetInternalField(kFirstCallback + kIndex);
    return field.As<v8::Value>();
  }
  template <uint32_t kIndex>
  void SetCallback(v8::Local<v8::Value> value) {
    object()->SetInternalField(kFirstCallback + kIndex, value);
  }
  template <uint32_t kIndex>
  static constexpr AccessorSpec CallbackAccessor(const char* name) {
    return Accessor<&HttpParser::GetCallback<kIndex>, &HttpParser::SetCallback<kIndex>>(name);
  }

  // What the list of connections asks.
  uint64_t message_start() const { return message_start_; }
  bool headers_completed() const { return headers_completed_; }
  HttpLink& all_link() { return all_link_; }
  HttpLink& active_link() { return active_link_; }
  void LeaveConnections();

  // StreamListener.
  uv_buf_t OnStreamAlloc(size_t suggested_size) override;
  void OnStreamRead(ssize_t nread, const uv_buf_t& buffer) override;

 private:
  static constexpr size_t kMostHeaders = 32;  // More are handed to JavaScript by and by.
  static const llhttp_settings_t kSettings;

  enum class Caller { kJavaScript, kLoop };
  enum class Ticks { kRun, kSkip };
  // One call of llhttp.
  struct Run {
    Caller caller = Caller::kLoop;
    bool failed = false;         // A callback has thrown.
    const char* data = nullptr;  // The bytes that are parsed.
    size_t size = 0;
    int depth = 0;
  };

  // llhttp's callbacks: 0, or an error that ends the parsing.
  int OnMessageBegin();
  int OnUrl(const char* at, size_t length);
  int OnStatus(const char* at, size_t length);
  int OnHeaderField(const char* at, size_t length);
  int OnHeaderValue(const char* at, size_t length);
  int OnChunkExtension(const char* at, size_t length);
  int OnHeadersComplete();
  int OnBody(const char* at, size_t length);
  int OnMessageComplete();
  int OnChunkHeader();
  int OnChunkComplete();

  template <auto kMember>
  static int OnEvent(llhttp_t* parser);
  template <auto kMember>
  static int OnData(llhttp_t* parser, const char* at, size_t length);

  // The number of bytes that were parsed, an Error, or nothing: an exception is pending or was handled, or
  // `data` is null, which says that no more comes.
  v8::Local<v8::Value> Parse(const char* data, size_t size, Caller caller);
  v8::Local<v8::Value> ParseError(llhttp_errno_t error, size_t parsed);
  void SaveTexts();
  v8::Local<v8::Array> Headers();
  // Hands the headers so far, and the URL, to kOnHeaders.
  void Flush();
  int CountHeaderBytes(size_t length);
  int CountHeaderPair();
  int Fail(const char* code_and_reason);
  // The function that JavaScript has put at `index` of the parser; empty when there is none.
  v8::Local<v8::Function> Callback(uint32_t index);
  v8::MaybeLocal<v8::Value> Call(v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[], Ticks ticks);

  llhttp_t parser_{};
  HttpStrings& strings_;
  std::array<HttpText, kMostHeaders> fields_;
  std::array<HttpText, kMostHeaders> values_;
  HttpText url_;
  HttpText status_;
  size_t field_count_ = 0;
  size_t value_count_ = 0;
  Run run_;
  bool initialized_ = false;
  bool flushed_ = false;  // A part of this message's headers is in JavaScript already.
  bool removed_ = false;  // Until the next initialize() nothing is called any more.
  bool headers_completed_ = false;
  size_t header_pairs_ = 0;
  double most_header_pairs_ = -1;  // Not asked in this head or these trailers.
  uint64_t header_bytes_ = 0;
  uint64_t chunk_extension_bytes_ = 0;
  uint64_t most_header_bytes_ = 0;
  uint64_t message_start_ = 0;  // uv_hrtime(); 0 between messages.
  HttpConnections* connections_ = nullptr;
  HttpLink all_link_{this};
  HttpLink active_link_{this};
};

}  // namespace dv8::node
