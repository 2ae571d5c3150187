// runtime/bindings/assets.cc: internal:assets, the files embedded by dv8pack --asset.
#include "runtime/bindings/assets.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/embedded_files.h"
#include "runtime/core/environment.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
namespace {

// Where there are some.
const AssetIndex& Assets(const CallInfo& info) { return *EmbeddedAssets(Environment::From(info)); }

// The file that the argument numbers, or that the link of this number leads to.
size_t IndexArg(const CallInfo& info) {
  const uint32_t index = Uint32Arg(info, 0);
  const AssetIndex& assets = Assets(info);
  DV8_CHECK(index < assets.size());
  const ptrdiff_t file = assets.IsLink(index) ? assets.FindFile(assets.path(index)) : -1;
  return file < 0 ? index : static_cast<size_t>(file);
}

std::vector<std::byte> ReadOrExit(const CallInfo& info) {
  Result<std::vector<std::byte>> bytes = Assets(info).Read(IndexArg(info));
  if (!bytes.ok()) {
    std::fprintf(stderr, "dv8: %s\n", bytes.error().text.c_str());
    Environment::ExitNow(70);
  }
  return std::move(bytes.value());
}

// count() → how many files are embedded.
void Count(const CallInfo& info) {
  const AssetIndex* assets = EmbeddedAssets(Environment::From(info));
  info.GetReturnValue().Set(assets == nullptr ? 0u : static_cast<uint32_t>(assets->size()));
}

// find(path) → index or -1; path(index); size(index) → bytes
void Find(const CallInfo& info) {
  const Utf8 path(info.GetIsolate(), info[0]);
  info.GetReturnValue().Set(static_cast<int32_t>(Assets(info).FindFile(path.view())));
}
void Path(const CallInfo& info) {
  const uint32_t index = Uint32Arg(info, 0);
  DV8_CHECK(index < Assets(info).size());
  ReturnUtf8(info, Assets(info).path(index));
}
void Size(const CallInfo& info) { info.GetReturnValue().Set(static_cast<double>(Assets(info).file_size(IndexArg(info)))); }

// isUsers(index) → whether --asset names it; else it is a part of the program.
void IsUsers(const CallInfo& info) { info.GetReturnValue().Set(Assets(info).origin(IndexArg(info)) == AssetOrigin::kUser); }

// read(index) → ArrayBuffer of the caller's own.
void Read(const CallInfo& info) {
  const std::vector<std::byte> bytes = ReadOrExit(info);
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(info.GetIsolate(), bytes.size());
  if (!bytes.empty()) std::memcpy(buffer->Data(), bytes.data(), bytes.size());
  info.GetReturnValue().Set(buffer);
}

constexpr FunctionSpec kFunctions[] = {
    {"count", Count}, {"find", Find}, {"isUsers", IsUsers}, {"path", Path}, {"read", Read}, {"size", Size},
};

}  // namespace

const AssetIndex* EmbeddedAssets(Environment* env) { return EmbeddedFiles(env->payload()); }

bool IsEmbeddedFolder(const CallInfo& info, std::string_view path) {
  const AssetIndex* assets = EmbeddedAssets(Environment::From(info));
  return assets != nullptr && assets->IsFolder(path);
}

extern const BindingSpec kAssets;
constexpr BindingSpec kAssets{"assets", kFunctions};

}  // namespace dv8
