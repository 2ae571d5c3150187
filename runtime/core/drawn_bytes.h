// Random bytes that a program's top level draws while its snapshot is made (--snapshot=app). Where the program still
// holds them when it starts, they are drawn anew: two starts of it would else have the same keys, salts and pools.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "v8-array-buffer.h"
#include "v8-local-handle.h"
#include "v8-persistent-handle.h"

namespace dv8 {

class Environment;

// The builder's, as Environment::State().
class DrawnBytes {
 public:
  explicit DrawnBytes(Environment* env) : env_(env) {}

  // `size` bytes of `bytes`, a buffer or a view, are about to be random ones. Only while a snapshot is made.
  void Add(v8::Local<v8::Value> bytes, size_t offset, size_t size);
  // Leaves those that are still held to the snapshot, and tells the user that what was made of them stays.
  void LeaveToSnapshot();

 private:
  struct Range {
    v8::Global<v8::ArrayBuffer> buffer;  // Weak.
    size_t offset, size;
  };

  Environment* env_;
  std::vector<Range> ranges_;
  std::string place_;  // Of the first.
};

// Draws anew what was left to the snapshot that `env` was restored from.
void RenewDrawnBytes(Environment* env);

}  // namespace dv8
