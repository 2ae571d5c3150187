#include "runtime/bindings/node/code_cache.h"

#include <algorithm>
#include <span>

#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/value.h"
#include "runtime/payload/payload.h"

namespace dv8::node {

using v8::Local;
using v8::ScriptCompiler;

bool HasCodeCache(const Environment* env) {
  const Payload* payload = env->payload();
  return payload != nullptr && payload->Stored(SectionKind::kHeapImage).empty();
}

ScriptCompiler::CachedData* ReadCodeCache(const Environment* env, Local<v8::Value> value) {
  if (!value->IsArrayBufferView() || !HasCodeCache(env)) return nullptr;
  const std::span<uint8_t> bytes = BytesOf(value);
  auto* copy = new uint8_t[bytes.size()];
  std::copy(bytes.begin(), bytes.end(), copy);
  return new ScriptCompiler::CachedData(copy, static_cast<int>(bytes.size()), ScriptCompiler::CachedData::BufferOwned);
}

bool IsCodeCacheRejected(Local<v8::Value> value, const ScriptCompiler::Source& source) {
  const ScriptCompiler::CachedData* given = source.GetCachedData();
  return value->IsArrayBufferView() && (given == nullptr || given->rejected);
}

CodeCache CreateCodeCache(const Environment* env, Local<v8::UnboundScript> script) {
  return CodeCache(HasCodeCache(env) ? ScriptCompiler::CreateCodeCache(script) : nullptr);
}

CodeCache CreateCodeCache(const Environment* env, Local<v8::UnboundModuleScript> script) {
  return CodeCache(HasCodeCache(env) ? ScriptCompiler::CreateCodeCache(script) : nullptr);
}

CodeCache CreateCodeCache(const Environment* env, Local<v8::Function> function) {
  return CodeCache(HasCodeCache(env) ? ScriptCompiler::CreateCodeCacheForFunction(function) : nullptr);
}

v8::MaybeLocal<v8::Uint8Array> ToBuffer(Environment* env, const CodeCache& cache) {
  if (cache == nullptr) return CopyToBuffer(env, {});
  return CopyToBuffer(env, {cache->data, static_cast<size_t>(cache->length)});
}

}  // namespace dv8::node
