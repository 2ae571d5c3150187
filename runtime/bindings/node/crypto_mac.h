// What the jobs of symmetric signatures share.
#pragma once

#include "runtime/bindings/node/crypto_common.h"

namespace dv8::node::crypto {

enum class SignMode : uint32_t { kSign, kVerify };

inline SignMode ReadSignModeArgument(CryptoArguments* arguments) {
  return static_cast<SignMode>(arguments->Read<InRange<uint32_t, 0, 1>>().value);
}

// Gives the MAC as an ArrayBuffer, or whether it is the signature that was passed.
struct MacTask {
  SignMode sign_mode = SignMode::kSign;
  SecretBytes signature, result;

  void ReadSignMode(CryptoArguments* arguments) { sign_mode = ReadSignModeArgument(arguments); }
  void ReadSignature(CryptoArguments* arguments) {
    if (std::optional<SecretBytes> bytes = arguments->ReadOptionalBytes()) signature = std::move(*bytes);
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) {
    if (sign_mode == SignMode::kSign) return ToArrayBuffer(env, result.span());
    const bool equal =
        !result.empty() && result.size() == signature.size() && CRYPTO_memcmp(result.data(), signature.data(), result.size()) == 0;
    return v8::Boolean::New(env->isolate(), equal);
  }
};

}  // namespace dv8::node::crypto
