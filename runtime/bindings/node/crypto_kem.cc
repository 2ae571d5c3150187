// Key encapsulation: a secret that is made together with its encryption for a public key.
#include "runtime/bindings/node/crypto_keys.h"

namespace dv8::node::crypto {
namespace {

// KEMEncapsulateJob(mode, key...): gives [shared key, ciphertext].
struct EncapsulateTask {
  static constexpr Provider kProvider = Provider::DERIVEBITSREQUEST;
  JobMode mode = JobMode::kAsync;
  Key key;
  SecretBytes shared_key, ciphertext;

  bool Read(CryptoArguments* arguments, JobMode job_mode) {
    mode = job_mode;
    key = ReadPublicOrPrivateKey(arguments);
    return key && arguments->ok() && MayDrawRandom(arguments->env());
  }
  bool Work() {
    const auto result = ncrypto::KEM::Encapsulate(key.pkey());
    if (!result) return false;
    shared_key = SecretBytes(result->shared_key);
    ciphertext = SecretBytes(result->ciphertext);
    return true;
  }
  void ThrowFailure(Environment* env) { ThrowCryptoCode(env, CryptoCode::kOperationFailed, "Failed to perform encapsulation"); }
  v8::MaybeLocal<v8::Value> Result(Environment* env) {
    v8::Local<v8::Value> parts[2];
    if (mode != JobMode::kWebCrypto) {
      if (!ToBuffer(env, shared_key.span()).ToLocal(&parts[0]) || !ToBuffer(env, ciphertext.span()).ToLocal(&parts[1])) return {};
      return v8::Array::New(env->isolate(), parts, 2);
    }
    v8::Local<v8::Object> result = v8::Object::New(env->isolate());
    if (!ToArrayBuffer(env, shared_key.span()).ToLocal(&parts[0]) || !ToArrayBuffer(env, ciphertext.span()).ToLocal(&parts[1]) ||
        !result->CreateDataProperty(env->context(), Internalized(env->isolate(), "sharedKey"), parts[0]).FromMaybe(false) ||
        !result->CreateDataProperty(env->context(), Internalized(env->isolate(), "ciphertext"), parts[1]).FromMaybe(false)) {
      return {};
    }
    return result;
  }
};

// KEMDecapsulateJob(mode, key..., ciphertext): gives the shared key.
struct DecapsulateTask {
  static constexpr Provider kProvider = Provider::DERIVEBITSREQUEST;
  Key key;
  SecretBytes ciphertext, shared_key;

  bool Read(CryptoArguments* arguments, JobMode) {
    key = ReadPrivateKey(arguments);
    if (!key || !arguments->ok()) return false;
    ciphertext = arguments->ReadBytes();
    return arguments->ok();
  }
  bool Work() {
    const auto result = ncrypto::KEM::Decapsulate(key.pkey(), ciphertext.buffer<void>());
    if (!result) return false;
    shared_key = SecretBytes(result);
    return true;
  }
  void ThrowFailure(Environment* env) { ThrowCryptoCode(env, CryptoCode::kOperationFailed, "Failed to perform decapsulation"); }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToBuffer(env, shared_key.span()); }
};

constexpr ClassSpec kClasses[] = {JobClass<DecapsulateTask>("KEMDecapsulateJob"), JobClass<EncapsulateTask>("KEMEncapsulateJob")};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoKem;
constexpr BindingSpec kNodeCryptoKem{"crypto/kem", {}, {}, crypto::kClasses};
}  // namespace dv8::node
