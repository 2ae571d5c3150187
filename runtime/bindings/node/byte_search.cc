#include "runtime/bindings/node/byte_search.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace dv8::node {
namespace {

size_t FindForward(std::span<const uint8_t> haystack, std::span<const uint8_t> needle, size_t from, size_t step) {
  while (from < haystack.size()) {
    const uint8_t* begin = haystack.data() + from;
    const size_t size = haystack.size() - from;
    const void* at = needle.size() == 1 ? std::memchr(begin, needle[0], size) : memmem(begin, size, needle.data(), needle.size());
    if (at == nullptr) return kNotFound;
    const auto index = static_cast<size_t>(static_cast<const uint8_t*>(at) - haystack.data());
    if (index % step == 0) return index;
    from = index + 1;
  }
  return kNotFound;
}

// Below this length a table does not pay: memrchr finds the needle's first byte.
constexpr size_t kTableNeedle = 8;

size_t FindBackwardByFirst(std::span<const uint8_t> haystack, std::span<const uint8_t> needle, size_t last, size_t step) {
  size_t end = last + 1;
  while (end > 0) {
    const void* at = memrchr(haystack.data(), needle[0], end);
    if (at == nullptr) return kNotFound;
    const auto index = static_cast<size_t>(static_cast<const uint8_t*>(at) - haystack.data());
    if (index % step == 0 && std::memcmp(at, needle.data(), needle.size()) == 0) return index;
    end = index;
  }
  return kNotFound;
}

// Boyer-Moore-Horspool from the end: the byte below the needle's first one says how far to go down.
size_t FindBackwardByTable(std::span<const uint8_t> haystack, std::span<const uint8_t> needle, size_t last, size_t step) {
  std::array<size_t, 256> shift;
  shift.fill(needle.size());
  for (size_t i = needle.size() - 1; i > 0; i--) shift[needle[i]] = i;
  for (size_t at = last;;) {
    if (at % step == 0 && std::memcmp(haystack.data() + at, needle.data(), needle.size()) == 0) return at;
    const size_t down = shift[haystack[at]];
    if (down > at) return kNotFound;
    at -= down;
  }
}

}  // namespace

size_t FindBytes(std::span<const uint8_t> haystack, std::span<const uint8_t> needle, size_t from, Direction direction, size_t step) {
  if (needle.size() > haystack.size()) return kNotFound;
  if (direction == Direction::kForward) return FindForward(haystack, needle, from, step);
  const size_t last = std::min(from, haystack.size() - needle.size());
  return needle.size() < kTableNeedle ? FindBackwardByFirst(haystack, needle, last, step)
                                      : FindBackwardByTable(haystack, needle, last, step);
}

}  // namespace dv8::node
