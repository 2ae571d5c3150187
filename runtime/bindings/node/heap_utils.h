// Heap snapshots, and when they are taken.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "runtime/core/environment.h"
#include "v8-profiler.h"

namespace dv8::node {

// What V8 writes as JSON, as one text.
class TextStream final : public v8::OutputStream {
 public:
  static constexpr int kChunkSize = 65536;
  int GetChunkSize() override { return kChunkSize; }
  void EndOfStream() override {}
  WriteResult WriteAsciiChunk(char* data, int size) override {
    text.append(data, static_cast<size_t>(size));
    return kContinue;
  }
  std::string text;
};

using HeapSnapshotOptions = v8::HeapProfiler::HeapSnapshotOptions;

// lib's Uint8Array [exposeInternals, exposeNumericValues].
HeapSnapshotOptions ReadHeapSnapshotOptions(std::span<const uint8_t> bytes);
// A snapshot of the current heap as JSON, and a stream that gives such a text to another thread's JavaScript.
std::string HeapSnapshotText(v8::Isolate* isolate, const HeapSnapshotOptions& options);
v8::MaybeLocal<v8::Object> NewHeapSnapshotStream(Environment* env, std::string text);

// From now on the first `limit` times that the heap is about to reach its limit, a snapshot is written into the
// current folder, before the program ends for want of memory.
void SetHeapSnapshotNearHeapLimit(Environment* env, uint32_t limit);

}  // namespace dv8::node
