// The payload: what dv8pack puts into the runtime to make it an app. The format is described
// in docs/payload-format.md. Read by the runtime, by `dv8pack inspect` and by the tests;
// written by payload_writer.h. Knows nothing of V8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/fingerprint.h"
#include "runtime/payload/result.h"

namespace dv8 {

enum class SectionKind : uint32_t {
  kManifest = 1,       // Sorted pairs key NUL value NUL.
  kSnapshot = 2,       // V8's start-up blob.
  kStdlibSource = 3,   // The library's script, Latin-1 or UTF-16LE.
  kSourceMap = 5,      // JSON, source map revision 3.
  kIcuData = 6,        // ICU's common data, each item packed by itself (icu_item.h).
  kAssetIndex = 7,     // See asset_index.h.
  kAssetData = 8,      // The assets' bytes, one after the other.
  kHeapImage = 9,      // The heap that the program starts from (bazel/third_party/v8/heap_image.h).
  kLibraryIndex = 10,  // The files of Node's library, as kAssetIndex and kAssetData.
  kLibraryData = 11,
  kLibraryEvaluated = 12,  // The ids of those that the snapshot has evaluated, a line each: for `inspect`.
  kSandboxImage = 13,      // The heap that isolates with a sandbox start from.
  kCertificates = 14,      // Root certificates in PEM.
};

enum class SectionEncoding : uint32_t { kRaw = 0, kLz4 = 1 };

inline constexpr char kPayloadMagic[8] = {'D', 'V', '8', 'P', 'A', 'Y', 'L', 'D'};
inline constexpr uint32_t kPayloadVersion = 1;
inline constexpr size_t kSectionAlignment = 16;
// The snapshot and ICU's data begin on a page: what is not used is then not read in.
inline constexpr size_t kPageAlignment = 4096;
inline constexpr uint32_t kMaxSections = 64;

struct PayloadHeader {
  char magic[8];
  uint32_t version;
  uint32_t section_count;
  uint64_t total_size;
  Fingerprint fingerprint;
  uint64_t hash;  // XXH3-64 of header and table, with this field 0.
};
static_assert(sizeof(PayloadHeader) == 112);

struct SectionEntry {
  uint32_t kind;
  uint32_t encoding;
  uint64_t offset;  // From the payload's first byte.
  uint64_t stored_size;
  uint64_t size;  // Unpacked.
  uint64_t hash;  // XXH3-64 of the stored bytes.
};
static_assert(sizeof(SectionEntry) == 40);

// What `header.hash` has to be for a header and its table.
uint64_t HeaderHash(PayloadHeader header, std::span<const SectionEntry> sections);

// A view of a payload in memory: copies nothing but the table.
class Payload {
 public:
  // Checks header, table and manifest, not the other sections' bytes. `image` is borrowed; it
  // may be longer than the payload.
  static Result<Payload> Parse(std::span<const std::byte> image);

  const Fingerprint& fingerprint() const { return header_.fingerprint; }
  const std::vector<SectionEntry>& sections() const { return sections_; }

  // The stored bytes, empty when there is no such section.
  std::span<const std::byte> Stored(SectionKind kind) const;
  // Size after unpacking, 0 when there is no such section.
  size_t UnpackedSize(SectionKind kind) const;
  // The section's bytes after checking their hash: `storage` is filled when they are packed,
  // else they are the payload's own. Empty when there is no such section.
  Result<std::span<const std::byte>> Unpack(SectionKind kind, std::vector<std::byte>* storage) const;

  // The same into memory of the caller's, which is used when the section is packed and has
  // UnpackedSize(kind) bytes then.
  Result<std::span<const std::byte>> UnpackInto(SectionKind kind, std::span<std::byte> room) const;
  bool IsPacked(SectionKind kind) const;

  // A value of the manifest, empty when there is none of that key.
  std::string_view Manifest(std::string_view key) const;

 private:
  const SectionEntry* Find(SectionKind kind) const;
  Result<Done> CheckManifest() const;

  std::span<const std::byte> image_;
  PayloadHeader header_;
  std::vector<SectionEntry> sections_;
};

// "snapshot", "ICU data", … for messages and `dv8pack inspect`.
const char* SectionName(SectionKind kind);

}  // namespace dv8
