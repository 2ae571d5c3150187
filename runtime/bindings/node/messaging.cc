// internalBinding('messaging'): message channels, BroadcastChannel's ports, structuredClone().
// https://html.spec.whatwg.org/multipage/web-messaging.html
#include "runtime/bindings/node/messaging.h"

#include "runtime/binding/errors.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/message_port.h"
#include "runtime/bindings/node/per_context.h"
#include "runtime/bindings/registry.h"

namespace dv8::node {
namespace {

constexpr char kPortClass[] = "messaging.MessagePort";
constexpr char kCreateObject[] = "messaging.createObject";

// Only C++ makes ports: the class's constructor lets it, and nobody else, pass.
struct PortConstruction {
  explicit PortConstruction(Environment*) {}
  bool allowed = false;
};

void ConstructPort(const CallInfo& info) {
  if (Environment::From(info)->State<PortConstruction>().allowed) return;
  ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_INVALID", "Constructor cannot be called");
}

// The class of `context`: the main one's is the binding's; a vm context gets its own with its first port.
v8::MaybeLocal<v8::Function> PortClass(Environment* env, v8::Local<v8::Context> context) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> value;
  if (context == env->context()) {
    value = env->Kept(kPortClass);
  } else {
    v8::Local<v8::Private> key = v8::Private::ForApi(isolate, Internalized(isolate, "dv8:MessagePort"));
    if (!context->Global()->GetPrivate(context, key).ToLocal(&value)) return {};
    if (!value->IsFunction()) {
      v8::Local<v8::Object> binding;
      if (!InstantiateNodeBinding(context, "messaging").ToLocal(&binding) ||
          !binding->Get(context, Internalized(isolate, "MessagePort")).ToLocal(&value) ||
          context->Global()->SetPrivate(context, key, value).IsNothing()) {
        return {};
      }
    }
  }
  if (!value->IsFunction()) return {};
  return value.As<v8::Function>();
}

void ThrowNotIterable(v8::Isolate* isolate, const char* what) {
  ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", std::string("Optional ") + what + " argument must be an iterable");
}

enum class Iterated { kYes, kNo, kThrew };

Iterated ReadArray(v8::Local<v8::Context> context, v8::Local<v8::Array> array, TransferList* list) {
  for (uint32_t i = 0; i < array->Length(); i++) {
    v8::Local<v8::Value> entry;
    if (!array->Get(context, i).ToLocal(&entry)) return Iterated::kThrew;
    list->push_back(entry);
  }
  return Iterated::kYes;
}

Iterated ReadIterable(v8::Local<v8::Context> context, v8::Local<v8::Value> value, TransferList* list) {
  v8::Isolate* isolate = context->GetIsolate();
  if (!value->IsObject()) return Iterated::kNo;
  if (value->IsArray()) return ReadArray(context, value.As<v8::Array>(), list);
  v8::Local<v8::Value> method;
  if (!value.As<v8::Object>()->Get(context, v8::Symbol::GetIterator(isolate)).ToLocal(&method)) return Iterated::kThrew;
  if (!method->IsFunction()) return Iterated::kNo;
  v8::Local<v8::Value> iterator;
  if (!method.As<v8::Function>()->Call(context, value, 0, nullptr).ToLocal(&iterator)) return Iterated::kThrew;
  if (!iterator->IsObject()) return Iterated::kNo;
  v8::Local<v8::Value> next;
  if (!iterator.As<v8::Object>()->Get(context, Internalized(isolate, "next")).ToLocal(&next)) return Iterated::kThrew;
  if (!next->IsFunction()) return Iterated::kNo;
  for (;;) {
    v8::Local<v8::Value> result;
    v8::Local<v8::Value> done;
    v8::Local<v8::Value> entry;
    if (!next.As<v8::Function>()->Call(context, iterator, 0, nullptr).ToLocal(&result)) return Iterated::kThrew;
    if (!result->IsObject()) return Iterated::kNo;
    v8::Local<v8::Object> object = result.As<v8::Object>();
    if (!object->Get(context, Internalized(isolate, "done")).ToLocal(&done)) return Iterated::kThrew;
    if (done->BooleanValue(isolate)) return Iterated::kYes;
    if (!object->Get(context, Internalized(isolate, "value")).ToLocal(&entry)) return Iterated::kThrew;
    list->push_back(entry);
  }
}

void NewMessageChannel(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = info.GetIsolate();
  if (!info.IsConstructCall()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED", "Cannot call constructor without `new`");
  }
  v8::Local<v8::Context> context;
  if (!info.This()->GetCreationContext(isolate).ToLocal(&context) || !OpenLoop(info)) return;
  v8::Context::Scope context_scope(context);
  MessagePort* first = MessagePort::Create(env, context);
  if (first == nullptr) return;
  MessagePort* second = MessagePort::Create(env, context);
  if (second == nullptr) return first->ClosePort();
  PortQueue::Entangle(first->queue(), second->queue());
  if (info.This()->Set(context, Internalized(isolate, "port1"), first->object()).IsNothing() ||
      info.This()->Set(context, Internalized(isolate, "port2"), second->object()).IsNothing()) {
    first->ClosePort();
    second->ClosePort();
  }
}

v8::Local<v8::Value> BroadcastChannel(const CallInfo& info, Environment* env, std::string name) {
  if (!OpenLoop(info)) return {};
  std::shared_ptr<PortGroup> group = PortGroup::Named(name);
  MessagePort* port = MessagePort::Create(env, env->context());
  if (port == nullptr) return {};
  group->Add(port->queue());
  return port->object();
}

MessagePort* PortArgument(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  auto* port = NativeObject::Cast<MessagePort>(value);
  if (port == nullptr) {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "The \"port\" argument must be a MessagePort instance");
  }
  return port;
}

v8::MaybeLocal<v8::Value> ReceiveMessageOnPort(Environment* env, v8::Local<v8::Value> value) {
  MessagePort* port = PortArgument(env->isolate(), value);
  v8::Local<v8::Context> context;
  if (port == nullptr || !port->object()->GetCreationContext(env->isolate()).ToLocal(&context)) return {};
  return port->Receive(context, MessagePort::Read::kAlways);
}

// A closed port's native object is there as long as its JavaScript object: nothing to do then.
void StopMessagePort(MessagePort* port) { port->Stop(); }
void DrainMessagePort(MessagePort* port) { port->OnMessages(MessagePort::Read::kAlways); }

v8::MaybeLocal<v8::Value> MoveMessagePortToContext(Environment* env, v8::Local<v8::Value> value, v8::Local<v8::Value> sandbox) {
  v8::Isolate* isolate = env->isolate();
  MessagePort* port = PortArgument(isolate, value);
  if (port == nullptr) return {};
  if (!port->IsOpen()) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_CLOSED_MESSAGE_PORT", "Cannot send data on closed MessagePort");
    return {};
  }
  v8::Local<v8::Context> context;
  if (!sandbox->IsObject() || !ContextOfSandbox(env, sandbox.As<v8::Object>()).ToLocal(&context)) {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "Invalid context argument");
    return {};
  }
  std::unique_ptr<PortQueue> queue;
  if (!port->IsDetached()) queue = port->Detach();
  MessagePort* moved = MessagePort::Create(env, context, std::move(queue));
  if (moved == nullptr) return {};
  return moved->object();
}

void SetDeserializerCreateObjectFunction(Environment* env, v8::Local<v8::Function> create) { env->Keep(kCreateObject, create); }

v8::MaybeLocal<v8::Value> StructuredClone(const CallInfo& info, Environment* env, v8::Local<v8::Value> value,
                                          v8::Local<v8::Object> options) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::Local<v8::Value> transfer;
  if (!options->Get(context, Internalized(info.GetIsolate(), "transfer")).ToLocal(&transfer)) return {};
  TransferList list;
  if (transfer->IsArray() && ReadArray(context, transfer.As<v8::Array>(), &list) == Iterated::kThrew) return {};
  Message message;
  if (!message.Serialize(env, context, value, list)) return {};
  return message.Deserialize(env, context);
}

// The constructor lies in the context's heap already, so that nothing is gained by making it lazily.
void ExposeLazyDomExceptionProperty(const CallInfo& info, Environment* env, v8::Local<v8::Object> target) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::Local<v8::Function> constructor;
  if (!PerContextFunction(env, context, "DOMException").ToLocal(&constructor)) return;
  (void)target->DefineOwnProperty(context, Internalized(info.GetIsolate(), "DOMException"), constructor, v8::DontEnum);
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = target->GetCreationContextChecked(isolate);
  v8::Local<v8::Function> dom_exception;
  if (PerContextFunction(env, context, "DOMException").ToLocal(&dom_exception)) {
    target->Set(context, Internalized(isolate, "DOMException"), dom_exception).Check();
  }
  if (context != env->context()) return;
  env->Keep(kPortClass, target->Get(context, Internalized(isolate, "MessagePort")).ToLocalChecked());
}

constexpr FunctionSpec kFunctions[] = {
    Typed<BroadcastChannel>("broadcastChannel"),
    Typed<DrainMessagePort>("drainMessagePort"),
    Typed<ExposeLazyDomExceptionProperty>("exposeLazyDOMExceptionProperty"),
    Typed<MoveMessagePortToContext>("moveMessagePortToContext"),
    Typed<ReceiveMessageOnPort>("receiveMessageOnPort"),
    Typed<SetDeserializerCreateObjectFunction>("setDeserializerCreateObjectFunction"),
    Typed<StopMessagePort>("stopMessagePort"),
    Typed<StructuredClone>("structuredClone"),
};

// Its own close(), ref(), unref() and hasRef() instead of HandleWrap's: lib shows the prototype to programs.
constexpr FunctionSpec kPortMethods[] = {
    Method<&MessagePort::PostMessage>("postMessage"),
    Method<&MessagePort::Start>("start"),
    Method<&MessagePort::JsClose>("close"),
    Method<&MessagePort::Ref>("ref"),
    Method<&MessagePort::Unref>("unref"),
    {"hasRef", MessagePort::HasRef},
};

constexpr ClassSpec kClasses[] = {
    {"MessageChannel", NewMessageChannel, {}, 0},
    {"MessagePort", ConstructPort, kPortMethods},
};

}  // namespace

v8::MaybeLocal<v8::Object> NewPortObject(Environment* env, v8::Local<v8::Context> context) {
  v8::Local<v8::Function> constructor;
  if (!PortClass(env, context).ToLocal(&constructor)) return {};
  bool& allowed = env->State<PortConstruction>().allowed;
  allowed = true;
  v8::MaybeLocal<v8::Object> object = constructor->NewInstance(context);
  allowed = false;
  return object;
}

bool ReadTransferList(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value> argument, TransferList* list) {
  // Browsers ignore undefined and null.
  if (argument->IsNullOrUndefined()) return true;
  v8::Isolate* isolate = env->isolate();
  if (!argument->IsObject()) {
    ThrowNotIterable(isolate, "transferList");
    return false;
  }
  const Iterated iterated = ReadIterable(context, argument, list);
  if (iterated != Iterated::kNo) return iterated == Iterated::kYes;
  v8::Local<v8::Value> transfer;
  if (!argument.As<v8::Object>()->Get(context, Internalized(isolate, "transfer")).ToLocal(&transfer)) return false;
  if (transfer->IsUndefined()) return true;
  const Iterated option = ReadIterable(context, transfer, list);
  if (option == Iterated::kNo) ThrowNotIterable(isolate, "options.transfer");
  return option == Iterated::kYes;
}

extern const BindingSpec kNodeMessaging;
constexpr BindingSpec kNodeMessaging{"messaging", kFunctions, {}, kClasses, Init};

}  // namespace dv8::node
