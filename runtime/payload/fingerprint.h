// What a snapshot was made with. An app runs only on the engine that made its snapshot.
#pragma once

#include <cstdint>
#include <string>

namespace dv8 {

// Stored as it is, little-endian, in every payload and before the builder's blob.
struct Fingerprint {
  char v8_version[32];       // NUL-padded.
  uint32_t v8_flags_hash;    // The app's own V8 flags.
  uint32_t reserved;         // 0.
  uint64_t registry_hash;    // The names of all native functions, in order.
  char runtime_version[32];  // NUL-padded.
};
static_assert(sizeof(Fingerprint) == 80);

// "V8 13.6.233.17, runtime 0.1.0, bindings 0123456789abcdef, flags 01234567".
std::string Describe(const Fingerprint& fingerprint);

// Empty when they are equal, else a message that names both sides.
std::string CompareFingerprints(const Fingerprint& payload, const Fingerprint& engine);

}  // namespace dv8
