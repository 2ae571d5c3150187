// runtime/bindings/dv8_stream_binding.cc: internal:dv8_stream, what stdlib-js/dv8/tty.js and
// socket.js are made of: streams, and listeners that accept connections for them.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <utility>
#include <vector>

#include "runtime/binding/checked.h"
#include "runtime/bindings/dv8_stream.h"
#include "runtime/bindings/ip_address.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

// Connections taken in one turn of the loop, so that a flood does not keep the others waiting.
constexpr int kAcceptsAtOnce = 64;
// Milliseconds between two attempts to take a connection for which the system has no descriptor or
// no memory left. It stays in the queue meanwhile.
constexpr int kAcceptPause = 100;

bool RefuseInSnapshot(const CallInfo& info, const char* what) {
  if (Environment::From(info)->mode() == Environment::Mode::kRun) return false;
  ThrowTypeError(info.GetIsolate(), std::string(what) + " cannot be opened while the snapshot is made");
  return true;
}

v8::Local<v8::Value> AddressOf(v8::Isolate* isolate, const sockaddr_storage& address) {
  char ip[INET6_ADDRSTRLEN] = "";
  int port = 0;
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    uv_ip4_name(&v4, ip, sizeof(ip));
    port = ntohs(v4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    uv_ip6_name(&v6, ip, sizeof(ip));
    port = ntohs(v6.sin6_port);
  }
  v8::Local<v8::Value> parts[] = {Internalized(isolate, ip), v8::Integer::New(isolate, port)};
  return v8::Array::New(isolate, parts, 2);
}

// Methods are called with receivers of their class only (the signature sees to it), and every
// instance has its native part from the constructor on.
Stream* This(const CallInfo& info) { return NativeObject::Unwrap<Stream>(info); }

void Construct(const CallInfo& info) {
  if (RefuseInSnapshot(info, "A stream")) return;
  if (!OpenLoop(info)) return;
  new Stream(Environment::From(info), info.This());
}

// on(event, function or undefined)
void On(const CallInfo& info) {
  const int event = Int32Arg(info, 0);
  info.This()->SetInternalField(event, info[1]);
  This(info)->set_has_callback(static_cast<Stream::Event>(event), info[1]->IsFunction());
}

// openFd(fd) → 0 or a negative error number
void OpenFd(const CallInfo& info) { info.GetReturnValue().Set(This(info)->Open(Int32Arg(info, 0))); }

// openPair() → the peer's descriptor, or a negative error number
void OpenPair(const CallInfo& info) {
  int fds[2];
  int rc = uv_socketpair(SOCK_STREAM, 0, fds, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE);
  if (rc == 0 && (rc = This(info)->Open(fds[0])) < 0) {
    close(fds[0]);
    close(fds[1]);
  }
  info.GetReturnValue().Set(rc < 0 ? rc : fds[1]);
}

// setBuffers(Uint8Array or undefined, Uint8Array or undefined)
void SetBuffers(const CallInfo& info) { This(info)->SetBuffers(info[0], info[1]); }

void Resume(const CallInfo& info) { info.GetReturnValue().Set(This(info)->Resume()); }
void Pause(const CallInfo& info) { This(info)->Pause(); }

// write(length, offset) → bytes written now, or a negative error number; undefined when they are not
// in the out buffer
void Write(const CallInfo& info) {
  Stream* stream = This(info);
  if (!info[0]->IsUint32() || !info[1]->IsUint32()) return;
  const size_t size = info[0].As<v8::Uint32>()->Value();
  const size_t offset = info[1].As<v8::Uint32>()->Value();
  if (offset > stream->out_size() || size > stream->out_size() - offset) return;
  const int64_t rc = stream->WriteOut(size, offset);
  if (rc >= INT32_MIN && rc <= INT32_MAX) {
    info.GetReturnValue().Set(static_cast<int32_t>(rc));
  } else {
    info.GetReturnValue().Set(static_cast<double>(rc));
  }
}

// writeBytes(view) → as write
void WriteBytes(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  info.GetReturnValue().Set(static_cast<double>(This(info)->Write(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
}

void Close(const CallInfo& info) { This(info)->Close(BoolArg(info, 0)); }
void QueueSize(const CallInfo& info) { info.GetReturnValue().Set(static_cast<double>(This(info)->queue_size())); }
void OutSize(const CallInfo& info) { info.GetReturnValue().Set(static_cast<double>(This(info)->out_size())); }
void Fd(const CallInfo& info) { info.GetReturnValue().Set(This(info)->fd()); }
void IsOpen(const CallInfo& info) { info.GetReturnValue().Set(This(info)->is_open()); }

// stats(BigUint64Array of 20 or more)
void Stats(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  const auto& stats = This(info)->stats();
  if (bytes.size() < sizeof(stats)) return ThrowTypeError(info.GetIsolate(), "stats: the array is too short");
  std::memcpy(bytes.data(), stats.data(), sizeof(stats));
}

// setMode(mode) → 0 or a negative error number
void SetMode(const CallInfo& info) {
  Stream* stream = This(info);
  const bool is_tty = stream->is_open() && stream->handle()->type == UV_TTY;
  info.GetReturnValue().Set(
      is_tty ? uv_tty_set_mode(reinterpret_cast<uv_tty_t*>(stream->handle()), static_cast<uv_tty_mode_t>(Int32Arg(info, 0))) : UV_ENOTTY);
}

void SetRef(const CallInfo& info) {
  Stream* stream = This(info);
  if (stream->is_open()) BoolArg(info, 0) ? uv_ref(stream->handle()) : uv_unref(stream->handle());
}

struct Connection {
  uv_connect_t request;
  Stream* stream;
};

void OnConnected(uv_connect_t* request, int status) {
  auto* connection = reinterpret_cast<Connection*>(request);
  Stream* stream = connection->stream;
  delete connection;
  // A stream that was closed meanwhile is told by its onClose.
  if (status != UV_ECANCELED) stream->Connected(status);
}

// bind(ip, port) → 0 or a negative error number; the stream is one for TCP from then on
void Bind(const CallInfo& info) {
  Stream* stream = This(info);
  sockaddr_storage address;
  int rc = ParseAddress(Utf8(info.GetIsolate(), info[0]).c_str(), Int32Arg(info, 1), &address);
  if (rc == 0) rc = stream->InitTcp();
  if (rc == 0) {
    rc = uv_tcp_bind(reinterpret_cast<uv_tcp_t*>(stream->handle()), reinterpret_cast<sockaddr*>(&address), 0);
  }
  info.GetReturnValue().Set(rc);
}

// connectTcp(ip, port) → 0 or a negative error number; onConnect or onError follow
void ConnectTcp(const CallInfo& info) {
  Stream* stream = This(info);
  sockaddr_storage address;
  int rc = ParseAddress(Utf8(info.GetIsolate(), info[0]).c_str(), Int32Arg(info, 1), &address);
  if (rc == 0 && !(stream->is_open() && stream->handle()->type == UV_TCP)) rc = stream->InitTcp();
  if (rc < 0) return info.GetReturnValue().Set(rc);
  auto* connection = new Connection{{}, stream};
  rc = uv_tcp_connect(&connection->request, reinterpret_cast<uv_tcp_t*>(stream->handle()), reinterpret_cast<sockaddr*>(&address),
                      OnConnected);
  if (rc < 0) {
    delete connection;
  } else {
    stream->set_connecting(true);
  }
  info.GetReturnValue().Set(rc);
}

// connectPipe(path) → as connectTcp
void ConnectPipe(const CallInfo& info) {
  Stream* stream = This(info);
  Utf8 path(info.GetIsolate(), info[0]);
  int rc = stream->InitPipe();
  if (rc < 0) return info.GetReturnValue().Set(rc);
  auto* connection = new Connection{{}, stream};
  rc = uv_pipe_connect2(&connection->request, reinterpret_cast<uv_pipe_t*>(stream->handle()), path.c_str(), path.view().size(),
                        UV_PIPE_NO_TRUNCATE, OnConnected);
  if (rc < 0) {
    delete connection;
  } else {
    stream->set_connecting(true);
  }
  info.GetReturnValue().Set(rc);
}

uv_tcp_t* TcpOf(Stream* stream) {
  const bool is_tcp = stream->is_open() && stream->handle()->type == UV_TCP;
  return is_tcp ? reinterpret_cast<uv_tcp_t*>(stream->handle()) : nullptr;
}

void SetNoDelay(const CallInfo& info) {
  uv_tcp_t* tcp = TcpOf(This(info));
  info.GetReturnValue().Set(tcp == nullptr ? UV_EBADF : uv_tcp_nodelay(tcp, BoolArg(info, 0)));
}

// setKeepAlive(on, seconds)
void SetKeepAlive(const CallInfo& info) {
  uv_tcp_t* tcp = TcpOf(This(info));
  info.GetReturnValue().Set(tcp == nullptr ? UV_EBADF : uv_tcp_keepalive(tcp, BoolArg(info, 0), Uint32Arg(info, 1)));
}

// address(of the peer) → [ip, port], or undefined
void Address(const CallInfo& info) {
  uv_tcp_t* tcp = TcpOf(This(info));
  if (tcp == nullptr) return;
  sockaddr_storage address;
  int size = sizeof(address);
  const auto get = BoolArg(info, 0) ? uv_tcp_getpeername : uv_tcp_getsockname;
  if (get(tcp, reinterpret_cast<sockaddr*>(&address), &size) < 0) return;
  info.GetReturnValue().Set(AddressOf(info.GetIsolate(), address));
}

// A socket that listens; each connection is handed over as a descriptor.
class Listener : public NativeObject {
 public:
  static constexpr int kCallbackField = 1;
  static constexpr int kFieldCount = 2;

  using NativeObject::NativeObject;

  static void Construct(const CallInfo& info) {
    if (RefuseInSnapshot(info, "A server")) return;
    if (!OpenLoop(info)) return;
    new Listener(Environment::From(info), info.This());
    info.This()->SetInternalField(kCallbackField, info[0]);
  }

  // listenTcp(ip, port, backlog) → 0 or a negative error number
  static void ListenTcp(const CallInfo& info) {
    sockaddr_storage address;
    int rc = ParseAddress(Utf8(info.GetIsolate(), info[0]).c_str(), Int32Arg(info, 1), &address);
    if (rc == 0) {
      rc = Self(info)->Listen(address.ss_family, reinterpret_cast<sockaddr*>(&address),
                              address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6), Int32Arg(info, 2));
    }
    info.GetReturnValue().Set(rc);
  }

  // listenPipe(path, backlog) → 0 or a negative error number
  static void ListenPipe(const CallInfo& info) {
    Utf8 path(info.GetIsolate(), info[0]);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    int rc = UV_ENAMETOOLONG;
    if (path.view().size() < sizeof(address.sun_path)) {
      std::memcpy(address.sun_path, path.c_str(), path.view().size());
      rc = Self(info)->Listen(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof(address), Int32Arg(info, 1));
      if (rc == 0) Self(info)->path_ = path.view();
    }
    info.GetReturnValue().Set(rc);
  }

  // listenFd(fd, backlog) → 0 or a negative error number
  static void ListenFd(const CallInfo& info) {
    const int fd = Int32Arg(info, 0);
    int rc = listen(fd, Int32Arg(info, 1)) == 0 ? Self(info)->Watch(fd) : -errno;
    info.GetReturnValue().Set(rc);
  }

  static void Close(const CallInfo& info) { Self(info)->CloseNow(); }

  static void Port(const CallInfo& info) {
    sockaddr_storage address;
    socklen_t size = sizeof(address);
    if (getsockname(Self(info)->fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return;
    info.GetReturnValue().Set(AddressOf(info.GetIsolate(), address));
  }

  static void SetRef(const CallInfo& info) {
    Listener* self = Self(info);
    if (self->fd_ < 0 || self->closing_) return;
    for (uv_handle_t* handle : {self->poll_handle(), self->pause_handle()}) {
      BoolArg(info, 0) ? uv_ref(handle) : uv_unref(handle);
    }
  }

  static void GetFd(const CallInfo& info) { info.GetReturnValue().Set(Self(info)->fd_); }

  void CloseNow() override {
    if (fd_ < 0 || closing_) return;
    closing_ = true;
    uv_close(poll_handle(), OnClosed);
    uv_close(pause_handle(), OnClosed);
  }

 protected:
  void OnCollected() override {
    if (fd_ < 0) {
      delete this;
    } else {
      CloseNow();
    }
  }

 private:
  static Listener* Self(const CallInfo& info) { return Unwrap<Listener>(info); }

  int Listen(int family, const sockaddr* address, socklen_t size, int backlog) {
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    const int on = 1;
    int rc = 0;
    if (family != AF_UNIX && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
                              setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)) {
      rc = -errno;
    }
    if (rc == 0 && (bind(fd, address, size) != 0 || listen(fd, backlog) != 0)) rc = -errno;
    if (rc == 0) rc = Watch(fd);
    if (rc < 0) ::close(fd);
    return rc;
  }

  int Watch(int fd) {
    if (fd_ >= 0 || closing_) return UV_EALREADY;
    int rc = uv_poll_init(env()->loop(), &poll_, fd);
    if (rc < 0) return rc;
    uv_timer_init(env()->loop(), &pause_);
    poll_.data = pause_.data = this;
    fd_ = fd;
    MakeStrong();
    return uv_poll_start(&poll_, UV_READABLE, OnReadable);
  }

  uv_handle_t* poll_handle() { return reinterpret_cast<uv_handle_t*>(&poll_); }
  uv_handle_t* pause_handle() { return reinterpret_cast<uv_handle_t*>(&pause_); }

  static void OnClosed(uv_handle_t* handle) {
    auto* self = static_cast<Listener*>(handle->data);
    if (!std::exchange(self->half_closed_, true)) return;
    ::close(self->fd_);
    self->fd_ = -1;
    if (!self->path_.empty()) unlink(self->path_.c_str());
    if (self->is_collected()) {
      delete self;
      return;
    }
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    [[maybe_unused]] const v8::Local<v8::Object> keep = self->object();
    self->Tell(v8::Null(isolate));
    self->MakeWeak();
  }

  static void OnReadable(uv_poll_t* poll, int status, int) {
    auto* self = static_cast<Listener*>(poll->data);
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    [[maybe_unused]] const v8::Local<v8::Object> keep = self->object();
    if (status < 0) return self->Tell(v8::Integer::New(isolate, status));
    for (int i = 0; i < kAcceptsAtOnce && !self->closing_; i++) {
      v8::HandleScope inner(isolate);
      const int fd = accept4(self->fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd < 0) {
        const bool none = errno == EAGAIN || errno == EWOULDBLOCK;
        if (none || errno == EINTR || errno == ECONNABORTED) return;
        const int rc = -errno;
        self->Pause();
        return self->Tell(v8::Integer::New(isolate, rc));
      }
      self->Tell(v8::Integer::New(isolate, fd));
    }
  }

  // The connection that could not be taken keeps the socket readable: the loop would not rest.
  void Pause() {
    uv_poll_stop(&poll_);
    uv_timer_start(
        &pause_, [](uv_timer_t* timer) { uv_poll_start(&static_cast<Listener*>(timer->data)->poll_, UV_READABLE, OnReadable); },
        kAcceptPause, 0);
  }

  // A descriptor, a negative error number, or null when it is closed.
  void Tell(v8::Local<v8::Value> what) {
    v8::Local<v8::Value> callback = object()->GetInternalField(kCallbackField).As<v8::Value>();
    (void)env()->Callback(callback.As<v8::Function>(), object(), 1, &what);
  }

  uv_poll_t poll_;
  uv_timer_t pause_;
  int fd_ = -1;
  bool closing_ = false;
  bool half_closed_ = false;  // One of its two handles is closed.
  std::string path_;
};

// closeFd(fd): a connection that nobody took.
void CloseFd(const CallInfo& info) { close(Int32Arg(info, 0)); }

// errorText(negative error number) → "ECODE: what it means"
void ErrorText(const CallInfo& info) { ReturnUtf8(info, UvErrorText(Int32Arg(info, 0))); }

// closeAll(): every native object's handle is closed and no other keeps the loop alive.
void CloseAll(const CallInfo& info) {
  Environment* env = Environment::From(info);
  // Closing may take objects out of the list.
  const std::vector<NativeObject*> objects(env->native_objects().begin(), env->native_objects().end());
  for (NativeObject* object : objects) object->CloseNow();
  if (!env->has_loop()) return;
  uv_walk(
      env->loop(),
      [](uv_handle_t* handle, void*) {
        if (!uv_is_closing(handle)) uv_unref(handle);
      },
      nullptr);
}

constexpr FunctionSpec kFunctions[] = {
    {"closeAll", CloseAll},
    Checked<CloseFd, int32_t>("closeFd"),
    Checked<ErrorText, int32_t>("errorText"),
};
constexpr FunctionSpec kStreamMethods[] = {
    {"address", Address},
    Checked<Bind, v8::Local<v8::String>, int32_t>("bind"),
    {"close", Close},
    Checked<ConnectPipe, v8::Local<v8::String>>("connectPipe"),
    Checked<ConnectTcp, v8::Local<v8::String>, int32_t>("connectTcp"),
    {"fd", Fd},
    {"isOpen", IsOpen},
    Checked<On, InRange<int32_t, 1, Stream::kFieldCount - 1>, std::optional<v8::Local<v8::Function>>>("on"),
    Checked<OpenFd, int32_t>("openFd"),
    {"openPair", OpenPair},
    {"outSize", OutSize},
    {"pause", Pause},
    {"queueSize", QueueSize},
    {"resume", Resume},
    Checked<SetBuffers, std::optional<FixedView>, std::optional<FixedView>>("setBuffers"),
    Checked<SetKeepAlive, bool, uint32_t>("setKeepAlive"),
    Checked<SetMode, InRange<int32_t, UV_TTY_MODE_NORMAL, UV_TTY_MODE_IO>>("setMode"),
    {"setNoDelay", SetNoDelay},
    {"setRef", SetRef},
    Checked<Stats, Bytes>("stats"),
    {"write", Write},
    Checked<WriteBytes, Bytes>("writeBytes"),
};
constexpr FunctionSpec kListenerMethods[] = {
    {"address", Listener::Port},
    {"close", Listener::Close},
    {"fd", Listener::GetFd},
    Checked<Listener::ListenFd, int32_t, int32_t>("listenFd"),
    Checked<Listener::ListenPipe, v8::Local<v8::String>, int32_t>("listenPipe"),
    Checked<Listener::ListenTcp, v8::Local<v8::String>, int32_t, int32_t>("listenTcp"),
    {"setRef", Listener::SetRef},
};
constexpr ConstantSpec kConstants[] = {
    {"READ", Stream::kRead},
    {"END", Stream::kEnd},
    {"CLOSE", Stream::kClose},
    {"DRAIN", Stream::kDrain},
    {"WRITE", Stream::kWrite},
    {"ERROR", Stream::kError},
    {"CONNECT", Stream::kConnect},
    {"STATS", Stream::kStatCount},
    {"UV_EALREADY", UV_EALREADY},
    {"UV_EBADF", UV_EBADF},
    {"UV_ENOTTY", UV_ENOTTY},
    {"UV_EOF", UV_EOF},
    {"UV_EAGAIN", UV_EAGAIN},
    {"UV_TTY_MODE_NORMAL", UV_TTY_MODE_NORMAL},
    {"UV_TTY_MODE_RAW", UV_TTY_MODE_RAW},
    {"UV_TTY_MODE_IO", UV_TTY_MODE_IO},
};
constexpr ClassSpec kClasses[] = {
    {"Listener", CheckedConstructor<Listener::Construct, v8::Local<v8::Function>>, kListenerMethods, Listener::kFieldCount},
    {"Stream", CheckedConstructor<Construct>, kStreamMethods, Stream::kFieldCount},
};

}  // namespace

Stream* StreamOf(v8::Local<v8::Value> value) {
  if (!value->IsObject()) return nullptr;
  NativeObject* object = NativeObject::FromObject(value.As<v8::Object>());
  return object == nullptr ? nullptr : object->AsStream();
}

extern const BindingSpec kDv8Stream;
constexpr BindingSpec kDv8Stream{"dv8_stream", kFunctions, kConstants, kClasses};

}  // namespace dv8
