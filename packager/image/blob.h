// What an image's parts are: bytes that are known by their digest, compressed or not.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

enum class Compression { kGzip, kZstd };

// The SHA-256 of `bytes` (FIPS 180-4) in hexadecimal digits.
std::string Sha256(std::span<const std::byte> bytes);

// `bytes`, at least one, as a gzip (RFC 1952) or Zstandard (RFC 8878) file, without a name or a time: the same bytes for the same bytes,
// whatever the number of processors.
Result<std::vector<std::byte>> Compress(std::span<const std::byte> bytes, Compression compression);

}  // namespace dv8
