#include "runtime/bindings/node/active_resources.h"

#include "runtime/binding/shared_array.h"
#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/req_wrap.h"
#include "runtime/bindings/node/symbols.h"

namespace dv8::node {
namespace {

// The name of a resource's class in Node.
const char* NameOf(Provider provider) {
  switch (provider) {
    case Provider::DIRHANDLE: return "DirHandle";
    case Provider::FILEHANDLE: return "FileHandle";
    case Provider::FILEHANDLECLOSEREQ: return "FileHandleCloseReq";
    case Provider::FSEVENTWRAP: return "FSEventWrap";
    case Provider::FSREQCALLBACK: return "FSReqCallback";
    case Provider::FSREQPROMISE: return "FSReqPromise";
    case Provider::GETADDRINFOREQWRAP: return "GetAddrInfoReqWrap";
    case Provider::GETNAMEINFOREQWRAP: return "GetNameInfoReqWrap";
    case Provider::MESSAGEPORT: return "MessagePort";
    case Provider::PIPECONNECTWRAP: return "ConnectWrap";
    case Provider::PIPESERVERWRAP: return "PipeServerWrap";
    case Provider::PIPEWRAP: return "PipeWrap";
    case Provider::PROCESSWRAP: return "ProcessWrap";
    case Provider::QUERYWRAP: return "QueryWrap";
    case Provider::SHUTDOWNWRAP: return "LibuvShutdownWrap";
    case Provider::SIGNALWRAP: return "SignalWrap";
    case Provider::STATWATCHER: return "StatWatcher";
    case Provider::TCPCONNECTWRAP: return "ConnectWrap";
    case Provider::TCPSERVERWRAP: return "TCPServerWrap";
    case Provider::TCPWRAP: return "TCPSocketWrap";
    case Provider::TTYWRAP: return "TTYWrap";
    case Provider::UDPSENDWRAP: return "SendWrap";
    case Provider::UDPWRAP: return "UDPWrap";
    case Provider::WRITEWRAP: return "LibuvWriteWrap";
    default: return "AsyncWrap";
  }
}

std::vector<AsyncWrap*> Requests(Environment* env) {
  const std::list<AsyncWrap*>& all = env->State<ActiveRequests>().list;
  std::vector<AsyncWrap*> found;
  for (AsyncWrap* request : all) {
    if (!request->is_collected()) found.push_back(request);
  }
  return found;
}

std::vector<AsyncWrap*> Handles(Environment* env) {
  std::vector<AsyncWrap*> found;
  for (NativeObject* object : env->native_objects()) {
    if (object->is_collected()) continue;
    auto* handle = NativeObject::Cast<HandleWrap>(object->object());
    // What a worker keeps going is not a handle of Node's.
    if (handle != nullptr && handle->provider() != Provider::WORKER && handle->IsOpen() && uv_has_ref(handle->handle()))
      found.push_back(handle);
  }
  return found;
}

// What JavaScript made a handle for, and what that belongs to: a TCP's net.Socket.
v8::Local<v8::Object> OwnerOf(Environment* env, v8::Local<v8::Object> object) {
  constexpr int kDeepest = 8;
  v8::Local<v8::Symbol> symbol = SharedSymbol(env, "owner_symbol");
  v8::TryCatch guard(env->isolate());
  for (int depth = 0; depth < kDeepest; depth++) {
    v8::Local<v8::Value> owner;
    if (!object->Get(env->context(), symbol).ToLocal(&owner) || !owner->IsObject()) break;
    object = owner.As<v8::Object>();
  }
  return object;
}

std::vector<v8::Local<v8::Value>> Objects(Environment* env, const std::vector<AsyncWrap*>& wraps) {
  std::vector<v8::Local<v8::Object>> objects;
  for (const AsyncWrap* wrap : wraps) objects.push_back(wrap->object());
  std::vector<v8::Local<v8::Value>> owners;
  for (v8::Local<v8::Object> object : objects) owners.push_back(OwnerOf(env, object));
  return owners;
}

}  // namespace

std::vector<v8::Local<v8::Value>> ActiveRequestObjects(Environment* env) { return Objects(env, Requests(env)); }
std::vector<v8::Local<v8::Value>> ActiveHandleObjects(Environment* env) { return Objects(env, Handles(env)); }

std::vector<v8::Local<v8::Value>> ActiveResourceNames(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  std::vector<v8::Local<v8::Value>> names;
  for (const AsyncWrap* wrap : Requests(env)) names.push_back(Internalized(isolate, NameOf(wrap->provider())));
  for (const AsyncWrap* wrap : Handles(env)) names.push_back(Internalized(isolate, NameOf(wrap->provider())));
  // timers.cc's: how many timeouts are referenced; of immediates the second field says it.
  const int32_t timeouts = SharedInt32(env, "timers.timeoutInfo", 1)[0];
  const uint32_t immediates = SharedUint32(env, "timers.immediateInfo", 3)[1];
  names.insert(names.end(), static_cast<size_t>(std::max(0, timeouts)), Internalized(isolate, "Timeout"));
  names.insert(names.end(), immediates, Internalized(isolate, "Immediate"));
  return names;
}

}  // namespace dv8::node
