#include "runtime/payload/payload_writer.h"

#include <algorithm>
#include <cstring>

#include "runtime/payload/checksum.h"
#include "runtime/payload/compress.h"

namespace dv8 {
namespace {

size_t AlignUp(size_t value, size_t alignment) { return (value + alignment - 1) / alignment * alignment; }

}  // namespace

void PayloadWriter::Add(SectionKind kind, std::span<const std::byte> bytes, Packing packing) {
  std::vector<std::byte> packed;
  if (packing == Packing::kLz4) packed = Compress(bytes);
  if (packed.empty()) return Store(kind, SectionEncoding::kRaw, bytes.size(), bytes);
  Store(kind, SectionEncoding::kLz4, bytes.size(), std::move(packed));
}

void PayloadWriter::Add(SectionKind kind, std::vector<std::byte> bytes) {
  const size_t size = bytes.size();
  Store(kind, SectionEncoding::kRaw, size, std::move(bytes));
}

void PayloadWriter::Store(SectionKind kind, SectionEncoding encoding, size_t size, std::vector<std::byte> owned) {
  Store(kind, encoding, size, std::span<const std::byte>(owned));
  sections_.back().owned = std::move(owned);
}

void PayloadWriter::Store(SectionKind kind, SectionEncoding encoding, size_t size, std::span<const std::byte> stored) {
  Section section{};
  section.entry.kind = static_cast<uint32_t>(kind);
  section.entry.size = size;
  section.entry.encoding = static_cast<uint32_t>(encoding);
  section.entry.stored_size = stored.size();
  section.entry.hash = Checksum(stored);
  section.stored = stored;
  sections_.push_back(std::move(section));
}

void PayloadWriter::AddManifest(const std::map<std::string, std::string>& manifest) {
  std::string text;
  for (const auto& [key, value] : manifest) {
    text.append(key).push_back('\0');
    text.append(value).push_back('\0');
  }
  const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
  Add(SectionKind::kManifest, std::vector<std::byte>(bytes.begin(), bytes.end()));
}

std::vector<std::byte> PayloadWriter::Finish() {
  PayloadHeader header{};
  std::memcpy(header.magic, kPayloadMagic, sizeof(header.magic));
  header.version = kPayloadVersion;
  header.section_count = static_cast<uint32_t>(sections_.size());
  header.fingerprint = fingerprint_;

  std::vector<SectionEntry> table;
  size_t end = sizeof(header) + sections_.size() * sizeof(SectionEntry);
  for (const Section& section : sections_) {
    const auto kind = static_cast<SectionKind>(section.entry.kind);
    const bool page = kind == SectionKind::kSnapshot || kind == SectionKind::kIcuData;
    SectionEntry entry = section.entry;
    entry.offset = AlignUp(end, page ? kPageAlignment : kSectionAlignment);
    end = entry.offset + entry.stored_size;
    table.push_back(entry);
  }
  header.total_size = end;
  header.hash = HeaderHash(header, table);

  // Appended, not copied over zeros.
  std::vector<std::byte> bytes;
  bytes.reserve(end);
  const auto append = [&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); };
  append(std::as_bytes(std::span(&header, 1)));
  append(std::as_bytes(std::span(table)));
  for (size_t i = 0; i < table.size(); i++) {
    bytes.resize(table[i].offset);
    append(sections_[i].stored);
    sections_[i].owned = std::vector<std::byte>();
  }
  return bytes;
}

}  // namespace dv8
