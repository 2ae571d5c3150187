// runtime/bindings/crypto.cc: internal:crypto, hashes and random bytes.
#include <cstring>

#include "runtime/bindings/hash.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

HashKind KindArg(const CallInfo& info) {
  const uint32_t kind = Uint32Arg(info, 0);
  DV8_CHECK(kind < static_cast<uint32_t>(HashKind::kCount));
  return static_cast<HashKind>(kind);
}

HashState LoadState(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  DV8_CHECK(bytes.size() == sizeof(HashState));
  HashState state;
  std::memcpy(&state, bytes.data(), sizeof(state));
  return state;
}

void StoreState(const CallInfo& info, const HashState& state) {
  std::memcpy(BytesOf(info[1]).data(), &state, sizeof(state));
}

// init(kind, state): `state` is a Uint8Array of stateSize bytes.
void Init(const CallInfo& info) {
  HashState state = LoadState(info);
  HashInit(KindArg(info), &state);
  StoreState(info, state);
}

// update(kind, state, view or string): a string counts as UTF-8.
void Update(const CallInfo& info) {
  HashState state = LoadState(info);
  if (info[2]->IsString()) {
    const Utf8 text(info.GetIsolate(), info[2]);
    HashUpdate(KindArg(info), &state,
               {reinterpret_cast<const uint8_t*>(text.c_str()), text.view().size()});
  } else {
    HashUpdate(KindArg(info), &state, BytesOf(info[2]));
  }
  StoreState(info, state);
}

// finish(kind, state) → ArrayBuffer
void Finish(const CallInfo& info) {
  const HashKind kind = KindArg(info);
  HashState state = LoadState(info);
  v8::Local<v8::ArrayBuffer> digest = v8::ArrayBuffer::New(info.GetIsolate(), DigestSize(kind));
  HashFinish(kind, &state, static_cast<uint8_t*>(digest->Data()));
  info.GetReturnValue().Set(digest);
}

// random(view): fills it from the system's generator.
void Random(const CallInfo& info) {
  if (Environment::From(info)->mode() == Environment::Mode::kBuild) {
    info.GetIsolate()->ThrowException(v8::Exception::Error(
        FromUtf8(info.GetIsolate(), "Random bytes cannot be drawn while the snapshot is made")
            .ToLocalChecked()));
    return;
  }
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  if (bytes.empty()) return;
  if (int rc = uv_random(nullptr, nullptr, bytes.data(), bytes.size(), 0, nullptr); rc < 0) {
    ThrowUvError(info, rc, "uv_random");
  }
}

// equal(a, b): in a time that depends on the size only, which is the same for both.
void Equal(const CallInfo& info) {
  const std::span<uint8_t> a = BytesOf(info[0]), b = BytesOf(info[1]);
  DV8_CHECK(a.size() == b.size());
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); i++) difference = difference | (a[i] ^ b[i]);
  info.GetReturnValue().Set(difference == 0);
}

constexpr FunctionSpec kFunctions[] = {
    {"equal", Equal}, {"finish", Finish}, {"init", Init}, {"random", Random}, {"update", Update},
};
constexpr ConstantSpec kConstants[] = {{"stateSize", sizeof(HashState)}};

}  // namespace

extern const BindingSpec kCrypto;
constexpr BindingSpec kCrypto{"crypto", kFunctions, kConstants};

}  // namespace dv8
