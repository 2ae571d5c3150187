// internalBinding('blob'): the bytes behind Blob and File. A blob is an object of JavaScript with the list of its
// parts, so that a snapshot holds it like any other; messaging takes the parts from one thread to another.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// [offset, offset + size) of memory that nobody writes, or of a file that must not change.
struct BlobPart {
  std::shared_ptr<v8::BackingStore> store;  // Null for a file.
  std::string path;
  uint64_t offset = 0;
  uint64_t size = 0;
  // What fstat() must say of the file when it is read.
  uint64_t file_size = 0;
  int64_t modified_sec = 0;
  int64_t modified_nsec = 0;
};

bool IsBlob(Environment* env, v8::Local<v8::Value> value);
// `blob` is one (IsBlob).
std::vector<BlobPart> PartsOfBlob(Environment* env, v8::Local<v8::Object> blob);
v8::MaybeLocal<v8::Object> NewBlob(Environment* env, std::span<const BlobPart> parts);

}  // namespace dv8::node
