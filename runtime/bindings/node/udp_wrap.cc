// runtime/bindings/node/udp_wrap.cc: internalBinding('udp_wrap'), sockets of lib/dgram.js.
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "runtime/binding/held_bytes.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/req_wrap.h"
#include "runtime/bindings/node/request_object.h"
#include "runtime/bindings/node/socket_address.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/node/trigger_scope.h"

namespace dv8::node {
namespace {

// Where all sockets of an Environment receive: what came is copied before JavaScript runs.
struct ReceiveBuffer {
  explicit ReceiveBuffer(Environment*) {}
  static constexpr size_t kSize = 64 * 1024;  // The longest datagram.
  std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(kSize);
};

// --test-udp-no-try-send: everything goes by the loop.
struct SendsLater {
  explicit SendsLater(Environment* env) : value(env->State<NodeOptions>().IsTrue("--test-udp-no-try-send")) {}
  bool value;
};

// What could not be sent at once.
class SendRequest : public ReqWrap<uv_udp_send_t> {
 public:
  DV8_NATIVE_CLASS(SendRequest, AsyncWrap)
  SendRequest(Environment* env, v8::Local<v8::Object> object, bool has_callback)
      : ReqWrap(env, object, Provider::UDPSENDWRAP), has_callback_(has_callback) {}

  // 0, or an error.
  int Send(uv_udp_t* socket, const std::vector<v8::Local<v8::Value>>& chunks, const sockaddr* address) {
    std::vector<uv_buf_t> buffers;
    for (v8::Local<v8::Value> chunk : chunks) {
      const HeldBytes& bytes = held_.emplace_back(env()->isolate(), chunk);
      size_ += bytes.size();
      buffers.push_back(uv_buf_init(reinterpret_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size())));
    }
    return Dispatch(uv_udp_send, request(), socket, buffers.data(), static_cast<unsigned>(buffers.size()), address, OnSent);
  }

 private:
  static void OnSent(uv_udp_send_t* request, int status) {
    std::unique_ptr<SendRequest> self(static_cast<SendRequest*>(From(request)));
    Environment* env = self->env();
    v8::HandleScope scope(env->isolate());
    v8::Local<v8::Object> object = self->object();
    self->Finished();
    GiveBackRequestObject(object);
    if (!self->has_callback_ || env->stopping()) return;
    v8::Local<v8::Value> argv[] = {v8::Integer::New(env->isolate(), status),
                                   v8::Number::New(env->isolate(), static_cast<double>(self->size_))};
    (void)self->MakeCallback("oncomplete", 2, argv);
  }

  bool has_callback_;
  size_t size_ = 0;
  std::vector<HeldBytes> held_;
};

// A number as the library gives it: ports and flags are not always of the type number.
bool ReadUint32(Environment* env, v8::Local<v8::Value> value, uint32_t* out) { return value->Uint32Value(env->context()).To(out); }

class Udp : public HandleWrap {
 public:
  DV8_NATIVE_CLASS(Udp, HandleWrap)
  Udp(Environment* env, v8::Local<v8::Object> object)
      : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&socket_), Provider::UDPWRAP) {
    uv_udp_init(env->loop(), &socket_);
  }

  int32_t Open(int32_t fd) { return uv_udp_open(&socket_, fd); }
  void Bind(const CallInfo& info, std::string address) { BindTo(info, AF_INET, address); }
  void Bind6(const CallInfo& info, std::string address) { BindTo(info, AF_INET6, address); }
  void Connect(const CallInfo& info, std::string address) { ConnectTo(info, AF_INET, address); }
  void Connect6(const CallInfo& info, std::string address) { ConnectTo(info, AF_INET6, address); }
  int32_t Disconnect() { return uv_udp_connect(&socket_, nullptr); }
  void Send(const CallInfo& info) { SendTo(info, AF_INET); }
  void Send6(const CallInfo& info) { SendTo(info, AF_INET6); }

  void GetPeerName(const CallInfo& info, v8::Local<v8::Object> out) { Name(info, uv_udp_getpeername, out); }
  void GetSockName(const CallInfo& info, v8::Local<v8::Object> out) { Name(info, uv_udp_getsockname, out); }

  int32_t AddMembership(std::string group, std::optional<std::string> interface) { return SetMembership(group, interface, UV_JOIN_GROUP); }
  int32_t DropMembership(std::string group, std::optional<std::string> interface) {
    return SetMembership(group, interface, UV_LEAVE_GROUP);
  }
  int32_t AddSourceSpecificMembership(std::string source, std::string group, std::optional<std::string> interface) {
    return SetSourceMembership(source, group, interface, UV_JOIN_GROUP);
  }
  int32_t DropSourceSpecificMembership(std::string source, std::string group, std::optional<std::string> interface) {
    return SetSourceMembership(source, group, interface, UV_LEAVE_GROUP);
  }
  int32_t SetMulticastInterface(std::string interface) { return uv_udp_set_multicast_interface(&socket_, interface.c_str()); }
  int32_t SetMulticastTtl(int32_t hops) { return uv_udp_set_multicast_ttl(&socket_, hops); }
  int32_t SetMulticastLoopback(int32_t on) { return uv_udp_set_multicast_loop(&socket_, on); }
  int32_t SetBroadcast(int32_t on) { return uv_udp_set_broadcast(&socket_, on); }
  int32_t SetTtl(int32_t hops) { return uv_udp_set_ttl(&socket_, hops); }

  // bufferSize(size or 0, is it that of receiving, context): the size; with an error, undefined and the
  // error's properties on `context`.
  void BufferSize(const CallInfo& info, uint32_t size, bool is_receive, v8::Local<v8::Object> context) {
    const char* syscall = is_receive ? "uv_recv_buffer_size" : "uv_send_buffer_size";
    int value = static_cast<int>(size);
    const int rc = value < 0 ? UV_EINVAL : is_receive ? uv_recv_buffer_size(handle(), &value) : uv_send_buffer_size(handle(), &value);
    if (rc < 0) return SetError(context, rc, syscall);
    info.GetReturnValue().Set(value);
  }

  int32_t RecvStart() {
    const int rc = uv_udp_recv_start(&socket_, OnAllocate, OnReceived);
    return rc == UV_EALREADY ? 0 : rc;
  }
  int32_t RecvStop() { return uv_udp_recv_stop(&socket_); }
  double GetSendQueueSize() { return static_cast<double>(uv_udp_get_send_queue_size(&socket_)); }
  double GetSendQueueCount() { return static_cast<double>(uv_udp_get_send_queue_count(&socket_)); }
  int32_t Fd() {
    uv_os_fd_t fd = UV_EBADF;
    uv_fileno(handle(), &fd);
    return fd;
  }

 private:
  // (address, port, flags)
  void BindTo(const CallInfo& info, int family, const std::string& address) {
    uint32_t port, flags;
    if (!ReadUint32(env(), info[1], &port) || !ReadUint32(env(), info[2], &flags)) return;
    if (AnswerWhenClosed(info)) return;
    sockaddr_storage storage{};
    int rc = ReadAddress(family, address.c_str(), static_cast<uint16_t>(port), &storage);
    if (rc == 0) rc = uv_udp_bind(&socket_, reinterpret_cast<sockaddr*>(&storage), flags);
    info.GetReturnValue().Set(rc);
  }
  // (address, port)
  void ConnectTo(const CallInfo& info, int family, const std::string& address) {
    uint32_t port;
    if (!ReadUint32(env(), info[1], &port)) return;
    if (AnswerWhenClosed(info)) return;
    sockaddr_storage storage{};
    int rc = ReadAddress(family, address.c_str(), static_cast<uint16_t>(port), &storage);
    if (rc == 0) rc = uv_udp_connect(&socket_, reinterpret_cast<sockaddr*>(&storage));
    info.GetReturnValue().Set(rc);
  }

  // send(request, chunks, their number, port, address, has a callback), or without port and address on a
  // connected socket. The result: 0 when the request's callback follows, the bytes sent plus one, or an error.
  void SendTo(const CallInfo& info, int family) {
    v8::Isolate* isolate = env()->isolate();
    const bool is_addressed = info.Length() >= 6;
    uint32_t count = 0, port = 0;
    if (!info[1]->IsArray()) return ThrowInvalidArgument(isolate, 1, "an instance of Array", info[1]);
    if (!ArgumentReader<uint32_t>::Read(isolate, info[2], 2, &count)) return;
    if (is_addressed && !ArgumentReader<uint32_t>::Read(isolate, info[3], 3, &port)) return;
    std::vector<v8::Local<v8::Value>> chunks;
    for (uint32_t i = 0; i < std::min(count, info[1].As<v8::Array>()->Length()); i++) {
      v8::Local<v8::Value> chunk;
      if (!info[1].As<v8::Array>()->Get(env()->context(), i).ToLocal(&chunk)) return;
      if (!HeldBytes::CanHold(chunk)) return ThrowInvalidArgument(isolate, 1, "an array of buffers", chunk);
      chunks.push_back(chunk);
    }
    if (AnswerWhenClosed(info)) return;
    sockaddr_storage storage{};
    const sockaddr* address = nullptr;
    if (is_addressed) {
      const Utf8 text(isolate, info[4]);
      if (const int rc = ReadAddress(family, text.c_str(), static_cast<uint16_t>(port), &storage); rc < 0) {
        return info.GetReturnValue().Set(rc);
      }
      address = reinterpret_cast<sockaddr*>(&storage);
    }
    const int rc = env()->State<SendsLater>().value ? UV_EAGAIN : SendNow(chunks, address);
    if (rc != UV_EAGAIN && rc != UV_ENOSYS) return info.GetReturnValue().Set(rc < 0 ? rc : rc + 1);
    if (!TakeRequestObject(isolate, info[0], 0, object())) return;
    SendLater(info, chunks, address, info[is_addressed ? 5 : 3]->IsTrue());
  }

  // The bytes sent, or an error.
  int SendNow(const std::vector<v8::Local<v8::Value>>& chunks, const sockaddr* address) {
    std::vector<uv_buf_t> buffers;
    for (v8::Local<v8::Value> chunk : chunks) {
      const std::span<uint8_t> bytes = BytesOf(chunk);
      buffers.push_back(uv_buf_init(reinterpret_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size())));
    }
    return uv_udp_try_send(&socket_, buffers.data(), static_cast<unsigned>(buffers.size()), address);
  }

  void SendLater(const CallInfo& info, const std::vector<v8::Local<v8::Value>>& chunks, const sockaddr* address, bool has_callback) {
    TriggerScope trigger(this);
    v8::Local<v8::Object> object = info[0].As<v8::Object>();
    auto* request = new SendRequest(env(), object, has_callback);
    const int rc = request->Send(&socket_, chunks, address);
    if (rc < 0) {
      delete request;
      GiveBackRequestObject(object);
    }
    info.GetReturnValue().Set(rc);
  }

  void Name(const CallInfo& info, int (*get)(const uv_udp_t*, sockaddr*, int*), v8::Local<v8::Object> out) {
    sockaddr_storage storage{};
    int length = sizeof(storage);
    const int rc = get(&socket_, reinterpret_cast<sockaddr*>(&storage), &length);
    if (rc == 0 && AddressToJs(env(), reinterpret_cast<sockaddr*>(&storage), out).IsEmpty()) return;
    info.GetReturnValue().Set(rc);
  }

  int SetMembership(const std::string& group, const std::optional<std::string>& interface, uv_membership membership) {
    return uv_udp_set_membership(&socket_, group.c_str(), interface ? interface->c_str() : nullptr, membership);
  }
  int SetSourceMembership(const std::string& source, const std::string& group, const std::optional<std::string>& interface,
                          uv_membership membership) {
    return uv_udp_set_source_membership(&socket_, group.c_str(), interface ? interface->c_str() : nullptr, source.c_str(), membership);
  }

  void SetError(v8::Local<v8::Object> context, int rc, const char* syscall) {
    v8::Isolate* isolate = env()->isolate();
    const std::pair<const char*, v8::Local<v8::Value>> properties[] = {
        {"errno", v8::Integer::New(isolate, rc)},
        {"code", Internalized(isolate, uv_err_name(rc))},
        {"message", Internalized(isolate, uv_strerror(rc))},
        {"syscall", Internalized(isolate, syscall)},
    };
    for (const auto& [name, value] : properties) {
      if (context->Set(env()->context(), Internalized(isolate, name), value).IsNothing()) return;
    }
  }

  static void OnAllocate(uv_handle_t* handle, size_t, uv_buf_t* out) {
    ReceiveBuffer& buffer = static_cast<Udp*>(handle->data)->env()->State<ReceiveBuffer>();
    *out = uv_buf_init(buffer.bytes.get(), ReceiveBuffer::kSize);
  }
  static void OnReceived(uv_udp_t* handle, ssize_t nread, const uv_buf_t* bytes, const sockaddr* address, unsigned) {
    if (nread == 0 && address == nullptr) return;  // Nothing is left to receive.
    auto* self = static_cast<Udp*>(handle->data);
    v8::HandleScope scope(self->env()->isolate());
    self->Report(nread, bytes->base, address);
  }

  // onmessage(bytes or an error, handle, Buffer, address); onerror(bytes, handle, exception).
  void Report(ssize_t nread, const char* bytes, const sockaddr* address) {
    v8::Isolate* isolate = env()->isolate();
    v8::Local<v8::Value> undefined = v8::Undefined(isolate);
    v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, static_cast<int32_t>(nread)), object(), undefined, undefined};
    if (nread >= 0) {
      v8::TryCatch guard(isolate);
      v8::Local<v8::Object> from;
      v8::Local<v8::Uint8Array> buffer;
      if (!AddressToJs(env(), address).ToLocal(&from) ||
          !CopyToBuffer(env(), {reinterpret_cast<const uint8_t*>(bytes), static_cast<size_t>(nread)}).ToLocal(&buffer)) {
        argv[2] = guard.Exception();
        guard.Reset();
        (void)MakeCallback("onerror", 4, argv);
        return;
      }
      argv[2] = buffer;
      argv[3] = from;
    }
    (void)MakeCallback("onmessage", 4, argv);
  }

  uv_udp_t socket_;
};

constexpr FunctionSpec kMethods[] = {
    Method<&Udp::AddMembership>("addMembership"),
    Method<&Udp::AddSourceSpecificMembership>("addSourceSpecificMembership"),
    Method<&Udp::Bind>("bind"),
    Method<&Udp::Bind6>("bind6"),
    Method<&Udp::BufferSize>("bufferSize"),
    Method<&Udp::Connect>("connect"),
    Method<&Udp::Connect6>("connect6"),
    Method<&Udp::Disconnect>("disconnect"),
    Method<&Udp::DropMembership>("dropMembership"),
    Method<&Udp::DropSourceSpecificMembership>("dropSourceSpecificMembership"),
    Method<&Udp::GetPeerName>("getpeername"),
    Method<&Udp::GetSendQueueCount>("getSendQueueCount"),
    Method<&Udp::GetSendQueueSize>("getSendQueueSize"),
    Method<&Udp::GetSockName>("getsockname"),
    Method<&Udp::Open>("open"),
    Method<&Udp::RecvStart>("recvStart"),
    Method<&Udp::RecvStop>("recvStop"),
    Method<&Udp::Send>("send"),
    Method<&Udp::Send6>("send6"),
    Method<&Udp::SetBroadcast>("setBroadcast"),
    Method<&Udp::SetMulticastInterface>("setMulticastInterface"),
    Method<&Udp::SetMulticastLoopback>("setMulticastLoopback"),
    Method<&Udp::SetMulticastTtl>("setMulticastTTL"),
    Method<&Udp::SetTtl>("setTTL"),
};
constexpr AccessorSpec kAccessors[] = {Getter<&Udp::Fd>("fd")};
constexpr ClassSpec kClasses[] = {
    {"UDP", Constructor<Udp>(), kMethods, 1, kAccessors, &kHandleWrapClass},
    {"SendWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  constexpr ConstantSpec kConstants[] = {
      {"UV_UDP_IPV6ONLY", UV_UDP_IPV6ONLY}, {"UV_UDP_REUSEADDR", UV_UDP_REUSEADDR}, {"UV_UDP_REUSEPORT", UV_UDP_REUSEPORT}};
  target->Set(env->context(), Internalized(env->isolate(), "constants"), NumbersByName(env->context(), kConstants)).Check();
}

}  // namespace

extern const BindingSpec kNodeUdpWrap;
constexpr BindingSpec kNodeUdpWrap{"udp_wrap", {}, {}, kClasses, Init};

}  // namespace dv8::node
