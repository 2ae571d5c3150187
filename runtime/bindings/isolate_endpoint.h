// An Environment's part of the calls between isolates: functions that it has given away and got, calls that it waits for.
// Belongs to the Environment's thread.
#pragma once

#include <uv.h>

#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/bindings/isolate_mailbox.h"
#include "runtime/bindings/isolate_values.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/spec.h"
#include "v8-external-memory-accounter.h"

namespace dv8 {

class Endpoint final : public NativeObject {
 public:
  // The one of `env`, made at the first call. Null in a rehearsal; null, with an exception, while a snapshot is made and
  // where the loop cannot be had.
  static Endpoint* Of(Environment* env);
  // The one of `env`, with the mailbox that others have known before: a new isolate's.
  static Endpoint* Open(Environment* env, std::shared_ptr<Mailbox> mailbox);

  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  // What others call `function` by: that of its home when it has come from another isolate.
  FunctionRef Give(v8::Local<v8::Function> function);
  // The function that calls `given`.
  v8::MaybeLocal<v8::Function> Receive(FunctionRef given);

  // Functions that each isolate has itself go by their name.
  void MarkSystemFunction(v8::Local<v8::Function> function, v8::Local<v8::String> name);
  v8::MaybeLocal<v8::String> SystemName(v8::Local<v8::Function> function);
  v8::MaybeLocal<v8::Value> MakeSystemFunction(v8::Local<v8::String> name);
  void SetSystemMaker(v8::Local<v8::Function> maker);

  // Objects with behaviour (stdlib-js/internal/isolate_wire.js): their functions, or undefined for others; and the object
  // that is made of these.
  v8::MaybeLocal<v8::Value> TakeFunctions(v8::Local<v8::Object> object);
  v8::MaybeLocal<v8::Value> MakeObject(v8::Local<v8::Object> functions);
  void SetWire(v8::Local<v8::Function> take, v8::Local<v8::Function> give);

  // Marks a promise as one of a call, for WaitFor().
  void MarkCall(v8::Local<v8::Promise> promise);
  // The value of a call's promise, which is waited for here: other isolates' calls are not served meanwhile.
  v8::MaybeLocal<v8::Value> WaitFor(v8::Local<v8::Promise> promise);

  // Whether the isolate stays for a reason that is not in the endpoint.
  void KeepAlive(bool keep);

  void CloseNow() override;

 private:
  // A function of another isolate, as one of this.
  struct Received {
    Endpoint* endpoint;
    FunctionRef given;
    v8::Global<v8::Function> function;
  };
  struct Call {
    v8::Global<v8::Promise::Resolver> resolver;
    v8::Global<v8::StackTrace> stack;  // Of the caller.
  };

  Endpoint(Environment* env, v8::Local<v8::Object> object, std::shared_ptr<Mailbox> mailbox);
  ~Endpoint() override;

  static void CallReceived(const CallInfo& info);
  template <Outcome kOutcome>
  static void OnSettled(const CallInfo& info);
  static void OnWake(uv_async_t* async);

  void Work();
  bool PollForMore();
  void Handle(Message message);
  void Serve(Message message);
  void TakeAnswer(Message message);
  void GiveAnswer(Answer answer, Outcome outcome, v8::Local<v8::Value> value);
  void WaitForPromise(Answer answer, v8::Local<v8::Promise> promise);
  v8::Local<v8::Value> WithCallersStack(v8::Local<v8::Value> error, v8::Local<v8::StackTrace> stack);
  void UpdateRef();
  // Collects garbage when nothing has come for a while: what is not held here may keep another isolate alive.
  void CollectWhenIdle();
  void Forget(Received* received);

  std::shared_ptr<Mailbox> mailbox_;
  uv_async_t wake_;
  uv_timer_t idle_;
  size_t held_ = 0;            // Functions of other isolates after the last such collection.
  uint64_t collected_at_ = 0;  // uv_now()
  unsigned polls_to_skip_ = 0;
  unsigned polls_skipped_ = 0;  // After the last one that found nothing.
  bool closing_ = false;
  bool kept_ = false;
  uint64_t next_id_ = 1;
  v8::Global<v8::Private> received_key_;
  v8::Global<v8::Private> system_key_;
  v8::Global<v8::Private> call_key_;
  v8::Global<v8::Value> plain_;  // The prototype of objects without behaviour.
  v8::Global<v8::Function> take_;
  v8::Global<v8::Function> give_;
  std::unordered_map<uint64_t, v8::Global<v8::Function>> given_;
  std::unordered_map<uint64_t, Call> calls_;
  std::unordered_map<uint64_t, Answer> answers_;  // Of calls whose function has given a promise.
  std::unordered_set<Received*> received_;
  v8::ExternalMemoryAccounter accounter_;
  std::deque<Message> waiting_;  // What has come and is not handled.
};

// Tells of an error that nothing has caught on standard error.
void TellOfError(v8::Isolate* isolate, v8::Local<v8::Value> error);

}  // namespace dv8
