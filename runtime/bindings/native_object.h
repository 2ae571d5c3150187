// Base of C++ objects that a JavaScript object owns through an internal field.
#pragma once

#include <list>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8 {

class SecureContext;
class Stream;
namespace node {
class StreamBase;
class Transferable;
}  // namespace node

// Which class a NativeObject is of; compared by address.
struct ClassTag {
  const char* name;
  const ClassTag* parent;
};

// Says in the public part of `class Type : public Parent` what Type is, for NativeObject::Cast.
#define DV8_NATIVE_CLASS(Type, Parent)                             \
  static constexpr ::dv8::ClassTag kClass{#Type, &Parent::kClass}; \
  const ::dv8::ClassTag* class_tag() const override { return &kClass; }

// Lives as long as its JavaScript object (weak), or while a strong reference is held
// because the loop still needs it. Not snapshottable: the builder refuses a heap that
// reaches one, with the stack that made it, but for those that can be made anew.
class NativeObject {
 public:
  NativeObject(Environment* env, v8::Local<v8::Object> object);
  virtual ~NativeObject();
  NativeObject(const NativeObject&) = delete;
  NativeObject& operator=(const NativeObject&) = delete;

  Environment* env() const { return env_; }
  v8::Local<v8::Object> object() const { return object_.Get(env_->isolate()); }
  // What made it, as text; filled while a snapshot is built only.
  const std::string& creation_stack() const { return creation_stack_; }
  // Gives what asynchronous work has opened, below which is no JavaScript, the stack of this, which began it.
  void GiveCreationStack();

  // Keeps the JavaScript object alive (an open handle), or lets the collector take it.
  void MakeStrong();
  void MakeWeak();

  // True when the collector has taken the JavaScript object: object() is empty.
  bool is_collected() const { return object_.IsEmpty(); }
  // Leaves the JavaScript object to the snapshot, whose program makes the native part anew when it first asks for it.
  // False when it cannot.
  virtual bool KeepInSnapshot() { return false; }
  // Deletes the native parts that programs make anew.
  static void LeaveToSnapshot(Environment* env);
  // Closes what the object has on the loop, at once: shutdown() does it for all objects.
  virtual void CloseNow() {}
  // Itself when it is one: dv8_stream.h.
  virtual Stream* AsStream() { return nullptr; }
  // Itself when it is one: node/stream_base.h.
  virtual node::StreamBase* AsStreamBase() { return nullptr; }
  // Itself when it is one: dv8_tls.h.
  virtual SecureContext* AsSecureContext() { return nullptr; }
  // Itself when it can go through postMessage(): node/transferable.h.
  virtual node::Transferable* AsTransferable() { return nullptr; }

  // The T of `info.This()`, or null when the receiver is something else.
  template <typename T>
  static T* Unwrap(const CallInfo& info) {
    return static_cast<T*>(FromObject(info.This()));
  }
  static NativeObject* FromObject(v8::Local<v8::Object> object);

  static constexpr ClassTag kClass{"NativeObject", nullptr};
  virtual const ClassTag* class_tag() const { return &kClass; }
  // The T of `value`, or null when it is something else, or an object whose native part is gone.
  template <typename T>
  static T* Cast(v8::Local<v8::Value> value) {
    NativeObject* object = FromValue(value);
    for (const ClassTag* tag = object == nullptr ? nullptr : object->class_tag(); tag != nullptr; tag = tag->parent) {
      if (tag == &T::kClass) return static_cast<T*>(object);
    }
    return nullptr;
  }
  static NativeObject* FromValue(v8::Local<v8::Value> value);

 protected:
  // Called when the collector has taken the JavaScript object. Deletes by default; a class
  // with an open libuv handle closes it first and deletes in the close callback.
  virtual void OnCollected() { delete this; }

 private:
  Environment* env_;
  v8::Global<v8::Object> object_;
  std::string creation_stack_;
  std::list<NativeObject*>::iterator position_;
};

// Makes the loop that an object is about to use. False, with an exception, where the system refuses it.
bool OpenLoop(const CallInfo& info);

}  // namespace dv8
