// runtime/bindings/dv8_debugger.cc: internal:dv8_debugger, V8's inspector for clients of the Chrome
// DevTools protocol. The server has a thread of its own (debug_server.h); what it hears is done on
// the program's thread: from the loop, between two statements of JavaScript that runs, or, while the
// program is paused, in a loop of our own that serves nothing else.
#include <v8-inspector.h>

#include <condition_variable>
#include <deque>

#include "runtime/binding/checked.h"
#include "runtime/bindings/debug_server.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

constexpr int kContextGroup = 1;

// Stepping passes over the library, unless a client gives patterns of its own.
constexpr int kOwnCall = 2147483646;
constexpr char kSkipLibrary[] =
    "{\"id\":2147483646,\"method\":\"Debugger.setBlackboxPatterns\","
    "\"params\":{\"patterns\":[\"^dv8:stdlib$\",\"^node:\"]}}";

v8_inspector::StringView View(const std::string& ascii) {
  return {reinterpret_cast<const uint8_t*>(ascii.data()), ascii.size()};
}

std::string ToUtf8(v8::Isolate* isolate, const v8_inspector::StringView& text) {
  v8::HandleScope scope(isolate);
  v8::Local<v8::String> string;
  const int length = static_cast<int>(text.length());
  const bool made =
      text.is8Bit()
          ? v8::String::NewFromOneByte(isolate, text.characters8(), v8::NewStringType::kNormal,
                                       length)
                .ToLocal(&string)
          : v8::String::NewFromTwoByte(isolate, text.characters16(), v8::NewStringType::kNormal,
                                       length)
                .ToLocal(&string);
  return made ? std::string(Utf8(isolate, string).view()) : std::string();
}

class Debugger;
Debugger* the_debugger = nullptr;
void StopForExit();

// One a process, never deleted: V8 may call back until the process ends.
class Debugger final : public v8_inspector::V8InspectorClient, public DebugServer::Listener {
 public:
  explicit Debugger(Environment* env) : env_(env) {
    inspector_ = v8_inspector::V8Inspector::create(env->isolate(), this);
    const std::string name = "main";
    v8_inspector::V8ContextInfo context(env->context(), kContextGroup, View(name));
    const std::string aux = "{\"isDefault\":true}";
    context.auxData = View(aux);
    inspector_->contextCreated(context);
    DV8_CHECK(uv_async_init(env->loop(), &wake_, [](uv_async_t* handle) {
                static_cast<Debugger*>(handle->data)->OnWake();
              }) == 0);
    wake_.data = this;
    // A client alone keeps no program alive.
    uv_unref(reinterpret_cast<uv_handle_t*>(&wake_));
  }

  v8_inspector::V8Inspector* inspector() { return inspector_.get(); }
  bool is_open() const { return server_ != nullptr; }
  std::string url() const { return server_ == nullptr ? "" : server_->url(); }

  int Open(const std::string& host, int port, std::string title) {
    auto server = std::make_unique<DebugServer>(this, std::move(title));
    const int rc = server->Start(host, port);
    if (rc != 0) return rc;
    server_ = std::move(server);
    // Clients get the answers to what ended the program.
    Environment::AddBeforeExitNow(StopForExit);
    return 0;
  }

  void Close() {
    server_.reset();
    {
      std::lock_guard lock(mutex_);
      events_.clear();
    }
    // A session whose message is being done is on the stack: it ends when the stack is empty.
    if (dispatching_) {
      closing_ = true;
      waiting_ = paused_ = false;
    } else {
      sessions_.clear();
    }
  }

  // Waits until a client says Runtime.runIfWaitingForDebugger.
  void Wait() {
    waiting_ = true;
    Serve(&waiting_);
  }

  void StopServer() {
    if (server_ != nullptr) server_->Stop();
  }

  void BreakOnStart() {
    for (auto& [id, session] : sessions_) {
      session->session->schedulePauseOnNextStatement(View("Break on start"), View("{}"));
    }
  }

 private:
  class Session final : public v8_inspector::V8Inspector::Channel {
   public:
    Session(Debugger* owner, int id) : owner_(owner), id_(id) {
      session = owner->inspector_->connect(kContextGroup, this, {},
                                           v8_inspector::V8Inspector::kFullyTrusted);
    }
    void sendResponse(int id, std::unique_ptr<v8_inspector::StringBuffer> message) override {
      if (id != kOwnCall) owner_->Send(id_, message->string());
    }
    void sendNotification(std::unique_ptr<v8_inspector::StringBuffer> message) override {
      const std::string text = ToUtf8(owner_->env_->isolate(), message->string());
      // The script in the snapshot is not one that runs.
      if (text.starts_with("{\"method\":\"Debugger.scriptParsed\"") &&
          text.find("\"url\":\"/app/") < text.find("\"executionContextId\":0,")  &&
          text.find("\"executionContextId\":0,") != std::string::npos) {
        return;
      }
      owner_->SendText(id_, text);
    }
    void flushProtocolNotifications() override {}

    std::unique_ptr<v8_inspector::V8InspectorSession> session;

   private:
    Debugger* owner_;
    int id_;
  };

  enum class EventKind { kConnect, kMessage, kDisconnect };
  struct Event {
    EventKind kind;
    int client;
    std::string text;
  };

  // On the server's thread.
  void OnConnect(int client) override { Push({EventKind::kConnect, client, ""}); }
  void OnMessage(int client, std::string text) override {
    Push({EventKind::kMessage, client, std::move(text)});
  }
  void OnDisconnect(int client) override { Push({EventKind::kDisconnect, client, ""}); }
  void Push(Event event) {
    {
      std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
    }
    arrived_.notify_one();
    uv_async_send(&wake_);
    env_->isolate()->RequestInterrupt(
        [](v8::Isolate*, void* data) { static_cast<Debugger*>(data)->Drain(); }, this);
  }

  void Send(int client, const v8_inspector::StringView& text) {
    SendText(client, ToUtf8(env_->isolate(), text));
  }
  void SendText(int client, const std::string& text) {
    if (server_ != nullptr) server_->Send(client, text);
  }

  void OnWake() {
    v8::HandleScope scope(env_->isolate());
    Drain();
    env_->ProcessTicks();
  }

  bool Take(Event* event) {
    std::lock_guard lock(mutex_);
    if (events_.empty()) return false;
    *event = std::move(events_.front());
    events_.pop_front();
    return true;
  }

  void Drain() {
    if (dispatching_) return;
    dispatching_ = true;
    for (Event event; Take(&event);) Do(event);
    dispatching_ = false;
    if (closing_) {
      closing_ = false;
      sessions_.clear();
    }
  }

  // Does what clients say while `*goes_on`.
  void Serve(const bool* goes_on) {
    const bool before = std::exchange(dispatching_, true);
    while (*goes_on) {
      {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return !events_.empty(); });
      }
      for (Event event; *goes_on && Take(&event);) Do(event);
    }
    dispatching_ = before;
    // What is left is done when the program goes on.
    uv_async_send(&wake_);
  }

  void Do(const Event& event) {
    v8::Isolate* isolate = env_->isolate();
    v8::HandleScope scope(isolate);
    switch (event.kind) {
      case EventKind::kConnect:
        sessions_[event.client] = std::make_unique<Session>(this, event.client);
        break;
      case EventKind::kDisconnect:
        // Without its last client a paused program goes on.
        sessions_.erase(event.client);
        if (sessions_.empty()) paused_ = false;
        break;
      case EventKind::kMessage: {
        const auto found = sessions_.find(event.client);
        v8::Local<v8::String> text;
        if (found == sessions_.end() || !FromUtf8(isolate, event.text).ToLocal(&text)) break;
        const v8::String::Value units(isolate, text);
        found->second->session->dispatchProtocolMessage(
            {*units, static_cast<size_t>(units.length())});
        if (event.text.find("\"Debugger.enable\"") == std::string::npos) break;
        const std::string skip = kSkipLibrary;
        found->second->session->dispatchProtocolMessage(View(skip));
        break;
      }
    }
  }

  // V8InspectorClient.
  void runMessageLoopOnPause(int) override {
    if (paused_ || server_ == nullptr) return;
    paused_ = true;
    Serve(&paused_);
  }
  void quitMessageLoopOnPause() override { paused_ = false; }
  void runIfWaitingForDebugger(int) override { waiting_ = false; }
  v8::Local<v8::Context> ensureDefaultContextInGroup(int) override { return env_->context(); }
  double currentTimeMS() override { return static_cast<double>(uv_hrtime()) / 1e6; }

  Environment* env_;
  std::unique_ptr<v8_inspector::V8Inspector> inspector_;
  std::map<int, std::unique_ptr<Session>> sessions_;
  std::unique_ptr<DebugServer> server_;
  uv_async_t wake_;
  bool dispatching_ = false;
  bool closing_ = false;
  bool paused_ = false;
  bool waiting_ = false;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;
};

void StopForExit() { the_debugger->StopServer(); }

// A session of the program's own with the inspector of its isolate, which is the debugger's where there
// is one. A pause in it is passed over: nobody could end it.
class OwnSession final : public NativeObject,
                         private v8_inspector::V8InspectorClient,
                         private v8_inspector::V8Inspector::Channel {
 public:
  // new OwnSession(callback(text))
  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (env->mode() != Environment::Mode::kRun) {
      return ThrowTypeError(info.GetIsolate(), "The inspector cannot be used while the snapshot is made");
    }
    new OwnSession(env, info.This());
    info.This()->SetInternalField(kCallbackField, info[0]);
  }

  // dispatch(text): a message of DevTools' protocol. Answers come before it returns.
  static void Dispatch(const CallInfo& info) {
    const v8::String::Value units(info.GetIsolate(), info[0]);
    Unwrap<OwnSession>(info)->session_->dispatchProtocolMessage(
        {*units, static_cast<size_t>(units.length())});
  }

  static constexpr int kCallbackField = 1;
  static constexpr int kFieldCount = 2;

 private:
  OwnSession(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {
    v8_inspector::V8Inspector* inspector;
    if (the_debugger != nullptr && !env->is_thread()) {
      inspector = the_debugger->inspector();
    } else {
      own_ = v8_inspector::V8Inspector::create(env->isolate(), this);
      const std::string name = "own";
      own_->contextCreated({env->context(), kContextGroup, View(name)});
      inspector = own_.get();
    }
    session_ = inspector->connect(kContextGroup, this, {}, v8_inspector::V8Inspector::kFullyTrusted);
  }

  void sendResponse(int, std::unique_ptr<v8_inspector::StringBuffer> message) override {
    Tell(message->string());
  }
  void sendNotification(std::unique_ptr<v8_inspector::StringBuffer> message) override {
    Tell(message->string());
  }
  void flushProtocolNotifications() override {}
  v8::Local<v8::Context> ensureDefaultContextInGroup(int) override { return env()->context(); }

  void Tell(const v8_inspector::StringView& message) {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::String> text;
    if (is_collected() || !FromUtf8(isolate, ToUtf8(isolate, message)).ToLocal(&text)) return;
    v8::Local<v8::Value> argument = text;
    v8::Local<v8::Value> callback = object()->GetInternalField(kCallbackField).As<v8::Value>();
    (void)env()->Callback(callback.As<v8::Function>(), object(), 1, &argument);
  }

  std::unique_ptr<v8_inspector::V8Inspector> own_;
  std::unique_ptr<v8_inspector::V8InspectorSession> session_;
};

bool MayDebug(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (env->mode() != Environment::Mode::kRun) {
    ThrowTypeError(info.GetIsolate(), "The debugger cannot be opened while the snapshot is made");
    return false;
  }
  if (env->is_thread()) {
    ThrowTypeError(info.GetIsolate(), "The debugger belongs to the program's first thread");
    return false;
  }
  return true;
}

// attach(): makes the inspector. V8 shows a client only scripts that were compiled after this.
void Attach(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (the_debugger != nullptr || env->mode() != Environment::Mode::kRun || env->is_thread()) return;
  the_debugger = new Debugger(env);
}

// open(port, host, title) → 0 or a negative error number.
void Open(const CallInfo& info) {
  if (!MayDebug(info)) return;
  if (the_debugger == nullptr) return info.GetReturnValue().Set(UV_EINVAL);
  if (the_debugger->is_open()) return info.GetReturnValue().Set(UV_EALREADY);
  v8::Isolate* isolate = info.GetIsolate();
  info.GetReturnValue().Set(the_debugger->Open(std::string(Utf8(isolate, info[1]).view()),
                                               Int32Arg(info, 0),
                                               std::string(Utf8(isolate, info[2]).view())));
}

// wait(breaks): until a client lets the program go on; it then pauses at its next statement.
void Wait(const CallInfo& info) {
  if (!MayDebug(info) || the_debugger == nullptr || !the_debugger->is_open()) return;
  the_debugger->Wait();
  if (BoolArg(info, 0)) the_debugger->BreakOnStart();
}

void Close(const CallInfo&) {
  if (the_debugger != nullptr) the_debugger->Close();
}

// url() → "ws://…", or undefined when it is closed.
void Url(const CallInfo& info) {
  if (the_debugger != nullptr && the_debugger->is_open()) ReturnUtf8(info, the_debugger->url());
}

// console() → V8's own console object, which reports to clients.
void Console(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::Value> console;
  if (context->GetExtrasBindingObject()
          ->Get(context, Internalized(isolate, "console"))
          .ToLocal(&console)) {
    info.GetReturnValue().Set(console);
  }
}

constexpr FunctionSpec kFunctions[] = {
    {"attach", Attach},
    {"close", Close},
    {"console", Console},
    Checked<Open, InRange<int32_t, 0, 65535>, v8::Local<v8::String>, v8::Local<v8::String>>("open"),
    {"url", Url},
    {"wait", Wait},
};

constexpr FunctionSpec kSessionMethods[] = {
    Checked<OwnSession::Dispatch, v8::Local<v8::String>>("dispatch"),
};
constexpr ClassSpec kClasses[] = {
    {"OwnSession", CheckedConstructor<OwnSession::Construct, v8::Local<v8::Function>>, kSessionMethods, OwnSession::kFieldCount},
};

}  // namespace

extern const BindingSpec kDv8Debugger;
constexpr BindingSpec kDv8Debugger{"dv8_debugger", kFunctions, {}, kClasses};

}  // namespace dv8
