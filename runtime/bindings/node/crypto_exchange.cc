// Agreeing on a secret: DiffieHellman, ECDH, and the job for keys of any kind.
#include <openssl/dherr.h>

#include <climits>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/openssl_init.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::BignumPointer;
using ncrypto::DHPointer;
using ncrypto::ECKeyPointer;
using ncrypto::ECPointPointer;

class DiffieHellman final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(DiffieHellman, NativeObject)
  DiffieHellman(Environment* env, v8::Local<v8::Object> object, DHPointer&& dh) : NativeObject(env, object), dh_(std::move(dh)) {}

  // new DiffieHellman(bits of a prime to be found, or the prime; generator)
  static void Construct(const CallInfo& info) {
    if (!IsConstruct(info)) return;
    CryptoArguments arguments(info);
    Environment* env = arguments.env();
    const auto refuse_generator = [env] {
      ERR_raise(ERR_LIB_DH, DH_R_BAD_GENERATOR);
      ThrowLastOpenSslError(env, "Invalid generator");
    };
    if (info[0]->IsInt32()) {
      const int32_t bits = arguments.Read<int32_t>();
      if (bits < 2) {
        ERR_raise(ERR_LIB_DH, DH_R_MODULUS_TOO_SMALL);
        return ThrowLastOpenSslError(env, "Invalid prime length");
      }
      const int32_t generator = arguments.Read<int32_t>();
      if (!arguments.ok() || !MayDrawRandom(env)) return;
      if (generator < 2) return refuse_generator();
      return Make(info, DHPointer::New(bits, generator));
    }
    const SecretBytes prime_bytes = arguments.ReadBytes();
    if (!arguments.ok()) return;
    BignumPointer prime(prime_bytes.data(), prime_bytes.size());
    if (!prime) return ThrowCryptoCode(env, CryptoCode::kInvalidArgValue, "Invalid prime");
    BignumPointer generator;
    if (info[1]->IsInt32()) {
      const int32_t number = arguments.Read<int32_t>();
      generator = BignumPointer::New();
      if (number < 2 || !generator.setWord(number)) return refuse_generator();
    } else {
      const SecretBytes bytes = arguments.ReadBytes();
      if (!arguments.ok()) return;
      generator = BignumPointer(bytes.data(), bytes.size());
      if (!generator || BN_num_bits(generator.get()) < 2) return refuse_generator();
    }
    if (BN_num_bits(prime.get()) >= 512 && BN_cmp(generator.get(), prime.get()) >= 0) return refuse_generator();
    Make(info, DHPointer::New(std::move(prime), std::move(generator)));
  }

  // new DiffieHellmanGroup(name)
  static void ConstructGroup(const CallInfo& info) {
    if (!IsConstruct(info)) return;
    CryptoArguments arguments(info);
    const std::string name = arguments.Read<std::string>();
    if (!arguments.ok()) return;
    DHPointer dh = DHPointer::FromGroup(name);
    if (!dh) return ThrowCryptoCode(arguments.env(), CryptoCode::kUnknownDhGroup);
    Make(info, std::move(dh));
  }

  v8::MaybeLocal<v8::Value> GenerateKeys() {
    if (!MayDrawRandom(env())) return {};
    return Give(dh_.generateKeys(), CryptoCode::kOperationFailed, "Key generation failed");
  }
  v8::MaybeLocal<v8::Value> GetPrime() { return Give(dh_.getPrime(), CryptoCode::kInvalidState, "p is null"); }
  v8::MaybeLocal<v8::Value> GetGenerator() { return Give(dh_.getGenerator(), CryptoCode::kInvalidState, "g is null"); }
  v8::MaybeLocal<v8::Value> GetPublicKey() {
    return Give(dh_.getPublicKey(), CryptoCode::kInvalidState, "No public key - did you forget to generate one?");
  }
  v8::MaybeLocal<v8::Value> GetPrivateKey() {
    return Give(dh_.getPrivateKey(), CryptoCode::kInvalidState, "No private key - did you forget to generate one?");
  }

  v8::MaybeLocal<v8::Value> ComputeSecret(Bytes peer) {
    const ncrypto::ClearErrorOnReturn errors;
    const BignumPointer key(peer.data(), peer.size());
    const auto refuse = [this](CryptoCode code, const char* message) {
      ThrowCryptoCode(env(), code, message);
      return v8::MaybeLocal<v8::Value>();
    };
    switch (dh_.checkPublicKey(key)) {
      case DHPointer::CheckPublicKeyResult::CHECK_FAILED: return refuse(CryptoCode::kInvalidKeyType, "Unspecified validation error");
      case DHPointer::CheckPublicKeyResult::TOO_SMALL: return refuse(CryptoCode::kInvalidKeyLength, "Supplied key is too small");
      case DHPointer::CheckPublicKeyResult::TOO_LARGE: return refuse(CryptoCode::kInvalidKeyLength, "Supplied key is too large");
      case DHPointer::CheckPublicKeyResult::INVALID: return refuse(CryptoCode::kInvalidKeyType, "Supplied key is invalid");
      case DHPointer::CheckPublicKeyResult::NONE: break;
    }
    return Give(dh_.computeSecret(key), CryptoCode::kOperationFailed, "Failed to compute shared secret");
  }

  void SetPublicKey(Bytes bytes) {
    BignumPointer number(bytes.data(), bytes.size());
    if (!number || !dh_.setPublicKey(std::move(number))) ThrowCryptoCode(env(), CryptoCode::kInvalidArgValue, "Invalid public key");
  }
  void SetPrivateKey(Bytes bytes) {
    BignumPointer number(bytes.data(), bytes.size());
    if (!number || !dh_.setPrivateKey(std::move(number))) ThrowCryptoCode(env(), CryptoCode::kInvalidArgValue, "Invalid private key");
  }

  int32_t VerifyError() {
    const auto result = dh_.check();
    if (result == DHPointer::CheckResult::CHECK_FAILED) {
      ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Checking DH parameters failed");
    }
    return static_cast<int32_t>(result);
  }

 private:
  static bool IsConstruct(const CallInfo& info) {
    if (info.IsConstructCall()) return true;
    ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED", "DiffieHellman cannot be invoked without 'new'");
    return false;
  }
  static void Make(const CallInfo& info, DHPointer dh) {
    Environment* env = Environment::From(info);
    if (!dh) return ThrowCryptoCode(env, CryptoCode::kInvalidArgValue, "Invalid DH parameters");
    new DiffieHellman(env, info.This(), std::move(dh));
  }
  v8::MaybeLocal<v8::Value> Give(const ncrypto::DataPointer& data, CryptoCode code, const char* message) {
    if (data.get() != nullptr) return ToBuffer(env(), data);
    ThrowCryptoCode(env(), code, message);
    return {};
  }

  DHPointer dh_;
};

// Empty for bytes that are no point of the curve.
ECPointPointer ReadPoint(const EC_GROUP* group, std::span<const uint8_t> bytes) {
  auto point = ECPointPointer::New(group);
  if (!point || !point.setFromBuffer(BufferOf(bytes), group)) return {};
  return point;
}

class Ecdh final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Ecdh, NativeObject)

  // new ECDH(curve)
  static void Construct(const CallInfo& info) {
    if (!info.IsConstructCall()) {
      return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED", "ECDH cannot be invoked without 'new'");
    }
    CryptoArguments arguments(info);
    const ncrypto::MarkPopErrorOnReturn errors;
    const std::string curve = arguments.Read<std::string>();
    if (!arguments.ok()) return;
    const int nid = OBJ_sn2nid(curve.c_str());
    if (nid == NID_undef) return ThrowCryptoCode(arguments.env(), CryptoCode::kInvalidCurve);
    auto key = ECKeyPointer::NewByCurveName(nid);
    if (!key) return ThrowCryptoCode(arguments.env(), CryptoCode::kOperationFailed, "Failed to create key using named curve");
    new Ecdh(arguments.env(), info.This(), std::move(key));
  }

  void GenerateKeys() {
    if (MayDrawRandom(env()) && !key_.generate()) Fail("Failed to generate key");
  }

  // A string, which names the error, for bytes that are no public key.
  v8::MaybeLocal<v8::Value> ComputeSecret(Bytes peer) {
    const ncrypto::MarkPopErrorOnReturn errors;
    if (!key_.checkKey()) {
      ThrowCryptoCode(env(), CryptoCode::kInvalidKeyPair);
      return {};
    }
    const ECPointPointer point = ReadPoint(key_.getGroup(), peer.span);
    if (!point) return Internalized(env()->isolate(), "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY");
    const auto secret = key_.computeSecret(point);
    if (secret) return ToBuffer(env(), secret);
    Fail("Failed to compute ECDH key");
    return {};
  }

  v8::MaybeLocal<v8::Value> GetPublicKey(int32_t form) {
    if (key_.getPublicKey() != nullptr) return PointToBuffer(env(), key_.getGroup(), key_.getPublicKey(), form);
    Fail("Failed to get ECDH public key");
    return {};
  }
  v8::MaybeLocal<v8::Value> GetPrivateKey() {
    const BIGNUM* number = key_.getPrivateKey();
    if (number != nullptr) return ToBuffer(env(), BignumPointer::EncodePadded(number, BignumPointer::GetByteCount(number)));
    Fail("Failed to get ECDH private key");
    return {};
  }

  void SetPrivateKey(Bytes bytes) {
    const ncrypto::MarkPopErrorOnReturn errors;
    const BignumPointer number(bytes.data(), bytes.size());
    if (!number) return Fail("Failed to convert Buffer to BN");
    auto order = BignumPointer::New();
    const bool valid =
        !number.isZero() && order && EC_GROUP_get_order(key_.getGroup(), order.get(), nullptr) && BN_cmp(number.get(), order.get()) < 0;
    if (!valid) return ThrowCryptoCode(env(), CryptoCode::kInvalidKeyType, "Private key is not valid for specified curve.");
    auto key = key_.clone();
    if (!key || !key.setPrivateKey(number)) return Fail("Failed to convert BN to a private key");
    auto point = ECPointPointer::New(key_.getGroup());
    if (!point || !point.mul(key_.getGroup(), number.get())) return Fail("Failed to generate ECDH public key");
    if (!key.setPublicKey(point)) return Fail("Failed to set generated public key");
    key_ = std::move(key);
  }

  void SetPublicKey(Bytes bytes) {
    const ncrypto::MarkPopErrorOnReturn errors;
    const ECPointPointer point = ReadPoint(key_.getGroup(), bytes.span);
    if (!point) return Fail("Failed to convert Buffer to EC_POINT");
    if (!key_.setPublicKey(point)) Fail("Failed to set EC_POINT as the public key");
  }

 private:
  Ecdh(Environment* env, v8::Local<v8::Object> object, ECKeyPointer&& key) : NativeObject(env, object), key_(std::move(key)) {}
  void Fail(const char* message) { ThrowCryptoCode(env(), CryptoCode::kOperationFailed, message); }

  ECKeyPointer key_;
};

v8::MaybeLocal<v8::Value> EcdhConvertKey(Environment* env, Bytes bytes, std::string curve, int32_t form) {
  InitCrypto();
  const ncrypto::MarkPopErrorOnReturn errors;
  if (bytes.size() == 0) return v8::String::Empty(env->isolate());
  const int nid = OBJ_sn2nid(curve.c_str());
  if (nid == NID_undef) {
    ThrowCryptoCode(env, CryptoCode::kInvalidCurve);
    return {};
  }
  const auto group = ncrypto::ECGroupPointer::NewByCurveName(nid);
  const ECPointPointer point = group ? ReadPoint(group.get(), bytes.span) : ECPointPointer();
  if (point) return PointToBuffer(env, group.get(), point.get(), form);
  ThrowCryptoCode(env, CryptoCode::kOperationFailed, group ? "Failed to convert Buffer to EC_POINT" : "Failed to get EC_GROUP");
  return {};
}

v8::Local<v8::Value> GetCurves(Environment* env) {
  InitCrypto();
  std::vector<std::string> names;
  ncrypto::Ec::GetCurves([&names](const char* name) {
    names.push_back(name);
    return true;
  });
  return ArrayOfStrings(env, names);
}

// DHBitsJob(mode, public key..., private key...)
struct DhBitsTask {
  static constexpr Provider kProvider = Provider::DERIVEBITSREQUEST;
  Key public_key, private_key;
  SecretBytes result;

  bool Read(CryptoArguments* arguments, JobMode) {
    public_key = ReadPublicOrPrivateKey(arguments);
    if (!public_key || !arguments->ok()) return false;
    private_key = ReadPrivateKey(arguments);
    return private_key && arguments->ok();
  }
  bool Work() {
    const auto secret = DHPointer::stateless(private_key.pkey(), public_key.pkey());
    if (!secret) return false;
    result = SecretBytes(secret);
    return true;
  }
  void ThrowFailure(Environment* env) {
    const unsigned long number = ERR_get_error();
    if (number != 0) return ThrowOpenSslError(env, number, "diffieHellman failed");
    CryptoErrors errors;
    errors.Add("Deriving bits failed");
    env->isolate()->ThrowException(errors.ToException(env));
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToArrayBuffer(env, result.span()); }
};

constexpr FunctionSpec kDiffieHellmanMethods[] = {
    Method<&DiffieHellman::ComputeSecret>("computeSecret"), Method<&DiffieHellman::GenerateKeys>("generateKeys"),
    Method<&DiffieHellman::GetGenerator>("getGenerator"),   Method<&DiffieHellman::GetPrime>("getPrime"),
    Method<&DiffieHellman::GetPrivateKey>("getPrivateKey"), Method<&DiffieHellman::GetPublicKey>("getPublicKey"),
    Method<&DiffieHellman::SetPrivateKey>("setPrivateKey"), Method<&DiffieHellman::SetPublicKey>("setPublicKey"),
};
constexpr AccessorSpec kDiffieHellmanAccessors[] = {Getter<&DiffieHellman::VerifyError>("verifyError")};
constexpr FunctionSpec kEcdhMethods[] = {
    Method<&Ecdh::ComputeSecret>("computeSecret"), Method<&Ecdh::GenerateKeys>("generateKeys"),
    Method<&Ecdh::GetPrivateKey>("getPrivateKey"), Method<&Ecdh::GetPublicKey>("getPublicKey"),
    Method<&Ecdh::SetPrivateKey>("setPrivateKey"), Method<&Ecdh::SetPublicKey>("setPublicKey"),
};
constexpr ClassSpec kClasses[] = {
    {"DiffieHellman", &DiffieHellman::Construct, kDiffieHellmanMethods, 1, kDiffieHellmanAccessors},
    {"DiffieHellmanGroup", &DiffieHellman::ConstructGroup, kDiffieHellmanMethods, 1, kDiffieHellmanAccessors},
    {"ECDH", &Ecdh::Construct, kEcdhMethods},
    JobClass<DhBitsTask>("DHBitsJob"),
};
constexpr FunctionSpec kFunctions[] = {Typed<EcdhConvertKey>("ECDHConvertKey"), Typed<GetCurves>("getCurves")};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoExchange;
constexpr BindingSpec kNodeCryptoExchange{"crypto/exchange", crypto::kFunctions, {}, crypto::kClasses};
}  // namespace dv8::node
