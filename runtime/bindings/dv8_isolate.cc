// runtime/bindings/dv8_isolate.cc: internal:dv8_isolate, isolates that call each other's functions.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "runtime/binding/checked.h"
#include "runtime/bindings/ip_address.h"
#include "runtime/bindings/isolate_endpoint.h"
#include "runtime/bindings/isolate_sandbox.h"
#include "runtime/bindings/isolate_thread.h"
#include "runtime/bindings/isolate_values.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"
#include "runtime/payload/payload.h"

namespace dv8 {

void ExitIsolate(const CallInfo& info) {
  Environment* env = Environment::From(info);
  IsolateThread* thread = IsolateThread::Of(env);
  if (thread == nullptr) return env->EndProgram(info[0]->IsInt32() ? info[0].As<v8::Int32>()->Value() & 0xff : 0);
  Parcel parcel;
  v8::Local<v8::Value> value = info[0];
  const Recipient recipient = thread->spawner()->is_sandbox() ? Recipient::kSandbox : Recipient::kIsolate;
  if (Pack(env, std::span(&value, 1), recipient, &parcel)) thread->Exit(env, std::move(parcel));
}

void WaitForCall(const CallInfo& info) {
  Endpoint* endpoint = Endpoint::Of(Environment::From(info));
  if (endpoint == nullptr) return;
  const auto promise = info[0]->IsPromise() ? info[0].As<v8::Promise>() : v8::Local<v8::Promise>();
  v8::Local<v8::Value> value;
  if (endpoint->WaitFor(promise).ToLocal(&value)) info.GetReturnValue().Set(value);
}

void SetWire(const CallInfo& info) {
  if (Endpoint* endpoint = Endpoint::Of(Environment::From(info)); endpoint != nullptr) {
    endpoint->SetWire(info[0].As<v8::Function>(), info[1].As<v8::Function>());
  }
}

namespace {

// An isolate in the hands of who has spawned it. The isolate goes on when this is collected.
class Spawned : public NativeObject {
 public:
  Spawned(Environment* env, v8::Local<v8::Object> object, std::shared_ptr<IsolateThread> thread)
      : NativeObject(env, object), thread_(std::move(thread)) {}

  // new Spawned(path, given, onExit, is a sandbox, bytes of memory, share of a processor, milliseconds): starts an isolate,
  // whose start gets a copy of `given`. onExit(value, reason or undefined) follows its end. A limit of 0 is none.
  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    v8::Isolate* isolate = info.GetIsolate();
    Endpoint* endpoint = Endpoint::Of(env);
    if (endpoint == nullptr) return;
    IsolateThread::Start start;
    start.path = Utf8(isolate, info[0]).view();
    v8::Local<v8::Value> given = info[1];
    start.kind = BoolArg(info, 3) ? Recipient::kSandbox : Recipient::kIsolate;
    start.limits = {NumberArg(info, 4), NumberArg(info, 5), NumberArg(info, 6)};
    if (!Pack(env, std::span(&given, 1), start.kind, &start.given)) return;
    start.on_exit = endpoint->Give(info[2].As<v8::Function>());
    start.payload = env->payload();
    start.argc = env->argc();
    start.argv = env->argv();
    auto thread = std::make_shared<IsolateThread>(std::move(start));
    if (const int rc = thread->Run(endpoint->mailbox()); rc < 0) {
      isolate->ThrowException(UvError(isolate, rc, "pthread_create"));
      return;
    }
    if (IsolateThread::StaysForOthers(endpoint->mailbox())) endpoint->KeepAlive(true);
    new Spawned(env, info.This(), std::move(thread));
  }

  static void Kill(const CallInfo& info) { Unwrap<Spawned>(info)->thread_->Stop("kill"); }
  static void Id(const CallInfo& info) { info.GetReturnValue().Set(static_cast<double>(Unwrap<Spawned>(info)->thread_->id())); }

 private:
  std::shared_ptr<IsolateThread> thread_;
};

// start() → what the spawner has given this isolate; undefined in the program's first.
void Start(const CallInfo& info) {
  Environment* env = Environment::From(info);
  IsolateThread* thread = IsolateThread::Of(env);
  std::vector<v8::Local<v8::Value>> values;
  if (thread != nullptr && Unpack(env, thread->TakeGiven(), &values)) info.GetReturnValue().Set(values[0]);
}

// systemFunction(function, name) → the function, which goes to other isolates as theirs of that name
void SystemFunction(const CallInfo& info) {
  Endpoint* endpoint = Endpoint::Of(Environment::From(info));
  if (endpoint == nullptr) return;
  endpoint->MarkSystemFunction(info[0].As<v8::Function>(), info[1].As<v8::String>());
  info.GetReturnValue().Set(info[0]);
}

// setSystemMaker(function): it makes the functions that systemFunction() has marked, by their names.
void SetSystemMaker(const CallInfo& info) {
  if (Endpoint* endpoint = Endpoint::Of(Environment::From(info)); endpoint != nullptr) {
    endpoint->SetSystemMaker(info[0].As<v8::Function>());
  }
}

// markCall(promise) → the promise, which wait() takes.
void MarkCall(const CallInfo& info) {
  Endpoint* endpoint = Endpoint::Of(Environment::From(info));
  if (endpoint == nullptr) return;
  endpoint->MarkCall(info[0].As<v8::Promise>());
  info.GetReturnValue().Set(info[0]);
}

// tell(error): on standard error
void Tell(const CallInfo& info) { TellOfError(info.GetIsolate(), info[0]); }

// list() → [id, path] of each isolate that was spawned and has not ended
void List(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Array> list = v8::Array::New(isolate);
  for (const std::shared_ptr<IsolateThread>& thread : IsolateThread::All()) {
    if (thread->has_ended()) continue;
    v8::Local<v8::String> path;
    if (!FromUtf8(isolate, thread->path()).ToLocal(&path)) return;
    v8::Local<v8::Value> fields[] = {v8::Number::New(isolate, static_cast<double>(thread->id())), path};
    list->Set(context, list->Length(), v8::Array::New(isolate, fields, std::size(fields))).Check();
  }
  info.GetReturnValue().Set(list);
}

// isRehearsal(): whether what runs is thrown away, but for the functions that it has compiled
void IsRehearsal(const CallInfo& info) { info.GetReturnValue().Set(Environment::From(info)->mode() == Environment::Mode::kRehearse); }

// isSandboxPrepared(): whether the snapshot has evaluated that text
void IsSandboxPrepared(const CallInfo& info) {
  const Payload* payload = Environment::From(info)->payload();
  info.GetReturnValue().Set(payload != nullptr && payload->Manifest("mode") != "none");
}

// addressBytes(text) → the 16 bytes of an IP address, as IPv6 has it; undefined for other texts
void AddressBytes(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const Utf8 text(isolate, info[0]);
  uint8_t bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (text.view().find('\0') != std::string_view::npos) return;
  if (uv_inet_pton(AF_INET, text.c_str(), bytes + 12) != 0 && uv_inet_pton(AF_INET6, text.c_str(), bytes) != 0) return;
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, sizeof(bytes));
  std::memcpy(buffer->Data(), bytes, sizeof(bytes));
  info.GetReturnValue().Set(v8::Uint8Array::New(buffer, 0, sizeof(bytes)));
}

// listenOn(address, port) → {fd, port} of a TCP socket that listens; an address of IPv6 takes no connections of IPv4's
void ListenOn(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const Utf8 address(isolate, info[0]);
  sockaddr_storage where{};
  const int rc = ParseAddress(address.c_str(), Int32Arg(info, 1), &where);
  if (rc < 0) return ThrowUvError(info, rc, "listen", address.c_str());
  const int fd = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return ThrowUvError(info, -errno, "socket", address.c_str());
  const int on = 1;
  socklen_t size = where.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      (where.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
      bind(fd, reinterpret_cast<sockaddr*>(&where), size) != 0 || listen(fd, SOMAXCONN) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size) != 0) {
    const int error = errno;
    close(fd);
    return ThrowUvError(info, -error, "listen", address.c_str());
  }
  v8::Local<v8::Object> result = v8::Object::New(isolate);
  result->Set(context, Internalized(isolate, "fd"), v8::Integer::New(isolate, fd)).Check();
  result->Set(context, Internalized(isolate, "port"), v8::Integer::New(isolate, PortOf(where))).Check();
  info.GetReturnValue().Set(result);
}

// duplicate(descriptor) → another one of the same
void Duplicate(const CallInfo& info) {
  const int fd = fcntl(Int32Arg(info, 0), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return ThrowUvError(info, -errno, "dup");
  info.GetReturnValue().Set(fd);
}

struct StdinRead {
  uv_fs_t request;
  Environment* env;
  v8::Global<v8::Function> callback;
  char bytes[4096];
};

void OnStdin(uv_fs_t* request) {
  const std::unique_ptr<StdinRead> read(reinterpret_cast<StdinRead*>(request));
  uv_fs_req_cleanup(request);
  Environment* env = read->env;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  v8::Local<v8::Value> text = v8::Undefined(isolate);
  v8::Local<v8::ArrayBuffer> bytes;
  if (request->result > 0) {
    bytes = v8::ArrayBuffer::New(isolate, static_cast<size_t>(request->result));
    std::memcpy(bytes->Data(), read->bytes, bytes->ByteLength());
    text = bytes;
  }
  (void)env->Callback(read->callback.Get(isolate), v8::Undefined(isolate), 1, &text);
}

// readStdin(callback(ArrayBuffer, or undefined at the end)): what comes next on standard input.
void ReadStdin(const CallInfo& info) {
  if (!OpenLoop(info)) return;
  auto read = std::make_unique<StdinRead>();
  read->env = Environment::From(info);
  read->callback.Reset(info.GetIsolate(), info[0].As<v8::Function>());
  const uv_buf_t buffer = uv_buf_init(read->bytes, sizeof(read->bytes));
  if (uv_fs_read(read->env->loop(), &read->request, STDIN_FILENO, &buffer, 1, -1, OnStdin) == 0) read.release();
}

using Any = v8::Local<v8::Value>;

constexpr FunctionSpec kFunctions[] = {
    Checked<AddressBytes, v8::Local<v8::String>>("addressBytes"),
    {"exit", ExitIsolate},
    {"isRehearsal", IsRehearsal},
    {"isSandboxPrepared", IsSandboxPrepared},
    Checked<SetSandboxPrelude, v8::Local<v8::String>>("setSandboxPrelude"),
    Checked<Duplicate, int32_t>("duplicate"),
    {"list", List},
    Checked<ListenOn, v8::Local<v8::String>, InRange<int32_t, 0, 65535>>("listenOn"),
    Checked<MarkCall, v8::Local<v8::Promise>>("markCall"),
    Checked<SetSystemMaker, v8::Local<v8::Function>>("setSystemMaker"),
    Checked<ReadStdin, v8::Local<v8::Function>>("readStdin"),
    Checked<SetWire, v8::Local<v8::Function>, v8::Local<v8::Function>>("setWire"),
    {"start", Start},
    Checked<SystemFunction, v8::Local<v8::Function>, v8::Local<v8::String>>("systemFunction"),
    {"tell", Tell},
    {"wait", WaitForCall},
};
constexpr FunctionSpec kMethods[] = {{"id", Spawned::Id}, {"kill", Spawned::Kill}};
constexpr ClassSpec kClasses[] = {
    {"Spawned", CheckedConstructor<Spawned::Construct, v8::Local<v8::String>, Any, v8::Local<v8::Function>, bool, double, double, double>,
     kMethods}};

}  // namespace

extern const BindingSpec kDv8Isolate;
constexpr BindingSpec kDv8Isolate{"dv8_isolate", kFunctions, {}, kClasses};

}  // namespace dv8
