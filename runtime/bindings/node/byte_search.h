// Searching bytes: what Buffer's indexOf() and lastIndexOf() find.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dv8::node {

inline constexpr size_t kNotFound = static_cast<size_t>(-1);

enum class Direction { kForward, kBackward };

// The first index of `needle` at or behind `from`, or the last one at or before it, where all of the needle
// lies in `haystack`. `step` is 2 for UTF-16: matches begin at even indexes only. `needle` is not empty.
size_t FindBytes(std::span<const uint8_t> haystack, std::span<const uint8_t> needle, size_t from, Direction direction, size_t step = 1);

}  // namespace dv8::node
