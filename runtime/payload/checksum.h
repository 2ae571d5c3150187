// The hash that guards a payload's sections and assets: XXH3-64.
#pragma once

#ifdef __cplusplus
#include <cstddef>
#include <cstdint>
#include <span>

extern "C" {
#else
#include <stddef.h>
#include <stdint.h>
#endif
uint64_t dv8_checksum(const void* bytes, size_t size);
// The same; only for processors that have it.
uint64_t dv8_checksum_avx2(const void* bytes, size_t size);
#ifdef __cplusplus
}

namespace dv8 {

inline uint64_t Checksum(std::span<const std::byte> bytes) { return dv8_checksum(bytes.data(), bytes.size()); }

}  // namespace dv8
#endif
