// UTF-16 in either byte order to strings, chunk by chunk: WHATWG's "shared UTF-16 decoder".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dv8::node {

enum class ByteOrder { kLittle, kBig };

// What a stream keeps between two chunks: at most a high surrogate and the first byte of the next unit. Fits into
// an integer, so that JavaScript holds it and a snapshot keeps it.
class Utf16Decoder {
 public:
  explicit Utf16Decoder(ByteOrder order, uint32_t state = 0) : order_(order), state_(state) {}

  // Appends the units of `bytes` to `out`, with U+FFFD for what is no UTF-16. False for that when `fatal`.
  bool Decode(std::span<const uint8_t> bytes, bool flush, bool fatal, std::vector<uint16_t>* out);
  uint32_t state() const { return state_; }

 private:
  static constexpr uint32_t kCountShift = 24;  // Above the bytes that wait: at most three.
  void TakeWaiting(std::vector<uint8_t>* bytes) const;
  void Keep(std::span<const uint8_t> bytes);

  ByteOrder order_;
  uint32_t state_;
};

}  // namespace dv8::node
