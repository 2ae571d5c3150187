// What the classes of internalBinding('messaging') need of the binding itself.
#pragma once

#include "runtime/bindings/node/message.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// An object of the class MessagePort of `context`, without its native part.
v8::MaybeLocal<v8::Object> NewPortObject(Environment* env, v8::Local<v8::Context> context);

// postMessage()'s second argument: an iterable, or an object with an iterable `transfer`. False when an
// exception is pending.
bool ReadTransferList(Environment* env, v8::Local<v8::Context> context, v8::Local<v8::Value> argument, TransferList* list);

}  // namespace dv8::node
