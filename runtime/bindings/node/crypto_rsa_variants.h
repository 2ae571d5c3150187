#pragma once

#include <cstdint>

namespace dv8::node::crypto {

// What an RSA key is for: lib's kKeyVariantRSA_*.
enum class RsaVariant : uint32_t { kPkcs1, kPss, kOaep };

}  // namespace dv8::node::crypto
