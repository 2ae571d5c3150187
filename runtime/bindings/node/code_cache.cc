#include "runtime/bindings/node/code_cache.h"

#include <algorithm>
#include <span>

#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/value.h"

namespace dv8::node {

using v8::Local;
using v8::ScriptCompiler;

ScriptCompiler::CachedData* ReadCodeCache(Local<v8::Value> value) {
  if (!value->IsArrayBufferView()) return nullptr;
  const std::span<uint8_t> bytes = BytesOf(value);
  auto* copy = new uint8_t[bytes.size()];
  std::copy(bytes.begin(), bytes.end(), copy);
  return new ScriptCompiler::CachedData(copy, static_cast<int>(bytes.size()), ScriptCompiler::CachedData::BufferOwned);
}

v8::MaybeLocal<v8::Uint8Array> ToBuffer(Environment* env, const CodeCache& cache) {
  if (cache == nullptr) return CopyToBuffer(env, {});
  return CopyToBuffer(env, {cache->data, static_cast<size_t>(cache->length)});
}

}  // namespace dv8::node
