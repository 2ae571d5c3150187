#include "runtime/bindings/node/http_parser.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// Where lib/_http_common.js puts its functions.
enum CallbackIndex : uint32_t {
  kOnMessageBegin,
  kOnHeaders,
  kOnHeadersComplete,
  kOnBody,
  kOnMessageComplete,
  kOnExecute,
  kOnTimeout,
};

// Those of all chunks of a body together; more are an attack (CVE-2024-22019).
constexpr size_t kMostChunkExtensionBytes = 16384;

// Where parsers read what their streams have: the bytes are parsed before the next read, so that one
// serves all.
struct ReadBuffer {
  explicit ReadBuffer(Environment*) {}
  static constexpr size_t kSize = 64 * 1024;
  std::unique_ptr<char[]> bytes;
  bool in_use = false;
};

// The most bytes of a head, where neither the server nor the client names another number.
struct HeaderLimit {
  explicit HeaderLimit(Environment* env) {
    const std::string text = env->State<NodeOptions>().Get(*FindOption("--max-http-header-size")).front();
    if (const double given = std::strtod(text.c_str(), nullptr); given >= 1 && given < 9e15) bytes = static_cast<uint64_t>(given);
  }
  uint64_t bytes = 16 * 1024;
};

std::span<const uint8_t> BytesAt(const char* at, size_t size) { return {reinterpret_cast<const uint8_t*>(at), size}; }

std::string_view WithoutTrailingSpace(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

void HttpText::Append(const char* at, size_t length) {
  if (own_ != nullptr) {
    own_->append(at, length);
    text_ = *own_;
  } else if (text_.data() == nullptr) {
    text_ = {at, length};
  } else if (text_.data() + text_.size() == at) {
    text_ = {text_.data(), text_.size() + length};
  } else {
    Save();
    Append(at, length);
  }
}

void HttpText::Save() {
  if (own_ != nullptr || text_.data() == nullptr) return;
  own_ = std::make_unique<std::string>(text_);
  text_ = *own_;
}

HttpParser::HttpParser(Environment* env, v8::Local<v8::Object> object) : AsyncWrap(env, object), strings_(env->State<HttpStrings>()) {
  llhttp_init(&parser_, HTTP_REQUEST, &kSettings);
}

HttpParser::~HttpParser() { LeaveConnections(); }

template <auto kMember>
int HttpParser::OnEvent(llhttp_t* parser) {
  auto* self = static_cast<HttpParser*>(parser->data);
  return self->removed_ ? 0 : (self->*kMember)();
}

template <auto kMember>
int HttpParser::OnData(llhttp_t* parser, const char* at, size_t length) {
  auto* self = static_cast<HttpParser*>(parser->data);
  return self->removed_ ? 0 : (self->*kMember)(at, length);
}

const llhttp_settings_t HttpParser::kSettings = {
    .on_message_begin = OnEvent<&HttpParser::OnMessageBegin>,
    .on_url = OnData<&HttpParser::OnUrl>,
    .on_status = OnData<&HttpParser::OnStatus>,
    .on_header_field = OnData<&HttpParser::OnHeaderField>,
    .on_header_value = OnData<&HttpParser::OnHeaderValue>,
    .on_chunk_extension_name = OnData<&HttpParser::OnChunkExtension>,
    .on_chunk_extension_value = OnData<&HttpParser::OnChunkExtension>,
    .on_headers_complete = OnEvent<&HttpParser::OnHeadersComplete>,
    .on_body = OnData<&HttpParser::OnBody>,
    .on_message_complete = OnEvent<&HttpParser::OnMessageComplete>,
    .on_chunk_header = OnEvent<&HttpParser::OnChunkHeader>,
    .on_chunk_complete = OnEvent<&HttpParser::OnChunkComplete>,
};

v8::Local<v8::Function> HttpParser::Callback(uint32_t index) {
  v8::Local<v8::Value> value = object()->GetInternalField(kFirstCallback + static_cast<int>(index)).As<v8::Value>();
  return value->IsFunction() ? value.As<v8::Function>() : v8::Local<v8::Function>();
}

v8::MaybeLocal<v8::Value> HttpParser::Call(v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[], Ticks ticks) {
  if (run_.caller == Caller::kJavaScript) return CallNested(fn, argc, argv);
  if (ticks == Ticks::kRun) return MakeCallback(fn, argc, argv);
  env()->BeginCallback();
  v8::MaybeLocal<v8::Value> result = MakeCallback(fn, argc, argv);
  env()->EndCallback(/*failed=*/true);  // The ticks wait for the end of what was read.
  return result;
}

int HttpParser::Fail(const char* code_and_reason) {
  llhttp_set_error_reason(&parser_, code_and_reason);
  return HPE_USER;
}

int HttpParser::CountHeaderBytes(size_t length) {
  header_bytes_ += length;
  return header_bytes_ >= most_header_bytes_ ? Fail("HPE_HEADER_OVERFLOW:Header overflow") : 0;
}

int HttpParser::CountHeaderPair() {
  if (parser_.type != HTTP_REQUEST) return 0;
  header_pairs_ += 2;
  if (most_header_pairs_ < 0) {
    v8::Local<v8::Value> most;
    if (!object()->Get(env()->context(), strings_.Get("maxHeaderPairs")).ToLocal(&most)) {
      run_.failed = true;
      return -1;
    }
    most_header_pairs_ = most->IsNumber() ? std::max(0.0, most.As<v8::Number>()->Value()) : 0;
  }
  const bool too_many = most_header_pairs_ > 0 && static_cast<double>(header_pairs_) > most_header_pairs_;
  return too_many ? Fail("HPE_HEADER_OVERFLOW:Header overflow") : 0;
}

int HttpParser::OnMessageBegin() {
  field_count_ = value_count_ = 0;
  headers_completed_ = flushed_ = false;
  chunk_extension_bytes_ = 0;
  most_header_pairs_ = -1;
  url_.Clear();
  status_.Clear();
  message_start_ = uv_hrtime();
  if (connections_ != nullptr) connections_->MessageBegins(this);
  v8::Local<v8::Function> fn = Callback(kOnMessageBegin);
  if (fn.IsEmpty() || !Call(fn, 0, nullptr, Ticks::kSkip).IsEmpty()) return 0;
  run_.failed = true;
  return -1;
}

int HttpParser::OnUrl(const char* at, size_t length) {
  if (const int error = CountHeaderBytes(length); error != 0) return error;
  url_.Append(at, length);
  return 0;
}

int HttpParser::OnStatus(const char* at, size_t length) {
  if (const int error = CountHeaderBytes(length); error != 0) return error;
  status_.Append(at, length);
  return 0;
}

int HttpParser::OnHeaderField(const char* at, size_t length) {
  if (const int error = CountHeaderBytes(length); error != 0) return error;
  if (field_count_ == value_count_) {
    if (const int error = CountHeaderPair(); error != 0) return error;
    if (field_count_ + 1 == kMostHeaders) {
      Flush();
      if (run_.failed) return -1;
      field_count_ = value_count_ = 0;
    }
    fields_[field_count_++].Clear();
  }
  fields_[field_count_ - 1].Append(at, length);
  return 0;
}

int HttpParser::OnHeaderValue(const char* at, size_t length) {
  if (const int error = CountHeaderBytes(length); error != 0) return error;
  // A callback may have started the parser anew in the middle of a header.
  if (field_count_ == 0) return 0;
  if (value_count_ != field_count_) values_[value_count_++].Clear();
  values_[value_count_ - 1].Append(at, length);
  return 0;
}

int HttpParser::OnChunkExtension(const char*, size_t length) {
  chunk_extension_bytes_ += length;
  if (chunk_extension_bytes_ <= kMostChunkExtensionBytes) return 0;
  return Fail("HPE_CHUNK_EXTENSIONS_OVERFLOW:Chunk extensions overflow");
}

int HttpParser::OnChunkHeader() {
  header_bytes_ = 0;
  chunk_extension_bytes_ = 0;
  return 0;
}

int HttpParser::OnChunkComplete() {
  header_bytes_ = 0;
  return 0;
}

v8::Local<v8::Array> HttpParser::Headers() {
  v8::Local<v8::Value> headers[kMostHeaders * 2];
  for (size_t i = 0; i < value_count_; i++) {
    headers[2 * i] = strings_.Get(fields_[i].view());
    headers[2 * i + 1] = strings_.Get(WithoutTrailingSpace(values_[i].view()));
  }
  return v8::Array::New(env()->isolate(), headers, value_count_ * 2);
}

void HttpParser::Flush() {
  v8::HandleScope scope(env()->isolate());
  v8::Local<v8::Function> fn = Callback(kOnHeaders);
  if (fn.IsEmpty()) return;
  v8::Local<v8::Value> argv[] = {Headers(), strings_.Get(url_.view())};
  if (Call(fn, 2, argv, Ticks::kRun).IsEmpty()) run_.failed = true;
  url_.Clear();
  flushed_ = true;
}

int HttpParser::OnHeadersComplete() {
  headers_completed_ = true;
  header_bytes_ = 0;
  v8::Local<v8::Function> fn = Callback(kOnHeadersComplete);
  if (fn.IsEmpty()) return 0;

  v8::Isolate* isolate = env()->isolate();
  const bool is_request = parser_.type == HTTP_REQUEST;
  v8::Local<v8::Value> undefined = v8::Undefined(isolate);
  v8::Local<v8::Value> headers = undefined;
  v8::Local<v8::Value> url = undefined;
  if (flushed_) {
    Flush();
    if (run_.failed) return -1;
  } else {
    headers = Headers();
    if (is_request) url = strings_.Get(url_.view());
  }
  field_count_ = value_count_ = 0;
  header_pairs_ = 0;
  most_header_pairs_ = -1;

  // The parameters of parserOnHeadersComplete in lib/_http_common.js.
  v8::Local<v8::Value> argv[] = {
      v8::Integer::New(isolate, parser_.http_major),
      v8::Integer::New(isolate, parser_.http_minor),
      headers,
      is_request ? v8::Integer::New(isolate, parser_.method).As<v8::Value>() : undefined,
      url,
      is_request ? undefined : v8::Integer::New(isolate, parser_.status_code).As<v8::Value>(),
      is_request ? undefined : strings_.Get(status_.view()).As<v8::Value>(),
      v8::Boolean::New(isolate, parser_.upgrade != 0),
      v8::Boolean::New(isolate, llhttp_should_keep_alive(&parser_) != 0),
  };
  v8::Local<v8::Value> result;
  int32_t answer;
  if (!Call(fn, static_cast<int>(std::size(argv)), argv, Ticks::kSkip).ToLocal(&result) ||
      !result->Int32Value(env()->context()).To(&answer)) {
    run_.failed = true;
    return -1;
  }
  return answer;
}

int HttpParser::OnBody(const char* at, size_t length) {
  if (length == 0) return 0;
  v8::HandleScope scope(env()->isolate());
  v8::Local<v8::Function> fn = Callback(kOnBody);
  if (fn.IsEmpty()) return 0;
  v8::Local<v8::Uint8Array> buffer;
  if (CopyToBuffer(env(), BytesAt(at, length)).ToLocal(&buffer)) {
    v8::Local<v8::Value> argument = buffer;
    if (!Call(fn, 1, &argument, Ticks::kRun).IsEmpty()) return 0;
  }
  run_.failed = true;
  return Fail("HPE_JS_EXCEPTION:JS Exception");
}

int HttpParser::OnMessageComplete() {
  v8::HandleScope scope(env()->isolate());
  if (connections_ != nullptr) HttpConnections::MessageEnds(this);
  message_start_ = 0;
  if (field_count_ > 0) Flush();  // The trailers.
  if (run_.failed) return -1;
  header_pairs_ = 0;
  v8::Local<v8::Function> fn = Callback(kOnMessageComplete);
  if (fn.IsEmpty()) return 0;
  if (Call(fn, 0, nullptr, Ticks::kSkip).IsEmpty()) {
    run_.failed = true;
    return -1;
  }
  return 0;
}

void HttpParser::SaveTexts() {
  if (message_start_ == 0) return;
  url_.Save();
  status_.Save();
  for (size_t i = 0; i < field_count_; i++) fields_[i].Save();
  for (size_t i = 0; i < value_count_; i++) values_[i].Save();
}

v8::Local<v8::Value> HttpParser::Parse(const char* data, size_t size, Caller caller) {
  if (!initialized_) return {};
  v8::EscapableHandleScope scope(env()->isolate());
  // A callback may feed the parser that called it: the inner bytes are a message of their own, and llhttp is
  // left as it was for the outer ones.
  const Run outer = run_;
  void* const outer_span = parser_._span_pos0;
  run_ = {caller, /*failed=*/false, data, size, outer.depth + 1};
  llhttp_errno_t error = data == nullptr ? llhttp_finish(&parser_) : llhttp_execute(&parser_, data, size);
  SaveTexts();
  if (outer.depth > 0) parser_._span_pos0 = outer_span;
  size_t parsed = size;
  if (error != HPE_OK && data != nullptr) {
    const char* position = llhttp_get_error_pos(&parser_);
    parsed = position >= data && position <= data + size ? static_cast<size_t>(position - data) : 0;
  }
  if (error == HPE_PAUSED_UPGRADE) {
    // The rest belongs to another protocol.
    error = HPE_OK;
    llhttp_resume_after_upgrade(&parser_);
  }
  const bool failed = std::exchange(run_, outer).failed;
  if (failed) return {};
  if (error != HPE_OK && !parser_.upgrade) return scope.Escape(ParseError(error, parsed));
  if (data == nullptr) return {};
  return scope.Escape(v8::Number::New(env()->isolate(), static_cast<double>(parsed)).As<v8::Value>());
}

// "Parse Error" with bytesParsed, code and reason.
v8::Local<v8::Value> HttpParser::ParseError(llhttp_errno_t error, size_t parsed) {
  v8::Isolate* isolate = env()->isolate();
  const auto text = [isolate](std::string_view latin1) { return FromLatin1(isolate, latin1).ToLocalChecked(); };
  v8::Local<v8::Object> object = v8::Exception::Error(Internalized(isolate, "Parse Error")).As<v8::Object>();
  const char* given = llhttp_get_error_reason(&parser_);
  std::string_view reason = given == nullptr ? "" : given;
  std::string_view code = llhttp_errno_name(error);
  if (const size_t colon = reason.find(':'); error == HPE_USER && colon != std::string_view::npos) {
    code = reason.substr(0, colon);
    reason.remove_prefix(colon + 1);
  }
  const std::pair<const char*, v8::Local<v8::Value>> properties[] = {
      {"bytesParsed", v8::Number::New(isolate, static_cast<double>(parsed))},
      {"code", text(code)},
      {"reason", text(reason)},
  };
  for (const auto& [name, value] : properties) {
    object->CreateDataProperty(env()->context(), Internalized(isolate, name), value).Check();
  }
  return object;
}

void HttpParser::Initialize(const CallInfo&, InRange<int32_t, HTTP_REQUEST, HTTP_RESPONSE> type, v8::Local<v8::Object> resource,
                            std::optional<double> max_header_size, std::optional<uint32_t> leniency,
                            std::optional<HttpConnections*> connections) {
  set_provider(type == HTTP_REQUEST ? Provider::HTTPINCOMINGMESSAGE : Provider::HTTPCLIENTREQUEST);
  AsyncReset(resource);

  llhttp_init(&parser_, static_cast<llhttp_type_t>(type.value), &kSettings);
  parser_.data = this;
  const uint32_t lenient = leniency.value_or(kLenientNone);
  constexpr std::pair<uint32_t, void (*)(llhttp_t*, int)> kSetters[] = {
      {kLenientHeaders, llhttp_set_lenient_headers},
      {kLenientChunkedLength, llhttp_set_lenient_chunked_length},
      {kLenientKeepAlive, llhttp_set_lenient_keep_alive},
      {kLenientTransferEncoding, llhttp_set_lenient_transfer_encoding},
      {kLenientVersion, llhttp_set_lenient_version},
      {kLenientDataAfterClose, llhttp_set_lenient_data_after_close},
      {kLenientOptionalLFAfterCR, llhttp_set_lenient_optional_lf_after_cr},
      {kLenientOptionalCRLFAfterChunk, llhttp_set_lenient_optional_crlf_after_chunk},
      {kLenientOptionalCRBeforeLF, llhttp_set_lenient_optional_cr_before_lf},
      {kLenientSpacesAfterChunkSize, llhttp_set_lenient_spaces_after_chunk_size},
      {kLenientHeaderValueRelaxed, llhttp_set_lenient_header_value_relaxed},
  };
  for (const auto& [bit, set] : kSetters) {
    if (lenient & bit) set(&parser_, 1);
  }

  initialized_ = true;
  removed_ = flushed_ = headers_completed_ = false;
  url_.Clear();
  status_.Clear();
  field_count_ = value_count_ = header_pairs_ = 0;
  most_header_pairs_ = -1;
  header_bytes_ = chunk_extension_bytes_ = 0;
  const double most = max_header_size.value_or(0);
  most_header_bytes_ = most >= 1 && most < 9e15 ? static_cast<uint64_t>(most) : env()->State<HeaderLimit>().bytes;
  LeaveConnections();
  message_start_ = 0;
  if (!connections.has_value()) return;
  connections_ = *connections;
  message_start_ = uv_hrtime();
  connections_->Enter(this);
}

v8::Local<v8::Value> HttpParser::Execute(v8::Local<v8::ArrayBufferView> bytes) {
  // Callbacks run while the bytes are parsed, and may detach or resize their buffer.
  std::shared_ptr<v8::BackingStore> store = bytes->Buffer()->GetBackingStore();
  const std::span<uint8_t> span = BytesOf(bytes);
  const char* data = reinterpret_cast<const char*>(span.data());
  if (store->IsResizableByUserJavaScript()) {
    const std::string copy(data, span.size());
    return Parse(copy.data(), copy.size(), Caller::kJavaScript);
  }
  return Parse(data == nullptr ? "" : data, span.size(), Caller::kJavaScript);
}

v8::Local<v8::Value> HttpParser::Finish() { return Parse(nullptr, 0, Caller::kJavaScript); }

void HttpParser::Pause() { llhttp_pause(&parser_); }

void HttpParser::Resume() { llhttp_resume(&parser_); }

v8::MaybeLocal<v8::Uint8Array> HttpParser::GetCurrentBuffer() { return CopyToBuffer(env(), BytesAt(run_.data, run_.size)); }

void HttpParser::Consume(v8::Local<v8::Object> object) {
  StreamBase* stream = StreamBase::From(object);
  if (stream == nullptr) {
    return ThrowInvalidArgument(env()->isolate(), 0, "a stream's handle", object);
  }
  Unconsume();
  stream->PushStreamListener(this);
}

void HttpParser::Unconsume() {
  if (stream() != nullptr) stream()->RemoveStreamListener(this);
}

void HttpParser::Remove() {
  removed_ = true;
  LeaveConnections();
}

void HttpParser::LeaveConnections() {
  HttpConnections::Leave(this);
  connections_ = nullptr;
}

void HttpParser::Free() { EmitDestroy(); }

void HttpParser::Close() {
  Remove();
  Unconsume();
  initialized_ = false;
  EmitDestroy();
}

uv_buf_t HttpParser::OnStreamAlloc(size_t suggested_size) {
  ReadBuffer& buffer = env()->State<ReadBuffer>();
  if (buffer.in_use) {
    return uv_buf_init(static_cast<char*>(std::malloc(suggested_size)), static_cast<unsigned>(suggested_size));
  }
  if (buffer.bytes == nullptr) buffer.bytes = std::make_unique_for_overwrite<char[]>(ReadBuffer::kSize);
  buffer.in_use = true;
  return uv_buf_init(buffer.bytes.get(), ReadBuffer::kSize);
}

void HttpParser::OnStreamRead(ssize_t nread, const uv_buf_t& bytes) {
  v8::HandleScope scope(env()->isolate());
  v8::Context::Scope context_scope(env()->context());
  [[maybe_unused]] const v8::Local<v8::Object> keep = object();
  ReadBuffer& buffer = env()->State<ReadBuffer>();
  struct Done {
    ReadBuffer& buffer;
    char* bytes;
    ~Done() { bytes == buffer.bytes.get() ? void(buffer.in_use = false) : std::free(bytes); }
  } const done{buffer, bytes.base};
  if (nread < 0) return PassReadErrorToPreviousListener(nread);
  if (nread == 0) return;  // To the parser this would be the end.
  v8::Local<v8::Value> result = Parse(bytes.base, static_cast<size_t>(nread), Caller::kLoop);
  if (result.IsEmpty()) return;
  v8::Local<v8::Function> fn = Callback(kOnExecute);
  if (fn.IsEmpty()) return;
  const Run outer = run_;
  run_.data = bytes.base;
  run_.size = static_cast<size_t>(nread);
  (void)MakeCallback(fn, 1, &result);
  run_ = outer;
}

namespace {

constexpr FunctionSpec kMethods[] = {
    Method<&HttpParser::Close>("close"),
    Method<&HttpParser::Consume>("consume"),
    Method<&HttpParser::Execute>("execute"),
    Method<&HttpParser::Finish>("finish"),
    Method<&HttpParser::Free>("free"),
    Method<&HttpParser::GetCurrentBuffer>("getCurrentBuffer"),
    Method<&HttpParser::Initialize>("initialize"),
    Method<&HttpParser::Pause>("pause"),
    Method<&HttpParser::Remove>("remove"),
    Method<&HttpParser::Resume>("resume"),
    Method<&HttpParser::Unconsume>("unconsume"),
};

constexpr AccessorSpec kAccessors[] = {
    HttpParser::CallbackAccessor<kOnMessageBegin>("0"),    HttpParser::CallbackAccessor<kOnHeaders>("1"),
    HttpParser::CallbackAccessor<kOnHeadersComplete>("2"), HttpParser::CallbackAccessor<kOnBody>("3"),
    HttpParser::CallbackAccessor<kOnMessageComplete>("4"), HttpParser::CallbackAccessor<kOnExecute>("5"),
    HttpParser::CallbackAccessor<kOnTimeout>("6"),
};

constexpr ClassSpec kClasses[] = {
    {"HTTPParser", Constructor<HttpParser>(), kMethods, HttpParser::kFields, kAccessors, &kAsyncWrapClass},
    {"ConnectionsList", Constructor<HttpConnections>(), kHttpConnectionsMethods},
};

// Properties of the class HTTPParser.
constexpr ConstantSpec kParserConstants[] = {
    {"REQUEST", HTTP_REQUEST},
    {"RESPONSE", HTTP_RESPONSE},
#define V(name) {#name, name},
    V(kOnMessageBegin) V(kOnHeaders) V(kOnHeadersComplete) V(kOnBody) V(kOnMessageComplete) V(kOnExecute) V(kOnTimeout)
#undef V
#define V(name) {#name, HttpParser::name},
        V(kLenientNone) V(kLenientHeaders) V(kLenientChunkedLength) V(kLenientKeepAlive) V(kLenientTransferEncoding) V(kLenientVersion)
            V(kLenientDataAfterClose) V(kLenientOptionalLFAfterCR) V(kLenientOptionalCRLFAfterChunk) V(kLenientOptionalCRBeforeLF)
                V(kLenientSpacesAfterChunkSize) V(kLenientHeaderValueRelaxed) V(kLenientAll)
#undef V
};

constexpr const char* kMethodNames[] = {
#define V(number, name, string) #string,
    HTTP_METHOD_MAP(V)
#undef V
};
constexpr const char* kAllMethodNames[] = {
#define V(number, name, string) #string,
    HTTP_ALL_METHOD_MAP(V)
#undef V
};

v8::Local<v8::Array> Names(v8::Isolate* isolate, std::span<const char* const> names) {
  std::vector<v8::Local<v8::Value>> values;
  for (const char* name : names) values.push_back(Internalized(isolate, name));
  return v8::Array::New(isolate, values.data(), values.size());
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  target->Set(context, Internalized(isolate, "methods"), Names(isolate, kMethodNames)).Check();
  // At the number that a request's method has.
  target->Set(context, Internalized(isolate, "allMethods"), Names(isolate, kAllMethodNames)).Check();
  v8::Local<v8::Object> parser = target->Get(context, Internalized(isolate, "HTTPParser")).ToLocalChecked().As<v8::Object>();
  SetNumbers(context, parser, kParserConstants);
}

}  // namespace

extern const BindingSpec kNodeHttpParser;
constexpr BindingSpec kNodeHttpParser{"http_parser", {}, {}, kClasses, Init};

}  // namespace dv8::node
