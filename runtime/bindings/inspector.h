// V8's inspector of an isolate: one an Environment, made when it is first asked for. Its sessions are those of the
// program itself (node:inspector, dv8:inspector), and those of clients on other threads (debugger.h, and workers with
// a session of their parent's), whose messages come by an inbox.
#pragma once

#include <v8-inspector.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "runtime/core/environment.h"

namespace dv8 {

class Inspector;

// Who has a session from another thread.
class InspectorClient {
 public:
  virtual ~InspectorClient() = default;
  // Takes a message in UTF-8. On the inspected thread.
  virtual void Receive(const std::string& text) = 0;
  // Its session is there. On the inspected thread.
  virtual void Connected() {}
  // Its session has ended with its thread. On the inspected thread.
  virtual void Ended() {}
  // Takes what Receive() has put into the inbox of the asking thread. On that thread.
  virtual void Answered(const std::string&) {}
};

// What clients say, in order. From any thread; it may outlive the thread that is inspected, and then takes nothing.
class InspectorInbox {
 public:
  enum class Kind { kConnect, kMessage, kDisconnect, kAnswer };
  struct Event {
    Kind kind;
    std::shared_ptr<InspectorClient> client;
    std::string text;
  };

  explicit InspectorInbox(v8::Isolate* isolate) : isolate_(isolate) {}

  void Post(Kind kind, std::shared_ptr<InspectorClient> client, std::string text = "");
  bool Take(Event* event);
  // Waits for an event, or a while.
  void Wait();
  // Forgets what a client has said.
  void Drop(const InspectorClient* client);
  // The isolate goes away.
  void Close();

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;
  v8::Isolate* isolate_;
};

// A session of DevTools' protocol. Its end waits until no message of it is being handled.
class InspectorSession final : public v8_inspector::V8Inspector::Channel, public std::enable_shared_from_this<InspectorSession> {
 public:
  using Text = v8_inspector::StringView;
  using Receiver = std::function<void(const Text&)>;

  // `receiver` gets answers, before Dispatch() returns, and events.
  static std::shared_ptr<InspectorSession> Connect(Inspector* inspector, Receiver receiver);
  ~InspectorSession() override;

  uint32_t number() const { return number_; }
  void Dispatch(v8::Local<v8::String> message);
  void Tell(const Text& text);
  void PauseOnNextStatement(const std::string& reason);
  void SkipLibrary();
  void Close();

 private:
  InspectorSession(Inspector* inspector, Receiver receiver);
  void sendResponse(int id, std::unique_ptr<v8_inspector::StringBuffer> message) override;
  void sendNotification(std::unique_ptr<v8_inspector::StringBuffer> message) override;
  void flushProtocolNotifications() override {}

  Inspector* inspector_;  // Null when it is closed.
  uint32_t number_;
  Receiver receiver_;
  std::unique_ptr<v8_inspector::V8InspectorSession> session_;
  int depth_ = 0;
};

class Inspector final : public v8_inspector::V8InspectorClient {
 public:
  explicit Inspector(Environment* env);
  ~Inspector() override;

  static Inspector* Get(Environment* env);
  // Null when nobody has asked for it.
  static Inspector* Existing(Environment* env);
  // There without the inspector, which what comes by it makes.
  static const std::shared_ptr<InspectorInbox>& InboxOf(Environment* env);
  // What clients show for the context. Before the inspector is made.
  static void Name(Environment* env, std::string name);

  Environment* env() const { return env_; }
  v8_inspector::V8Inspector* engine() { return inspector_.get(); }
  // Whether there is a session, or may be one from outside.
  bool is_active() const { return is_listening_ || !sessions_.empty(); }
  void set_listening(bool is_listening) { is_listening_ = is_listening; }
  // Null when there is none.
  InspectorSession* session(uint32_t number) const;
  bool has_clients() const { return !clients_.empty(); }

  // A context of node:vm.
  void ContextCreated(v8::Local<v8::Context> context, const std::string& name, const std::string& origin);

  // What the inbox has.
  void Drain();
  // Handles what clients say until one of them lets the program run.
  void WaitForClient();
  bool is_waiting() const { return waiting_; }
  void StopWaiting();
  // Tells clients that the program has ended, or its thread, and handles what they say until the last of them has gone;
  // a thread that is not the first waits for those only that have asked for it (NodeRuntime.waitingForDisconnect).
  void WaitForDisconnect();
  // Ends a client's session, and its wait for one.
  void Disconnect(const std::shared_ptr<InspectorClient>& client);
  // In all sessions.
  void PauseOnNextStatement();
  // Tells sessions of an exception that nothing caught.
  void ReportUncaught(v8::Local<v8::Value> exception);

 private:
  friend class InspectorSession;
  struct Timer;

  void Do(const InspectorInbox::Event& event);
  // Gives a message of a domain that V8 has not to Node's library. False when it is V8's, or there is no library.
  bool DispatchToLibrary(InspectorSession* session, v8::Local<v8::String> message);
  void Serve(const bool* goes_on);
  void SessionClosed(uint32_t number);

  // V8InspectorClient.
  void runMessageLoopOnPause(int group) override;
  void quitMessageLoopOnPause() override { paused_ = false; }
  void runIfWaitingForDebugger(int group) override;
  v8::Local<v8::Context> ensureDefaultContextInGroup(int) override { return env_->context(); }
  double currentTimeMS() override;
  void startRepeatingTimer(double seconds, TimerCallback callback, void* data) override;
  void cancelTimer(void* data) override;
  void maxAsyncCallStackDepthChanged(int depth) override;
  void installAdditionalCommandLineAPI(v8::Local<v8::Context> context, v8::Local<v8::Object> target) override;
  std::unique_ptr<v8_inspector::StringBuffer> resourceNameToUrl(const v8_inspector::StringView& name) override;

  Environment* env_;
  std::shared_ptr<InspectorInbox> inbox_;
  std::unique_ptr<v8_inspector::V8Inspector> inspector_;
  uv_prepare_t waits_;  // Profiles tell where the loop waits.
  uv_check_t works_;
  std::map<uint32_t, InspectorSession*> sessions_;
  std::map<std::shared_ptr<InspectorClient>, std::shared_ptr<InspectorSession>> clients_;
  std::map<void*, Timer*> timers_;
  bool has_domains_ = false;      // The library has been asked for one.
  std::set<uint32_t> retaining_;  // Clients' sessions that look at a program that has ended.
  uint32_t last_session_ = 0;
  bool dispatching_ = false;
  bool paused_ = false;
  bool waiting_ = false;
  bool is_listening_ = false;
  bool is_ending_ = false;
};

// A session of one thread's with the inspector of another.
class InspectorLink final : public InspectorClient, public std::enable_shared_from_this<InspectorLink> {
 public:
  using Handler = std::function<void(const std::string& text)>;
  // `on_answer` is called on the thread of `asker`, until Close(); with an empty text when the other thread has ended.
  InspectorLink(std::shared_ptr<InspectorInbox> asker, std::shared_ptr<InspectorInbox> target, Handler on_answer)
      : asker_(std::move(asker)), target_(std::move(target)), on_answer_(std::move(on_answer)) {}

  void Connect() { target_->Post(InspectorInbox::Kind::kConnect, shared_from_this()); }
  void Send(std::string text) { target_->Post(InspectorInbox::Kind::kMessage, shared_from_this(), std::move(text)); }
  void Close() {
    on_answer_ = nullptr;
    target_->Post(InspectorInbox::Kind::kDisconnect, shared_from_this());
  }

  void Receive(const std::string& text) override { asker_->Post(InspectorInbox::Kind::kAnswer, shared_from_this(), text); }
  void Ended() override { Receive(""); }
  void Answered(const std::string& text) override {
    if (on_answer_ != nullptr) on_answer_(text);
  }

 private:
  std::shared_ptr<InspectorInbox> asker_;
  std::shared_ptr<InspectorInbox> target_;
  Handler on_answer_;
};

// Calls an exported function of the file `id` of Node's library; empty without the library, or when it threw: the
// exception is pending.
v8::MaybeLocal<v8::Value> CallLibrary(Environment* env, const char* id, const char* function, int argc = 0,
                                      v8::Local<v8::Value>* argv = nullptr);

// Wraps the methods of the global console so that what is printed is reported to sessions, once an Environment.
void ReportConsole(Environment* env);
// V8's own console object, which reports to sessions.
v8::Local<v8::Value> InspectedConsole(Environment* env);

v8_inspector::StringView AsciiView(const std::string& ascii);
v8::MaybeLocal<v8::String> FromView(v8::Isolate* isolate, const v8_inspector::StringView& text);
std::string ToUtf8(v8::Isolate* isolate, const v8_inspector::StringView& text);

}  // namespace dv8
