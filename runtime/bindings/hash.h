// MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4) in one small piece: programs hash names and
// contents without OpenSSL in their executable. Called by crypto.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dv8 {

enum class HashKind : uint32_t { kMd5, kSha1, kSha224, kSha256, kSha384, kSha512, kCount };

// Plain bytes: JavaScript keeps it in a Uint8Array, where a snapshot may hold it.
struct HashState {
  uint64_t words[8];
  uint64_t size;  // Bytes so far.
  uint8_t block[128];
};

size_t DigestSize(HashKind kind);
size_t BlockSize(HashKind kind);
void HashInit(HashKind kind, HashState* state);
void HashUpdate(HashKind kind, HashState* state, std::span<const uint8_t> bytes);
// Writes DigestSize(kind) bytes; the state is used up.
void HashFinish(HashKind kind, HashState* state, uint8_t* digest);

}  // namespace dv8
