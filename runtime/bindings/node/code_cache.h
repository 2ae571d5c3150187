// V8's code cache: what cachedData, produceCachedData and createCachedData() of node:vm are.
#pragma once

#include <memory>
#include <type_traits>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

using CodeCache = std::unique_ptr<v8::ScriptCompiler::CachedData>;

// A copy of the view's bytes for V8 to consume; null when `value` is no view.
v8::ScriptCompiler::CachedData* ReadCodeCache(v8::Local<v8::Value> value);

// Null while the program's snapshot is made: V8 gives none there.
template <typename Script>
CodeCache CreateCodeCache(const Environment* env, v8::Local<Script> script) {
  if (env->payload() == nullptr) return nullptr;
  if constexpr (std::is_same_v<Script, v8::Function>) {
    return CodeCache(v8::ScriptCompiler::CreateCodeCacheForFunction(script));
  } else {
    return CodeCache(v8::ScriptCompiler::CreateCodeCache(script));
  }
}

// A Buffer with its bytes; empty for null.
v8::MaybeLocal<v8::Uint8Array> ToBuffer(Environment* env, const CodeCache& cache);

}  // namespace dv8::node
