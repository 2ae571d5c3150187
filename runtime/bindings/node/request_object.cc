#include "runtime/bindings/node/request_object.h"

#include "runtime/binding/errors.h"
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

constexpr int kUse = 1;
constexpr int32_t kFree = 0x5257;  // Views and buffers have fields, too: theirs are 0.

bool IsFree(v8::Local<v8::Value> value) {
  if (!value->IsObject()) return false;
  v8::Local<v8::Object> object = value.As<v8::Object>();
  if (object->InternalFieldCount() != kRequestFields) return false;
  v8::Local<v8::Data> use = object->GetInternalField(kUse);
  return use->IsValue() && use.As<v8::Value>()->IsInt32() && use.As<v8::Int32>()->Value() == kFree;
}

}  // namespace

void NewRequestObject(const CallInfo& info) {
  if (!info.IsConstructCall()) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Class constructor cannot be invoked without 'new'");
  }
  GiveBackRequestObject(info.This());
}

bool TakeRequestObject(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, v8::Local<v8::Object> target) {
  if (!IsFree(value)) {
    ThrowInvalidArgument(isolate, index, "a request that is not in use", value);
    return false;
  }
  value.As<v8::Object>()->SetInternalField(kUse, target);
  return true;
}

void GiveBackRequestObject(v8::Local<v8::Object> object) { object->SetInternalField(kUse, v8::Integer::New(object->GetIsolate(), kFree)); }

}  // namespace dv8::node
