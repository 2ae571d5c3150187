#include "packager/cli/inspect.h"

#include <cstdio>

#include "packager/bundle/json.h"
#include "packager/link/elf_writer.h"
#include "runtime/payload/asset_index.h"
#include "runtime/payload/payload.h"
#include "runtime/payload/words.h"

namespace dv8 {
namespace {

constexpr const char* kManifestKeys[] = {
    "entry", "mode",         "env",          "dv8",       "icu",       "v8-flags",    "allow-v8-flags",
    "ca",    "allow-env-ca", "command-line", "exec-argv", "arguments", "environment", "stdlib-encoding"};

// What a key's value is for people: words in a row; of variables only the names, for their values may be secrets.
std::string Readable(const Payload& payload, std::string_view key) {
  const std::string_view value = payload.Manifest(key);
  if (key != "arguments" && key != "environment") return std::string(value);
  std::string text;
  for (const std::string_view word : SplitWords(value)) {
    text.append(text.empty() ? "" : " ").append(key == "environment" ? word.substr(0, word.find('=')) : word);
  }
  return text;
}

Result<Payload> Open(std::span<const std::byte> executable) {
  const Result<std::span<const std::byte>> bytes = FindPayloadInFile(executable);
  if (!bytes.ok()) return bytes.error();
  return Payload::Parse(bytes.value());
}

std::string Sections(const Payload& payload) {
  std::string out;
  for (const SectionEntry& entry : payload.sections()) {
    out += (out.empty() ? "[" : ",") + std::string("{\"name\":") + QuoteJson(SectionName(static_cast<SectionKind>(entry.kind))) +
           ",\"offset\":" + std::to_string(entry.offset) + ",\"stored\":" + std::to_string(entry.stored_size) +
           ",\"size\":" + std::to_string(entry.size) +
           ",\"encoding\":" + (entry.encoding == static_cast<uint32_t>(SectionEncoding::kLz4) ? "\"lz4\"}" : "\"raw\"}");
  }
  return out.empty() ? "[]" : out + "]";
}

// The files of Node's library that are evaluated in the snapshot, as an array.
std::string Evaluated(const Payload& payload) {
  std::vector<std::byte> storage;
  const Result<std::span<const std::byte>> bytes = payload.Unpack(SectionKind::kLibraryEvaluated, &storage);
  std::string out = "[";
  if (bytes.ok()) {
    std::string_view lines(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size());
    for (size_t end; (end = lines.find('\n')) != std::string_view::npos; lines.remove_prefix(end + 1)) {
      out += (out.size() == 1 ? "" : ",") + QuoteJson(lines.substr(0, end));
    }
  }
  return out + "]";
}

// The embedded files, sorted by path.
AssetIndex Files(const Payload& payload) {
  const Result<AssetIndex> files = AssetIndex::Parse(payload.Stored(SectionKind::kAssetIndex), payload.Stored(SectionKind::kAssetData));
  return files.ok() ? files.value() : AssetIndex();
}

// [{"path":"/app/a.txt","size":3,"asset":true}]: asset is false for what is a part of the program.
std::string FilesJson(const AssetIndex& files) {
  std::string out = "[";
  for (size_t i = 0; i < files.size(); i++) {
    const ptrdiff_t file = files.FindFile(files.path(i));
    const bool is_asset = file >= 0 && files.origin(static_cast<size_t>(file)) == AssetOrigin::kUser;
    out += (i == 0 ? "" : ",") + std::string("{\"path\":") + QuoteJson(files.path(i)) + ",\"size\":" + std::to_string(files.file_size(i)) +
           ",\"asset\":" + (is_asset ? "true" : "false") + "}";
  }
  return out + "]";
}

// The first section whose bytes are not those that were written; empty when all are.
std::string Damaged(const Payload& payload) {
  for (const SectionEntry& entry : payload.sections()) {
    std::vector<std::byte> storage;
    const auto kind = static_cast<SectionKind>(entry.kind);
    if (!payload.Unpack(kind, &storage).ok()) return SectionName(kind);
  }
  return "";
}

}  // namespace

std::string HumanSize(size_t size) {
  char text[32];
  if (size < 1000) {
    std::snprintf(text, sizeof(text), "%zu B", size);
  } else if (size < 1000 * 1000) {
    std::snprintf(text, sizeof(text), "%.1f kB", static_cast<double>(size) / 1e3);
  } else {
    std::snprintf(text, sizeof(text), "%.1f MB", static_cast<double>(size) / 1e6);
  }
  return text;
}

Result<std::string> SectionsJson(std::span<const std::byte> executable) {
  const Result<Payload> payload = Open(executable);
  if (!payload.ok()) return payload.error();
  return Sections(payload.value());
}

Result<std::string> DescribeApp(std::span<const std::byte> executable, Form form) {
  const Result<Payload> payload = Open(executable);
  if (!payload.ok()) return payload.error();
  if (const std::string section = Damaged(payload.value()); !section.empty()) {
    return Diagnostic{"the payload is damaged in its part '" + section + "'"};
  }
  const std::string engine = Describe(payload.value().fingerprint());
  if (form == Form::kJson) {
    std::string out = "{\"size\":" + std::to_string(executable.size()) + ",\"engine\":" + QuoteJson(engine) + ",\"manifest\":{";
    bool first = true;
    for (const char* key : kManifestKeys) {
      const std::string value = Readable(payload.value(), key);
      if (value.empty()) continue;
      out += (first ? "" : ",") + QuoteJson(key) + ":" + QuoteJson(value);
      first = false;
    }
    return out + "},\"files\":" + FilesJson(Files(payload.value())) + ",\"evaluated\":" + Evaluated(payload.value()) +
           ",\"sections\":" + Sections(payload.value()) + "}\n";
  }
  std::string out = "engine           " + engine + "\n";
  for (const char* key : kManifestKeys) {
    const std::string value = Readable(payload.value(), key);
    if (value.empty()) continue;
    out += key + std::string(17 - std::string_view(key).size(), ' ') + value + "\n";
  }
  for (const SectionEntry& entry : payload.value().sections()) {
    char line[128];
    std::snprintf(line, sizeof(line), "  %-14s %10s", SectionName(static_cast<SectionKind>(entry.kind)),
                  HumanSize(entry.stored_size).c_str());
    out += line;
    if (entry.stored_size != entry.size) out += "  of " + HumanSize(entry.size);
    out += "\n";
  }
  if (const AssetIndex files = Files(payload.value()); files.size() > 0) {
    out += "  files          " + std::to_string(files.size()) + ", listed by --json\n";
  }
  char line[64];
  std::snprintf(line, sizeof(line), "  %-14s %10s\n", "whole file", HumanSize(executable.size()).c_str());
  return out + line;
}

}  // namespace dv8
