// LZ4 blocks, as sections, embedded files and items of ICU's data are packed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dv8 {

// LZ4 cannot say more than 255 bytes in one: a larger claim would only take memory.
constexpr uint64_t kLz4MaxRatio = 255;

// Unpacks `block` into `room`. False when it is damaged, or does not fill `room`.
bool UnpackBlock(std::span<const std::byte> block, std::span<std::byte> room);

}  // namespace dv8
