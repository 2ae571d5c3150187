// WebAssembly.compileStreaming() and instantiateStreaming().
#pragma once

#include "runtime/bindings/spec.h"

namespace dv8::node {

// V8 calls it with what the program gave: for Isolate::SetWasmStreamingCallback.
void StartStreamingCompilation(const CallInfo& info);

}  // namespace dv8::node
