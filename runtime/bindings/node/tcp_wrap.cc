// runtime/bindings/node/tcp_wrap.cc: internalBinding('tcp_wrap').
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/address.h"
#include "runtime/bindings/node/connection_wrap.h"
#include "runtime/bindings/node/transferable.h"
#include "runtime/core/bootstrap.h"

namespace dv8::node {
namespace {

// lib passes numbers that users gave: what is none is 0.
int32_t Int(v8::Local<v8::Value> value) {
  return value->IsNumber()
             ? static_cast<int32_t>(value.As<v8::Number>()->Int32Value(v8::Isolate::GetCurrent()->GetCurrentContext()).FromMaybe(0))
             : 0;
}

// A socket on its way to another thread.
class SocketOnItsWay final : public TransferData {
 public:
  SocketOnItsWay(int fd, SocketKind kind) : fd_(fd), kind_(kind) {}
  ~SocketOnItsWay() override {
    if (fd_ >= 0) close(fd_);
  }
  v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context> context) override;

 private:
  int fd_;
  SocketKind kind_;
};

class TcpWrap final : public ConnectionWrap, public Transferable {
 public:
  DV8_NATIVE_CLASS(TcpWrap, ConnectionWrap)
  TcpWrap(Environment* env, v8::Local<v8::Object> object, Provider provider)
      : ConnectionWrap(env, object, reinterpret_cast<uv_stream_t*>(&tcp_), provider) {
    uv_tcp_init(env->loop(), &tcp_);  // Cannot fail: it makes no socket yet.
  }

  int32_t Open(int32_t fd) {
    const int rc = CheckDescriptor(fd);
    return rc < 0 ? rc : uv_tcp_open(&tcp_, fd);
  }
  int32_t Bind(std::string ip, v8::Local<v8::Value> port, v8::Local<v8::Value> flags) {
    sockaddr_in address;
    const int rc = uv_ip4_addr(ip.c_str(), Int(port), &address);
    return rc < 0 ? rc : BindTo(&address, static_cast<unsigned>(Int(flags)) & ~UV_TCP_IPV6ONLY);
  }
  int32_t Bind6(std::string ip, v8::Local<v8::Value> port, v8::Local<v8::Value> flags) {
    sockaddr_in6 address;
    const int rc = uv_ip6_addr(ip.c_str(), Int(port), &address);
    return rc < 0 ? rc : BindTo(&address, static_cast<unsigned>(Int(flags)));
  }
  int32_t Connect4(v8::Local<v8::Value> request, std::string ip, v8::Local<v8::Value> port) {
    sockaddr_in address;
    const int rc = uv_ip4_addr(ip.c_str(), Int(port), &address);
    return rc < 0 ? rc : ConnectTo(request, &address);
  }
  int32_t Connect6(v8::Local<v8::Value> request, std::string ip, v8::Local<v8::Value> port) {
    sockaddr_in6 address;
    const int rc = uv_ip6_addr(ip.c_str(), Int(port), &address);
    return rc < 0 ? rc : ConnectTo(request, &address);
  }

  template <int (*kName)(const uv_tcp_t*, sockaddr*, int*)>
  int32_t GetName(v8::Local<v8::Object> out) {
    sockaddr_storage storage;
    int length = sizeof(storage);
    const int rc = kName(&tcp_, reinterpret_cast<sockaddr*>(&storage), &length);
    if (rc == 0) SetAddress(env(), reinterpret_cast<const sockaddr*>(&storage), out);
    return rc;
  }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return IsOpen() ? kTransferable : kDisallowCloneAndTransfer; }
  std::unique_ptr<TransferData> TransferForMessaging() override {
    int fd;
    if (!IsOpen() || uv_fileno(handle(), &fd) < 0 || (fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) return nullptr;
    const SocketKind kind = provider() == Provider::TCPSERVERWRAP ? SocketKind::kServer : SocketKind::kSocket;
    Close();
    return std::make_unique<SocketOnItsWay>(fd, kind);
  }

  int32_t SetNoDelay(bool enable) { return uv_tcp_nodelay(&tcp_, enable); }
  int32_t SetKeepAlive(bool enable, v8::Local<v8::Value> delay, v8::Local<v8::Value> interval, v8::Local<v8::Value> count);
  int32_t SetTypeOfService(int32_t tos) {
    int level, option, fd;
    if (const int rc = TypeOfServiceOption(&fd, &level, &option); rc < 0) return rc;
    return setsockopt(fd, level, option, &tos, sizeof(tos)) == 0 ? 0 : uv_translate_sys_error(errno);
  }
  int32_t GetTypeOfService() {
    int level, option, fd;
    if (const int rc = TypeOfServiceOption(&fd, &level, &option); rc < 0) return rc;
    int tos = 0;
    socklen_t length = sizeof(tos);
    return getsockopt(fd, level, option, &tos, &length) == 0 ? tos : uv_translate_sys_error(errno);
  }
  int32_t Reset(v8::Local<v8::Value> callback) {
    return CloseBy([](uv_handle_t* handle, uv_close_cb closed) { return uv_tcp_close_reset(reinterpret_cast<uv_tcp_t*>(handle), closed); },
                   callback);
  }

 private:
  v8::MaybeLocal<v8::Object> NewConnection() override {
    v8::Local<v8::Value> argv[] = {v8::Integer::New(env()->isolate(), static_cast<int32_t>(SocketKind::kSocket))};
    return NewInstance(env(), "tcp_wrap", "TCP", 1, argv);
  }
  template <typename Address>
  int BindTo(const Address* address, unsigned flags) {
    return uv_tcp_bind(&tcp_, reinterpret_cast<const sockaddr*>(address), flags);
  }
  template <typename Address>
  int ConnectTo(v8::Local<v8::Value> request, const Address* address) {
    return Connect(request, Provider::TCPCONNECTWRAP, [&](uv_connect_t* connect, uv_connect_cb connected) {
      return uv_tcp_connect(connect, &tcp_, reinterpret_cast<const sockaddr*>(address), connected);
    });
  }
  int TypeOfServiceOption(int* fd, int* level, int* option);

  uv_tcp_t tcp_;
};

int32_t TcpWrap::SetKeepAlive(bool enable, v8::Local<v8::Value> delay, v8::Local<v8::Value> interval, v8::Local<v8::Value> count) {
  const auto number = [](v8::Local<v8::Value> value, int otherwise) { return value->IsNumber() ? Int(value) : otherwise; };
  const int idle = number(delay, 0);
  const int seconds = number(interval, 1);
  const int probes = number(count, 10);
  const int fd = GetFd();
  // libuv remembers it for the socket to come, and has no interval and count in this version.
  if (fd < 0) return uv_tcp_keepalive(&tcp_, enable, static_cast<unsigned>(idle));
  const int on = enable;
  if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) != 0) return uv_translate_sys_error(errno);
  if (!enable) return 0;
  if (idle < 1 || seconds < 1 || probes < 1) return UV_EINVAL;
  if (setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle)) != 0 ||
      setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds)) != 0 ||
      setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes)) != 0) {
    return uv_translate_sys_error(errno);
  }
  return 0;
}

int TcpWrap::TypeOfServiceOption(int* fd, int* level, int* option) {
  sockaddr_storage storage;
  int length = sizeof(storage);
  if (const int rc = uv_fileno(handle(), fd); rc < 0) return rc;
  if (const int rc = uv_tcp_getsockname(&tcp_, reinterpret_cast<sockaddr*>(&storage), &length); rc < 0) return rc;
  if (storage.ss_family != AF_INET && storage.ss_family != AF_INET6) return UV_EINVAL;
  const bool six = storage.ss_family == AF_INET6;
  *level = six ? IPPROTO_IPV6 : IPPROTO_IP;
  *option = six ? IPV6_TCLASS : IP_TOS;
  return 0;
}

v8::MaybeLocal<v8::Object> SocketOnItsWay::Deserialize(Environment* env, v8::Local<v8::Context>) {
  v8::Local<v8::Object> binding, object;  // Its classes are made with it.
  v8::Local<v8::Value> kind = v8::Integer::New(env->isolate(), static_cast<int32_t>(kind_));
  if (!InternalBinding(env, "tcp_wrap").ToLocal(&binding) || !NewInstance(env, "tcp_wrap", "TCP", 1, &kind).ToLocal(&object)) return {};
  if (const int rc = NativeObject::Cast<TcpWrap>(object)->Open(fd_); rc < 0) {
    env->isolate()->ThrowException(UvError(env->isolate(), rc, "open"));
    return {};
  }
  fd_ = -1;
  return object;
}

void NewTcp(const CallInfo& info) {
  SocketKind kind;
  if (!ReadSocketKind(info, SocketKind::kServer, &kind)) return;
  new TcpWrap(Environment::From(info), info.This(), kind == SocketKind::kServer ? Provider::TCPSERVERWRAP : Provider::TCPWRAP);
}

constexpr FunctionSpec kMethods[] = {
    Method<&TcpWrap::Bind>("bind"),
    Method<&TcpWrap::Bind6>("bind6"),
    Method<&TcpWrap::Connect4>("connect"),
    Method<&TcpWrap::Connect6>("connect6"),
    Method<&TcpWrap::GetName<uv_tcp_getpeername>>("getpeername"),
    Method<&TcpWrap::GetName<uv_tcp_getsockname>>("getsockname"),
    Method<&TcpWrap::GetTypeOfService>("getTypeOfService"),
    Method<&TcpWrap::Listen>("listen"),
    Method<&TcpWrap::Open>("open"),
    Method<&TcpWrap::Reset>("reset"),
    Method<&TcpWrap::SetKeepAlive>("setKeepAlive"),
    Method<&TcpWrap::SetNoDelay>("setNoDelay"),
    Method<&TcpWrap::SetTypeOfService>("setTypeOfService"),
};

constexpr ClassSpec kClasses[] = {
    {"TCP", NewTcp, kMethods, kStreamFields, {}, &kLibuvStreamClass},
    {"TCPConnectWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
};

constexpr ConstantSpec kConstants[] = {
    {"SOCKET", static_cast<int64_t>(SocketKind::kSocket)},
    {"SERVER", static_cast<int64_t>(SocketKind::kServer)},
    {"UV_TCP_IPV6ONLY", UV_TCP_IPV6ONLY},
    {"UV_TCP_REUSEPORT", UV_TCP_REUSEPORT},
};

void Init(Environment* env, v8::Local<v8::Object> target) { SetConstants(env, target, kConstants); }

}  // namespace

extern const BindingSpec kNodeTcpWrap;
constexpr BindingSpec kNodeTcpWrap{"tcp_wrap", {}, {}, kClasses, Init};

}  // namespace dv8::node
