// MessagePort: a queue of messages that other threads fill, and the loop's handle that wakes its owner.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/message.h"
#include "runtime/bindings/node/transferable.h"

namespace dv8::node {

class PortGroup;

// The part of a port that moves from thread to thread when the port is transferred.
class PortQueue {
 public:
  PortQueue() = default;
  ~PortQueue();
  PortQueue(const PortQueue&) = delete;
  PortQueue& operator=(const PortQueue&) = delete;

  // From any thread.
  void Push(std::shared_ptr<Message> message);
  // The handle to wake, on the owner's thread; null while nobody owns the queue.
  void SetOwner(uv_async_t* wake);
  // Wakes the owner when there are messages.
  void WakeWhenFilled();
  // The oldest message; null when there is none, or when it is not a close message but `only_close`.
  std::shared_ptr<Message> Pop(bool only_close);
  size_t size();

  // Makes two queues each other's only receivers.
  static void Entangle(PortQueue* a, PortQueue* b);
  // Leaves the group: this queue and, in a pair, the other one get a close message.
  void Disentangle();
  PortGroup* group() const { return group_.get(); }

 private:
  friend class PortGroup;
  std::mutex mutex_;
  uv_async_t* wake_ = nullptr;
  std::deque<std::shared_ptr<Message>> messages_;
  std::shared_ptr<PortGroup> group_;
};

// Queues that get each other's messages: the two of a channel, or all BroadcastChannels of one name.
class PortGroup : public std::enable_shared_from_this<PortGroup> {
 public:
  enum class Outcome { kSent, kNoReceiver, kRefused };

  PortGroup() = default;
  explicit PortGroup(std::string name) : name_(std::move(name)) {}
  ~PortGroup();
  // The group of all BroadcastChannels called `name`, of all threads.
  static std::shared_ptr<PortGroup> Named(const std::string& name);

  void Add(PortQueue* queue);
  void Remove(PortQueue* queue);
  // Gives `message` to all but `source`. `warning` is for the program when it is not empty.
  Outcome Dispatch(PortQueue* source, const std::shared_ptr<Message>& message, std::string* warning);

 private:
  const std::string name_;
  std::mutex mutex_;
  std::set<PortQueue*> queues_;
};

class MessagePort final : public HandleWrap, public Transferable {
 public:
  DV8_NATIVE_CLASS(MessagePort, HandleWrap)

  // A new port in `context`, with `queue` (or one of its own). Null when an exception is pending.
  static MessagePort* Create(Environment* env, v8::Local<v8::Context> context, std::unique_ptr<PortQueue> queue = nullptr);
  ~MessagePort() override;

  PortQueue* queue() const { return queue_.get(); }
  // No longer of use: closed, closing, or transferred.
  bool IsDetached() const { return queue_ == nullptr || !IsOpen(); }
  // Takes the queue, with which the port's messages go.
  std::unique_ptr<PortQueue> Detach();
  void ClosePort();

  void PostMessage(const CallInfo& info);
  void Start();
  void Stop() { receiving_ = false; }
  void JsClose() { ClosePort(); }
  void Ref();
  void Unref();
  static void HasRef(const CallInfo& info);
  bool AnswerWhenClosed(const CallInfo&) const { return false; }

  enum class Read { kWhenStarted, kAlways };
  // The next message's value, or lib's no_message_symbol.
  v8::MaybeLocal<v8::Value> Receive(v8::Local<v8::Context> context, Read read, v8::Local<v8::Value>* ports = nullptr);
  // Emits what has come.
  void OnMessages(Read read);

  // NativeObject and HandleWrap:
  void CloseNow() override { ClosePort(); }
  void OnClose() override;
  Transferable* AsTransferable() override { return this; }
  // Transferable:
  TransferMode transfer_mode() const override { return IsDetached() ? kDisallowCloneAndTransfer : kTransferable; }
  std::unique_ptr<TransferData> TransferForMessaging() override;

 private:
  MessagePort(Environment* env, v8::Local<v8::Object> object);
  bool Initialize(v8::Local<v8::Context> context);
  enum class Step { kNext, kDone };
  Step EmitNext(v8::Local<v8::Context> context, Read read);

  uv_async_t async_;
  std::unique_ptr<PortQueue> queue_;
  v8::Global<v8::Function> emit_message_;
  bool receiving_ = false;
};

}  // namespace dv8::node
