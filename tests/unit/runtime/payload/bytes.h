// Bytes for the payload's tests.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/payload_writer.h"

namespace dv8 {

inline std::span<const std::byte> AsBytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

inline std::string AsString(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline Fingerprint TestFingerprint() {
  Fingerprint fingerprint{};
  std::strcpy(fingerprint.v8_version, "13.6.233.17");
  std::strcpy(fingerprint.runtime_version, "0.1.0");
  fingerprint.registry_hash = 0x0123456789abcdef;
  fingerprint.v8_flags_hash = 0x01234567;
  return fingerprint;
}

// A payload with every kind of section.
inline std::vector<std::byte> TestPayload() {
  PayloadWriter writer(TestFingerprint());
  writer.AddManifest({{"entry", "/app/main.js"}, {"mode", "code"}, {"v8-flags", ""}});
  writer.Add(SectionKind::kSnapshot, AsBytes("blob"), Packing::kNone);
  writer.Add(SectionKind::kStdlibSource, AsBytes(std::string(1000, 's')), Packing::kLz4);
  writer.Add(SectionKind::kLibraryEvaluated, AsBytes("1"), Packing::kLz4);
  writer.Add(SectionKind::kSourceMap, AsBytes(std::string(500, 'm')), Packing::kLz4);
  writer.Add(SectionKind::kIcuData, AsBytes("icu"), Packing::kNone);
  writer.Add(SectionKind::kAssetIndex, AsBytes(""), Packing::kNone);
  writer.Add(SectionKind::kAssetData, AsBytes(""), Packing::kNone);
  return writer.Finish();
}

}  // namespace dv8
