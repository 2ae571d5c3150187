// An item of ICU's data as it lies packed.
#pragma once

#include <cstdint>

namespace dv8 {

// What comes before the item as an LZ4 block. What is not packed begins with the size of ICU's header instead, which is not 0.
struct PackedIcuItem {
  uint16_t no_header = 0;
  uint16_t mark = kMark;
  uint32_t size;         // Of the item.
  uint32_t packed_size;  // Of the block.

  static constexpr uint16_t kMark = 0x344C;
};

}  // namespace dv8
