// runtime/bindings/crypto.cc: internal:crypto, hashes and random bytes.
#include <cstdio>
#include <cstring>
#include <utility>

#include "runtime/binding/typed.h"
#include "runtime/bindings/hash.h"
#include "runtime/bindings/value.h"

namespace dv8 {
namespace {

using Kind = InRange<uint32_t, 0, static_cast<uint32_t>(HashKind::kCount) - 1>;

// Reads the state out of `bytes`, has `change` change it and writes it back. An exception when it is none.
template <typename F>
void Change(Environment* env, Bytes bytes, const F& change) {
  HashState state;
  if (bytes.size() != sizeof(state)) {
    return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_VALUE", "The bytes are not the state of a hash");
  }
  std::memcpy(&state, bytes.data(), sizeof(state));
  change(&state);
  std::memcpy(bytes.data(), &state, sizeof(state));
}

HashKind KindOf(Kind kind) { return static_cast<HashKind>(kind.value); }

// init(kind, state): `state` is a Uint8Array of stateSize bytes.
void Init(Environment* env, Kind kind, Bytes state) {
  Change(env, state, [&](HashState* hash) { HashInit(KindOf(kind), hash); });
}

// update(kind, state, view or string): a string counts as UTF-8.
void Update(Environment* env, Kind kind, Bytes state, v8::Local<v8::Value> data) {
  Change(env, state, [&](HashState* hash) {
    if (!data->IsString()) return HashUpdate(KindOf(kind), hash, BytesOf(data));
    const Utf8 text(env->isolate(), data);
    HashUpdate(KindOf(kind), hash, {reinterpret_cast<const uint8_t*>(text.c_str()), text.view().size()});
  });
}

// finish(kind, state) → ArrayBuffer
v8::Local<v8::Value> Finish(Environment* env, Kind kind, Bytes state) {
  v8::Local<v8::ArrayBuffer> digest = v8::ArrayBuffer::New(env->isolate(), DigestSize(KindOf(kind)));
  Change(env, state, [&](HashState* hash) { HashFinish(KindOf(kind), hash, static_cast<uint8_t*>(digest->Data())); });
  return digest;
}

// random(view): fills it from the system's generator.
UvResult<void> Random(Environment* env, Bytes bytes) {
  static bool warned = false;
  if (env->mode() == Environment::Mode::kBuild && !std::exchange(warned, true)) {
    std::fprintf(stderr,
                 "warning: random bytes that the app's top level draws while its snapshot is made are the same at "
                 "each start\n%s\n", CurrentStack(env->isolate()).c_str());
  }
  if (bytes.size() == 0) return {};
  if (int rc = uv_random(nullptr, nullptr, bytes.data(), bytes.size(), 0, nullptr); rc < 0) return UvFailure{rc, "uv_random"};
  return {};
}

// equal(a, b): false for other sizes; else in a time that depends on the size only.
bool Equal(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); i++) difference = difference | (a.span[i] ^ b.span[i]);
  return difference == 0;
}

constexpr FunctionSpec kFunctions[] = {
    Typed<Equal>("equal"), Typed<Finish>("finish"), Typed<Init>("init"), Typed<Random>("random"), Typed<Update>("update"),
};
constexpr ConstantSpec kConstants[] = {{"stateSize", sizeof(HashState)}};

}  // namespace

extern const BindingSpec kCrypto;
constexpr BindingSpec kCrypto{"crypto", kFunctions, kConstants};

}  // namespace dv8
