#include "runtime/bindings/node/message_port.h"

#include <algorithm>
#include <limits>
#include <map>

#include "runtime/binding/errors.h"
#include "runtime/bindings/node/messaging.h"
#include "runtime/bindings/node/per_context.h"
#include "runtime/bindings/node/process_warning.h"
#include "runtime/bindings/node/symbols.h"

namespace dv8::node {
namespace {

// How many messages one turn of the loop emits at least, when more come in meanwhile.
constexpr size_t kMessagesPerTurn = 1000;

struct NamedGroups {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<PortGroup>> groups;
};
NamedGroups& AllNamedGroups() {
  static auto* groups = new NamedGroups;
  return *groups;
}

// A port on its way to another context or thread.
class PortTransfer final : public TransferData {
 public:
  explicit PortTransfer(std::unique_ptr<PortQueue> queue) : queue_(std::move(queue)), address_(queue_.get()) {}
  v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context> context) override {
    MessagePort* port = MessagePort::Create(env, context, std::move(queue_));
    if (port == nullptr) return {};
    return port->object();
  }
  const PortQueue* queue() const override { return address_; }

 private:
  std::unique_ptr<PortQueue> queue_;
  const PortQueue* address_;
};

}  // namespace

PortQueue::~PortQueue() { Disentangle(); }

void PortQueue::Push(std::shared_ptr<Message> message) {
  std::lock_guard lock(mutex_);
  messages_.push_back(std::move(message));
  if (wake_ != nullptr) uv_async_send(wake_);
}

void PortQueue::SetOwner(uv_async_t* wake) {
  std::lock_guard lock(mutex_);
  wake_ = wake;
}

void PortQueue::WakeWhenFilled() {
  std::lock_guard lock(mutex_);
  if (!messages_.empty() && wake_ != nullptr) uv_async_send(wake_);
}

std::shared_ptr<Message> PortQueue::Pop(bool only_close) {
  std::lock_guard lock(mutex_);
  if (messages_.empty() || (only_close && !messages_.front()->IsCloseMessage())) return nullptr;
  std::shared_ptr<Message> message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

size_t PortQueue::size() {
  std::lock_guard lock(mutex_);
  return messages_.size();
}

void PortQueue::Entangle(PortQueue* a, PortQueue* b) {
  auto group = std::make_shared<PortGroup>();
  group->Add(a);
  group->Add(b);
}

void PortQueue::Disentangle() {
  if (std::shared_ptr<PortGroup> group = std::move(group_)) group->Remove(this);
}

PortGroup::~PortGroup() {
  if (name_.empty()) return;
  NamedGroups& all = AllNamedGroups();
  std::lock_guard lock(all.mutex);
  const auto entry = all.groups.find(name_);
  if (entry != all.groups.end() && entry->second.expired()) all.groups.erase(entry);
}

std::shared_ptr<PortGroup> PortGroup::Named(const std::string& name) {
  NamedGroups& all = AllNamedGroups();
  std::lock_guard lock(all.mutex);
  std::weak_ptr<PortGroup>& entry = all.groups[name];
  std::shared_ptr<PortGroup> group = entry.lock();
  if (group == nullptr) {
    group = std::make_shared<PortGroup>(name);
    entry = group;
  }
  return group;
}

void PortGroup::Add(PortQueue* queue) {
  std::lock_guard lock(mutex_);
  queues_.insert(queue);
  queue->group_ = shared_from_this();
}

void PortGroup::Remove(PortQueue* queue) {
  std::lock_guard lock(mutex_);
  queues_.erase(queue);
  queue->Push(std::make_shared<Message>());
  if (queues_.size() == 1 && name_.empty()) (*queues_.begin())->Push(std::make_shared<Message>());
}

PortGroup::Outcome PortGroup::Dispatch(PortQueue* source, const std::shared_ptr<Message>& message, std::string* warning) {
  std::lock_guard lock(mutex_);
  if (!queues_.contains(source)) {
    *warning = "Source MessagePort is not entangled with this group.";
    return Outcome::kRefused;
  }
  if (queues_.size() <= 1) return Outcome::kNoReceiver;
  if (queues_.size() > 2 && message->HasTransferables()) {
    *warning = "Transferables cannot be used with multiple destinations.";
    return Outcome::kRefused;
  }
  for (PortQueue* queue : queues_) {
    if (queue == source) continue;
    if (message->Transfers(queue)) {
      *warning = "The target port was posted to itself, and the communication channel was lost";
      return Outcome::kSent;
    }
    queue->Push(message);
  }
  return Outcome::kSent;
}

MessagePort::MessagePort(Environment* env, v8::Local<v8::Object> object)
    : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&async_), Provider::MESSAGEPORT), queue_(std::make_unique<PortQueue>()) {
  const int rc = uv_async_init(env->loop(), &async_, [](uv_async_t* async) {
    static_cast<MessagePort*>(static_cast<HandleWrap*>(async->data))->OnMessages(Read::kWhenStarted);
  });
  if (rc < 0) {
    MarkUninitialized();
  } else {
    queue_->SetOwner(&async_);
  }
}

MessagePort::~MessagePort() {
  if (queue_ != nullptr) Detach();
}

// Lets lib's oninit make an EventTarget of the object, and finds the function that emits.
bool MessagePort::Initialize(v8::Local<v8::Context> context) {
  v8::Local<v8::Object> object = this->object();
  v8::Local<v8::Value> init;
  if (!object->Get(context, SharedSymbol(env(), "oninit")).ToLocal(&init)) return false;
  if (init->IsFunction() && init.As<v8::Function>()->Call(context, object, 0, nullptr).IsEmpty()) return false;
  v8::Local<v8::Function> emit;
  if (!PerContextFunction(env(), context, "emitMessage").ToLocal(&emit)) return false;
  emit_message_.Reset(env()->isolate(), emit);
  return true;
}

MessagePort* MessagePort::Create(Environment* env, v8::Local<v8::Context> context, std::unique_ptr<PortQueue> queue) {
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Object> object;
  if (!NewPortObject(env, context).ToLocal(&object)) return nullptr;
  auto* port = new MessagePort(env, object);
  if (!port->IsOpen()) {
    ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_SYSTEM_ERROR", "A MessagePort cannot be made");
    return nullptr;
  }
  if (!port->Initialize(context)) {
    port->ClosePort();
    return nullptr;
  }
  if (queue != nullptr) {
    port->Detach();
    port->queue_ = std::move(queue);
    port->queue_->SetOwner(&port->async_);
    uv_async_send(&port->async_);
  }
  return port;
}

std::unique_ptr<PortQueue> MessagePort::Detach() {
  queue_->SetOwner(nullptr);
  return std::move(queue_);
}

// The queue must not wake the handle from now on; it stays to be read until the handle is closed.
void MessagePort::ClosePort() {
  if (queue_ != nullptr) queue_->SetOwner(nullptr);
  HandleWrap::Close();
}

void MessagePort::OnClose() {
  if (queue_ != nullptr) Detach()->Disentangle();
  if (env()->stopping()) return;
  MakeCallback(SharedSymbol(env(), "handle_onclose").As<v8::Name>(), 0, nullptr);
}

std::unique_ptr<TransferData> MessagePort::TransferForMessaging() {
  if (queue_ == nullptr) return nullptr;
  ClosePort();
  return std::make_unique<PortTransfer>(Detach());
}

void MessagePort::PostMessage(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Object> self = object();
  v8::Local<v8::Context> context;
  if (!self->GetCreationContext(isolate).ToLocal(&context)) return;
  if (info.Length() == 0) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_MISSING_ARGS", "Not enough arguments to MessagePort.postMessage");
  }
  TransferList transfer_list;
  if (!ReadTransferList(env(), context, info[1], &transfer_list)) return;
  auto message = std::make_shared<Message>();
  // What is transferred goes also where the port is closed: the standard says so.
  const bool was_open = IsOpen();
  if (!message->Serialize(env(), context, info[0], transfer_list, self)) return;
  if (!was_open) return;
  if (queue_ == nullptr) return info.GetReturnValue().Set(true);
  std::string warning;
  PortGroup::Outcome outcome = PortGroup::Outcome::kRefused;
  if (PortGroup* group = queue_->group()) {
    outcome = group->Dispatch(queue_.get(), message, &warning);
  } else {
    warning = "MessagePortData is not entangled.";
  }
  if (outcome == PortGroup::Outcome::kRefused) return;
  if (!warning.empty()) (void)EmitWarningNow(env(), warning);
  info.GetReturnValue().Set(outcome == PortGroup::Outcome::kSent);
}

void MessagePort::Start() {
  if (queue_ == nullptr) return;
  receiving_ = true;
  queue_->WakeWhenFilled();
}

void MessagePort::Ref() {
  if (!IsClosed()) uv_ref(handle());
}
void MessagePort::Unref() {
  if (!IsClosed()) uv_unref(handle());
}

// Hooks of async_hooks may ask while the port is made: it has no class of its own then.
void MessagePort::HasRef(const CallInfo& info) {
  if (NativeObject::FromValue(info.This()) == nullptr) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_THIS", "Illegal invocation");
  }
  const auto* port = NativeObject::Cast<MessagePort>(info.This());
  if (port == nullptr) return info.GetReturnValue().Set(false);
  if (!port->IsClosed()) info.GetReturnValue().Set(uv_has_ref(port->handle()) != 0);
}

v8::MaybeLocal<v8::Value> MessagePort::Receive(v8::Local<v8::Context> context, Read read, v8::Local<v8::Value>* ports) {
  v8::Local<v8::Symbol> nothing = SharedSymbol(env(), "no_message_symbol");
  if (queue_ == nullptr) return nothing;
  const bool only_close = !receiving_ && read == Read::kWhenStarted;
  const std::shared_ptr<Message> message = queue_->Pop(only_close);
  if (message == nullptr) return nothing;
  if (message->IsCloseMessage()) {
    ClosePort();
    return nothing;
  }
  if (env()->stopping()) return {};
  return message->Deserialize(env(), context, ports);
}

// A message that cannot be read is emitted as 'messageerror'. Behind a listener that threw, the rest
// waits for the next turn of the loop.
MessagePort::Step MessagePort::EmitNext(v8::Local<v8::Context> context, Read read) {
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Value> ports = v8::Undefined(isolate);
  v8::Local<v8::Value> payload;
  v8::Local<v8::Value> error;
  {
    v8::TryCatch guard(isolate);
    if (!Receive(context, read, &ports).ToLocal(&payload) && guard.HasCaught() && !guard.HasTerminated()) {
      error = guard.Exception();
    }
  }
  v8::Local<v8::Function> emit = emit_message_.Get(isolate);
  if (!payload.IsEmpty()) {
    if (payload == SharedSymbol(env(), "no_message_symbol")) return Step::kDone;
    v8::Local<v8::Value> argv[] = {payload, ports, Internalized(isolate, "message")};
    if (!MakeCallback(emit, 3, argv).IsEmpty()) return Step::kNext;
  } else if (!error.IsEmpty()) {
    v8::Local<v8::Value> argv[] = {error, v8::Undefined(isolate), Internalized(isolate, "messageerror")};
    MakeCallback(emit, 3, argv);
  }
  if (!IsDetached()) uv_async_send(&async_);
  return Step::kDone;
}

void MessagePort::OnMessages(Read read) {
  if (IsDetached() || emit_message_.IsEmpty()) return;
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context;
  if (!object()->GetCreationContext(isolate).ToLocal(&context)) return;
  size_t limit = read == Read::kAlways ? std::numeric_limits<size_t>::max() : std::max(queue_->size(), kMessagesPerTurn);
  // A listener may close or transfer the port.
  while (queue_ != nullptr && EmitNext(context, read) == Step::kNext) {
    if (--limit > 0) continue;
    if (!IsDetached()) uv_async_send(&async_);
    return;
  }
}

}  // namespace dv8::node
