// What goes through postMessage() and structuredClone() beside what V8 can clone: native objects that
// say how (a MessagePort, a FileHandle, a BlockList), and JavaScript objects that lib marks
// (lib/internal/worker/js_transferable.js; message.cc reads those).
#pragma once

#include <cstdint>
#include <memory>

#include "v8.h"

namespace dv8 {
class Environment;
}

namespace dv8::node {

class PortQueue;

// Bits, with the values of kTransferable and kCloneable in internalBinding('util').constants.
enum TransferMode : uint32_t { kDisallowCloneAndTransfer = 0, kTransferable = 1, kCloneable = 2 };

// A native object on its way from one isolate to another (or to the same): belongs to no isolate.
class TransferData {
 public:
  virtual ~TransferData() = default;
  // A new object in `context`, on the receiver's thread. Takes what the data owns: called once where the
  // object was transferred; a clone that is broadcast is read by each receiver. Empty: an exception.
  virtual v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context> context) = 0;
  // Further JavaScript values of the object: Write() puts them behind the message, on the sender's
  // thread; Read() takes them from there, when the message itself has been read.
  virtual v8::Maybe<bool> Write(v8::Local<v8::Context>, v8::ValueSerializer*) { return v8::Just(true); }
  virtual v8::Maybe<bool> Read(v8::Local<v8::Context>, v8::ValueDeserializer*, v8::Local<v8::Object>) { return v8::Just(true); }
  // The queue of a port that is transferred.
  virtual const PortQueue* queue() const { return nullptr; }
};

// Beside NativeObject, a base of native objects that can be cloned or transferred
// (NativeObject::AsTransferable gives it).
class Transferable {
 public:
  virtual TransferMode transfer_mode() const = 0;
  // Takes the object's inner part: the object is unusable afterwards. Null when it has none any more.
  virtual std::unique_ptr<TransferData> TransferForMessaging() { return nullptr; }
  virtual std::unique_ptr<TransferData> CloneForMessaging() { return nullptr; }

 protected:
  ~Transferable() = default;
};

}  // namespace dv8::node
