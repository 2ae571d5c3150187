#include "runtime/core/embedded_files.h"

#include <atomic>
#include <cstdio>
#include <mutex>

#include "runtime/core/environment.h"

namespace dv8 {
namespace {

constexpr int kDamaged = 70;

// The first thread that asks reads the index.
std::once_flag index_is_read;
std::atomic<bool> has_asked{false};
std::atomic<const AssetIndex*> files{nullptr};

void Read(std::span<const std::byte> index, std::span<const std::byte> data) {
  Result<AssetIndex> parsed = AssetIndex::Parse(index, data);
  if (!parsed.ok()) {
    std::fprintf(stderr, "dv8: %s\n", parsed.error().text.c_str());
    Environment::ExitNow(kDamaged);
  }
  files = new AssetIndex(parsed.value());
}

}  // namespace

void SetEmbeddedFiles(std::span<const std::byte> index, std::span<const std::byte> data) { Read(index, data); }

const AssetIndex* EmbeddedFiles(const Payload* payload) {
  if (!has_asked) {
    std::call_once(index_is_read, [payload] {
      const bool any = payload != nullptr && !payload->Stored(SectionKind::kAssetIndex).empty();
      if (any) Read(payload->Stored(SectionKind::kAssetIndex), payload->Stored(SectionKind::kAssetData));
      has_asked = true;
    });
  }
  return files;
}

}  // namespace dv8
