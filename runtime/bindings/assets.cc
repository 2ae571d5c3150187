// runtime/bindings/assets.cc: internal:assets, the files embedded by dv8pack --asset.
#include "runtime/bindings/assets.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"
#include "runtime/payload/asset_index.h"
#include "runtime/payload/payload.h"

namespace dv8 {
namespace {

AssetIndex ReadIndex(const Payload* payload) {
  std::vector<std::byte> unused;  // The index is stored as it is.
  Result<std::span<const std::byte>> index = std::span<const std::byte>();
  std::span<const std::byte> data;
  if (payload != nullptr) {
    index = payload->Unpack(SectionKind::kAssetIndex, &unused);
    data = payload->Stored(SectionKind::kAssetData);
  }
  Result<AssetIndex> parsed = index.ok() ? AssetIndex::Parse(index.value(), data)
                                         : Result<AssetIndex>(index.error());
  if (!parsed.ok()) {
    std::fprintf(stderr, "dv8: %s\n", parsed.error().text.c_str());
    Environment::ExitNow(70);
  }
  return parsed.value();
}

// Checked at the first use, by one thread; none while a snapshot is made.
const AssetIndex& Assets(Environment* env) {
  static const AssetIndex* assets = new AssetIndex(ReadIndex(env->payload()));
  return *assets;
}
const AssetIndex& Assets(const CallInfo& info) { return Assets(Environment::From(info)); }

size_t IndexArg(const CallInfo& info) {
  const uint32_t index = Uint32Arg(info, 0);
  DV8_CHECK(index < Assets(info).size());
  return index;
}

std::vector<std::byte> ReadOrExit(const CallInfo& info) {
  Result<std::vector<std::byte>> bytes = Assets(info).Read(IndexArg(info));
  if (!bytes.ok()) {
    std::fprintf(stderr, "dv8: %s\n", bytes.error().text.c_str());
    Environment::ExitNow(70);
  }
  return std::move(bytes.value());
}

// count() → how many files are embedded. Reads one number of the payload.
void Count(const CallInfo& info) {
  const Payload* payload = Environment::From(info)->payload();
  const bool any = payload != nullptr && !payload->Stored(SectionKind::kAssetIndex).empty();
  info.GetReturnValue().Set(any ? static_cast<uint32_t>(Assets(info).size()) : 0u);
}

// find(path) → index or -1; path(index); size(index) → bytes
void Find(const CallInfo& info) {
  const Utf8 path(info.GetIsolate(), info[0]);
  info.GetReturnValue().Set(static_cast<int32_t>(Assets(info).Find(path.view())));
}
void Path(const CallInfo& info) { ReturnUtf8(info, Assets(info).path(IndexArg(info))); }
void Size(const CallInfo& info) {
  info.GetReturnValue().Set(static_cast<double>(Assets(info).file_size(IndexArg(info))));
}

// read(index) → ArrayBuffer of the caller's own.
void Read(const CallInfo& info) {
  const std::vector<std::byte> bytes = ReadOrExit(info);
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(info.GetIsolate(), bytes.size());
  if (!bytes.empty()) std::memcpy(buffer->Data(), bytes.data(), bytes.size());
  info.GetReturnValue().Set(buffer);
}

constexpr FunctionSpec kFunctions[] = {
    {"count", Count}, {"find", Find}, {"path", Path}, {"read", Read}, {"size", Size},
};

}  // namespace

const AssetIndex* EmbeddedAssets(Environment* env) {
  const Payload* payload = env->payload();
  if (payload == nullptr || payload->Stored(SectionKind::kAssetIndex).empty()) return nullptr;
  return &Assets(env);
}

bool IsEmbeddedFolder(const CallInfo& info, std::string_view path) {
  const AssetIndex* assets = EmbeddedAssets(Environment::From(info));
  return assets != nullptr && assets->IsFolder(path);
}

extern const BindingSpec kAssets;
constexpr BindingSpec kAssets{"assets", kFunctions};

}  // namespace dv8
