// Signatures: Sign and Verify, which take data piece by piece, and SignJob, which has all of it.
#include <climits>
#include <cstring>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/crypto_mac.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::EVPKeyCtxPointer;
using ncrypto::EVPMDCtxPointer;

// How the two numbers of a DSA or ECDSA signature are written.
enum class PairEncoding : uint32_t { kDer, kP1363 };

PairEncoding ReadPairEncoding(CryptoArguments* arguments) {
  const std::optional<int32_t> value = arguments->ReadOptional<int32_t>();
  if (!arguments->ok() || !value) return PairEncoding::kDer;
  if (*value == 0 || *value == 1) return static_cast<PairEncoding>(*value);
  ThrowCryptoCode(arguments->env(), CryptoCode::kOutOfRange, "invalid signature encoding");
  arguments->Fail();
  return PairEncoding::kDer;
}

bool ApplyRsaOptions(const EVPKeyPointer& key, EVP_PKEY_CTX* context, int padding, std::optional<int> salt_length) {
  return !key.isRsaVariant() || EVPKeyCtxPointer::setRsaPadding(context, padding, salt_length);
}

// The pair of a DER signature, each number padded to the size that the key's have. What is no such signature stays.
SecretBytes ToP1363(const EVPKeyPointer& key, SecretBytes signature) {
  const std::optional<uint32_t> size = key.getBytesOfRS();
  if (!size) return signature;
  SecretBytes pair(2 * *size);
  return ncrypto::extractP1363(signature.buffer<unsigned char>(), pair.data(), *size) ? std::move(pair) : std::move(signature);
}

// The other way; empty when the signature has not that size.
SecretBytes ToDer(const EVPKeyPointer& key, SecretBytes signature) {
  const std::optional<uint32_t> size = key.getBytesOfRS();
  if (!size) return signature;
  if (signature.size() != 2 * *size) return {};
  auto pair = ncrypto::ECDSASigPointer::New();
  ncrypto::BignumPointer r(signature.data(), *size), s(signature.data() + *size, *size);
  if (!pair || !r || !s || !pair.setParams(std::move(r), std::move(s))) return {};
  const auto encoded = pair.encode();
  if (encoded.data == nullptr) return {};
  SecretBytes der(std::span<const uint8_t>(encoded.data, encoded.len));
  OPENSSL_free(encoded.data);
  return der;
}

// Whether the point, with its sign bit, is one of the few of small order on edwards25519 or edwards448: a signature with
// one fits messages that nobody signed. By their y, little-endian, as all encodings have it.
bool IsSmallOrderPoint(int id, std::span<const uint8_t> point) {
  // Of order 8 on edwards25519.
  static constexpr uint8_t kOrder8[2][32] = {
      {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
       0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
      {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
       0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05}};
  std::vector<uint8_t> y(point.begin(), point.end());
  y.back() &= 0x7f;
  // 0 or 1.
  const bool rest_is_zero = std::all_of(y.begin() + 1, y.end(), [](uint8_t byte) { return byte == 0; });
  if (rest_is_zero && y[0] <= 1) return true;
  if (id == EVP_PKEY_ED25519) {
    // p - 1, and 0 and 1 as p and p + 1, with p = 2^255 - 19.
    const bool top = y.back() == 0x7f && std::all_of(y.begin() + 1, y.end() - 1, [](uint8_t byte) { return byte == 0xff; });
    if (top && y[0] >= 0xec && y[0] <= 0xee) return true;
    return std::memcmp(y.data(), kOrder8[0], 32) == 0 || std::memcmp(y.data(), kOrder8[1], 32) == 0;
  }
  // p - 1, with p = 2^448 - 2^224 - 1.
  for (size_t i = 0; i < y.size(); i++) {
    const uint8_t expected = i == 0 || i == 28 ? 0xfe : i == 56 ? 0 : 0xff;
    if (y[i] != expected) return false;
  }
  return true;
}

bool HasSmallOrderPoint(const EVPKeyPointer& key, const SecretBytes& signature) {
  const int id = key.id();
  const size_t size = id == EVP_PKEY_ED25519 ? 32 : id == EVP_PKEY_ED448 ? 57 : 0;
  if (size == 0 || signature.size() != 2 * size) return false;
  if (IsSmallOrderPoint(id, signature.span().first(size))) return true;
  const auto raw = key.rawPublicKey();
  return raw.size() == size && IsSmallOrderPoint(id, {raw.get<const uint8_t>(), size});
}

// What Sign and Verify have in common: the digest of what update() got.
class Signer : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Signer, NativeObject)
  Signer(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}

  void Init(const CallInfo& info) {
    CryptoArguments arguments(info);
    const std::string name = arguments.Read<std::string>();
    if (!arguments.ok()) return;
    const EVP_MD* digest = ncrypto::getDigestByName(name.c_str());
    if (digest == nullptr) return ThrowCryptoCode(env(), CryptoCode::kInvalidDigest);
    digest_ = EVPMDCtxPointer::New();
    if (digest_.digestInit(digest)) return;
    digest_.reset();
    ThrowFailure("EVP_SignInit_ex failed");
  }

  // update(view) or update(string, encoding)
  void Update(const CallInfo& info) {
    CryptoArguments arguments(info);
    SecretBytes data;
    v8::Local<v8::Value> value = arguments.Peek();
    if (value->IsString()) {
      const Encoding encoding = EncodingOf(info.GetIsolate(), info[1], Encoding::kUtf8);
      data = SecretBytes(SizeOfString(info.GetIsolate(), value.As<v8::String>(), encoding));
      data.Resize(WriteString(info.GetIsolate(), value.As<v8::String>(), {data.data(), data.size()}, encoding));
    } else {
      data = arguments.ReadBytes();
    }
    if (!arguments.ok()) return;
    if (!digest_) return ThrowCryptoCode(env(), CryptoCode::kInvalidState, "Not initialised");
    if (!digest_.digestUpdate(data.buffer<void>())) ThrowFailure("EVP_SignUpdate failed");
  }

 protected:
  // OpenSSL's error, or `otherwise` without one.
  void ThrowFailure(const char* otherwise) {
    if (const unsigned long number = ERR_get_error()) return ThrowOpenSslError(env(), number);
    ThrowCryptoCode(env(), CryptoCode::kOperationFailed, otherwise);
  }
  // The options that follow a key.
  bool ReadOptions(CryptoArguments* arguments, const EVPKeyPointer& key) {
    padding_ = arguments->ReadOptional<int32_t>().value_or(key.getDefaultSignPadding());
    salt_length_ = arguments->ReadOptional<int32_t>();
    encoding_ = ReadPairEncoding(arguments);
    return arguments->ok();
  }
  // The digest; one signature is made of it.
  EVPMDCtxPointer TakeDigest() {
    if (!digest_) ThrowCryptoCode(env(), CryptoCode::kInvalidState, "Not initialised");
    return std::move(digest_);
  }

  int padding_ = 0;
  std::optional<int> salt_length_;
  PairEncoding encoding_ = PairEncoding::kDer;

 private:
  EVPMDCtxPointer digest_;
};

class Sign final : public Signer {
 public:
  DV8_NATIVE_CLASS(Sign, Signer)
  using Signer::Signer;

  // sign(key..., padding, salt length, encoding)
  v8::MaybeLocal<v8::Value> Finish(const CallInfo& info) {
    CryptoArguments arguments(info);
    const ncrypto::ClearErrorOnReturn errors;
    const Key key = ReadPrivateKey(&arguments);
    if (!arguments.ok() || !key) return {};
    if (key.pkey().isOneShotVariant()) {
      ThrowCryptoCode(env(), CryptoCode::kUnsupportedOperation);
      return {};
    }
    if (!ReadOptions(&arguments, key.pkey())) return {};
    EVPMDCtxPointer digest = TakeDigest();
    if (!digest) return {};
    SecretBytes signature = SignDigest(&digest, key.pkey());
    if (signature.empty()) {
      ThrowFailure("PEM_read_bio_PrivateKey failed");
      return {};
    }
    if (encoding_ == PairEncoding::kP1363) signature = ToP1363(key.pkey(), std::move(signature));
    return ToBuffer(env(), signature.span());
  }

 private:
  SecretBytes SignDigest(EVPMDCtxPointer* digest, const EVPKeyPointer& key) {
    if (!key.validateDsaParameters()) return {};
    const auto data = digest->digestFinal(digest->getExpectedSize());
    auto context = key.newCtx();
    if (!data || !context.get() || context.initForSign() <= 0 || !ApplyRsaOptions(key, context.get(), padding_, salt_length_) ||
        !context.setSignatureMd(*digest)) {
      return {};
    }
    SecretBytes signature(key.size());
    ncrypto::Buffer<unsigned char> out{signature.data(), signature.size()};
    if (!context.signInto(data, &out)) return {};
    signature.Resize(out.len);
    return signature;
  }
};

class Verify final : public Signer {
 public:
  DV8_NATIVE_CLASS(Verify, Signer)
  using Signer::Signer;

  // verify(key..., signature, padding, salt length, encoding)
  v8::Local<v8::Value> Finish(const CallInfo& info) {
    CryptoArguments arguments(info);
    const ncrypto::ClearErrorOnReturn errors;
    const Key key = ReadPublicOrPrivateKey(&arguments);
    if (!arguments.ok() || !key) return {};
    if (key.pkey().isOneShotVariant()) {
      ThrowCryptoCode(env(), CryptoCode::kUnsupportedOperation);
      return {};
    }
    SecretBytes signature = arguments.ReadBytes();
    if (!ReadOptions(&arguments, key.pkey())) return {};
    if (encoding_ == PairEncoding::kP1363) {
      signature = ToDer(key.pkey(), std::move(signature));
      if (signature.empty()) {
        ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Malformed signature");
        return {};
      }
    }
    EVPMDCtxPointer digest = TakeDigest();
    if (!digest) return {};
    const auto data = digest.digestFinal(digest.getExpectedSize());
    auto context = key.pkey().newCtx();
    const int started = data && context.get() ? context.initForVerify() : -2;
    if (started == -2) {
      ThrowFailure("PEM_read_bio_PUBKEY failed");
      return {};
    }
    const bool valid = started > 0 && ApplyRsaOptions(key.pkey(), context.get(), padding_, salt_length_) &&
                       context.setSignatureMd(digest) && context.verify(signature.buffer<unsigned char>(), data);
    return v8::Boolean::New(env()->isolate(), valid);
  }
};

// SignJob(mode, sign or verify, key..., data, digest, salt length, padding, encoding, context, signature)
struct SignTask {
  static constexpr Provider kProvider = Provider::SIGNREQUEST;
  SignMode sign_mode = SignMode::kSign;
  Key key;
  SecretBytes data, context_string, signature, result;
  const EVP_MD* digest = nullptr;
  std::optional<int> salt_length, padding;
  PairEncoding encoding = PairEncoding::kDer;
  bool valid = false;
  const char* failed = nullptr;

  bool Read(CryptoArguments* arguments, JobMode) {
    const ncrypto::ClearErrorOnReturn errors;
    sign_mode = ReadSignModeArgument(arguments);
    if (!arguments->ok()) return false;
    key = sign_mode == SignMode::kSign ? ReadPrivateKey(arguments) : ReadPublicOrPrivateKey(arguments);
    if (!key) return false;
    data = arguments->ReadBytes();
    if (arguments->Peek()->IsNullOrUndefined()) {
      arguments->Skip();
    } else {
      digest = arguments->ReadDigest();
    }
    salt_length = arguments->ReadOptional<int32_t>();
    padding = arguments->ReadOptional<int32_t>();
    encoding = ReadPairEncoding(arguments);
    context_string = arguments->ReadOptionalBytes().value_or(SecretBytes());
    if (arguments->ok() && context_string.size() > 255) {
      ThrowCryptoCode(arguments->env(), CryptoCode::kOutOfRange, "context string must be at most 255 bytes");
      return false;
    }
    if (sign_mode == SignMode::kVerify) {
      signature = arguments->ReadBytes();
      if (arguments->ok() && IsPair()) signature = ToDer(key.pkey(), std::move(signature));
    }
    return arguments->ok();
  }

  bool Work() {
    const EVPKeyPointer& pkey = key.pkey();
    // This OpenSSL has no signatures with a context.
    if (!context_string.empty()) return Failed("Context parameter is unsupported");
    auto context = EVPMDCtxPointer::New();
    if (!context) return false;
    const auto started = sign_mode == SignMode::kSign ? context.signInit(pkey, digest) : context.verifyInit(pkey, digest);
    if (!started) return Failed("EVP_SignInit_ex failed");
    if (!ApplyRsaOptions(pkey, *started, padding.value_or(pkey.getDefaultSignPadding()), salt_length)) {
      return Failed("PEM_read_bio_PrivateKey failed");
    }
    if (sign_mode == SignMode::kVerify) {
      valid = context.verifyOneShot(data.buffer<unsigned char>(), signature.buffer<unsigned char>()) == 1 &&
              !HasSmallOrderPoint(pkey, signature);
      return true;
    }
    const auto made =
        pkey.isOneShotVariant() ? context.signOneShot(data.buffer<unsigned char>()) : context.sign(data.buffer<unsigned char>());
    if (!made) return Failed("PEM_read_bio_PrivateKey failed");
    result = SecretBytes(made);
    if (IsPair()) result = ToP1363(pkey, std::move(result));
    return true;
  }

  void ThrowFailure(Environment* env) {
    const unsigned long number = ERR_get_error();
    if (number != 0) return ThrowOpenSslError(env, number);
    ThrowCryptoCode(env, CryptoCode::kOperationFailed, failed == nullptr ? "" : failed);
  }

  v8::MaybeLocal<v8::Value> Result(Environment* env) {
    if (sign_mode == SignMode::kSign) return ToArrayBuffer(env, result.span());
    return v8::Boolean::New(env->isolate(), valid).As<v8::Value>();
  }

 private:
  bool IsPair() const { return encoding == PairEncoding::kP1363 && key.pkey().isSigVariant(); }
  bool Failed(const char* what) {
    failed = what;
    return false;
  }
};

constexpr FunctionSpec kSignMethods[] = {Method<&Signer::Init>("init"), Method<&Sign::Finish>("sign"), Method<&Signer::Update>("update")};
constexpr FunctionSpec kVerifyMethods[] = {Method<&Signer::Init>("init"), Method<&Signer::Update>("update"),
                                           Method<&Verify::Finish>("verify")};
constexpr ClassSpec kClasses[] = {
    {"Sign", Constructor<Sign>(), kSignMethods},
    {"Verify", Constructor<Verify>(), kVerifyMethods},
    JobClass<SignTask>("SignJob"),
};
constexpr ConstantSpec kConstants[] = {
    {"kSignJobModeSign", static_cast<int64_t>(SignMode::kSign)},
    {"kSignJobModeVerify", static_cast<int64_t>(SignMode::kVerify)},
    {"kSigEncDER", static_cast<int64_t>(PairEncoding::kDer)},
    {"kSigEncP1363", static_cast<int64_t>(PairEncoding::kP1363)},
    {"RSA_PKCS1_PSS_PADDING", RSA_PKCS1_PSS_PADDING},
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoSign;
constexpr BindingSpec kNodeCryptoSign{"crypto/sign", {}, crypto::kConstants, crypto::kClasses};
}  // namespace dv8::node
