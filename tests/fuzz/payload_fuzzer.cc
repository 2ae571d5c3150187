// Untrusted bytes through everything that reads a payload. libFuzzer calls it (README.md); so does
// replay_main.cc, which needs no sanitizer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "runtime/payload/asset_index.h"
#include "runtime/payload/payload.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dv8 {
namespace {

constexpr char kForge = 'F';

void Require(bool condition) {
  if (!condition) std::abort();
}

// Sees to it that the bytes are read and lie in memory.
uint64_t Read(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

// Makes magic, version and hashes right, so that what comes behind those checks is reached.
void Forge(std::vector<std::byte>* bytes) {
  PayloadHeader header;
  if (bytes->size() < sizeof(header)) return;
  std::memcpy(&header, bytes->data(), sizeof(header));
  std::memcpy(header.magic, kPayloadMagic, sizeof(header.magic));
  header.version = kPayloadVersion;
  const size_t room = (bytes->size() - sizeof(header)) / sizeof(SectionEntry);
  if (header.section_count > room) header.section_count = static_cast<uint32_t>(room % 9);
  if (header.total_size > bytes->size()) header.total_size = bytes->size();
  std::byte* table = bytes->data() + sizeof(header);
  for (uint32_t i = 0; i < header.section_count; i++) {
    SectionEntry entry;
    std::memcpy(&entry, table + i * sizeof(entry), sizeof(entry));
    if (entry.offset <= bytes->size() && entry.stored_size <= bytes->size() - entry.offset) {
      entry.hash = XXH3_64bits(bytes->data() + entry.offset, entry.stored_size);
    }
    std::memcpy(table + i * sizeof(entry), &entry, sizeof(entry));
  }
  header.hash = 0;
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, &header, sizeof(header));
  XXH3_64bits_update(&state, table, header.section_count * sizeof(SectionEntry));
  header.hash = XXH3_64bits_digest(&state);
  std::memcpy(bytes->data(), &header, sizeof(header));
}

void ReadAssets(const Payload& payload) {
  const Result<AssetIndex> assets = AssetIndex::Parse(payload.Stored(SectionKind::kAssetIndex), payload.Stored(SectionKind::kAssetData));
  if (!assets.ok()) return;
  const AssetIndex& index = assets.value();
  for (size_t i = 0; i < index.size(); i++) {
    Require(index.Find(index.path(i)) == static_cast<ptrdiff_t>(i));
    (void)index.List(index.path(i));
    (void)index.IsFolder(index.path(i));
    const Result<std::vector<std::byte>> file = index.Read(i);
    if (file.ok()) Require(file.value().size() == index.file_size(i));
  }
}

}  // namespace
}  // namespace dv8

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dv8;
  if (size == 0) return 0;
  // The first byte says whether hashes are made right. A copy of the exact size: a read behind it
  // is seen.
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  std::vector<std::byte> bytes(begin + 1, begin + size);
  if (data[0] == kForge) Forge(&bytes);

  const Result<Payload> parsed = Payload::Parse(bytes);
  if (!parsed.ok()) {
    Require(!parsed.error().text.empty());
    return 0;
  }
  const Payload& payload = parsed.value();
  (void)Describe(payload.fingerprint());
  for (const char* key : {"entry", "mode", ""}) (void)payload.Manifest(key).size();
  for (const SectionEntry& entry : payload.sections()) {
    const auto kind = static_cast<SectionKind>(entry.kind);
    (void)Read(payload.Stored(kind));
    std::vector<std::byte> storage;
    const auto unpacked = payload.Unpack(kind, &storage);
    if (!unpacked.ok()) continue;
    Require(unpacked.value().size() == payload.UnpackedSize(kind));
    (void)Read(unpacked.value());
  }
  ReadAssets(payload);
  return 0;
}
