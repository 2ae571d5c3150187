// runtime/bindings/node/inspector.cc: internalBinding('inspector'). Domains that V8 has not are in
// stdlib-js/node/internal/dv8/inspector_domains.js.
#include "runtime/bindings/inspector.h"

#include <semaphore.h>
#include <signal.h>

#include <cstdio>
#include <thread>

#include "runtime/binding/typed.h"
#include "runtime/bindings/debug_protocol.h"
#include "runtime/bindings/debugger.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/command_line.h"
#include "runtime/bindings/node/inspector_workers.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/process_object.h"
#include "runtime/bindings/node/worker_thread.h"
#include "runtime/payload/payload.h"

namespace dv8::node {
namespace {

constexpr int kInspectorFailed = 12;
constexpr char kDomains[] = "internal/dv8/inspector_domains";

bool MayInspect(Environment* env) {
  if (env->mode() == Environment::Mode::kRun) return true;
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_INSPECTOR_NOT_AVAILABLE", "The inspector cannot be used while the snapshot is made");
  return false;
}

// A session of the program's: `dispatch(text)`, `disconnect()`; its function gets answers and events.
class ConnectionBase : public NativeObject {
 public:
  DV8_NATIVE_CLASS(ConnectionBase, NativeObject)
  ConnectionBase(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Function> callback)
      : NativeObject(env, object), callback_(env->isolate(), callback) {
    MakeStrong();
  }
  virtual void Dispatch(v8::Local<v8::String> message) = 0;
  void Disconnect() {
    End();
    MakeWeak();
  }

 protected:
  virtual void End() = 0;
  void Tell(v8::MaybeLocal<v8::String> text) {
    v8::Local<v8::String> string;
    if (is_collected() || !text.ToLocal(&string)) return;
    v8::Local<v8::Value> argument = string;
    (void)env()->Callback(callback_.Get(env()->isolate()), object(), 1, &argument);
  }

 private:
  v8::Global<v8::Function> callback_;
};

// With the inspector of the own thread.
class Connection final : public ConnectionBase {
 public:
  DV8_NATIVE_CLASS(Connection, ConnectionBase)
  Connection(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Function> callback)
      : ConnectionBase(env, object, callback),
        session_(InspectorSession::Connect(Inspector::Get(env), [this](const InspectorSession::Text& text) {
          v8::HandleScope scope(this->env()->isolate());
          Tell(FromView(this->env()->isolate(), text));
        })) {}
  ~Connection() override { session_->Close(); }
  static void Make(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (!MayInspect(env)) return;
    ReportConsole(env);
    internal::Construct<Connection, v8::Local<v8::Function>>(info);
  }

  void Dispatch(v8::Local<v8::String> message) override { session_->Dispatch(message); }

 private:
  void End() override { session_->Close(); }

  std::shared_ptr<InspectorSession> session_;
};

// With that of another thread.
class LinkedConnection : public ConnectionBase {
 public:
  DV8_NATIVE_CLASS(LinkedConnection, ConnectionBase)
  LinkedConnection(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Function> callback, std::shared_ptr<InspectorInbox> target)
      : ConnectionBase(env, object, callback),
        link_(std::make_shared<InspectorLink>(Inspector::InboxOf(env), std::move(target), [this](const std::string& text) {
          v8::HandleScope scope(this->env()->isolate());
          Tell(FromUtf8(this->env()->isolate(), text));
        })) {
    link_->Connect();
  }
  ~LinkedConnection() override { link_->Close(); }

  void Dispatch(v8::Local<v8::String> message) override { link_->Send(std::string(Utf8(env()->isolate(), message).view())); }

  // new MainThreadConnection(callback): a worker's.
  static void MakeToMainThread(Environment* env, const CallInfo& info, v8::Local<v8::Function> callback) {
    const WorkerThread* thread = env->State<ThisWorker>().thread;
    if (!MayInspect(env)) return;
    if (thread == nullptr)
      return ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_INSPECTOR_NOT_WORKER", "Current thread is not a worker");
    new LinkedConnection(env, info.This(), callback, thread->main_inbox());
  }
  // new WorkerConnection(callback, id)
  static void MakeToWorker(Environment* env, const CallInfo& info, v8::Local<v8::Function> callback, uint64_t id) {
    for (const InspectedWorker& worker : InspectedWorkers()) {
      if (worker.id == id) {
        new LinkedConnection(env, info.This(), callback, worker.inbox);
        return;
      }
    }
    ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_INSPECTOR_CLOSED", "The worker has ended");
  }

 private:
  void End() override { link_->Close(); }

  std::shared_ptr<InspectorLink> link_;
};

template <auto kMake>
void MakeLinked(const CallInfo& info) {
  if (!info.IsConstructCall()) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "A class's constructor cannot be invoked without 'new'");
  }
  internal::Adapter<kMake>::Invoke(info);
}

// Hears of workers that start.
class WorkerWatcher final : public InspectorClient {
 public:
  WorkerWatcher(Environment* env, v8::Local<v8::Function> callback) : env_(env), callback_(env->isolate(), callback) {}
  void Receive(const std::string&) override {}
  void Answered(const std::string& id) override {
    v8::Isolate* isolate = env_->isolate();
    for (const InspectedWorker& worker : InspectedWorkers()) {
      v8::Local<v8::String> title;
      v8::Local<v8::String> url;
      if (std::to_string(worker.id) != id || !FromUtf8(isolate, worker.title).ToLocal(&title) ||
          !FromUtf8(isolate, worker.url).ToLocal(&url)) {
        continue;
      }
      v8::Local<v8::Value> arguments[] = {v8::Number::New(isolate, static_cast<double>(worker.id)), title, url,
                                          v8::Boolean::New(isolate, worker.waits)};
      (void)env_->Callback(callback_.Get(isolate), v8::Undefined(isolate), 4, arguments);
    }
  }

 private:
  Environment* env_;
  v8::Global<v8::Function> callback_;
};

// What one thread watches ends with it.
struct Watching {
  explicit Watching(Environment* env) : inbox(Inspector::InboxOf(env)) {}
  ~Watching() { WatchInspectedWorkers(inbox, nullptr, false); }
  std::shared_ptr<InspectorInbox> inbox;
};

// watchWorkers(callback(id, title, url, waits) or undefined, wait)
void WatchWorkers(Environment* env, v8::Local<v8::Value> callback, bool waits) {
  std::shared_ptr<InspectorClient> watcher;
  if (callback->IsFunction()) watcher = std::make_shared<WorkerWatcher>(env, callback.As<v8::Function>());
  WatchInspectedWorkers(env->State<Watching>().inbox, std::move(watcher), waits);
}

// workers() → [{id, title, url}]
v8::MaybeLocal<v8::Value> Workers(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::LocalVector<v8::Value> list(isolate);
  for (const InspectedWorker& worker : InspectedWorkers()) {
    v8::Local<v8::String> title;
    v8::Local<v8::String> url;
    if (!FromUtf8(isolate, worker.title).ToLocal(&title) || !FromUtf8(isolate, worker.url).ToLocal(&url)) return {};
    v8::Local<v8::Name> names[] = {Internalized(isolate, "id"), Internalized(isolate, "title"), Internalized(isolate, "url")};
    v8::Local<v8::Value> values[] = {v8::Number::New(isolate, static_cast<double>(worker.id)), title, url};
    list.push_back(v8::Object::New(isolate, v8::Null(isolate), names, values, 3));
  }
  return v8::Array::New(isolate, list.data(), list.size());
}

// What clients show: the program's file.
std::string Title(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Value> argv;
  v8::Local<v8::Value> file;
  if (env->Kept("process").As<v8::Object>()->Get(context, Internalized(isolate, "argv")).ToLocal(&argv) && argv->IsArray() &&
      argv.As<v8::Array>()->Get(context, 1).ToLocal(&file) && file->IsString()) {
    return std::string(Utf8(isolate, file).view());
  }
  return "node[" + std::to_string(uv_os_getpid()) + "]";
}

// process.emit('internalMessage', { cmd: 'NODE_DEBUG_ENABLED' }): cluster's primary opens its workers' ports.
void TellCluster(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Object> process = env->Kept("process").As<v8::Object>();
  v8::Local<v8::Value> emit;
  if (!process->Get(context, Internalized(isolate, "emit")).ToLocal(&emit) || !emit->IsFunction()) return;
  v8::Local<v8::Name> name = Internalized(isolate, "cmd");
  v8::Local<v8::Value> command = Internalized(isolate, "NODE_DEBUG_ENABLED");
  v8::Local<v8::Value> arguments[] = {Internalized(isolate, "internalMessage"),
                                      v8::Object::New(isolate, v8::Object::New(isolate), &name, &command, 1)};
  MakeAsyncCallback(env, process, process, 0, 0, emit.As<v8::Function>(), 2, arguments);
}

// Listens where process.debugPort says; a failure is a line on standard error, as Node's.
bool Listen(Environment* env, const std::string& host) {
  DebuggerOptions options;
  options.host = host;
  options.port = env->State<DebugPort>().port;
  options.title = Title(env);
  options.as_node = true;
  const int rc = OpenDebugger(env, options);
  if (rc < 0) {
    std::fprintf(stderr, "Starting inspector on %s failed: %s\n", JoinHostPort(host, options.port).c_str(), uv_strerror(rc));
    return false;
  }
  const std::string url = DebuggerUrl();
  env->State<DebugPort>().port = std::atoi(url.c_str() + url.rfind(':') + 1);
  std::fprintf(stderr, "Debugger listening on %s\nFor help, see: https://nodejs.org/en/docs/inspector\n", url.c_str());
  TellCluster(env);
  return true;
}

// --inspect-port.
std::pair<std::string, int> DefaultPlace(Environment* env) {
  return SplitHostPort(env->State<NodeOptions>().Get(*FindOption("--inspect-port")).front());
}

bool IsListening(Environment* env) { return !env->is_thread() && !DebuggerUrl().empty(); }

// open(port, host)
void Open(Environment* env, v8::Local<v8::Value> port, v8::Local<v8::Value> host) {
  if (!MayInspect(env)) return;
  if (env->is_thread()) {
    return ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_INSPECTOR_NOT_AVAILABLE",
                      "The inspector's port belongs to the program's first thread");
  }
  if (port->IsUint32()) env->State<DebugPort>().port = port.As<v8::Int32>()->Value();
  Listen(env, host->IsString() ? std::string(Utf8(env->isolate(), host).view()) : DefaultPlace(env).first);
}

// SIGUSR1 opens node's port, also where JavaScript runs without end: a thread waits for the signal.
sem_t debug_signals;

class DebugSignal final : public InspectorClient {
 public:
  explicit DebugSignal(Environment* env) : env_(env) {}
  void Receive(const std::string&) override {}
  void Answered(const std::string&) override {
    if (!IsListening(env_)) Listen(env_, DefaultPlace(env_).first);
  }

 private:
  Environment* env_;
};

void WatchDebugSignal(Environment* env) {
  sem_init(&debug_signals, 0, 0);
  // All other signals are the program's.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([inbox = Inspector::InboxOf(env), client = std::make_shared<DebugSignal>(env)] {
    for (;;) {
      if (sem_wait(&debug_signals) == 0) inbox->Post(InspectorInbox::Kind::kAnswer, client);
    }
  }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  struct sigaction action{};
  action.sa_handler = [](int) { sem_post(&debug_signals); };
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

bool WaitForDebugger(Environment* env) {
  if (!IsListening(env)) return false;
  Inspector::Get(env)->WaitForClient();
  return true;
}

// start(): what node's command line says of the inspector. V8 shows scripts that are compiled when it is there.
void Start(Environment* env) {
  const NodeOptions& options = env->State<NodeOptions>();
  const auto [host, port] = DefaultPlace(env);
  env->State<DebugPort>().port = port;
  if (options.starts_others_only()) return;
  Inspector* inspector = Inspector::Get(env);
  const bool is_node = env->payload() != nullptr && env->payload()->Manifest("command-line") == "node";
  if (is_node && !options.IsTrue("--disable-sigusr1")) WatchDebugSignal(env);
  const bool breaks = options.IsTrue("--inspect-brk") || options.IsTrue("--inspect-brk-node");
  const bool waits = breaks || options.IsTrue("--inspect-wait");
  if (!waits && !options.IsTrue("--inspect")) return;
  if (!Listen(env, host)) Environment::ExitNow(kInspectorFailed);
  if (!waits) return;
  inspector->WaitForClient();
  if (options.IsTrue("--inspect-brk-node")) inspector->PauseOnNextStatement();
}

void Url(Environment* env, const CallInfo& info) {
  if (IsListening(env)) ReturnUtf8(info, DebuggerUrl());
}

// callAndPauseOnStart(fn, receiver, ...arguments)
void CallAndPauseOnStart(Environment* env, const CallInfo& info) {
  if (!info[0]->IsFunction()) return ThrowInvalidArgument(env->isolate(), 0, "a function", info[0]);
  Inspector::Get(env)->PauseOnNextStatement();
  v8::LocalVector<v8::Value> arguments(env->isolate());
  for (int i = 2; i < info.Length(); i++) arguments.push_back(info[i]);
  v8::Local<v8::Value> result;
  if (info[0].As<v8::Function>()->Call(env->context(), info[1], static_cast<int>(arguments.size()), arguments.data()).ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
}

// V8 takes a task's address; an odd one would be one of its own.
void* TaskOf(double id) { return reinterpret_cast<void*>(static_cast<uintptr_t>(static_cast<int64_t>(id)) << 1); }

void AsyncTaskScheduled(Environment* env, v8::Local<v8::String> name, double id, bool recurring) {
  Inspector* inspector = Inspector::Existing(env);
  if (inspector == nullptr) return;
  const v8::String::Value units(env->isolate(), name);
  inspector->engine()->asyncTaskScheduled({*units, static_cast<size_t>(units.length())}, TaskOf(id), recurring);
}
void AsyncTaskCanceled(Environment* env, double id) {
  if (Inspector* inspector = Inspector::Existing(env)) inspector->engine()->asyncTaskCanceled(TaskOf(id));
}
void AsyncTaskStarted(Environment* env, double id) {
  if (Inspector* inspector = Inspector::Existing(env)) inspector->engine()->asyncTaskStarted(TaskOf(id));
}
void AsyncTaskFinished(Environment* env, double id) {
  if (Inspector* inspector = Inspector::Existing(env)) inspector->engine()->asyncTaskFinished(TaskOf(id));
}

// emitProtocolEvent(name, params), for sessions that have turned its domain on.
void EmitProtocolEvent(Environment* env, v8::Local<v8::String> name, v8::Local<v8::Object> params) {
  Inspector* inspector = Inspector::Existing(env);
  if (inspector == nullptr || !inspector->is_active()) return;
  v8::Local<v8::Value> arguments[] = {name, params};
  (void)CallLibrary(env, kDomains, "emit", 2, arguments);
}

// tell(session, text): an event of a domain of the library's.
void Tell(Environment* env, uint32_t number, v8::Local<v8::String> text) {
  Inspector* inspector = Inspector::Existing(env);
  InspectorSession* session = inspector == nullptr ? nullptr : inspector->session(number);
  if (session == nullptr) return;
  const v8::String::Value units(env->isolate(), text);
  session->Tell({*units, static_cast<size_t>(units.length())});
}

// isWaiting(): whether the thread waits for a client.
bool IsWaiting(Environment* env) {
  Inspector* inspector = Inspector::Existing(env);
  return inspector != nullptr && inspector->is_waiting();
}

// callFrames() → the frames of the JavaScript that runs, as the protocol has them.
v8::MaybeLocal<v8::Value> CallFrames(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  constexpr int kLimit = 200;
  v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(isolate, kLimit);
  v8::LocalVector<v8::Value> list(isolate);
  for (int i = 0; i < stack->GetFrameCount(); i++) {
    v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<uint32_t>(i));
    const auto text = [&](v8::Local<v8::String> string) -> v8::Local<v8::Value> {
      return string.IsEmpty() ? v8::String::Empty(isolate) : string;
    };
    v8::Local<v8::Name> names[] = {Internalized(isolate, "functionName"), Internalized(isolate, "scriptId"), Internalized(isolate, "url"),
                                   Internalized(isolate, "lineNumber"), Internalized(isolate, "columnNumber")};
    v8::Local<v8::Value> values[] = {text(frame->GetFunctionName()), Internalized(isolate, std::to_string(frame->GetScriptId())),
                                     text(frame->GetScriptNameOrSourceURL()), v8::Integer::New(isolate, frame->GetLineNumber() - 1),
                                     v8::Integer::New(isolate, frame->GetColumn() - 1)};
    list.push_back(v8::Object::New(isolate, v8::Null(isolate), names, values, 5));
  }
  return v8::Array::New(isolate, list.data(), list.size());
}

// putNetworkResource(url, text): what clients get for that URL.
void PutNetworkResource(Environment* env, v8::Local<v8::String> url, v8::Local<v8::String> text) {
  v8::Local<v8::Value> arguments[] = {url, text};
  (void)CallLibrary(env, kDomains, "putResource", 2, arguments);
}

// reportUncaught(error): sessions hear of what nothing caught.
void ReportUncaught(Environment* env, v8::Local<v8::Value> error) {
  Inspector* inspector = Inspector::Existing(env);
  if (inspector != nullptr && inspector->is_active()) inspector->ReportUncaught(error);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<AsyncTaskCanceled>("asyncTaskCanceled"),
    Typed<AsyncTaskFinished>("asyncTaskFinished"),
    Typed<AsyncTaskScheduled>("asyncTaskScheduled"),
    Typed<AsyncTaskStarted>("asyncTaskStarted"),
    Typed<CallFrames>("callFrames"),
    Typed<CallAndPauseOnStart>("callAndPauseOnStart"),
    Typed<EmitProtocolEvent>("emitProtocolEvent"),
    Typed<IsListening>("isEnabled"),
    Typed<IsWaiting>("isWaiting"),
    Typed<Open>("open"),
    Typed<PutNetworkResource>("putNetworkResource"),
    Typed<ReportUncaught>("reportUncaught"),
    Typed<Start>("start"),
    Typed<Tell>("tell"),
    Typed<Url>("url"),
    Typed<WaitForDebugger>("waitForDebugger"),
    Typed<WatchWorkers>("watchWorkers"),
    Typed<Workers>("workers"),
};

constexpr FunctionSpec kConnectionMethods[] = {
    Method<&ConnectionBase::Disconnect>("disconnect"),
    Method<&ConnectionBase::Dispatch>("dispatch"),
};
constexpr ClassSpec kClasses[] = {
    {"Connection", Connection::Make, kConnectionMethods},
    {"MainThreadConnection", MakeLinked<LinkedConnection::MakeToMainThread>, kConnectionMethods},
    {"WorkerConnection", MakeLinked<LinkedConnection::MakeToWorker>, kConnectionMethods},
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "console"), InspectedConsole(env)).Check();
}

}  // namespace

extern const BindingSpec kNodeInspector;
constexpr BindingSpec kNodeInspector{"inspector", kFunctions, {}, kClasses, Init};

}  // namespace dv8::node
