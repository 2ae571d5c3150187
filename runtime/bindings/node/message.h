// One message of a MessagePort or a structuredClone(): a JavaScript value as bytes that belong to no
// isolate, with what is transferred along.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "runtime/bindings/node/transferable.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

using TransferList = std::vector<v8::Local<v8::Value>>;

class Message {
 public:
  // A message without a value tells its receiver that the other port is closed.
  Message() = default;
  bool IsCloseMessage() const { return bytes_ == nullptr; }

  // Takes `value` and what `transfer_list` names. `source_port` may be empty; it cannot transfer itself.
  // False when an exception is pending, or when lib's kTransfer/kClone gave nothing.
  bool Serialize(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value> value, const TransferList& transfer_list,
                 v8::Local<v8::Object> source_port = {});
  // The value, in `context`. `ports`, when asked for, becomes an array of the ports that came along, if
  // anything was transferred. Several threads may read one broadcast message: nothing is transferred then.
  v8::MaybeLocal<v8::Value> Deserialize(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value>* ports = nullptr);

  bool HasTransferables() const { return !transferables_.empty() || !array_buffers_.empty(); }
  bool Transfers(const PortQueue* queue) const;

 private:
  class SerializerDelegate;
  class DeserializerDelegate;
  struct Free {
    void operator()(uint8_t* bytes) const { std::free(bytes); }
  };

  bool AddToTransferList(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value> entry, v8::Local<v8::Object> source_port,
                         SerializerDelegate* delegate, std::vector<v8::Local<v8::ArrayBuffer>>* buffers);
  bool DetachBuffers(Environment* env, v8::Local<v8::Context> context, const std::vector<v8::Local<v8::ArrayBuffer>>& buffers);
  v8::MaybeLocal<v8::Value> Read(Environment* env, v8::Local<v8::Context> context, const std::vector<v8::Local<v8::Object>>& hosts);

  std::unique_ptr<uint8_t, Free> bytes_;
  size_t size_ = 0;
  std::vector<std::shared_ptr<v8::BackingStore>> array_buffers_;
  std::vector<std::shared_ptr<v8::BackingStore>> shared_array_buffers_;
  std::vector<std::unique_ptr<TransferData>> transferables_;
  std::vector<v8::CompiledWasmModule> wasm_modules_;
};

}  // namespace dv8::node
