#include "runtime/bindings/inspector.h"

#include <uv.h>

#include <algorithm>
#include <chrono>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/platform.h"

namespace dv8 {
namespace {

constexpr int kContextGroup = 1;
constexpr auto kStopCheck = std::chrono::milliseconds(100);
constexpr char kDomains[] = "internal/dv8/inspector_domains";

// Stepping passes over the library, unless a client gives patterns of its own.
constexpr int kOwnCall = 2147483646;
constexpr char kSkipLibrary[] =
    "{\"id\":2147483646,\"method\":\"Debugger.setBlackboxPatterns\","
    "\"params\":{\"patterns\":[\"^dv8:stdlib$\",\"^node:\"]}}";

class DrainTask final : public v8::Task {
 public:
  explicit DrainTask(v8::Isolate* isolate) : isolate_(isolate) {}
  void Run() override { Inspector::Get(Environment::From(isolate_))->Drain(); }

 private:
  v8::Isolate* isolate_;
};

bool StartsWith(const v8_inspector::StringView& text, std::string_view prefix) {
  if (text.length() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); i++) {
    if ((text.is8Bit() ? text.characters8()[i] : text.characters16()[i]) != static_cast<unsigned char>(prefix[i])) return false;
  }
  return true;
}

// Whether a message of V8's says that a script of the snapshot was parsed: none of those that run.
bool IsOfSnapshot(v8::Isolate* isolate, const v8_inspector::StringView& message) {
  if (!StartsWith(message, "{\"method\":\"Debugger.scriptParsed\"")) return false;
  const std::string text = ToUtf8(isolate, message);
  const size_t context = text.find("\"executionContextId\":0,");
  return context != std::string::npos && (text.find("\"url\":\"/app/") < context || text.find("\"url\":\"file:///app/") < context);
}

struct Slot {
  explicit Slot(Environment* env) : inbox(std::make_shared<InspectorInbox>(env->isolate())) {}
  ~Slot() { inbox->Close(); }
  std::shared_ptr<InspectorInbox> inbox;
  std::unique_ptr<Inspector> inspector;
  std::string name;
  bool in_console = false;  // What a console is told by getters of the program's is not reported again.
};

// A method of the console; its data is [the inspector's method, the console's own].
void CallConsole(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Slot& slot = Environment::From(info)->State<Slot>();
  v8::LocalVector<v8::Value> arguments(isolate);
  for (int i = 0; i < info.Length(); i++) arguments.push_back(info[i]);
  const auto call = [&](uint32_t which) {
    v8::Local<v8::Value> method;
    v8::Local<v8::Value> result;
    return info.Data().As<v8::Array>()->Get(context, which).ToLocal(&method) &&
           method.As<v8::Function>()->Call(context, info.This(), info.Length(), arguments.data()).ToLocal(&result);
  };
  if (slot.inspector != nullptr && slot.inspector->is_active() && !slot.in_console) {
    slot.in_console = true;
    const bool reported = call(0);
    slot.in_console = false;
    if (!reported) return;
  }
  (void)call(1);
}

}  // namespace

v8_inspector::StringView AsciiView(const std::string& ascii) { return {reinterpret_cast<const uint8_t*>(ascii.data()), ascii.size()}; }

v8::MaybeLocal<v8::String> FromView(v8::Isolate* isolate, const v8_inspector::StringView& text) {
  const int length = static_cast<int>(text.length());
  return text.is8Bit() ? v8::String::NewFromOneByte(isolate, text.characters8(), v8::NewStringType::kNormal, length)
                       : v8::String::NewFromTwoByte(isolate, text.characters16(), v8::NewStringType::kNormal, length);
}

std::string ToUtf8(v8::Isolate* isolate, const v8_inspector::StringView& text) {
  v8::HandleScope scope(isolate);
  v8::Local<v8::String> string;
  return FromView(isolate, text).ToLocal(&string) ? std::string(Utf8(isolate, string).view()) : std::string();
}

void InspectorInbox::Post(Kind kind, std::shared_ptr<InspectorClient> client, std::string text) {
  {
    std::lock_guard lock(mutex_);
    if (isolate_ == nullptr) return;
    events_.push_back({kind, std::move(client), std::move(text)});
    isolate_->RequestInterrupt([](v8::Isolate* isolate, void*) { Inspector::Get(Environment::From(isolate))->Drain(); }, nullptr);
    Platform::Get()->TasksOf(isolate_)->PostTask(std::make_unique<DrainTask>(isolate_));
  }
  arrived_.notify_one();
}

bool InspectorInbox::Take(Event* event) {
  std::lock_guard lock(mutex_);
  if (events_.empty()) return false;
  *event = std::move(events_.front());
  events_.pop_front();
  return true;
}

void InspectorInbox::Wait() {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, kStopCheck, [this] { return !events_.empty(); });
}

void InspectorInbox::Drop(const InspectorClient* client) {
  std::lock_guard lock(mutex_);
  std::erase_if(events_, [client](const Event& event) { return event.client.get() == client; });
}

void InspectorInbox::Close() {
  std::deque<Event> events;
  std::lock_guard lock(mutex_);
  isolate_ = nullptr;
  events.swap(events_);
}

std::shared_ptr<InspectorSession> InspectorSession::Connect(Inspector* inspector, Receiver receiver) {
  std::shared_ptr<InspectorSession> session(new InspectorSession(inspector, std::move(receiver)));
  // The first client that says so lets a program run that waits; V8 would wait for all of them.
  session->session_ = inspector->engine()->connect(kContextGroup, session.get(), {}, v8_inspector::V8Inspector::kFullyTrusted);
  return session;
}

InspectorSession::InspectorSession(Inspector* inspector, Receiver receiver)
    : inspector_(inspector), number_(++inspector->last_session_), receiver_(std::move(receiver)) {
  inspector->sessions_[number_] = this;
}

InspectorSession::~InspectorSession() {
  if (inspector_ != nullptr) inspector_->sessions_.erase(number_);
}

void InspectorSession::Dispatch(v8::Local<v8::String> message) {
  if (inspector_ == nullptr || session_ == nullptr) return;
  const std::shared_ptr<InspectorSession> self = shared_from_this();
  v8::Isolate* isolate = inspector_->env()->isolate();
  depth_++;
  if (!inspector_->DispatchToLibrary(this, message)) {
    const v8::String::Value units(isolate, message);
    session_->dispatchProtocolMessage({*units, static_cast<size_t>(units.length())});
  }
  depth_--;
  if (inspector_ == nullptr && depth_ == 0) session_.reset();
}

void InspectorSession::SkipLibrary() {
  const std::string skip = kSkipLibrary;
  if (session_ != nullptr) session_->dispatchProtocolMessage(AsciiView(skip));
}

void InspectorSession::PauseOnNextStatement(const std::string& reason) {
  if (session_ != nullptr) session_->schedulePauseOnNextStatement(AsciiView(reason), AsciiView("{}"));
}

void InspectorSession::Tell(const Text& text) {
  if (inspector_ == nullptr) return;
  const std::shared_ptr<InspectorSession> self = shared_from_this();
  depth_++;
  receiver_(text);
  depth_--;
}

void InspectorSession::sendResponse(int id, std::unique_ptr<v8_inspector::StringBuffer> message) {
  if (id != kOwnCall) Tell(message->string());
}

void InspectorSession::sendNotification(std::unique_ptr<v8_inspector::StringBuffer> message) {
  if (inspector_ != nullptr && !IsOfSnapshot(inspector_->env()->isolate(), message->string())) Tell(message->string());
}

void InspectorSession::Close() {
  if (inspector_ == nullptr) return;
  const std::shared_ptr<InspectorSession> self = shared_from_this();
  // What is asked and not answered yet is answered now.
  if (depth_ == 0) {
    depth_++;
    session_.reset();
    depth_--;
    if (inspector_ == nullptr) return;
  }
  Inspector* inspector = std::exchange(inspector_, nullptr);
  inspector->sessions_.erase(number_);
  inspector->SessionClosed(number_);
  if (session_ == nullptr) return;
  // V8 is below on the stack.
  if (!inspector->env()->stopping()) inspector->env()->SetImmediate([self = shared_from_this()] { self->session_.reset(); });
}

struct Inspector::Timer {
  uv_timer_t handle;
  TimerCallback callback;
  void* data;
};

Inspector::Inspector(Environment* env) : env_(env), inbox_(InboxOf(env)) {
  uv_prepare_init(env->loop(), &waits_);
  uv_check_init(env->loop(), &works_);
  waits_.data = works_.data = env->isolate();
  uv_prepare_start(&waits_, [](uv_prepare_t* handle) { static_cast<v8::Isolate*>(handle->data)->SetIdle(true); });
  uv_check_start(&works_, [](uv_check_t* handle) { static_cast<v8::Isolate*>(handle->data)->SetIdle(false); });
  uv_unref(reinterpret_cast<uv_handle_t*>(&waits_));
  uv_unref(reinterpret_cast<uv_handle_t*>(&works_));
  inspector_ = v8_inspector::V8Inspector::create(env->isolate(), this);
  std::string name = env->State<Slot>().name;
  if (name.empty()) name = std::string(env->argc() > 0 ? env->argv()[0] : "") + "[" + std::to_string(uv_os_getpid()) + "]";
  v8_inspector::V8ContextInfo context(env->context(), kContextGroup, AsciiView(name));
  const std::string aux = "{\"isDefault\":true}";
  context.auxData = AsciiView(aux);
  inspector_->contextCreated(context);
}

Inspector::~Inspector() {
  for (auto& [client, session] : clients_) {
    session->Close();
    client->Ended();
  }
  for (auto& [data, timer] : timers_) delete timer;
}

Inspector* Inspector::Get(Environment* env) {
  std::unique_ptr<Inspector>& inspector = env->State<Slot>().inspector;
  if (inspector == nullptr) inspector = std::make_unique<Inspector>(env);
  return inspector.get();
}

Inspector* Inspector::Existing(Environment* env) { return env->State<Slot>().inspector.get(); }

const std::shared_ptr<InspectorInbox>& Inspector::InboxOf(Environment* env) { return env->State<Slot>().inbox; }

void Inspector::Name(Environment* env, std::string name) { env->State<Slot>().name = std::move(name); }

InspectorSession* Inspector::session(uint32_t number) const {
  const auto found = sessions_.find(number);
  return found == sessions_.end() ? nullptr : found->second;
}

v8::MaybeLocal<v8::Value> CallLibrary(Environment* env, const char* id, const char* function, int argc, v8::Local<v8::Value>* argv) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Value> require = env->Kept("builtins.require");
  if (!require->IsFunction()) return {};
  v8::Local<v8::Value> file = Internalized(isolate, id);
  v8::Local<v8::Value> callee;
  v8::Local<v8::Value> result;
  if (!require.As<v8::Function>()->Call(context, v8::Undefined(isolate), 1, &file).ToLocal(&file) ||
      !file.As<v8::Object>()->Get(context, Internalized(isolate, function)).ToLocal(&callee) ||
      !callee.As<v8::Function>()->Call(context, v8::Undefined(isolate), argc, argv).ToLocal(&result)) {
    return {};
  }
  return result;
}

bool Inspector::DispatchToLibrary(InspectorSession* session, v8::Local<v8::String> message) {
  v8::Isolate* isolate = env_->isolate();
  if (!env_->Kept("builtins.require")->IsFunction()) return false;
  v8::Local<v8::Context> context = env_->context();
  v8::Local<v8::Value> parsed;
  v8::Local<v8::Value> method;
  {
    v8::TryCatch guard(isolate);  // V8 says what is wrong.
    v8::Local<v8::Value> target;
    if (!v8::JSON::Parse(context, message).ToLocal(&parsed) || !parsed->IsObject() ||
        !parsed.As<v8::Object>()->Get(context, Internalized(isolate, "method")).ToLocal(&method) || !method->IsString() ||
        !parsed.As<v8::Object>()->Get(context, Internalized(isolate, "sessionId")).ToLocal(&target)) {
      return false;
    }
    const v8::String::Value name(isolate, method);
    const v8_inspector::StringView view{*name, static_cast<size_t>(name.length())};
    // What has a session's id is for a worker.
    if (!target->IsString() && v8_inspector::V8InspectorSession::canDispatchMethod(view)) return false;
  }
  has_domains_ = true;
  v8::Local<v8::Value> arguments[] = {v8::Integer::NewFromUnsigned(isolate, session->number()), parsed};
  v8::Local<v8::Value> answer;
  v8::TryCatch guard(isolate);
  // undefined: no domain of the library's, either; "" when the answer comes later.
  if (!CallLibrary(env_, kDomains, "dispatch", 2, arguments).ToLocal(&answer) || !answer->IsString()) return false;
  if (answer.As<v8::String>()->Length() == 0) return true;
  const v8::String::Value units(isolate, answer);
  session->Tell({*units, static_cast<size_t>(units.length())});
  return true;
}

void Inspector::SessionClosed(uint32_t number) {
  if (retaining_.erase(number) > 0 && retaining_.empty()) {
    const v8::HandleScope scope(env_->isolate());
    inspector_->contextDestroyed(env_->context());
  }
  if (!has_domains_ || env_->stopping()) return;
  v8::HandleScope scope(env_->isolate());
  v8::Context::Scope context_scope(env_->context());
  v8::TryCatch guard(env_->isolate());
  v8::Local<v8::Value> argument = v8::Integer::NewFromUnsigned(env_->isolate(), number);
  (void)CallLibrary(env_, kDomains, "closed", 1, &argument);
}

void Inspector::ContextCreated(v8::Local<v8::Context> context, const std::string& name, const std::string& origin) {
  v8_inspector::V8ContextInfo info(context, kContextGroup, AsciiView(name));
  const std::string aux = "{\"isDefault\":false}";
  info.auxData = AsciiView(aux);
  info.origin = AsciiView(origin);
  inspector_->contextCreated(info);
}

void Inspector::Drain() {
  if (dispatching_) return;
  dispatching_ = true;
  v8::HandleScope scope(env_->isolate());
  v8::Context::Scope context_scope(env_->context());
  for (InspectorInbox::Event event; inbox_->Take(&event);) Do(event);
  dispatching_ = false;
}

void Inspector::Serve(const bool* goes_on) {
  const bool before = std::exchange(dispatching_, true);
  v8::HandleScope scope(env_->isolate());
  v8::Context::Scope context_scope(env_->context());
  while (*goes_on && !env_->stopping()) {
    inbox_->Wait();
    for (InspectorInbox::Event event; *goes_on && inbox_->Take(&event);) Do(event);
  }
  dispatching_ = before;
  // What is left is done when the program goes on.
  Platform::Get()->TasksOf(env_->isolate())->PostTask(std::make_unique<DrainTask>(env_->isolate()));
}

void Inspector::Do(const InspectorInbox::Event& event) {
  v8::Isolate* isolate = env_->isolate();
  v8::HandleScope scope(isolate);
  const std::shared_ptr<InspectorClient>& client = event.client;
  switch (event.kind) {
    case InspectorInbox::Kind::kConnect:
      ReportConsole(env_);
      clients_[client] = InspectorSession::Connect(
          this, [this, client = client.get()](const InspectorSession::Text& text) { client->Receive(ToUtf8(env_->isolate(), text)); });
      client->Connected();
      break;
    case InspectorInbox::Kind::kDisconnect: Disconnect(client); break;
    case InspectorInbox::Kind::kAnswer: client->Answered(event.text); break;
    case InspectorInbox::Kind::kMessage: {
      const auto found = clients_.find(client);
      v8::Local<v8::String> text;
      if (found == clients_.end() || !FromUtf8(isolate, event.text).ToLocal(&text)) break;
      const std::shared_ptr<InspectorSession> session = found->second;
      session->Dispatch(text);
      if (event.text.find("\"Debugger.enable\"") != std::string::npos) session->SkipLibrary();
      break;
    }
  }
}

void Inspector::Disconnect(const std::shared_ptr<InspectorClient>& client) {
  inbox_->Drop(client.get());
  const auto found = clients_.find(client);
  if (found == clients_.end()) return;
  found->second->Close();
  clients_.erase(found);
  // Without its last client a paused program goes on.
  if (clients_.empty() || (is_ending_ && env_->is_thread() && retaining_.empty())) paused_ = false;
}

void Inspector::WaitForClient() {
  waiting_ = true;
  if (has_domains_) {
    const v8::HandleScope scope(env_->isolate());
    const v8::Context::Scope context_scope(env_->context());
    const v8::TryCatch guard(env_->isolate());
    (void)CallLibrary(env_, kDomains, "waiting");
  }
  Serve(&waiting_);
}

void Inspector::StopWaiting() { waiting_ = paused_ = false; }

void Inspector::WaitForDisconnect() {
  if (clients_.empty()) return;
  v8::Isolate* isolate = env_->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = env_->context();
  v8::Context::Scope context_scope(context);
  is_ending_ = true;
  // Sessions that want to hear of it in words of Node's; the others see their context go, behind these.
  if (has_domains_) {
    v8::TryCatch guard(isolate);
    v8::Local<v8::Value> numbers;
    if (CallLibrary(env_, kDomains, "ended").ToLocal(&numbers) && numbers->IsArray()) {
      for (uint32_t i = 0; i < numbers.As<v8::Array>()->Length(); i++) {
        v8::Local<v8::Value> number;
        if (numbers.As<v8::Array>()->Get(context, i).ToLocal(&number)) retaining_.insert(number->Uint32Value(context).FromMaybe(0));
      }
    }
    std::erase_if(retaining_, [this](uint32_t number) {
      return std::ranges::none_of(clients_, [number](const auto& entry) { return entry.second->number() == number; });
    });
  }
  if (retaining_.empty()) inspector_->contextDestroyed(context);
  if (retaining_.empty() && env_->is_thread()) return;
  // The last may have gone while the library ran.
  paused_ = !clients_.empty();
  Serve(&paused_);
}

void Inspector::PauseOnNextStatement() {
  for (auto& [number, session] : sessions_) session->PauseOnNextStatement("Break on start");
}

void Inspector::runIfWaitingForDebugger(int) { waiting_ = false; }

void Inspector::ReportUncaught(v8::Local<v8::Value> exception) {
  v8::Isolate* isolate = env_->isolate();
  v8::Local<v8::Context> context = env_->context();
  v8::Local<v8::Message> message = v8::Exception::CreateMessage(isolate, exception);
  v8::Local<v8::StackTrace> stack = message->GetStackTrace();
  const v8::String::Value details(isolate, message->Get());
  v8::Local<v8::Value> name = message->GetScriptResourceName();
  const std::string url = name->IsString() ? std::string(Utf8(isolate, name).view()) : "";
  const std::string uncaught = "Uncaught";
  const int id = stack.IsEmpty() || stack->GetFrameCount() == 0 ? 0 : stack->GetFrame(isolate, 0)->GetScriptId();
  inspector_->exceptionThrown(context, AsciiView(uncaught), exception, {*details, static_cast<size_t>(details.length())}, AsciiView(url),
                              static_cast<unsigned>(message->GetLineNumber(context).FromMaybe(0)),
                              static_cast<unsigned>(message->GetStartColumn(context).FromMaybe(0)), inspector_->createStackTrace(stack),
                              id);
}

void Inspector::runMessageLoopOnPause(int) {
  // Nobody could end a pause of a program with sessions of its own only.
  if (paused_ || clients_.empty()) return;
  paused_ = true;
  Serve(&paused_);
}

double Inspector::currentTimeMS() {
  return static_cast<double>(
             std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count()) /
         1e3;
}

void Inspector::startRepeatingTimer(double seconds, TimerCallback callback, void* data) {
  Timer*& timer = timers_[data];
  if (timer != nullptr) return;
  timer = new Timer{{}, callback, data};
  uv_timer_init(env_->loop(), &timer->handle);
  timer->handle.data = timer;
  const auto interval = static_cast<uint64_t>(seconds * 1000);
  uv_timer_start(
      &timer->handle,
      [](uv_timer_t* handle) {
        auto* timer = static_cast<Timer*>(handle->data);
        timer->callback(timer->data);
      },
      interval, interval);
  uv_unref(reinterpret_cast<uv_handle_t*>(&timer->handle));
}

void Inspector::cancelTimer(void* data) {
  const auto found = timers_.find(data);
  if (found == timers_.end() || env_->stopping()) return;
  Timer* timer = found->second;
  timers_.erase(found);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer->handle), [](uv_handle_t* handle) { delete static_cast<Timer*>(handle->data); });
}

void Inspector::maxAsyncCallStackDepthChanged(int depth) {
  v8::HandleScope scope(env_->isolate());
  v8::TryCatch guard(env_->isolate());
  (void)CallLibrary(env_, "internal/inspector_async_hook", depth > 0 ? "enable" : "disable");
}

void Inspector::installAdditionalCommandLineAPI(v8::Local<v8::Context>, v8::Local<v8::Object> target) {
  v8::TryCatch guard(env_->isolate());
  v8::Local<v8::Value> argument = target;
  (void)CallLibrary(env_, "internal/util/inspector", "installConsoleExtensions", 1, &argument);
}

// Programs with Node's library see URLs, as Node's.
std::unique_ptr<v8_inspector::StringBuffer> Inspector::resourceNameToUrl(const v8_inspector::StringView& name) {
  const std::string path = ToUtf8(env_->isolate(), name);
  if (!path.starts_with('/') || !env_->Kept("builtins.require")->IsFunction()) return nullptr;
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string url = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte > 0x20 && byte < 0x7f && std::string_view("%\"#<>?[\\]^`{|}").find(c) == std::string_view::npos;
    if (plain) {
      url += c;
    } else {
      url += '%';
      url += kDigits[byte >> 4];
      url += kDigits[byte & 15];
    }
  }
  return v8_inspector::StringBuffer::create(AsciiView(url));
}

v8::Local<v8::Value> InspectedConsole(Environment* env) {
  v8::Local<v8::Value> console;
  if (!env->context()->GetExtrasBindingObject()->Get(env->context(), Internalized(env->isolate(), "console")).ToLocal(&console)) {
    return v8::Undefined(env->isolate());
  }
  return console;
}

void ReportConsole(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  constexpr char kWrapped[] = "inspector.console_wrapped";
  v8::Local<v8::Value> inspected = InspectedConsole(env);
  v8::Local<v8::Value> global;
  if (!context->Global()->Get(context, Internalized(isolate, "console")).ToLocal(&global) || !global->IsObject()) return;
  v8::Local<v8::Object> console = global.As<v8::Object>();
  v8::Local<v8::Array> names;
  if (env->Kept(kWrapped)->IsTrue() || !inspected->IsObject() ||
      !inspected.As<v8::Object>()->GetOwnPropertyNames(context).ToLocal(&names)) {
    return;
  }
  env->Keep(kWrapped, v8::True(isolate));
  for (uint32_t i = 0; i < names->Length(); i++) {
    v8::Local<v8::Value> name;
    v8::Local<v8::Value> own;
    v8::Local<v8::Value> theirs;
    if (!names->Get(context, i).ToLocal(&name) || !inspected.As<v8::Object>()->Get(context, name).ToLocal(&theirs) ||
        !console->Get(context, name).ToLocal(&own)) {
      return;
    }
    if (own->StrictEquals(theirs)) continue;
    if (own->IsFunction() && theirs->IsFunction()) {
      v8::Local<v8::Value> pair[] = {theirs, own};
      v8::Local<v8::Function> wrapped;
      if (!v8::Function::New(context, CallConsole, v8::Array::New(isolate, pair, 2), 0, v8::ConstructorBehavior::kThrow)
               .ToLocal(&wrapped)) {
        return;
      }
      wrapped->SetName(name.As<v8::String>());
      own = wrapped;
    } else if (own->IsUndefined()) {
      own = theirs;
    } else {
      continue;
    }
    if (console->Set(context, name, own).IsNothing()) return;
  }
}

}  // namespace dv8
