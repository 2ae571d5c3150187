// internalBinding('wasm_web_api'): what internal/dv8/web_assembly.js gives WebAssembly beside V8's own.
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/build_mode.h"

namespace dv8::node {
namespace {

constexpr char kImplementation[] = "wasm_web_api.implementation";

// setImplementation((state, source) => …): lib's reader of a Response, which gives its bytes to state.push().
void SetImplementation(Environment* env, v8::Local<v8::Function> implementation) { env->Keep(kImplementation, implementation); }
v8::Local<v8::Value> Implementation(Environment* env) { return env->Kept(kImplementation); }

// Gives WebAssembly Suspending, promising and SuspendError (JSPI). False while a snapshot is made, which cannot hold
// them.
bool InstallPromiseIntegration(Environment* env) {
  if (IsBuilding(env)) return false;
  env->isolate()->SetWasmJSPIEnabledCallback([](v8::Local<v8::Context>) { return true; });
  env->isolate()->InstallConditionalFeatures(env->context());
  return true;
}

constexpr FunctionSpec kFunctions[] = {
    Typed<Implementation>("implementation"),
    Typed<InstallPromiseIntegration>("installPromiseIntegration"),
    Typed<SetImplementation>("setImplementation"),
};

}  // namespace

extern const BindingSpec kNodeWasmWebApi;
constexpr BindingSpec kNodeWasmWebApi{"wasm_web_api", kFunctions};

}  // namespace dv8::node
