// internalBinding('wasm_web_api'): gives the bytes of a Response to V8's streaming compiler.
// https://webassembly.github.io/spec/web-api/#streaming-modules
#include "runtime/bindings/node/wasm_web_api.h"

#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

constexpr char kImplementation[] = "wasm_web_api.implementation";
constexpr char kClassName[] = "wasm_web_api.WasmStreamingObject";

// Made empty by JavaScript's constructor; StartStreamingCompilation gives it the compiler.
class WasmStreamingObject final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(WasmStreamingObject, NativeObject)
  WasmStreamingObject(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  void set_streaming(std::shared_ptr<v8::WasmStreaming> streaming) { streaming_ = std::move(streaming); }

  void SetUrl(std::string url) {
    if (streaming_ != nullptr) streaming_->SetUrl(url.data(), url.size());
  }
  // V8 makes a copy of the bytes.
  void Push(Bytes chunk) {
    if (streaming_ != nullptr) streaming_->OnBytesReceived(chunk.data(), chunk.size());
  }
  void Finish() {
    if (const auto streaming = std::move(streaming_)) streaming->Finish();
  }
  void Abort(v8::Local<v8::Value> reason) {
    if (const auto streaming = std::move(streaming_)) streaming->Abort(reason);
  }

 private:
  std::shared_ptr<v8::WasmStreaming> streaming_;  // Null before the start and behind the end.
};

void SetImplementation(Environment* env, v8::Local<v8::Function> implementation) {
  env->Keep(kImplementation, implementation);
}

constexpr FunctionSpec kFunctions[] = {Typed<SetImplementation>("setImplementation")};

constexpr FunctionSpec kMethods[] = {
    Method<&WasmStreamingObject::Abort>("abort"),
    Method<&WasmStreamingObject::Finish>("finish"),
    Method<&WasmStreamingObject::Push>("push"),
    Method<&WasmStreamingObject::SetUrl>("setURL"),
};

constexpr ClassSpec kClasses[] = {{"WasmStreamingObject", Constructor<WasmStreamingObject>(), kMethods}};

void Init(Environment* env, v8::Local<v8::Object> target) {
  env->Keep(kClassName, target->Get(env->context(), Internalized(env->isolate(), "WasmStreamingObject")).ToLocalChecked());
}

}  // namespace

void StartStreamingCompilation(const CallInfo& info) {
  Environment* env = Environment::From(info);
  const std::shared_ptr<v8::WasmStreaming> streaming = v8::WasmStreaming::Unpack(info.GetIsolate(), info.Data());
  v8::Local<v8::Value> constructor = env->Kept(kClassName);
  v8::Local<v8::Value> implementation = env->Kept(kImplementation);
  v8::Local<v8::Object> object;
  if (!constructor->IsFunction() || !implementation->IsFunction()) {
    return streaming->Abort(v8::Exception::Error(Internalized(info.GetIsolate(), "WebAssembly streaming is not available")));
  }
  if (!constructor.As<v8::Function>()->NewInstance(env->context()).ToLocal(&object)) return;
  NativeObject::Cast<WasmStreamingObject>(object)->set_streaming(streaming);
  v8::Local<v8::Value> argv[] = {object, info[0]};
  (void)implementation.As<v8::Function>()->Call(env->context(), info.This(), 2, argv);
}

extern const BindingSpec kNodeWasmWebApi;
constexpr BindingSpec kNodeWasmWebApi{"wasm_web_api", kFunctions, {}, kClasses, Init};

}  // namespace dv8::node
