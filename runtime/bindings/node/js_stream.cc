// runtime/bindings/node/js_stream.cc: internalBinding('js_stream'): a StreamBase whose reading and writing is
// JavaScript's (lib/internal/js_stream_socket.js), so that what reads from sockets can read from any Duplex.
#include <algorithm>
#include <cstring>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/stream_base.h"

namespace dv8::node {
namespace {

class JsStream final : public AsyncWrap, public StreamBase {
 public:
  DV8_NATIVE_CLASS(JsStream, AsyncWrap)
  JsStream(Environment* env, v8::Local<v8::Object> object) : AsyncWrap(env, object, Provider::JSSTREAM), StreamBase(this) {}
  StreamBase* AsStreamBase() override { return this; }

  bool IsAlive() const override { return true; }
  bool IsClosing() override {
    Scope scope(env());
    v8::Local<v8::Value> result;
    return !MakeCallback("isClosing", 0, nullptr).ToLocal(&result) || result->IsTrue();
  }
  int ReadStart() override { return CallForInt("onreadstart", 0, nullptr); }
  int ReadStop() override { return CallForInt("onreadstop", 0, nullptr); }
  int DoShutdown(ShutdownWrap* request) override {
    Scope scope(env());
    v8::Local<v8::Value> argv[] = {request->object()};
    return CallForInt("onshutdown", 1, argv);
  }
  int DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap*) override;
  bool CopiesWrites() const override { return true; }

  // `status` is what the listener of the request gets.
  template <typename Request>
  void Finish(v8::Local<v8::Value> object, int32_t status);
  void ReadBuffer(Bytes bytes);
  void EmitEof() { EmitRead(UV_EOF); }

 private:
  struct Scope {
    explicit Scope(Environment* env) : handles(env->isolate()), context(env->context()) {}
    v8::HandleScope handles;
    v8::Context::Scope context;
  };
  int CallForInt(const char* name, int argc, v8::Local<v8::Value> argv[]) {
    Scope scope(env());
    v8::Local<v8::Value> result;
    if (!MakeCallback(name, argc, argv).ToLocal(&result) || !result->IsInt32()) return UV_EPROTO;
    return result.As<v8::Int32>()->Value();
  }
};

int JsStream::DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap*) {
  Scope scope(env());
  std::vector<v8::Local<v8::Value>> buffers;
  buffers.reserve(count);
  for (size_t i = 0; i < count; i++) {
    v8::Local<v8::Uint8Array> buffer;
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(bufs[i].base), bufs[i].len);
    if (!CopyToBuffer(env(), bytes).ToLocal(&buffer)) return UV_ENOMEM;
    buffers.push_back(buffer);
  }
  v8::Local<v8::Value> argv[] = {request->object(), v8::Array::New(env()->isolate(), buffers.data(), buffers.size())};
  return CallForInt("onwrite", 2, argv);
}

template <typename Request>
void JsStream::Finish(v8::Local<v8::Value> object, int32_t status) {
  Request* request = NativeObject::Cast<Request>(object);
  if (request == nullptr || request->stream() != this) {
    return ThrowInvalidArgument(env()->isolate(), 0, "a request of this stream", object);
  }
  request->Done(status);
}

void JsStream::ReadBuffer(Bytes bytes) {
  // Listeners run JavaScript, which may take the memory away.
  const std::vector<uint8_t> copy(bytes.span.begin(), bytes.span.end());
  for (size_t at = 0; at < copy.size();) {
    const uv_buf_t buf = EmitAlloc(copy.size() - at);
    const size_t size = std::min(copy.size() - at, static_cast<size_t>(buf.len));
    if (size == 0) return EmitRead(UV_ENOBUFS, buf);
    std::memcpy(buf.base, copy.data() + at, size);
    at += size;
    EmitRead(static_cast<ssize_t>(size), buf);
  }
}

constexpr FunctionSpec kMethods[] = {
    Method<&JsStream::EmitEof>("emitEOF"),
    Method<&JsStream::Finish<ShutdownWrap>>("finishShutdown"),
    Method<&JsStream::Finish<WriteWrap>>("finishWrite"),
    Method<&JsStream::ReadBuffer>("readBuffer"),
};

constexpr ClassSpec kClasses[] = {{"JSStream", Constructor<JsStream>(), kMethods, kStreamFields, {}, &kStreamClass}};

}  // namespace

extern const BindingSpec kNodeJsStream;
constexpr BindingSpec kNodeJsStream{"js_stream", {}, {}, kClasses};

}  // namespace dv8::node
