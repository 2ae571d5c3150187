// Objects that JavaScript makes for one request to come: `new WriteWrap()`, `new TCPConnectWrap()`. They
// have no C++ object until the request is dispatched, which most are not: what can be written at once is.
#pragma once

#include "runtime/bindings/spec.h"
#include "v8.h"

namespace dv8::node {

// Of a class of request objects: field 0 is the NativeObject's, field 1 says whether one is at work.
inline constexpr int kRequestFields = 2;

// ClassSpec::constructor of such a class.
void NewRequestObject(const CallInfo& info);

// Takes `value` for one request: false when it is no request object, or one that is in use; with
// ERR_INVALID_ARG_TYPE pending. `target`, which the request is about, lives until it is given back.
bool TakeRequestObject(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, v8::Local<v8::Object> target);
// The object may be used for another request.
void GiveBackRequestObject(v8::Local<v8::Object> object);

}  // namespace dv8::node
