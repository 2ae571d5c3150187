// internalBinding('sea'): node:sea, for a packed program and its --asset files.
#include <cstring>

#include "runtime/binding/typed.h"
#include "runtime/bindings/assets.h"

namespace dv8::node {
namespace {

// A packed program is what Node calls a single executable application.
bool IsSea(Environment* env) { return env->payload() != nullptr; }
bool IsExperimentalSeaWarningNeeded() { return false; }

// getAsset(key) → an ArrayBuffer, undefined when there is none of that name.
v8::MaybeLocal<v8::Value> GetAsset(Environment* env, std::string key) {
  v8::Isolate* isolate = env->isolate();
  const AssetIndex* assets = EmbeddedAssets(env);
  const ptrdiff_t index = assets == nullptr ? -1 : assets->FindFile(key);
  if (index < 0 || assets->origin(static_cast<size_t>(index)) != AssetOrigin::kUser) return v8::Undefined(isolate).As<v8::Value>();
  Result<std::vector<std::byte>> bytes = assets->Read(static_cast<size_t>(index));
  if (!bytes.ok()) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND", bytes.error().text);
    return {};
  }
  v8::Local<v8::ArrayBuffer> buffer;
  if (!v8::ArrayBuffer::MaybeNew(isolate, bytes.value().size()).ToLocal(&buffer)) {
    ThrowRangeError(isolate, "Array buffer allocation failed");
    return {};
  }
  if (!bytes.value().empty()) std::memcpy(buffer->Data(), bytes.value().data(), bytes.value().size());
  return buffer.As<v8::Value>();
}

v8::MaybeLocal<v8::Array> GetAssetKeys(Environment* env) {
  const AssetIndex* assets = EmbeddedAssets(env);
  std::vector<v8::Local<v8::Value>> keys;
  for (size_t i = 0; assets != nullptr && i < assets->size(); i++) {
    const ptrdiff_t file = assets->FindFile(assets->path(i));
    if (file < 0 || assets->origin(static_cast<size_t>(file)) != AssetOrigin::kUser) continue;
    v8::Local<v8::String> key;
    if (!FromUtf8(env->isolate(), assets->path(i)).ToLocal(&key)) return {};
    keys.push_back(key);
  }
  return v8::Array::New(env->isolate(), keys.data(), keys.size());
}

constexpr FunctionSpec kFunctions[] = {
    Typed<GetAsset>("getAsset"),
    Typed<GetAssetKeys>("getAssetKeys"),
    Typed<IsExperimentalSeaWarningNeeded>("isExperimentalSeaWarningNeeded"),
    Typed<IsSea>("isSea"),
};

}  // namespace

extern const BindingSpec kNodeSea;
constexpr BindingSpec kNodeSea{"sea", kFunctions};

}  // namespace dv8::node
