// runtime/bindings/dv8_tls_binding.cc: internal:dv8_tls, what the classes of stdlib-js/dv8/
// openssl.js are made of.
#include "runtime/binding/checked.h"
#include "runtime/bindings/dv8_tls.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

bool RefuseInSnapshot(const CallInfo& info) {
  if (Environment::From(info)->mode() == Environment::Mode::kRun) return false;
  ThrowTypeError(info.GetIsolate(), "TLS cannot be set up while the snapshot is made");
  return true;
}

// A string or a view of bytes; "" for undefined.
std::string TextOf(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value->IsString()) return std::string(Utf8(isolate, value).view());
  const std::span<uint8_t> bytes = BytesOf(value);
  return std::string(bytes.begin(), bytes.end());
}

SecureContext* Context(const CallInfo& info) { return NativeObject::Unwrap<SecureContext>(info); }
SecureSocket* Socket(const CallInfo& info) { return NativeObject::Unwrap<SecureSocket>(info); }

void ConstructContext(const CallInfo& info) {
  if (RefuseInSnapshot(info)) return;
  new SecureContext(Environment::From(info), info.This());
}

// setup(0 server | 1 client, certificate, key, chain, authority, verify) → SecureContext::Result
void SetupContext(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  info.GetReturnValue().Set(static_cast<int>(Context(info)->Setup(static_cast<SecureContext::Side>(Int32Arg(info, 0)),
                                                                  TextOf(isolate, info[1]), TextOf(isolate, info[2]),
                                                                  TextOf(isolate, info[3]), TextOf(isolate, info[4]), BoolArg(info, 5))));
}

void FinishContext(const CallInfo& info) { Context(info)->Finish(); }

void ConstructSocket(const CallInfo& info) {
  if (RefuseInSnapshot(info)) return;
  new SecureSocket(Environment::From(info), info.This());
}

// setup(context, stream, host) → 0, a negative error number, or undefined when the first two are
// not what they should be.
void SetupSocket(const CallInfo& info) {
  SecureContext* context = SecureContext::FromValue(info[0]);
  Stream* stream = StreamOf(info[1]);
  if (context == nullptr || stream == nullptr) return;
  info.GetReturnValue().Set(Socket(info)->Setup(context, stream, Utf8(info.GetIsolate(), info[2]).c_str()));
}

// on(event, function or undefined)
void On(const CallInfo& info) {
  const int event = Int32Arg(info, 0);
  info.This()->SetInternalField(event, info[1]);
}

void Start(const CallInfo& info) { info.GetReturnValue().Set(Socket(info)->Start()); }
void Finish(const CallInfo& info) { Socket(info)->Finish(); }
void Pause(const CallInfo& info) { Socket(info)->Pause(); }
void Resume(const CallInfo& info) { info.GetReturnValue().Set(Socket(info)->Resume()); }

// write(length, offset) → see SecureSocket::Write
void Write(const CallInfo& info) {
  const size_t size = static_cast<size_t>(Int64Arg(info, 0));
  const size_t offset = static_cast<size_t>(Int64Arg(info, 1));
  if (const Stream* stream = Socket(info)->stream()) {
    if (offset > stream->out_size() || size > stream->out_size() - offset) {
      return ThrowTypeError(info.GetIsolate(), "write: the bytes are not in the buffer");
    }
  }
  info.GetReturnValue().Set(static_cast<double>(Socket(info)->Write(size, offset)));
}

// outSize() → bytes of the stream's write buffer, -1 without a stream
void OutSize(const CallInfo& info) {
  const Stream* stream = Socket(info)->stream();
  info.GetReturnValue().Set(stream == nullptr ? -1.0 : static_cast<double>(stream->out_size()));
}

// protocol() → such as "TLSv1.3"; undefined before the handshake
void Protocol(const CallInfo& info) {
  const SSL* ssl = Socket(info)->get();
  if (ssl != nullptr && SSL_is_init_finished(ssl)) ReturnUtf8(info, SSL_get_version(ssl));
}

constexpr FunctionSpec kContextMethods[] = {
    {"finish", FinishContext},
    Checked<SetupContext, InRange<int32_t, 0, 1>>("setup"),
};
constexpr FunctionSpec kSocketMethods[] = {
    {"finish", Finish},
    Checked<On, InRange<int32_t, 1, SecureSocket::kFieldCount - 1>, std::optional<v8::Local<v8::Function>>>("on"),
    {"outSize", OutSize},
    {"pause", Pause},
    {"protocol", Protocol},
    {"resume", Resume},
    {"setup", SetupSocket},
    {"start", Start},
    Checked<Write, uint64_t, uint64_t>("write"),
};
constexpr ConstantSpec kConstants[] = {
    {"READ", SecureSocket::kRead}, {"WRITE", SecureSocket::kWrite},   {"ERROR", SecureSocket::kError},
    {"HOST", SecureSocket::kHost}, {"SECURE", SecureSocket::kSecure}, {"END", SecureSocket::kEnd},
};
constexpr ClassSpec kClasses[] = {
    {"SecureContext", CheckedConstructor<ConstructContext>, kContextMethods},
    {"SecureSocket", CheckedConstructor<ConstructSocket>, kSocketMethods, SecureSocket::kFieldCount},
};

}  // namespace

extern const BindingSpec kDv8Tls;
constexpr BindingSpec kDv8Tls{"dv8_tls", {}, kConstants, kClasses};

}  // namespace dv8
