// Memory of JavaScript's that native code keeps across calls: a parser's or a stream's buffers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "runtime/core/check.h"
#include "v8.h"

namespace dv8 {

// The bytes of a view. They stay where they are and readable while this lives, whatever becomes
// of the JavaScript objects: the backing store is shared. Not for resizable buffers, whose pages
// may go: internal/dv8_memory.js refuses those.
class KeptBytes {
 public:
  KeptBytes() = default;
  explicit KeptBytes(v8::Local<v8::Value> value) {
    DV8_CHECK(value->IsArrayBufferView());
    v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
    store_ = view->Buffer()->GetBackingStore();
    size_ = view->ByteLength();
    data_ = size_ == 0 ? nullptr : static_cast<uint8_t*>(store_->Data()) + view->ByteOffset();
  }

  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<uint8_t> span() const { return {data_, size_}; }

 private:
  std::shared_ptr<v8::BackingStore> store_;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace dv8
