// runtime/bindings/node/async_context_frame.cc: internalBinding('async_context_frame'), what AsyncLocalStorage
// keeps with a continuation: V8 carries it through promises, AsyncWrap through callbacks.
#include "runtime/bindings/spec.h"
#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"

namespace dv8::node {
namespace {

// V8's own functions, which its compilers make one load or store of: each nextTick() asks.
void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Local<v8::Context> context = env->context();
  for (const char* name : {"getContinuationPreservedEmbedderData", "setContinuationPreservedEmbedderData"}) {
    v8::Local<v8::String> key = Internalized(env->isolate(), name);
    target->Set(context, key, context->GetExtrasBindingObject()->Get(context, key).ToLocalChecked()).Check();
  }
}

}  // namespace

extern const BindingSpec kNodeAsyncContextFrame;
constexpr BindingSpec kNodeAsyncContextFrame{"async_context_frame", {}, {}, {}, Init};

}  // namespace dv8::node
