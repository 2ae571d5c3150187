// runtime/bindings/node/async_context_frame.cc: internalBinding('async_context_frame'), what AsyncLocalStorage
// keeps with a continuation: V8 carries it through promises, AsyncWrap through callbacks.
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

v8::Local<v8::Value> Get(Environment* env) { return env->isolate()->GetContinuationPreservedEmbedderData(); }

void Set(Environment* env, v8::Local<v8::Value> frame) { env->isolate()->SetContinuationPreservedEmbedderData(frame); }

constexpr FunctionSpec kFunctions[] = {
    Typed<Get>("getContinuationPreservedEmbedderData"),
    Typed<Set>("setContinuationPreservedEmbedderData"),
};

}  // namespace

extern const BindingSpec kNodeAsyncContextFrame;
constexpr BindingSpec kNodeAsyncContextFrame{"async_context_frame", kFunctions};

}  // namespace dv8::node
