// internalBinding('crypto'): OpenSSL for lib/crypto.js and lib/internal/crypto/*. Its parts have a table each.
#include "runtime/bindings/node/crypto_common.h"
#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/registry.h"

namespace dv8::node {

// clang-format off
#define DV8_CRYPTO_PARTS(V) \
  V(kNodeCryptoCipher) V(kNodeCryptoCipherJobs) V(kNodeCryptoDerive) V(kNodeCryptoExchange) V(kNodeCryptoHash) \
  V(kNodeCryptoKeccak) V(kNodeCryptoKem) V(kNodeCryptoKeygen) V(kNodeCryptoKeys) V(kNodeCryptoSign) V(kNodeCryptoX509) \
  V(kNodeTlsContext)
// clang-format on
#define V(name) extern const BindingSpec name;
DV8_CRYPTO_PARTS(V)
#undef V

namespace crypto {
namespace {

// The libraries that Debian builds have no FIPS provider.
int32_t GetFipsCrypto() { return 0; }
int32_t TestFipsCrypto() { return 0; }
void SetFipsCrypto(Environment* env, bool enable) {
  InitCrypto();
  ncrypto::CryptoErrorList words(ncrypto::CryptoErrorList::Option::NONE);
  if (ncrypto::setFipsEnabled(enable, &words)) return;
  CryptoErrors errors;
  for (const std::string& message : words) errors.Add(message);
  env->isolate()->ThrowException(errors.ToException(env));
}

v8::Local<v8::Value> SecureHeapUsed(Environment* env) { return v8::BigInt::New(env->isolate(), 0); }

v8::MaybeLocal<v8::Value> SecureBuffer(Environment* env, InRange<uint32_t, 0, INT32_MAX> size) {
  v8::Local<v8::Value> buffer;
  if (!ToArrayBuffer(env, SecretBytes(size.value).span()).ToLocal(&buffer)) return {};
  return v8::Uint8Array::New(buffer.As<v8::ArrayBuffer>(), 0, size.value);
}

int32_t GetOpenSslSecurityLevel() {
  InitOpenSsl();
  return ncrypto::SSLPointer::getSecurityLevel().value_or(0);
}

void TimingSafeEqual(const CallInfo& info, v8::Local<v8::Value> a, v8::Local<v8::Value> b) {
  v8::Isolate* isolate = info.GetIsolate();
  for (const auto& [name, value] : {std::pair("buf1", a), std::pair("buf2", b)}) {
    if (IsBufferSource(value)) continue;
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
                      std::string("The \"") + name + "\" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.");
  }
  const std::span<const uint8_t> left = BytesOf(a), right = BytesOf(b);
  if (left.size() != right.size()) return ThrowCryptoCode(Environment::From(info), CryptoCode::kTimingSafeEqualLength);
  info.GetReturnValue().Set(left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0);
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  static constexpr const BindingSpec* kParts[] = {
#define V(name) &name,
      DV8_CRYPTO_PARTS(V)
#undef V
  };
  for (const BindingSpec* part : kParts) FillBinding(env->context(), *part, target);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<GetFipsCrypto>("getFipsCrypto"),     Typed<GetOpenSslSecurityLevel>("getOpenSSLSecLevelCrypto"),
    Typed<SecureBuffer>("secureBuffer"),       Typed<SecureHeapUsed>("secureHeapUsed"),
    Typed<SetFipsCrypto>("setFipsCrypto"),     Typed<TestFipsCrypto>("testFipsCrypto"),
    Typed<TimingSafeEqual>("timingSafeEqual"),
};
constexpr ConstantSpec kConstants[] = {
    {"kCryptoJobAsync", static_cast<int64_t>(JobMode::kAsync)},
    {"kCryptoJobSync", static_cast<int64_t>(JobMode::kSync)},
    {"kCryptoJobWebCrypto", static_cast<int64_t>(JobMode::kWebCrypto)},
};

}  // namespace
}  // namespace crypto

extern const BindingSpec kNodeCrypto;
constexpr BindingSpec kNodeCrypto{"crypto", crypto::kFunctions, crypto::kConstants, {}, crypto::Init};

}  // namespace dv8::node
