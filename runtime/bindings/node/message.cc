#include "runtime/bindings/node/message.h"

#include <algorithm>
#include <string>

#include "runtime/binding/errors.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/node/blob.h"
#include "runtime/bindings/node/message_port.h"
#include "runtime/bindings/node/per_context.h"
#include "runtime/bindings/node/process_env.h"
#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

constexpr char kUnsupportedClone[] = "Cannot clone object of unsupported type.";
constexpr char kUnsupportedTransfer[] = "Cannot transfer object of unsupported type.";
constexpr char kNotListed[] = "Object that needs transfer was found in message but not listed in transferList";
constexpr char kInvalidListEntry[] = "Found invalid value in transferList.";

void ThrowDataCloneError(Environment* env, v8::Local<v8::Context> context, std::string_view message) {
  ThrowDomException(env, context, message, "DataCloneError");
}

// Objects that a class of ours made, also when their native part is gone.
bool IsNative(v8::Local<v8::Object> object) { return object->InternalFieldCount() > 0; }

// A Blob's handle, which has no NativeObject, and no methods of lib's protocol.
class BlobData final : public TransferData {
 public:
  explicit BlobData(std::vector<BlobPart> parts) : parts_(std::move(parts)) {}
  v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context>) override { return NewBlob(env, parts_); }

 private:
  std::vector<BlobPart> parts_;
};

// Objects that lib has marked with markTransferMode().
bool IsMarked(v8::Local<v8::Context> context, v8::Local<v8::Object> object) {
  return object->HasPrivate(context, PrivateSymbol(Environment::From(context->GetIsolate()), "transfer_mode_private_symbol"))
      .FromMaybe(false);
}

Transferable* NativeTransferable(v8::Local<v8::Object> object) {
  NativeObject* native = NativeObject::FromValue(object);
  return native == nullptr ? nullptr : native->AsTransferable();
}

// Instead of the index of a host object: a copy of process.env follows.
constexpr uint32_t kPlainObject = UINT32_MAX;

uint32_t ModeOf(v8::Local<v8::Context> context, v8::Local<v8::Object> object) {
  if (IsBlob(Environment::From(context->GetIsolate()), object)) return kCloneable;
  if (IsNative(object)) {
    const Transferable* transferable = NativeTransferable(object);
    return transferable == nullptr ? kDisallowCloneAndTransfer : transferable->transfer_mode();
  }
  v8::Local<v8::Value> mode;
  if (!object->GetPrivate(context, PrivateSymbol(Environment::From(context->GetIsolate()), "transfer_mode_private_symbol"))
           .ToLocal(&mode) ||
      !mode->IsUint32()) {
    return kDisallowCloneAndTransfer;
  }
  return mode.As<v8::Uint32>()->Value();
}

// The method of lib's protocol that `object` has under `symbol`, called. Empty when it has none or threw.
v8::MaybeLocal<v8::Value> CallProtocol(v8::Local<v8::Context> context, v8::Local<v8::Object> object, const char* symbol, int argc = 0,
                                       v8::Local<v8::Value> argv[] = nullptr) {
  v8::Local<v8::Value> method;
  if (!object->Get(context, SharedSymbol(Environment::From(context->GetIsolate()), symbol)).ToLocal(&method) || !method->IsFunction()) {
    return {};
  }
  return method.As<v8::Function>()->Call(context, object, argc, argv);
}

// An object of lib's protocol: which class makes it again, and the value that its kDeserialize gets.
class MarkedData final : public TransferData {
 public:
  MarkedData(std::string info, v8::Isolate* isolate, v8::Local<v8::Value> data) : info_(std::move(info)), data_(isolate, data) {}

  v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context> context) override {
    v8::Isolate* isolate = env->isolate();
    if (context != env->context()) {
      ThrowCoded(isolate, ErrorKind::kError, "ERR_MESSAGE_TARGET_CONTEXT_UNAVAILABLE",
                 "A message object could not be deserialized successfully in the target vm.Context");
      return {};
    }
    v8::Local<v8::Value> create = env->Kept("messaging.createObject");
    v8::Local<v8::String> info;
    v8::Local<v8::Value> made;
    if (!create->IsFunction() || !FromUtf8(isolate, info_).ToLocal(&info)) return {};
    v8::Local<v8::Value> argument = info;
    if (!create.As<v8::Function>()->Call(context, v8::Null(isolate), 1, &argument).ToLocal(&made) || !made->IsObject() ||
        !IsMarked(context, made.As<v8::Object>())) {
      return {};
    }
    return made.As<v8::Object>();
  }

  v8::Maybe<bool> Write(v8::Local<v8::Context> context, v8::ValueSerializer* serializer) override {
    v8::Local<v8::Value> data = data_.Get(context->GetIsolate());
    data_.Reset();
    return serializer->WriteValue(context, data);
  }

  v8::Maybe<bool> Read(v8::Local<v8::Context> context, v8::ValueDeserializer* deserializer, v8::Local<v8::Object> object) override {
    v8::TryCatch guard(context->GetIsolate());
    v8::Local<v8::Value> data;
    if (deserializer->ReadValue(context).ToLocal(&data)) {
      CallProtocol(context, object, "messaging_deserialize_symbol", 1, &data);
      if (!guard.HasCaught()) return v8::Just(true);
    }
    guard.ReThrow();
    return v8::Nothing<bool>();
  }

 private:
  std::string info_;
  v8::Global<v8::Value> data_;  // Until Write(): of the sender's isolate.
};

// `object[kTransfer]()` or `object[kClone]()`; null when that gave nothing, or threw.
std::unique_ptr<TransferData> DataOfMarked(v8::Local<v8::Context> context, v8::Local<v8::Object> object, const char* symbol) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::Value> result;
  v8::Local<v8::Value> data;
  v8::Local<v8::Value> info;
  if (!CallProtocol(context, object, symbol).ToLocal(&result) || !result->IsObject() ||
      !result.As<v8::Object>()->Get(context, Internalized(isolate, "data")).ToLocal(&data) ||
      !result.As<v8::Object>()->Get(context, Internalized(isolate, "deserializeInfo")).ToLocal(&info) || !info->IsString()) {
    return nullptr;
  }
  return std::make_unique<MarkedData>(std::string(Utf8(isolate, info).view()), isolate, data);
}

}  // namespace

// Writes host objects (native ones, and those that lib has marked) as numbers: the place of each in the
// list of the message's transferables. Those of the transfer list come first, clones behind them.
class Message::SerializerDelegate final : public v8::ValueSerializer::Delegate {
 public:
  SerializerDelegate(Environment* env, v8::Local<v8::Context> context, Message* message)
      : env_(env), context_(context), message_(message), transfer_mode_(PrivateSymbol(env, "transfer_mode_private_symbol")) {}

  bool Has(v8::Local<v8::Object> host) const { return std::find(hosts_.begin(), hosts_.end(), host) != hosts_.end(); }
  void Add(v8::Local<v8::Object> host) { hosts_.emplace_back(env_->isolate(), host); }
  v8::Local<v8::Object> Host(size_t index) const { return hosts_[index].Get(env_->isolate()); }

  // Objects of the transfer list may bring others along: lib's FileHandle its native one.
  bool AddNested() {
    v8::Isolate* isolate = env_->isolate();
    for (size_t i = 0; i < hosts_.size(); i++) {
      v8::Local<v8::Object> host = Host(i);
      if (IsNative(host)) continue;
      v8::TryCatch guard(isolate);
      v8::Local<v8::Value> list;
      if (!CallProtocol(context_, host, "messaging_transfer_list_symbol").ToLocal(&list)) {
        if (!guard.HasCaught()) continue;
        guard.ReThrow();
        return false;
      }
      if (list->IsArray() && !AddNestedOf(list.As<v8::Array>())) {
        guard.ReThrow();
        return false;
      }
    }
    return true;
  }

  // Takes the data of all hosts, when the value is written. Writing one may find others to clone.
  bool Finish() {
    v8::Isolate* isolate = env_->isolate();
    for (size_t i = 0; i < hosts_.size(); i++) {
      v8::Local<v8::Object> host = Host(i);
      std::unique_ptr<TransferData> data = DataOf(host, i < first_cloned_);
      if (data == nullptr) {
        if (IsNative(host) && !isolate->HasPendingException()) {
          node::ThrowDataCloneError(env_, context_, kUnsupportedTransfer);
        }
        return false;
      }
      if (data->Write(context_, serializer).IsNothing()) return false;
      message_->transferables_.push_back(std::move(data));
    }
    return true;
  }

  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    node::ThrowDataCloneError(env_, context_, Utf8(env_->isolate(), message).view());
  }
  bool HasCustomHostObject(v8::Isolate*) override { return true; }
  v8::Maybe<bool> IsHostObject(v8::Isolate*, v8::Local<v8::Object> object) override {
    return v8::Just(IsNative(object) || object->HasPrivate(context_, transfer_mode_).FromMaybe(false));
  }

  v8::Maybe<bool> WriteHostObject(v8::Isolate*, v8::Local<v8::Object> object) override {
    if (IsEnvObject(context_, object)) {
      v8::Local<v8::Object> copy;
      if (!CopyOfEnv(env_).ToLocal(&copy)) return v8::Nothing<bool>();
      serializer->WriteUint32(kPlainObject);
      return serializer->WriteValue(context_, copy);
    }
    const uint32_t mode = ModeOf(context_, object);
    if (mode == kDisallowCloneAndTransfer) {
      node::ThrowDataCloneError(env_, context_, kUnsupportedClone);
      return v8::Nothing<bool>();
    }
    auto found = std::find(hosts_.begin(), hosts_.end(), object);
    const bool must_be_listed = (mode & kTransferable) != 0;
    if (must_be_listed && found == hosts_.end()) {
      node::ThrowDataCloneError(env_, context_, kNotListed);
      return v8::Nothing<bool>();
    }
    if (!must_be_listed) {
      first_cloned_ = std::min(first_cloned_, hosts_.size());
      Add(object);
      found = hosts_.end() - 1;
    }
    serializer->WriteUint32(static_cast<uint32_t>(found - hosts_.begin()));
    return v8::Just(true);
  }

  v8::Maybe<uint32_t> GetSharedArrayBufferId(v8::Isolate*, v8::Local<v8::SharedArrayBuffer> buffer) override {
    auto found = std::find(shared_.begin(), shared_.end(), buffer);
    const auto id = static_cast<uint32_t>(found - shared_.begin());
    if (found == shared_.end()) {
      shared_.emplace_back(env_->isolate(), buffer);
      message_->shared_array_buffers_.push_back(buffer->GetBackingStore());
    }
    return v8::Just(id);
  }

  v8::Maybe<uint32_t> GetWasmModuleTransferId(v8::Isolate*, v8::Local<v8::WasmModuleObject> module) override {
    message_->wasm_modules_.push_back(module->GetCompiledModule());
    return v8::Just(static_cast<uint32_t>(message_->wasm_modules_.size() - 1));
  }

  v8::ValueSerializer* serializer = nullptr;

 private:
  bool AddNestedOf(v8::Local<v8::Array> list) {
    for (uint32_t i = 0; i < list->Length(); i++) {
      v8::Local<v8::Value> value;
      if (!list->Get(context_, i).ToLocal(&value)) return false;
      if (!value->IsObject()) continue;
      v8::Local<v8::Object> object = value.As<v8::Object>();
      if (!IsNative(object) && !IsMarked(context_, object)) continue;
      if (Has(object)) {
        node::ThrowDataCloneError(env_, context_, "The transfer list is invalid.");
        return false;
      }
      Add(object);
    }
    return true;
  }

  std::unique_ptr<TransferData> DataOf(v8::Local<v8::Object> host, bool transferred) {
    if (IsBlob(env_, host)) return std::make_unique<BlobData>(PartsOfBlob(env_, host));
    if (!IsNative(host)) {
      return DataOfMarked(context_, host, transferred ? "messaging_transfer_symbol" : "messaging_clone_symbol");
    }
    Transferable* native = NativeTransferable(host);
    if (native == nullptr) return nullptr;
    return transferred ? native->TransferForMessaging() : native->CloneForMessaging();
  }

  Environment* env_;
  v8::Local<v8::Context> context_;
  Message* message_;
  v8::Local<v8::Private> transfer_mode_;  // Asked for with each object of the value.
  // Not local handles: V8 calls within handle scopes of its own.
  std::vector<v8::Global<v8::Object>> hosts_;
  std::vector<v8::Global<v8::SharedArrayBuffer>> shared_;
  size_t first_cloned_ = SIZE_MAX;
};

class Message::DeserializerDelegate final : public v8::ValueDeserializer::Delegate {
 public:
  DeserializerDelegate(Environment* env, const Message* message, const std::vector<v8::Local<v8::Object>>& hosts)
      : message_(message), hosts_(hosts) {
    for (const std::shared_ptr<v8::BackingStore>& store : message->shared_array_buffers_) {
      shared_.push_back(v8::SharedArrayBuffer::New(env->isolate(), store));
    }
  }

  v8::MaybeLocal<v8::Object> ReadHostObject(v8::Isolate* isolate) override {
    uint32_t id;
    if (!deserializer->ReadUint32(&id)) return {};
    if (id == kPlainObject) {
      v8::Local<v8::Value> value;
      if (!deserializer->ReadValue(isolate->GetCurrentContext()).ToLocal(&value) || !value->IsObject()) return {};
      return value.As<v8::Object>();
    }
    if (id >= hosts_.size()) return {};
    return hosts_[id];
  }
  v8::MaybeLocal<v8::SharedArrayBuffer> GetSharedArrayBufferFromId(v8::Isolate*, uint32_t id) override {
    if (id >= shared_.size()) return {};
    return shared_[id];
  }
  v8::MaybeLocal<v8::WasmModuleObject> GetWasmModuleFromId(v8::Isolate* isolate, uint32_t id) override {
    if (id >= message_->wasm_modules_.size()) return {};
    return v8::WasmModuleObject::FromCompiledModule(isolate, message_->wasm_modules_[id]);
  }

  v8::ValueDeserializer* deserializer = nullptr;

 private:
  const Message* message_;
  const std::vector<v8::Local<v8::Object>>& hosts_;
  std::vector<v8::Local<v8::SharedArrayBuffer>> shared_;
};

bool Message::Transfers(const PortQueue* queue) const {
  return std::ranges::any_of(transferables_, [queue](const auto& data) { return data->queue() == queue; });
}

bool Message::AddToTransferList(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value> entry,
                                v8::Local<v8::Object> source_port, SerializerDelegate* delegate,
                                std::vector<v8::Local<v8::ArrayBuffer>>* buffers) {
  const auto refuse = [&](std::string_view message) {
    ThrowDataCloneError(env, context, message);
    return false;
  };
  if (!entry->IsObject()) return refuse(kInvalidListEntry);
  v8::Local<v8::Object> object = entry.As<v8::Object>();
  if (object->HasPrivate(context, PrivateSymbol(env, "untransferable_object_private_symbol")).FromMaybe(true)) {
    return refuse(kUnsupportedTransfer);
  }
  if (object->IsArrayBuffer()) {
    v8::Local<v8::ArrayBuffer> buffer = object.As<v8::ArrayBuffer>();
    if (!IsTransferable(buffer)) return refuse(kUnsupportedTransfer);
    if (std::ranges::find(*buffers, buffer) != buffers->end()) {
      return refuse("Transfer list contains duplicate ArrayBuffer");
    }
    delegate->serializer->TransferArrayBuffer(static_cast<uint32_t>(buffers->size()), buffer);
    buffers->push_back(buffer);
    return true;
  }
  if (!source_port.IsEmpty() && object == source_port) return refuse("Transfer list contains source port");
  if (!IsNative(object) && !IsMarked(context, object)) return refuse(kInvalidListEntry);
  if (const MessagePort* port = NativeObject::Cast<MessagePort>(object); port != nullptr && port->IsDetached()) {
    return refuse("MessagePort in transfer list is already detached");
  }
  if (delegate->Has(object)) {
    return refuse("Transfer list contains duplicate " + std::string(Utf8(env->isolate(), object->GetConstructorName()).view()));
  }
  if (ModeOf(context, object) != kTransferable) return refuse(kInvalidListEntry);
  delegate->Add(object);
  return true;
}

// A buffer that the pool or the loop uses now (HeldBytes) refuses, which nobody can tell beforehand.
bool Message::DetachBuffers(Environment* env, v8::Local<v8::Context> context, const std::vector<v8::Local<v8::ArrayBuffer>>& buffers) {
  for (v8::Local<v8::ArrayBuffer> buffer : buffers) {
    std::shared_ptr<v8::BackingStore> store = buffer->GetBackingStore();
    v8::TryCatch guard(env->isolate());
    const bool detached = !buffer->Detach(v8::Local<v8::Value>()).IsNothing();
    guard.Reset();
    if (!detached) {
      ThrowDataCloneError(env, context, kUnsupportedTransfer);
      guard.ReThrow();
      return false;
    }
    array_buffers_.push_back(std::move(store));
  }
  return true;
}

bool Message::Serialize(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value> value, const TransferList& transfer_list,
                        v8::Local<v8::Object> source_port) {
  v8::HandleScope scope(env->isolate());
  v8::Context::Scope context_scope(context);
  SerializerDelegate delegate(env, context, this);
  v8::ValueSerializer serializer(env->isolate(), &delegate);
  delegate.serializer = &serializer;
  std::vector<v8::Local<v8::ArrayBuffer>> buffers;
  for (v8::Local<v8::Value> entry : transfer_list) {
    if (!AddToTransferList(env, context, entry, source_port, &delegate, &buffers)) return false;
  }
  if (!delegate.AddNested()) return false;
  serializer.WriteHeader();
  if (serializer.WriteValue(context, value).IsNothing() || !DetachBuffers(env, context, buffers) || !delegate.Finish()) {
    return false;
  }
  const auto [bytes, size] = serializer.Release();
  bytes_.reset(bytes);
  size_ = size;
  return true;
}

v8::MaybeLocal<v8::Value> Message::Read(Environment* env, v8::Local<v8::Context> context, const std::vector<v8::Local<v8::Object>>& hosts) {
  DeserializerDelegate delegate(env, this, hosts);
  v8::ValueDeserializer deserializer(env->isolate(), bytes_.get(), size_, &delegate);
  delegate.deserializer = &deserializer;
  for (size_t i = 0; i < array_buffers_.size(); i++) {
    deserializer.TransferArrayBuffer(static_cast<uint32_t>(i), v8::ArrayBuffer::New(env->isolate(), array_buffers_[i]));
  }
  v8::Local<v8::Value> value;
  if (deserializer.ReadHeader(context).IsNothing() || !deserializer.ReadValue(context).ToLocal(&value)) return {};
  for (size_t i = 0; i < hosts.size(); i++) {
    if (transferables_[i]->Read(context, &deserializer, hosts[i]).IsNothing()) return {};
  }
  return value;
}

v8::MaybeLocal<v8::Value> Message::Deserialize(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value>* ports) {
  v8::Isolate* isolate = env->isolate();
  v8::Context::Scope context_scope(context);
  if (ports != nullptr && !transferables_.empty()) *ports = v8::Array::New(isolate);
  v8::EscapableHandleScope scope(isolate);
  std::vector<v8::Local<v8::Object>> hosts;
  // What nobody gets is closed: a port would keep its peer waiting.
  const auto give_up = [&hosts] {
    for (v8::Local<v8::Object> host : hosts) {
      if (NativeObject* native = NativeObject::FromValue(host)) native->CloseNow();
    }
    return v8::MaybeLocal<v8::Value>();
  };
  uint32_t port_count = 0;
  for (const std::unique_ptr<TransferData>& data : transferables_) {
    v8::Local<v8::Object> host;
    if (!data->Deserialize(env, context).ToLocal(&host)) return give_up();
    hosts.push_back(host);
    if (ports != nullptr && NativeObject::Cast<MessagePort>(host) != nullptr &&
        ports->As<v8::Array>()->CreateDataProperty(context, port_count++, host).IsNothing()) {
      return give_up();
    }
  }
  v8::Local<v8::Value> value;
  if (!Read(env, context, hosts).ToLocal(&value)) return give_up();
  return scope.Escape(value);
}

}  // namespace dv8::node
