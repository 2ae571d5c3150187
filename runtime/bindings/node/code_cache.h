// V8's code cache: what cachedData, produceCachedData and createCachedData() of node:vm are.
#pragma once

#include <memory>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// V8 stamps a code cache with a checksum of the snapshot it started from. A program that starts from a heap image
// has none: there, nothing is produced and what is given is rejected.
bool HasCodeCache(const Environment* env);

// A copy of the view's bytes for V8 to consume. Null when `value` is no view, or when there is no code cache.
v8::ScriptCompiler::CachedData* ReadCodeCache(const Environment* env, v8::Local<v8::Value> value);

// Whether a code cache was given as `value` and V8 did not take it while it compiled `source`.
bool IsCodeCacheRejected(v8::Local<v8::Value> value, const v8::ScriptCompiler::Source& source);

// Null when there is no code cache, or when V8 has none for it.
using CodeCache = std::unique_ptr<v8::ScriptCompiler::CachedData>;
CodeCache CreateCodeCache(const Environment* env, v8::Local<v8::UnboundScript> script);
CodeCache CreateCodeCache(const Environment* env, v8::Local<v8::UnboundModuleScript> script);
CodeCache CreateCodeCache(const Environment* env, v8::Local<v8::Function> function);

// A Buffer with its bytes; empty for null.
v8::MaybeLocal<v8::Uint8Array> ToBuffer(Environment* env, const CodeCache& cache);

}  // namespace dv8::node
