// V8 as a whole: flags, platform, start-up and the limits and handlers of an isolate.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/payload/fingerprint.h"
#include "runtime/payload/payload.h"
#include "runtime/payload/result.h"
#include "v8.h"

namespace dv8 {

enum class EngineMode {
  kRun,    // Programs: fresh seeds, threads when they are needed.
  kBuild,  // Snapshots: one thread, fixed seeds, the same bytes every time.
};

// Starts V8; once a process. `flags` are the app's own V8 flags, checked when it was packed.
void StartEngine(EngineMode mode, std::string_view flags);

// What V8 says against `flags` ("" is fine): unknown flags, and flags that change the heap's
// layout or the builder's determinism. Call instead of StartEngine: V8's flags are changed.
std::string CheckFlags(std::string_view flags);

// The parameters every isolate is made with: external references, allocator, heap limit
// (a part of the memory the machine or the cgroup has).
v8::Isolate::CreateParams IsolateParams();

// What an isolate is made from.
enum class StartFrom { kSnapshot, kHeapImage, kSandboxImage };

// What the program's first isolate and its threads are made from; and isolates with a sandbox.
StartFrom HeapOf(const Payload& payload);
StartFrom SandboxHeapOf(const Payload& payload);

// Gives `params` the heap that the next isolate of this thread starts from. It is unpacked and checked once, and kept for
// the rest of the process. What is wrong with it; empty when nothing is.
std::string UseHeap(const Payload& payload, StartFrom from, v8::Isolate::CreateParams* params);

// Makes an isolate, runs `use` and disposes of it: a thread that is not the program's first. `adjust` may change the limits.
// What is wrong with what it starts from; empty when nothing is.
std::string WithThreadIsolate(const Payload& payload, StartFrom from, const std::function<void(v8::ResourceConstraints*)>& adjust,
                              const std::function<void(v8::Isolate*)>& use);

// Installs the handlers for fatal errors, exhausted memory, rejections and stacks.
void ConfigureIsolate(v8::Isolate* isolate);

// This engine's identity. `flags` are the app's V8 flags.
Fingerprint EngineFingerprint(std::string_view flags);

}  // namespace dv8
