// runtime/bindings/dv8_udp.cc: internal:dv8_udp, datagrams received into one buffer of the
// program's and sent from another.
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/binding/checked.h"
#include "runtime/bindings/dv8_stream.h"
#include "runtime/bindings/ip_address.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

// Internal fields with the program's callbacks and what keeps its memory.
enum Event : int { kMessage = 1, kSend, kClose, kError, kFieldCount };

struct Memory {
  std::shared_ptr<v8::BackingStore> store;
  std::span<char> bytes;
};

Memory MemoryOf(v8::Local<v8::Value> value) {
  v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
  Memory memory{view->Buffer()->GetBackingStore(), {}};
  memory.bytes = {static_cast<char*>(memory.store->Data()) + view->ByteOffset(), view->ByteLength()};
  return memory;
}

class Udp : public NativeObject {
 public:
  Udp(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {
    uv_udp_init(env->loop(), &handle_);
    handle_.data = this;
  }

  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (env->mode() != Environment::Mode::kRun) {
      return ThrowTypeError(info.GetIsolate(), "A socket cannot be opened while the snapshot is made");
    }
    if (!OpenLoop(info)) return;
    new Udp(env, info.This());
  }

  // on(event, function or undefined)
  static void On(const CallInfo& info) {
    const int event = Int32Arg(info, 0);
    info.This()->SetInternalField(event, info[1]);
  }

  // setBuffers(Uint8Array, Uint8Array)
  static void SetBuffers(const CallInfo& info) {
    Self(info)->in_ = MemoryOf(info[0]);
    Self(info)->out_ = MemoryOf(info[1]);
  }

  // bind(ip, port) → 0 or a negative error number
  static void Bind(const CallInfo& info) {
    Udp* self = Self(info);
    sockaddr_storage address;
    int rc = ParseAddress(Utf8(info.GetIsolate(), info[0]).c_str(), Int32Arg(info, 1), &address);
    if (self->closing_) rc = UV_EBADF;
    if (rc == 0) {
      rc = uv_udp_bind(&self->handle_, reinterpret_cast<sockaddr*>(&address), UV_UDP_REUSEADDR);
    }
    info.GetReturnValue().Set(rc);
  }

  // openFd(fd) → 0 or a negative error number
  static void OpenFd(const CallInfo& info) {
    Udp* self = Self(info);
    info.GetReturnValue().Set(self->closing_ ? UV_EBADF : uv_udp_open(&self->handle_, Int32Arg(info, 0)));
  }

  static void Start(const CallInfo& info) {
    Udp* self = Self(info);
    int rc = self->closing_ ? UV_EBADF : self->in_.bytes.empty() ? UV_ENOBUFS : 0;
    if (rc == 0) rc = uv_udp_recv_start(&self->handle_, OnAllocate, OnMessage);
    if (rc == UV_EALREADY) rc = 0;
    self->UpdateStrength();
    info.GetReturnValue().Set(rc);
  }

  static void Stop(const CallInfo& info) {
    Udp* self = Self(info);
    if (!self->closing_) uv_udp_recv_stop(&self->handle_);
    self->UpdateStrength();
  }

  // send(length, ip, port) → bytes sent now, 0 when they are queued, or a negative error number
  static void Send(const CallInfo& info) {
    Udp* self = Self(info);
    const size_t size = static_cast<size_t>(Int64Arg(info, 0));
    if (size > self->out_.bytes.size()) return ThrowTypeError(info.GetIsolate(), "send: the bytes are not in the buffer");
    sockaddr_storage address;
    int rc = ParseAddress(Utf8(info.GetIsolate(), info[1]).c_str(), Int32Arg(info, 2), &address);
    if (self->closing_) rc = UV_EBADF;
    if (rc == 0) rc = self->SendTo(size, reinterpret_cast<sockaddr*>(&address));
    info.GetReturnValue().Set(rc);
  }

  static void SetBroadcast(const CallInfo& info) {
    Udp* self = Self(info);
    info.GetReturnValue().Set(self->closing_ ? UV_EBADF : uv_udp_set_broadcast(&self->handle_, BoolArg(info, 0)));
  }

  // address() → [ip, port] that it is bound to, or undefined
  static void Address(const CallInfo& info) {
    Udp* self = Self(info);
    sockaddr_storage address;
    int size = sizeof(address);
    if (self->closing_ || uv_udp_getsockname(&self->handle_, reinterpret_cast<sockaddr*>(&address), &size) < 0) {
      return;
    }
    v8::Local<v8::Value> parts[2];
    NameOf(info.GetIsolate(), reinterpret_cast<sockaddr*>(&address), parts);
    info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), parts, 2));
  }

  static void OutSize(const CallInfo& info) { info.GetReturnValue().Set(static_cast<double>(Self(info)->out_.bytes.size())); }

  static void SetRef(const CallInfo& info) {
    auto* handle = reinterpret_cast<uv_handle_t*>(&Self(info)->handle_);
    if (!uv_is_closing(handle)) BoolArg(info, 0) ? uv_ref(handle) : uv_unref(handle);
  }

  static void Close(const CallInfo& info) { Self(info)->CloseNow(); }

  void CloseNow() override {
    if (closing_) return;
    closing_ = true;
    if (!is_collected()) MakeStrong();
    uv_close(reinterpret_cast<uv_handle_t*>(&handle_), [](uv_handle_t* handle) {
      auto* self = static_cast<Udp*>(handle->data);
      self->closed_ = true;
      if (self->is_collected()) {
        delete self;
        return;
      }
      v8::HandleScope scope(self->env()->isolate());
      [[maybe_unused]] const v8::Local<v8::Object> keep = self->object();
      self->Emit(kClose, 0, nullptr);
      self->MakeWeak();
    });
  }

 protected:
  void OnCollected() override {
    if (closed_) {
      delete this;
    } else {
      CloseNow();
    }
  }

 private:
  struct QueuedSend {
    uv_udp_send_t request;
    Udp* udp;
    char bytes[];
  };

  static Udp* Self(const CallInfo& info) { return Unwrap<Udp>(info); }

  static void NameOf(v8::Isolate* isolate, const sockaddr* address, v8::Local<v8::Value> parts[2]) {
    char ip[64] = "";
    uv_ip_name(address, ip, sizeof(ip));
    const uint16_t port = address->sa_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(address)->sin6_port
                                                         : reinterpret_cast<const sockaddr_in*>(address)->sin_port;
    parts[0] = Internalized(isolate, ip);
    parts[1] = v8::Integer::New(isolate, ntohs(port));
  }

  int SendTo(size_t size, const sockaddr* address) {
    uv_buf_t buffer = uv_buf_init(out_.bytes.data(), static_cast<unsigned>(size));
    // A program that sends from onSend gets its next onSend from the loop, not from deeper in the stack.
    const int sent = telling_ ? UV_EAGAIN : uv_udp_try_send(&handle_, &buffer, 1, address);
    if (sent >= 0) {
      TellSent(0);
      return sent;
    }
    if (sent != UV_EAGAIN) return sent;
    auto* queued = static_cast<QueuedSend*>(std::malloc(sizeof(QueuedSend) + size));
    if (queued == nullptr) return UV_ENOMEM;
    std::memcpy(queued->bytes, out_.bytes.data(), size);
    queued->udp = this;
    buffer.base = queued->bytes;
    const int rc = uv_udp_send(&queued->request, &handle_, &buffer, 1, address, OnSent);
    if (rc < 0) {
      std::free(queued);
      return rc;
    }
    pending_++;
    UpdateStrength();
    return 0;
  }

  void TellSent(int status) {
    v8::HandleScope scope(env()->isolate());
    v8::Local<v8::Value> argument = v8::Integer::New(env()->isolate(), status);
    telling_ = true;
    Emit(kSend, 1, &argument);
    telling_ = false;
  }

  static void OnSent(uv_udp_send_t* request, int status) {
    auto* queued = reinterpret_cast<QueuedSend*>(request);
    Udp* self = queued->udp;
    std::free(queued);
    self->pending_--;
    if (self->is_collected()) return;
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    [[maybe_unused]] const v8::Local<v8::Object> keep = self->object();
    if (status != UV_ECANCELED) self->TellSent(status);
    self->UpdateStrength();
  }

  static void OnAllocate(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto* self = static_cast<Udp*>(handle->data);
    *buffer = uv_buf_init(self->in_.bytes.data(), static_cast<unsigned>(self->in_.bytes.size()));
  }

  static void OnMessage(uv_udp_t* handle, ssize_t size, const uv_buf_t*, const sockaddr* from, unsigned flags) {
    if (from == nullptr && size == 0) return;  // Nothing more to read for now.
    auto* self = static_cast<Udp*>(handle->data);
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    const int rc = size < 0 ? static_cast<int>(size) : (flags & UV_UDP_PARTIAL) != 0 ? UV_EMSGSIZE : 0;
    if (rc < 0) {
      v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, rc), FromUtf8(isolate, UvErrorText(rc)).ToLocalChecked()};
      return self->Emit(kError, 2, argv);
    }
    v8::Local<v8::Value> argv[3] = {v8::Number::New(isolate, static_cast<double>(size))};
    NameOf(isolate, from, argv + 1);
    self->Emit(kMessage, 3, argv);
  }

  void Emit(Event event, int argc, v8::Local<v8::Value> argv[]) {
    v8::Local<v8::Object> self = object();
    v8::Local<v8::Data> callback = self->GetInternalField(event);
    if (!callback->IsValue() || !callback.As<v8::Value>()->IsFunction()) return;
    (void)env()->Callback(callback.As<v8::Value>().As<v8::Function>(), self, argc, argv);
  }

  void UpdateStrength() {
    if (is_collected() || closing_) return;
    uv_is_active(reinterpret_cast<uv_handle_t*>(&handle_)) || pending_ > 0 ? MakeStrong() : MakeWeak();
  }

  uv_udp_t handle_;
  Memory in_;
  Memory out_;
  int pending_ = 0;
  bool telling_ = false;  // onSend runs.
  bool closing_ = false;
  bool closed_ = false;
};

constexpr FunctionSpec kMethods[] = {
    {"address", Udp::Address},
    Checked<Udp::Bind, v8::Local<v8::String>, int32_t>("bind"),
    {"close", Udp::Close},
    Checked<Udp::On, InRange<int32_t, 1, kFieldCount - 1>, std::optional<v8::Local<v8::Function>>>("on"),
    Checked<Udp::OpenFd, int32_t>("openFd"),
    {"outSize", Udp::OutSize},
    Checked<Udp::Send, uint64_t, v8::Local<v8::String>, int32_t>("send"),
    {"setBroadcast", Udp::SetBroadcast},
    Checked<Udp::SetBuffers, FixedView, FixedView>("setBuffers"),
    {"setRef", Udp::SetRef},
    {"start", Udp::Start},
    {"stop", Udp::Stop},
};
constexpr ConstantSpec kConstants[] = {{"MESSAGE", kMessage}, {"SEND", kSend}, {"CLOSE", kClose}, {"ERROR", kError}};
constexpr ClassSpec kClasses[] = {{"UDP", CheckedConstructor<Udp::Construct>, kMethods, kFieldCount}};

}  // namespace

extern const BindingSpec kDv8Udp;
constexpr BindingSpec kDv8Udp{"dv8_udp", {}, kConstants, kClasses};

}  // namespace dv8
