// Making a start-up snapshot (dv8-snapshot) and starting from one (every app).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bazel/third_party/v8/heap_image.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/engine.h"
#include "runtime/core/environment.h"
#include "runtime/core/source_text.h"

namespace dv8 {

struct SnapshotJob {
  enum class Mode {
    kCode,  // The library is evaluated, the app is compiled.
    kApp,   // The app's top level is evaluated too.
    kNone,  // Neither: the app starts from source.
  };
  Mode mode = Mode::kCode;
  std::string entry;  // The app's virtual path.
  std::string v8_flags;
  std::string exec_argv;  // Options of Node's that the program starts with.
  TextEncoding stdlib_encoding = TextEncoding::kLatin1;
  std::span<const std::byte> stdlib;
  std::span<const std::byte> source_map;  // Empty: stacks name the bundle's lines.
};

// What a binding that was called meanwhile has for the blob's default context, which sandboxes get; null for none. It adds
// to the context's data. False, with an exception, when it fails.
using ContextFiller = bool (*)(Environment* env, v8::Local<v8::Context> context, v8::SnapshotCreator* creator);
void FillDefaultContext(ContextFiller filler);

// Starts V8 and makes the blob. Returns 0, or the exit code after telling stderr why.
int MakeSnapshot(const SnapshotJob& job, std::string* blob);

// The heap of an isolate that was restored from `blob`, which MakeSnapshot made in this process:
// what RestoreContext can start from instead. No isolate can be made after it.
std::string MakeHeapImage(const std::string& blob, ImageUse use);
// The same of an isolate with a sandbox.
std::string MakeSandboxImage(const std::string& blob);

// The source map the builder was given: what internal:payload serves while building.
std::span<const std::byte> BuildSourceMap();

// Takes the context that `MakeSnapshot` put into the isolate's blob, and its hooks unless the
// app starts from source. False when the blob does not hold what this runtime looks for.
bool RestoreContext(Environment* env, SnapshotJob::Mode mode, StartFrom from);

// From "code", "app" or "none", as the command line and the payload's manifest write them.
std::optional<SnapshotJob::Mode> ModeFromName(std::string_view name);

}  // namespace dv8
