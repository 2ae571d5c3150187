// Generating keys: jobs of each kind of key pair, and of secret keys.
#include <climits>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/crypto_rsa_variants.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::BignumPointer;
using ncrypto::EVPKeyCtxPointer;

// What a WebCrypto key gets beside its bytes.
struct CryptoKeyParts {
  v8::Global<v8::Object> algorithm;
  uint32_t usages = 0, private_usages = 0;
  bool extractable = false;

  void ReadAlgorithm(CryptoArguments* arguments) {
    v8::Local<v8::Object> object = arguments->Read<v8::Local<v8::Object>>();
    if (arguments->ok()) algorithm.Reset(arguments->isolate(), object);
  }
};

// `Kind` reads its own arguments (Read) and sets up the generator (SetUp). Behind them follow the encodings of the public
// and the private key, or what makes CryptoKeys of them.
template <typename Kind>
struct KeyPairTask : Kind {
  static constexpr Provider kProvider = Provider::KEYPAIRGENREQUEST;
  static constexpr const char* kFailure = "Key generation job failed";
  JobMode mode = JobMode::kAsync;
  PublicKeyEncoding public_encoding;
  PrivateKeyEncoding private_encoding;
  CryptoKeyParts parts;
  Key key;

  bool Read(CryptoArguments* arguments, JobMode job_mode) {
    mode = job_mode;
    if (!Kind::Read(arguments) || !arguments->ok()) return false;
    if (mode == JobMode::kWebCrypto) {
      parts.ReadAlgorithm(arguments);
      parts.usages = arguments->Read<uint32_t>();
      parts.private_usages = arguments->Read<uint32_t>();
      parts.extractable = arguments->Read<bool>();
    } else {
      public_encoding = ReadPublicKeyEncoding(arguments, EncodingUse::kGenerate);
      private_encoding = ReadPrivateKeyEncoding(arguments, EncodingUse::kGenerate);
    }
    return arguments->ok() && MayDrawRandom(arguments->env());
  }
  bool Work() {
    const EVPKeyCtxPointer context = Kind::SetUp();
    EVP_PKEY* made = nullptr;
    if (context.get() == nullptr || EVP_PKEY_keygen(context.get(), &made) != 1) return false;
    key = Key::Asymmetric(KeyType::kPrivate, EVPKeyPointer(made));
    return true;
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) {
    v8::Local<v8::Value> pair[2];
    if (mode != JobMode::kWebCrypto) {
      if (!ExportPublicKey(env, key, public_encoding).ToLocal(&pair[0]) ||
          !ExportPrivateKey(env, key, private_encoding).ToLocal(&pair[1])) {
        return {};
      }
      return v8::Array::New(env->isolate(), pair, 2);
    }
    v8::Local<v8::Object> algorithm = parts.algorithm.Get(env->isolate());
    v8::Local<v8::Object> keys = v8::Object::New(env->isolate());
    if (!NewCryptoKey(env, key.As(KeyType::kPublic), algorithm, parts.usages, true).ToLocal(&pair[0]) ||
        !NewCryptoKey(env, key, algorithm, parts.private_usages, parts.extractable).ToLocal(&pair[1]) ||
        !keys->CreateDataProperty(env->context(), Internalized(env->isolate(), "publicKey"), pair[0]).FromMaybe(false) ||
        !keys->CreateDataProperty(env->context(), Internalized(env->isolate(), "privateKey"), pair[1]).FromMaybe(false)) {
      return {};
    }
    return keys;
  }
};

// A generator with the parameters that `parameters` makes.
EVPKeyCtxPointer FromParameters(EVPKeyCtxPointer parameters) {
  const EVPKeyPointer key = parameters.paramgen();
  EVPKeyCtxPointer context = key ? key.newCtx() : EVPKeyCtxPointer();
  if (context.get() == nullptr || !context.initForKeygen()) return {};
  return context;
}

// (curve, encoding of the parameters or undefined)
struct EcKind {
  int curve = NID_undef;
  int encoding = OPENSSL_EC_NAMED_CURVE;

  bool Read(CryptoArguments* arguments) {
    const std::string name = arguments->Read<std::string>();
    const std::optional<int32_t> wanted = arguments->ReadOptional<int32_t>();
    if (!arguments->ok()) return false;
    curve = ncrypto::Ec::GetCurveIdFromName(name.c_str());
    if (curve == NID_undef) {
      ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidCurve);
      return false;
    }
    encoding = wanted.value_or(encoding);
    if (encoding == OPENSSL_EC_NAMED_CURVE || encoding == OPENSSL_EC_EXPLICIT_CURVE) return true;
    ThrowCryptoCode(arguments->env(), CryptoCode::kOutOfRange, "Invalid param_encoding specified");
    return false;
  }
  EVPKeyCtxPointer SetUp() {
    if (curve == EVP_PKEY_ED25519 || curve == EVP_PKEY_ED448 || curve == EVP_PKEY_X25519 || curve == EVP_PKEY_X448) {
      auto context = EVPKeyCtxPointer::NewFromID(curve);
      return context.get() != nullptr && context.initForKeygen() ? std::move(context) : EVPKeyCtxPointer();
    }
    auto parameters = EVPKeyCtxPointer::NewFromID(EVP_PKEY_EC);
    if (parameters.get() == nullptr || !parameters.initForParamgen() || !parameters.setEcParameters(curve, encoding)) return {};
    return FromParameters(std::move(parameters));
  }
};

// (EVP_PKEY_ED25519 or the like)
struct NidKind {
  int id = NID_undef;
  bool Read(CryptoArguments* arguments) {
    id = arguments->Read<int32_t>();
    return arguments->ok();
  }
  EVPKeyCtxPointer SetUp() {
    auto context = EVPKeyCtxPointer::NewFromID(id);
    return context.get() != nullptr && context.initForKeygen() ? std::move(context) : EVPKeyCtxPointer();
  }
};

// (variant, bits, exponent), and for PSS (digest, digest of MGF1, length of the salt)
struct RsaKind {
  RsaVariant variant = RsaVariant::kPkcs1;
  uint32_t bits = 0, exponent = 0;
  const EVP_MD* digest = nullptr;
  const EVP_MD* mgf1_digest = nullptr;
  std::optional<int> salt_length;

  bool Read(CryptoArguments* arguments) {
    variant = static_cast<RsaVariant>(arguments->Read<InRange<uint32_t, 0, 2>>().value);
    bits = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    exponent = arguments->Read<uint32_t>();
    if (!arguments->ok() || variant != RsaVariant::kPss) return arguments->ok();
    if (!ReadOptionalDigest(arguments, "", &digest) || !ReadOptionalDigest(arguments, "MGF1 ", &mgf1_digest)) return false;
    salt_length = arguments->ReadOptional<int32_t>();
    if (arguments->ok() && salt_length.value_or(0) < 0) {
      ThrowCryptoCode(arguments->env(), CryptoCode::kOutOfRange, "salt length is out of range");
      return false;
    }
    return arguments->ok();
  }
  EVPKeyCtxPointer SetUp() {
    const bool is_pss = variant == RsaVariant::kPss;
    auto context = EVPKeyCtxPointer::NewFromID(is_pss ? EVP_PKEY_RSA_PSS : EVP_PKEY_RSA);
    if (context.get() == nullptr || !context.initForKeygen() || !context.setRsaKeygenBits(static_cast<int>(bits))) return {};
    if (exponent != EVPKeyCtxPointer::kDefaultRsaExponent) {
      auto number = BignumPointer::New();
      if (!number.setWord(exponent) || !context.setRsaKeygenPubExp(std::move(number))) return {};
    }
    if (!is_pss) return context;
    // MGF1's digest is the signature's, as RFC 8017 recommends; OpenSSL would take SHA-1.
    const EVP_MD* mask = mgf1_digest != nullptr ? mgf1_digest : digest;
    const int salt = salt_length.value_or(digest == nullptr ? -1 : EVP_MD_get_size(digest));
    if ((digest != nullptr && !context.setRsaPssKeygenMd(digest)) || (mask != nullptr && !context.setRsaPssKeygenMgf1Md(mask)) ||
        (salt >= 0 && !context.setRsaPssSaltlen(salt))) {
      return {};
    }
    return context;
  }

 private:
  static bool ReadOptionalDigest(CryptoArguments* arguments, const char* what, const EVP_MD** out) {
    const std::optional<std::string> name = arguments->ReadOptional<std::string>();
    if (!arguments->ok() || !name) return arguments->ok();
    *out = ncrypto::getDigestByName(name->c_str());
    if (*out == nullptr) ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidDigest, std::string("Invalid ") + what + "digest: " + *name);
    return *out != nullptr;
  }
};

// (bits of the modulus, bits of the divisor or -1)
struct DsaKind {
  uint32_t bits = 0;
  int divisor_bits = -1;
  bool Read(CryptoArguments* arguments) {
    bits = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    divisor_bits = arguments->Read<InRange<int32_t, -1, INT_MAX>>().value;
    return arguments->ok();
  }
  EVPKeyCtxPointer SetUp() {
    auto parameters = EVPKeyCtxPointer::NewFromID(EVP_PKEY_DSA);
    if (parameters.get() == nullptr || !parameters.initForParamgen() ||
        !parameters.setDsaParameters(bits, divisor_bits < 0 ? std::nullopt : std::optional<int>(divisor_bits))) {
      return {};
    }
    return FromParameters(std::move(parameters));
  }
};

// (group), or (prime, generator), or (bits of the prime, generator)
struct DhKind {
  BignumPointer prime;
  int bits = 0;
  uint32_t generator = 2;

  bool Read(CryptoArguments* arguments) {
    Environment* env = arguments->env();
    if (arguments->Peek()->IsString()) {
      prime = ncrypto::DHPointer::FindGroup(arguments->Read<std::string>());
      if (!prime) ThrowCryptoCode(env, CryptoCode::kUnknownDhGroup);
      return static_cast<bool>(prime);
    }
    if (arguments->Peek()->IsInt32()) {
      bits = arguments->Read<int32_t>();
      if (bits < 0) {
        ThrowCryptoCode(env, CryptoCode::kOutOfRange, "Invalid prime size");
        return false;
      }
    } else {
      const SecretBytes bytes = arguments->ReadBytes();
      if (!arguments->ok()) return false;
      prime = BignumPointer(bytes.data(), bytes.size());
    }
    generator = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    return arguments->ok();
  }
  EVPKeyCtxPointer SetUp() {
    if (!prime) {
      auto parameters = EVPKeyCtxPointer::NewFromID(EVP_PKEY_DH);
      if (parameters.get() == nullptr || !parameters.initForParamgen() || !parameters.setDhParameters(bits, generator)) return {};
      return FromParameters(std::move(parameters));
    }
    auto base = BignumPointer::New();
    auto copy = BignumPointer(BN_dup(prime.get()));
    if (!base.setWord(generator) || !copy) return {};
    auto dh = ncrypto::DHPointer::New(std::move(copy), std::move(base));
    if (!dh) return {};
    const auto key = EVPKeyPointer::NewDH(std::move(dh));
    auto context = key ? key.newCtx() : EVPKeyCtxPointer();
    return context.get() != nullptr && context.initForKeygen() ? std::move(context) : EVPKeyCtxPointer();
  }
};

// SecretKeyGenJob(mode, bits), and what makes a CryptoKey of it
struct SecretTask {
  static constexpr Provider kProvider = Provider::KEYGENREQUEST;
  static constexpr const char* kFailure = "Key generation job failed";
  JobMode mode = JobMode::kAsync;
  uint32_t bits = 0;
  CryptoKeyParts parts;
  SecretBytes bytes;

  bool Read(CryptoArguments* arguments, JobMode job_mode) {
    mode = job_mode;
    bits = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    if (mode == JobMode::kWebCrypto) {
      parts.ReadAlgorithm(arguments);
      parts.usages = arguments->Read<uint32_t>();
      parts.extractable = arguments->Read<bool>();
    }
    return arguments->ok() && MayDrawRandom(arguments->env());
  }
  bool Work() {
    const uint32_t rest = mode == JobMode::kWebCrypto ? bits % CHAR_BIT : 0;
    bytes = SecretBytes(bits / CHAR_BIT + (rest == 0 ? 0 : 1));
    if (!bytes.empty() && !ncrypto::CSPRNG(bytes.data(), bytes.size())) return false;
    if (rest != 0) bytes.data()[bytes.size() - 1] &= static_cast<uint8_t>(0xff << (CHAR_BIT - rest));
    return true;
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) {
    const Key key = Key::Secret(std::move(bytes));
    if (mode != JobMode::kWebCrypto) return KeyObjectHandle::Create(env, key);
    return NewCryptoKey(env, key, parts.algorithm.Get(env->isolate()), parts.usages, parts.extractable);
  }
};

constexpr ClassSpec kClasses[] = {
    JobClass<KeyPairTask<DhKind>>("DhKeyPairGenJob"),   JobClass<KeyPairTask<DsaKind>>("DsaKeyPairGenJob"),
    JobClass<KeyPairTask<EcKind>>("EcKeyPairGenJob"),   JobClass<KeyPairTask<NidKind>>("NidKeyPairGenJob"),
    JobClass<KeyPairTask<RsaKind>>("RsaKeyPairGenJob"), JobClass<SecretTask>("SecretKeyGenJob"),
};
constexpr ConstantSpec kConstants[] = {{"OPENSSL_EC_NAMED_CURVE", OPENSSL_EC_NAMED_CURVE},
                                       {"OPENSSL_EC_EXPLICIT_CURVE", OPENSSL_EC_EXPLICIT_CURVE}};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoKeygen;
constexpr BindingSpec kNodeCryptoKeygen{"crypto/keygen", {}, crypto::kConstants, crypto::kClasses};
}  // namespace dv8::node
