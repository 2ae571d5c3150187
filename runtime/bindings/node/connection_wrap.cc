#include "runtime/bindings/node/connection_wrap.h"

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"

namespace dv8::node {

bool ReadSocketKind(const CallInfo& info, SocketKind last, SocketKind* kind) {
  int32_t number;
  if (!info.IsConstructCall()) {
    ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
               "Class constructor cannot be invoked without 'new'");
    return false;
  }
  if (!ArgumentReader<int32_t>::Read(info.GetIsolate(), info[0], 0, &number)) return false;
  if (number < 0 || number > static_cast<int32_t>(last)) {
    ThrowOutOfRange(info.GetIsolate(), 0, ">= 0 && <= " + std::to_string(static_cast<int32_t>(last)), info[0]);
    return false;
  }
  *kind = static_cast<SocketKind>(number);
  return OpenLoop(info);
}

void SetConstants(Environment* env, v8::Local<v8::Object> target, std::span<const ConstantSpec> constants) {
  target->Set(env->context(), Internalized(env->isolate(), "constants"), NumbersByName(env->context(), constants)).Check();
}

int32_t ConnectionWrap::Listen(v8::Local<v8::Value> backlog) {
  // server.listen({backlog}) passes what it was given.
  const int32_t length = backlog->IsNumber() ? backlog->Int32Value(env()->context()).FromMaybe(0) : 0;
  if (connecting_) return UV_EINVAL;
  const int rc = uv_listen(stream(), length, OnConnection);
  if (rc == 0) set_listening();
  return rc;
}

void ConnectionWrap::OnConnection(uv_stream_t* server, int status) {
  auto* self = static_cast<ConnectionWrap*>(static_cast<HandleWrap*>(server->data));
  Environment* env = self->env();
  if (env->stopping()) return;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, status), v8::Undefined(isolate)};
  if (status == 0) {
    v8::TryCatch guard(isolate);
    v8::Local<v8::Object> object;
    HandleWrap* client = nullptr;
    {
      TriggerScope trigger(self);
      if (self->NewConnection().ToLocal(&object)) client = Cast<HandleWrap>(object);
    }
    if (client == nullptr) {
      if (guard.HasCaught()) env->HandleUncaught(guard.Exception(), false);
      return;
    }
    // The peer may be gone again.
    if (uv_accept(server, reinterpret_cast<uv_stream_t*>(client->handle())) != 0) return client->Close();
    argv[1] = object;
  }
  self->MakeCallback("onconnection", 2, argv);
}

ConnectionWrap::Request::~Request() {
  if (is_collected()) return;
  v8::HandleScope scope(env()->isolate());
  GiveBackRequestObject(object());
}

void ConnectionWrap::Request::OnConnected(uv_connect_t* uv_request, int status) {
  auto* request = static_cast<Request*>(From(uv_request));
  uv_stream_t* stream = uv_request->handle;
  auto* connection = static_cast<ConnectionWrap*>(static_cast<HandleWrap*>(stream->data));
  connection->connecting_ = false;
  Environment* env = request->env();
  if (!env->stopping()) {
    v8::Isolate* isolate = env->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env->context());
    v8::Local<v8::Value> argv[] = {
        v8::Integer::New(isolate, status),
        connection->object(),
        request->object(),
        v8::Boolean::New(isolate, status == 0 && uv_is_readable(stream) != 0),
        v8::Boolean::New(isolate, status == 0 && uv_is_writable(stream) != 0),
    };
    request->MakeCallback("oncomplete", 5, argv);
  }
  delete request;
}

}  // namespace dv8::node
