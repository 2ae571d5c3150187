#include "runtime/payload/payload.h"

#define XXH_INLINE_ALL
#include <lz4.h>
#include <xxhash.h>

#include <algorithm>
#include <climits>
#include <cstring>

#include "runtime/payload/checksum.h"
#include "runtime/payload/lz4_block.h"

namespace dv8 {
namespace {

Diagnostic Damaged(std::string text) { return Diagnostic{"the payload is damaged: " + text}; }

bool NeedsPage(uint32_t kind) {
  return kind == static_cast<uint32_t>(SectionKind::kSnapshot) || kind == static_cast<uint32_t>(SectionKind::kIcuData);
}

// Pairs key NUL value NUL, by rising keys.
bool IsManifest(std::string_view text) {
  std::string_view last;
  for (bool first = true; !text.empty(); first = false) {
    const size_t key_end = text.find('\0');
    if (key_end == std::string_view::npos) return false;
    const size_t value_end = text.find('\0', key_end + 1);
    if (value_end == std::string_view::npos) return false;
    const std::string_view key = text.substr(0, key_end);
    if (!first && key <= last) return false;
    last = key;
    text.remove_prefix(value_end + 1);
  }
  return true;
}

std::string_view AsText(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

uint64_t HeaderHash(PayloadHeader header, std::span<const SectionEntry> sections) {
  header.hash = 0;
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, &header, sizeof(header));
  XXH3_64bits_update(&state, sections.data(), sections.size_bytes());
  return XXH3_64bits_digest(&state);
}

const char* SectionName(SectionKind kind) {
  switch (kind) {
    case SectionKind::kManifest: return "manifest";
    case SectionKind::kSnapshot: return "snapshot";
    case SectionKind::kStdlibSource: return "stdlib source";
    case SectionKind::kSourceMap: return "source map";
    case SectionKind::kIcuData: return "ICU data";
    case SectionKind::kAssetIndex: return "asset index";
    case SectionKind::kAssetData: return "asset data";
    case SectionKind::kHeapImage: return "heap image";
    case SectionKind::kSandboxImage: return "sandbox image";
    case SectionKind::kLibraryIndex: return "library index";
    case SectionKind::kLibraryData: return "library";
    case SectionKind::kLibraryEvaluated: return "evaluated";
    case SectionKind::kCertificates: return "certificates";
  }
  return "unknown";
}

Result<Payload> Payload::Parse(std::span<const std::byte> image) {
  Payload payload;
  PayloadHeader& header = payload.header_;
  if (image.size() < sizeof(header)) {
    return Diagnostic{"no payload: " + std::to_string(image.size()) + " bytes, a header has " + std::to_string(sizeof(header))};
  }
  std::memcpy(&header, image.data(), sizeof(header));
  if (std::memcmp(header.magic, kPayloadMagic, sizeof(kPayloadMagic)) != 0) {
    return Diagnostic{"no payload: the magic number is missing"};
  }
  if (header.version != kPayloadVersion) {
    return Diagnostic{"the payload has format " + std::to_string(header.version) + ", this runtime reads format " +
                      std::to_string(kPayloadVersion)};
  }
  if (header.section_count > kMaxSections) {
    return Damaged(std::to_string(header.section_count) + " sections");
  }
  const size_t table_end = sizeof(header) + header.section_count * sizeof(SectionEntry);
  if (header.total_size < table_end) return Damaged("the table is longer than the payload");
  if (header.total_size > image.size()) {
    return Damaged("truncated, " + std::to_string(image.size()) + " of " + std::to_string(header.total_size) + " bytes");
  }
  payload.image_ = image.first(header.total_size);
  payload.sections_.resize(header.section_count);
  std::ranges::copy(image.subspan(sizeof(header), table_end - sizeof(header)),
                    std::as_writable_bytes(std::span(payload.sections_)).begin());
  if (HeaderHash(header, payload.sections_) != header.hash) {
    return Damaged("the header does not match its hash");
  }
  // The hash speaks against accidents only; what the table says is checked all the same.
  uint64_t end = table_end;
  for (const SectionEntry& section : payload.sections_) {
    const auto kind = static_cast<SectionKind>(section.kind);
    const std::string name = SectionName(kind);
    if (payload.Find(kind) != &section) return Damaged("section " + name + " is there twice");
    if (section.offset < end) return Damaged("section " + name + " overlaps another");
    if (section.stored_size > header.total_size || section.offset > header.total_size - section.stored_size) {
      return Damaged("section " + name + " is out of bounds");
    }
    if (section.offset % (NeedsPage(section.kind) ? kPageAlignment : kSectionAlignment) != 0) {
      return Damaged("section " + name + " is misaligned");
    }
    if (section.encoding == static_cast<uint32_t>(SectionEncoding::kRaw)) {
      if (section.size != section.stored_size) return Damaged("section " + name + " has two sizes");
    } else if (section.encoding != static_cast<uint32_t>(SectionEncoding::kLz4)) {
      return Damaged("section " + name + " has the unknown encoding " + std::to_string(section.encoding));
    } else if (section.size > LZ4_MAX_INPUT_SIZE || section.stored_size > INT_MAX) {
      return Damaged("section " + name + " is too large");
    } else if (section.size > section.stored_size * kLz4MaxRatio) {
      return Damaged("section " + name + " has an impossible size");
    }
    end = section.offset + section.stored_size;
  }
  if (Result<Done> manifest = payload.CheckManifest(); !manifest.ok()) return manifest.error();
  return payload;
}

Result<Done> Payload::CheckManifest() const {
  const SectionEntry* section = Find(SectionKind::kManifest);
  if (section == nullptr) return Damaged("there is no manifest");
  if (section->encoding != static_cast<uint32_t>(SectionEncoding::kRaw)) {
    return Damaged("the manifest is packed");
  }
  const std::span<const std::byte> bytes = Stored(SectionKind::kManifest);
  if (Checksum(bytes) != section->hash) {
    return Damaged("section manifest does not match its hash");
  }
  if (!IsManifest(AsText(bytes))) return Damaged("the manifest is not made of sorted pairs");
  return Done{};
}

const SectionEntry* Payload::Find(SectionKind kind) const {
  for (const SectionEntry& section : sections_) {
    if (section.kind == static_cast<uint32_t>(kind)) return &section;
  }
  return nullptr;
}

std::span<const std::byte> Payload::Stored(SectionKind kind) const {
  const SectionEntry* section = Find(kind);
  return section == nullptr ? std::span<const std::byte>() : image_.subspan(section->offset, section->stored_size);
}

size_t Payload::UnpackedSize(SectionKind kind) const {
  const SectionEntry* section = Find(kind);
  return section == nullptr ? 0 : section->size;
}

Result<std::span<const std::byte>> Payload::Unpack(SectionKind kind, std::vector<std::byte>* storage) const {
  storage->resize(IsPacked(kind) ? UnpackedSize(kind) : 0);
  return UnpackInto(kind, *storage);
}

bool Payload::IsPacked(SectionKind kind) const {
  const SectionEntry* section = Find(kind);
  return section != nullptr && section->encoding != static_cast<uint32_t>(SectionEncoding::kRaw);
}

Result<std::span<const std::byte>> Payload::UnpackInto(SectionKind kind, std::span<std::byte> room) const {
  const SectionEntry* section = Find(kind);
  if (section == nullptr) return std::span<const std::byte>();
  const std::span<const std::byte> stored = Stored(kind);
  if (Checksum(stored) != section->hash) {
    return Damaged(std::string("section ") + SectionName(kind) + " does not match its hash");
  }
  if (section->encoding == static_cast<uint32_t>(SectionEncoding::kRaw)) return stored;
  if (room.size() < section->size || !UnpackBlock(stored, room.first(section->size))) {
    return Damaged(std::string("section ") + SectionName(kind) + " does not unpack");
  }
  return std::span<const std::byte>(room.first(section->size));
}

std::string_view Payload::Manifest(std::string_view key) const {
  std::string_view text = AsText(Stored(SectionKind::kManifest));
  while (!text.empty()) {
    const size_t key_end = text.find('\0');
    const size_t value_end = text.find('\0', key_end + 1);
    if (text.substr(0, key_end) == key) return text.substr(key_end + 1, value_end - key_end - 1);
    text.remove_prefix(value_end + 1);
  }
  return {};
}

}  // namespace dv8
