// runtime/bindings/node/pipe_wrap.cc: internalBinding('pipe_wrap').
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/connection_wrap.h"

namespace dv8::node {
namespace {

class PipeWrap final : public ConnectionWrap {
 public:
  DV8_NATIVE_CLASS(PipeWrap, ConnectionWrap)
  PipeWrap(Environment* env, v8::Local<v8::Object> object, Provider provider, bool ipc)
      : ConnectionWrap(env, object, reinterpret_cast<uv_stream_t*>(&pipe_), provider) {
    uv_pipe_init(env->loop(), &pipe_, ipc);  // Cannot fail: it makes no socket yet.
  }

  int32_t Open(int32_t fd) {
    const int rc = CheckDescriptor(fd);
    return rc < 0 ? rc : uv_pipe_open(&pipe_, fd);
  }
  // Names are a path, or '\0' and a name of Linux's abstract namespace.
  int32_t Bind(std::string name) { return uv_pipe_bind2(&pipe_, name.data(), name.size(), UV_PIPE_NO_TRUNCATE); }
  int32_t Connect2(v8::Local<v8::Value> request, std::string name) {
    return Connect(request, Provider::PIPECONNECTWRAP, [&](uv_connect_t* connect, uv_connect_cb connected) {
      return uv_pipe_connect2(connect, &pipe_, name.data(), name.size(), UV_PIPE_NO_TRUNCATE, connected);
    });
  }
  int32_t Fchmod(int32_t mode) { return uv_pipe_chmod(&pipe_, mode); }

 private:
  v8::MaybeLocal<v8::Object> NewConnection() override {
    v8::Local<v8::Value> argv[] = {v8::Integer::New(env()->isolate(), static_cast<int32_t>(SocketKind::kSocket))};
    return NewInstance(env(), "pipe_wrap", "Pipe", 1, argv);
  }

  uv_pipe_t pipe_;
};

void NewPipe(const CallInfo& info) {
  SocketKind kind;
  if (!ReadSocketKind(info, SocketKind::kIpc, &kind)) return;
  new PipeWrap(Environment::From(info), info.This(), kind == SocketKind::kServer ? Provider::PIPESERVERWRAP : Provider::PIPEWRAP,
               kind == SocketKind::kIpc);
}

constexpr FunctionSpec kMethods[] = {
    Method<&PipeWrap::Bind>("bind"),     Method<&PipeWrap::Connect2>("connect"), Method<&PipeWrap::Fchmod>("fchmod"),
    Method<&PipeWrap::Listen>("listen"), Method<&PipeWrap::Open>("open"),
};

constexpr ClassSpec kClasses[] = {
    {"Pipe", NewPipe, kMethods, kStreamFields, {}, &kLibuvStreamClass},
    {"PipeConnectWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
};

constexpr ConstantSpec kConstants[] = {
    {"SOCKET", static_cast<int64_t>(SocketKind::kSocket)},
    {"SERVER", static_cast<int64_t>(SocketKind::kServer)},
    {"IPC", static_cast<int64_t>(SocketKind::kIpc)},
    {"UV_READABLE", UV_READABLE},
    {"UV_WRITABLE", UV_WRITABLE},
};

void Init(Environment* env, v8::Local<v8::Object> target) { SetConstants(env, target, kConstants); }

}  // namespace

extern const BindingSpec kNodePipeWrap;
constexpr BindingSpec kNodePipeWrap{"pipe_wrap", {}, {}, kClasses, Init};

}  // namespace dv8::node
