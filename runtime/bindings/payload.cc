// runtime/bindings/payload.cc: internal:payload, what an app carries besides its code.
#include <string>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"
#include "runtime/core/snapshot.h"
#include "runtime/payload/payload.h"

namespace dv8 {
namespace {

// sourceMap() → the app's source map as JSON text, or undefined.
void SourceMap(const CallInfo& info) {
  const Payload* payload = Environment::From(info)->payload();
  std::vector<std::byte> unpacked;
  std::span<const std::byte> bytes = BuildSourceMap();
  if (payload != nullptr) {
    Result<std::span<const std::byte>> section = payload->Unpack(SectionKind::kSourceMap, &unpacked);
    if (!section.ok()) return;
    bytes = section.value();
  }
  if (bytes.empty()) return;
  ReturnUtf8(info, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// manifest(key) → the value that was packed under `key`, or undefined.
void Manifest(const CallInfo& info) {
  const Payload* payload = Environment::From(info)->payload();
  if (payload == nullptr) return;
  Utf8 key(info.GetIsolate(), info[0]);
  const std::string_view value = payload->Manifest(key.view());
  if (!value.empty()) ReturnUtf8(info, value);
}

constexpr FunctionSpec kFunctions[] = {
    {"manifest", Manifest},
    {"sourceMap", SourceMap},
};

}  // namespace

extern const BindingSpec kPayload;
constexpr BindingSpec kPayload{"payload", kFunctions};

}  // namespace dv8
