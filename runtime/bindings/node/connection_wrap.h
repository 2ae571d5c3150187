// What TCP and Pipe have in common: to listen and to connect.
#pragma once

#include "runtime/bindings/node/request_object.h"
#include "runtime/bindings/node/stream_wrap.h"
#include "runtime/bindings/node/trigger_scope.h"

namespace dv8::node {

// `new TCP(constants.SERVER)`; Pipe has IPC, too.
enum class SocketKind : int32_t { kSocket, kServer, kIpc };

// Reads the argument of both constructors, up to `last`. False: an exception is pending.
bool ReadSocketKind(const CallInfo& info, SocketKind last, SocketKind* kind);

// Gives `target` an object `constants` with these.
void SetConstants(Environment* env, v8::Local<v8::Object> target, std::span<const ConstantSpec> constants);

class ConnectionWrap : public LibuvStreamWrap {
 public:
  DV8_NATIVE_CLASS(ConnectionWrap, LibuvStreamWrap)
  using LibuvStreamWrap::LibuvStreamWrap;

  int32_t Listen(v8::Local<v8::Value> backlog);

 protected:
  // Makes a handle of the class for an accepted connection.
  virtual v8::MaybeLocal<v8::Object> NewConnection() = 0;
  // Dispatches `request_object`, which JavaScript made; `connect` calls libuv with the request and the
  // callback. Its `oncomplete` gets (status, handle, request, readable, writable).
  template <typename Function>
  int Connect(v8::Local<v8::Value> request_object, Provider provider, const Function& connect);

 private:
  class Request;
  static void OnConnection(uv_stream_t* server, int status);

  bool connecting_ = false;
};

class ConnectionWrap::Request final : public ReqWrap<uv_connect_t> {
 public:
  DV8_NATIVE_CLASS(Request, AsyncWrap)
  using ReqWrap::ReqWrap;
  ~Request() override;
  static void OnConnected(uv_connect_t* request, int status);
};

template <typename Function>
int ConnectionWrap::Connect(v8::Local<v8::Value> request_object, Provider provider, const Function& connect) {
  if (connecting_) return UV_EALREADY;
  if (!TakeRequestObject(env()->isolate(), request_object, 0, object())) return UV_EINVAL;
  TriggerScope trigger(this);
  auto* request = new Request(env(), request_object.As<v8::Object>(), provider);
  request->Dispatched();
  const int rc = connect(request->request(), &Request::OnConnected);
  if (rc < 0) delete request;
  connecting_ = rc == 0;
  return rc;
}

}  // namespace dv8::node
