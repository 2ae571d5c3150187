// Builds a payload. The same sections give the same bytes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/payload/payload.h"

namespace dv8 {

// How a section is to be stored.
enum class Packing {
  kNone,
  kLz4,  // LZ4's high-compression mode, unless that saves nothing.
};

class PayloadWriter {
 public:
  explicit PayloadWriter(const Fingerprint& fingerprint) : fingerprint_(fingerprint) {}

  // Sections are stored in the order they are added; `bytes` are borrowed until Finish().
  void Add(SectionKind kind, std::span<const std::byte> bytes, Packing packing);
  // Stores `bytes` as they are.
  void Add(SectionKind kind, std::vector<std::byte> bytes);
  void AddManifest(const std::map<std::string, std::string>& manifest);

  // Ends the writer: a section's memory is free again when it has been copied.
  std::vector<std::byte> Finish();

 private:
  struct Section {
    SectionEntry entry;
    std::span<const std::byte> stored;
    std::vector<std::byte> owned;  // Or borrowed.
  };

  void Store(SectionKind kind, SectionEncoding encoding, size_t size, std::vector<std::byte> owned);
  void Store(SectionKind kind, SectionEncoding encoding, size_t size, std::span<const std::byte> stored);

  Fingerprint fingerprint_;
  std::vector<Section> sections_;
};

}  // namespace dv8
