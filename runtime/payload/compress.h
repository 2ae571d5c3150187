// LZ4 as the payload's sections and the embedded files are packed with it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dv8 {

// `bytes` as one LZ4 block. Empty when that saves nothing or LZ4 cannot take so much at once.
std::vector<std::byte> Compress(std::span<const std::byte> bytes);

}  // namespace dv8
