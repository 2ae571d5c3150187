#include "runtime/payload/lz4_block.h"

#include <lz4.h>

namespace dv8 {

bool UnpackBlock(std::span<const std::byte> block, std::span<std::byte> room) {
  const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(block.data()), reinterpret_cast<char*>(room.data()),
                                       static_cast<int>(block.size()), static_cast<int>(room.size()));
  return size >= 0 && static_cast<size_t>(size) == room.size();
}

}  // namespace dv8
