#include "runtime/payload/compress.h"

#include <lz4.h>
#include <lz4hc.h>

#include <memory>

namespace dv8 {
namespace {

// Level 9 takes a quarter of level 12's time for 2% more bytes on bundled JavaScript. What is
// large takes level 4, a quarter of level 9's time for 2 to 5% more bytes.
constexpr int kLevel = 9;
constexpr int kLevelOfLarge = 4;
constexpr size_t kLarge = 1 << 18;

}  // namespace

std::vector<std::byte> Compress(std::span<const std::byte> bytes) {
  if (bytes.empty() || bytes.size() > LZ4_MAX_INPUT_SIZE) return {};
  // What does not fit into one byte less is not worth packing.
  const size_t room = bytes.size() - 1;
  if (room == 0) return {};
  // Not a vector: what is not written takes no memory.
  const auto packed = std::make_unique_for_overwrite<std::byte[]>(room);
  const int size = LZ4_compress_HC(reinterpret_cast<const char*>(bytes.data()), reinterpret_cast<char*>(packed.get()),
                                   static_cast<int>(bytes.size()), static_cast<int>(room), bytes.size() < kLarge ? kLevel : kLevelOfLarge);
  return size > 0 ? std::vector<std::byte>(packed.get(), packed.get() + size) : std::vector<std::byte>();
}

}  // namespace dv8
