// runtime/bindings/node/http2.cc: internalBinding('http2'): its table and its constants.
#include <cctype>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/http2_session.h"

namespace dv8::node::http2 {
namespace {

constexpr const char* kHeaderNames[] = {
    ":status",
    ":method",
    ":authority",
    ":scheme",
    ":path",
    ":protocol",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "accept",
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-request-headers",
    "access-control-request-method",
    "age",
    "authorization",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "etag",
    "forwarded",
    "host",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "last-modified",
    "link",
    "location",
    "range",
    "referer",
    "server",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "te",
    "upgrade-insecure-requests",
    "upgrade",
    "user-agent",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "keep-alive",
    "proxy-connection",
    "x-xss-protection",
    "alt-svc",
    "content-security-policy",
    "early-data",
    "expect-ct",
    "origin",
    "purpose",
    "timing-allow-origin",
    "x-forwarded-for",
    "priority",
    "accept-charset",
    "access-control-max-age",
    "allow",
    "content-language",
    "content-location",
    "content-md5",
    "content-range",
    "dnt",
    "expect",
    "expires",
    "from",
    "if-match",
    "if-unmodified-since",
    "max-forwards",
    "prefer",
    "proxy-authenticate",
    "proxy-authorization",
    "refresh",
    "retry-after",
    "trailer",
    "tk",
    "via",
    "warning",
    "www-authenticate",
    "http2-settings",
};

constexpr const char* kMethodNames[] = {
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "OPTIONS",
    "ORDERPATCH",
    "PATCH",
    "POST",
    "PRI",
    "PROPFIND",
    "PROPPATCH",
    "PUT",
    "REBIND",
    "REPORT",
    "SEARCH",
    "TRACE",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
};

constexpr ConstantSpec kStatusCodes[] = {
    {"CONTINUE", 100},
    {"SWITCHING_PROTOCOLS", 101},
    {"PROCESSING", 102},
    {"EARLY_HINTS", 103},
    {"OK", 200},
    {"CREATED", 201},
    {"ACCEPTED", 202},
    {"NON_AUTHORITATIVE_INFORMATION", 203},
    {"NO_CONTENT", 204},
    {"RESET_CONTENT", 205},
    {"PARTIAL_CONTENT", 206},
    {"MULTI_STATUS", 207},
    {"ALREADY_REPORTED", 208},
    {"IM_USED", 226},
    {"MULTIPLE_CHOICES", 300},
    {"MOVED_PERMANENTLY", 301},
    {"FOUND", 302},
    {"SEE_OTHER", 303},
    {"NOT_MODIFIED", 304},
    {"USE_PROXY", 305},
    {"TEMPORARY_REDIRECT", 307},
    {"PERMANENT_REDIRECT", 308},
    {"BAD_REQUEST", 400},
    {"UNAUTHORIZED", 401},
    {"PAYMENT_REQUIRED", 402},
    {"FORBIDDEN", 403},
    {"NOT_FOUND", 404},
    {"METHOD_NOT_ALLOWED", 405},
    {"NOT_ACCEPTABLE", 406},
    {"PROXY_AUTHENTICATION_REQUIRED", 407},
    {"REQUEST_TIMEOUT", 408},
    {"CONFLICT", 409},
    {"GONE", 410},
    {"LENGTH_REQUIRED", 411},
    {"PRECONDITION_FAILED", 412},
    {"PAYLOAD_TOO_LARGE", 413},
    {"URI_TOO_LONG", 414},
    {"UNSUPPORTED_MEDIA_TYPE", 415},
    {"RANGE_NOT_SATISFIABLE", 416},
    {"EXPECTATION_FAILED", 417},
    {"TEAPOT", 418},
    {"MISDIRECTED_REQUEST", 421},
    {"UNPROCESSABLE_ENTITY", 422},
    {"LOCKED", 423},
    {"FAILED_DEPENDENCY", 424},
    {"TOO_EARLY", 425},
    {"UPGRADE_REQUIRED", 426},
    {"PRECONDITION_REQUIRED", 428},
    {"TOO_MANY_REQUESTS", 429},
    {"REQUEST_HEADER_FIELDS_TOO_LARGE", 431},
    {"UNAVAILABLE_FOR_LEGAL_REASONS", 451},
    {"INTERNAL_SERVER_ERROR", 500},
    {"NOT_IMPLEMENTED", 501},
    {"BAD_GATEWAY", 502},
    {"SERVICE_UNAVAILABLE", 503},
    {"GATEWAY_TIMEOUT", 504},
    {"HTTP_VERSION_NOT_SUPPORTED", 505},
    {"VARIANT_ALSO_NEGOTIATES", 506},
    {"INSUFFICIENT_STORAGE", 507},
    {"LOOP_DETECTED", 508},
    {"BANDWIDTH_LIMIT_EXCEEDED", 509},
    {"NOT_EXTENDED", 510},
    {"NETWORK_AUTHENTICATION_REQUIRED", 511},
};

// At the number that each has.
constexpr const char* kErrorCodeNames[] = {
    "NGHTTP2_NO_ERROR",
    "NGHTTP2_PROTOCOL_ERROR",
    "NGHTTP2_INTERNAL_ERROR",
    "NGHTTP2_FLOW_CONTROL_ERROR",
    "NGHTTP2_SETTINGS_TIMEOUT",
    "NGHTTP2_STREAM_CLOSED",
    "NGHTTP2_FRAME_SIZE_ERROR",
    "NGHTTP2_REFUSED_STREAM",
    "NGHTTP2_CANCEL",
    "NGHTTP2_COMPRESSION_ERROR",
    "NGHTTP2_CONNECT_ERROR",
    "NGHTTP2_ENHANCE_YOUR_CALM",
    "NGHTTP2_INADEQUATE_SECURITY",
    "NGHTTP2_HTTP_1_1_REQUIRED",
};

// Not enumerable.
constexpr ConstantSpec kHiddenConstants[] = {
#define V(name) {#name, name},
    V(NGHTTP2_HCAT_REQUEST) V(NGHTTP2_HCAT_RESPONSE) V(NGHTTP2_HCAT_PUSH_RESPONSE) V(NGHTTP2_HCAT_HEADERS) V(NGHTTP2_NV_FLAG_NONE)
        V(NGHTTP2_NV_FLAG_NO_INDEX) V(NGHTTP2_ERR_DEFERRED) V(NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE) V(NGHTTP2_ERR_INVALID_ARGUMENT)
            V(NGHTTP2_ERR_STREAM_CLOSED) V(NGHTTP2_ERR_NOMEM)
#undef V
                {"STREAM_OPTION_EMPTY_PAYLOAD", kOptionEmptyPayload},
    {"STREAM_OPTION_GET_TRAILERS", kOptionGetTrailers},
};

constexpr ConstantSpec kConstants[] = {
#define V(name) {#name, name},
    V(NGHTTP2_ERR_FRAME_SIZE_ERROR){"NGHTTP2_SESSION_SERVER", static_cast<int64_t>(Side::kServer)},
    {"NGHTTP2_SESSION_CLIENT", static_cast<int64_t>(Side::kClient)},
    V(NGHTTP2_STREAM_STATE_IDLE) V(NGHTTP2_STREAM_STATE_OPEN) V(NGHTTP2_STREAM_STATE_RESERVED_LOCAL) V(NGHTTP2_STREAM_STATE_RESERVED_REMOTE)
        V(NGHTTP2_STREAM_STATE_HALF_CLOSED_LOCAL) V(NGHTTP2_STREAM_STATE_HALF_CLOSED_REMOTE) V(NGHTTP2_STREAM_STATE_CLOSED)
            V(NGHTTP2_FLAG_NONE) V(NGHTTP2_FLAG_END_STREAM) V(NGHTTP2_FLAG_END_HEADERS) V(NGHTTP2_FLAG_ACK) V(NGHTTP2_FLAG_PADDED)
                V(NGHTTP2_FLAG_PRIORITY){"DEFAULT_SETTINGS_HEADER_TABLE_SIZE", kSettingSpecs[kHeaderTableSize].otherwise},
    {"DEFAULT_SETTINGS_ENABLE_PUSH", kSettingSpecs[kEnablePush].otherwise},
    {"DEFAULT_SETTINGS_MAX_CONCURRENT_STREAMS", kSettingSpecs[kMaxConcurrentStreams].otherwise},
    {"DEFAULT_SETTINGS_INITIAL_WINDOW_SIZE", kSettingSpecs[kInitialWindowSize].otherwise},
    {"DEFAULT_SETTINGS_MAX_FRAME_SIZE", kSettingSpecs[kMaxFrameSize].otherwise},
    {"DEFAULT_SETTINGS_MAX_HEADER_LIST_SIZE", kSettingSpecs[kMaxHeaderListSize].otherwise},
    {"DEFAULT_SETTINGS_ENABLE_CONNECT_PROTOCOL", kSettingSpecs[kEnableConnectProtocol].otherwise},
    {"MAX_MAX_FRAME_SIZE", 16777215},
    {"MIN_MAX_FRAME_SIZE", kSettingSpecs[kMaxFrameSize].otherwise},
    {"MAX_INITIAL_WINDOW_SIZE", 2147483647},
    V(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE) V(NGHTTP2_SETTINGS_ENABLE_PUSH) V(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
        V(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE) V(NGHTTP2_SETTINGS_MAX_FRAME_SIZE) V(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE)
            V(NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL){"PADDING_STRATEGY_NONE", static_cast<int64_t>(Padding::kNone)},
    {"PADDING_STRATEGY_ALIGNED", static_cast<int64_t>(Padding::kAligned)},
    {"PADDING_STRATEGY_MAX", static_cast<int64_t>(Padding::kMax)},
    {"PADDING_STRATEGY_CALLBACK", static_cast<int64_t>(Padding::kAligned)},
#undef V
};

// Where lib finds what in a session's `fields`.
constexpr ConstantSpec kFieldConstants[] = {
    {"kBitfield", offsetof(SessionFields, bits)},
    {"kSessionPriorityListenerCount", offsetof(SessionFields, priority_listeners)},
    {"kSessionFrameErrorListenerCount", offsetof(SessionFields, frame_error_listeners)},
    {"kSessionMaxInvalidFrames", offsetof(SessionFields, max_invalid_frames)},
    {"kSessionMaxRejectedStreams", offsetof(SessionFields, max_rejected_streams)},
    {"kSessionUint8FieldCount", sizeof(SessionFields)},
    {"kSessionHasRemoteSettingsListeners", SessionFields::kHasRemoteSettingsListeners},
    {"kSessionRemoteSettingsIsUpToDate", SessionFields::kRemoteSettingsIsUpToDate},
    {"kSessionHasPingListeners", SessionFields::kHasPingListeners},
    {"kSessionHasAltsvcListeners", SessionFields::kHasAltsvcListeners},
};

std::string ErrorString(int32_t code) { return nghttp2_strerror(code); }

void SetCallbackFunctions(const CallInfo& info) {
  Environment* env = Environment::From(info);
  for (size_t i = 0; i < kEventCount; i++) {
    if (!info[i]->IsFunction()) return ThrowInvalidArgument(env->isolate(), static_cast<int>(i), "of type function", info[i]);
  }
  Http2State& state = env->State<Http2State>();
  for (size_t i = 0; i < kEventCount; i++) state.SetFunction(static_cast<Event>(i), info[i].As<v8::Function>());
}

// Of objects that C++ makes the native part of.
void LeaveEmpty(const CallInfo&) {}

constexpr FunctionSpec kSessionMethods[] = {
    Method<&Http2Session::Altsvc>("altsvc"),
    Method<&Http2Session::Consume>("consume"),
    Method<&Http2Session::Destroy>("destroy"),
    Method<&Http2Session::Goaway>("goaway"),
    Method<&Http2Session::HasPendingData>("hasPendingData"),
    Method<&Http2Session::LocalSettings>("localSettings"),
    Method<&Http2Session::Origin>("origin"),
    Method<&Http2Session::Ping>("ping"),
    Method<&Http2Session::Receive>("receive"),
    Method<&Http2Session::RefreshState>("refreshState"),
    Method<&Http2Session::RemoteSettings>("remoteSettings"),
    Method<&Http2Session::Request>("request"),
    Method<&Http2Session::SetGracefulClose>("setGracefulClose"),
    Method<&Http2Session::SetLocalWindowSize>("setLocalWindowSize"),
    Method<&Http2Session::SetNextStreamId>("setNextStreamID"),
    Method<&Http2Session::Settings>("settings"),
    Method<&Http2Session::UpdateChunksSent>("updateChunksSent"),
};

constexpr FunctionSpec kStreamMethods[] = {
    Method<&Http2Stream::Destroy>("destroy"),
    Method<&Http2Stream::Id>("id"),
    Method<&Http2Stream::Info>("info"),
    Method<&Http2Stream::PushPromise>("pushPromise"),
    Method<&Http2Stream::RefreshState>("refreshState"),
    Method<&Http2Stream::Respond>("respond"),
    Method<&Http2Stream::RstStream>("rstStream"),
    Method<&Http2Stream::Trailers>("trailers"),
};

constexpr ClassSpec kClasses[] = {
    {"Http2Session", Constructor<Http2Session, InRange<int32_t, 0, 1>>(), kSessionMethods, 1, {}, &kAsyncWrapClass},
    {"Http2Stream", LeaveEmpty, kStreamMethods, kStreamFields, {}, &kStreamClass},
    {"Http2Ping", LeaveEmpty, {}, Http2Acknowledgement::kFields, {}, &kAsyncWrapClass},
    {"Http2Settings", LeaveEmpty, {}, Http2Acknowledgement::kFields, {}, &kAsyncWrapClass},
};

constexpr FunctionSpec kFunctions[] = {
    Typed<ErrorString>("nghttp2ErrorString"),
    Typed<PackSettings>("packSettings"),
    Typed<RefreshDefaultSettings>("refreshDefaultSettings"),
    Typed<SetCallbackFunctions>("setCallbackFunctions"),
};

// ":method" is METHOD, "content-length" CONTENT_LENGTH.
std::string ConstantName(std::string_view prefix, std::string_view text) {
  std::string name(prefix);
  for (const char c : text) {
    if (c != ':') name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

v8::Local<v8::Object> MakeConstants(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::Object> constants = v8::Object::New(isolate);
  for (const ConstantSpec& constant : kHiddenConstants) {
    constants
        ->DefineOwnProperty(context, Internalized(isolate, constant.name), v8::Integer::New(isolate, static_cast<int>(constant.value)),
                            static_cast<v8::PropertyAttribute>(kConstantAttributes | v8::DontEnum))
        .Check();
  }
  DefineConstants(context, constants, kConstants);
  for (size_t i = 0; i < std::size(kErrorCodeNames); i++) {
    DefineConstant(context, constants, kErrorCodeNames[i], v8::Integer::New(isolate, static_cast<int>(i)));
  }
  DefineConstant(context, constants, "NGHTTP2_DEFAULT_WEIGHT", v8::Integer::New(isolate, NGHTTP2_DEFAULT_WEIGHT));
  for (const char* name : kHeaderNames)
    DefineConstant(context, constants, ConstantName("HTTP2_HEADER_", name), Internalized(isolate, name));
  for (const char* name : kMethodNames)
    DefineConstant(context, constants, ConstantName("HTTP2_METHOD_", name), Internalized(isolate, name));
  for (const ConstantSpec& status : kStatusCodes) {
    DefineConstant(context, constants, ConstantName("HTTP_STATUS_", status.name),
                   v8::Integer::New(isolate, static_cast<int>(status.value)));
  }
  return constants;
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  const Http2State& state = env->State<Http2State>();
  const auto set = [&](const char* name, v8::Local<v8::Value> value) { target->Set(context, Internalized(isolate, name), value).Check(); };
  set("sessionState", state.session_state.Get());
  set("streamState", state.stream_state.Get());
  set("settingsBuffer", state.settings.Get());
  set("optionsBuffer", state.options.Get());
  std::vector<v8::Local<v8::Value>> names;
  for (const char* name : kErrorCodeNames) names.push_back(Internalized(isolate, name));
  set("nameForErrorCode", v8::Array::New(isolate, names.data(), names.size()));
  set("constants", MakeConstants(context));
}

}  // namespace
}  // namespace dv8::node::http2

namespace dv8::node {
extern const BindingSpec kNodeHttp2;
constexpr BindingSpec kNodeHttp2{"http2", http2::kFunctions, http2::kFieldConstants, http2::kClasses, http2::Init};
}  // namespace dv8::node
