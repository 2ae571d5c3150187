// The only way for a binding to keep a program's memory beyond the call that gave it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "v8.h"

namespace dv8 {

// The bytes of an ArrayBuffer, SharedArrayBuffer or view, for the pool or the loop to use until the
// object goes. While it lives, the buffer cannot be transferred or detached: `transfer()` throws.
// A resizable buffer may shrink meanwhile, so that its bytes are copied: Finish() writes them back,
// as far as the buffer still reaches. Made, finished and destroyed on the isolate's thread.
class HeldBytes {
 public:
  HeldBytes() = default;
  // `value` is a buffer or a view (CanHold). [offset, offset + length) is cut to what is there.
  HeldBytes(v8::Isolate* isolate, v8::Local<v8::Value> value);
  HeldBytes(v8::Isolate* isolate, v8::Local<v8::Value> value, size_t offset, size_t length);
  ~HeldBytes();
  HeldBytes(HeldBytes&& other) noexcept;
  HeldBytes& operator=(HeldBytes&& other) noexcept;

  static bool CanHold(v8::Local<v8::Value> value);

  uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }
  std::span<uint8_t> span() const { return bytes_; }

  // After the pool or the loop has written: a resizable buffer gets what was written.
  void Finish();

 private:
  void Release();

  v8::Isolate* isolate_ = nullptr;
  std::shared_ptr<v8::BackingStore> store_;
  v8::Global<v8::ArrayBuffer> locked_;  // Empty for shared buffers, which cannot be detached.
  std::span<uint8_t> bytes_;
  std::vector<uint8_t> copy_;
  size_t offset_ = 0;
};

}  // namespace dv8
