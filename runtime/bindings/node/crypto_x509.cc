#include "runtime/bindings/node/crypto_x509.h"

#include <openssl/x509v3.h>

#include <cctype>
#include <climits>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/openssl_init.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::BIOPointer;
using ncrypto::X509Pointer;
using ncrypto::X509View;

v8::Local<v8::Value> Undefined(Environment* env) { return v8::Undefined(env->isolate()); }

// A string, or undefined where the certificate has not what is asked for.
v8::MaybeLocal<v8::Value> TextOr(Environment* env, const BIOPointer& memory) { return memory ? ToString(env, memory) : Undefined(env); }
v8::MaybeLocal<v8::Value> TextOf(Environment* env, std::optional<std::string_view> text) {
  v8::Local<v8::String> string;
  if (!text) return Undefined(env);
  if (!FromUtf8(env->isolate(), *text).ToLocal(&string)) return {};
  return string;
}

v8::MaybeLocal<v8::Value> FingerprintOf(Environment* env, const X509View& certificate, const EVP_MD* digest) {
  const std::optional<std::string> text = certificate.getFingerprint(digest);
  return text ? TextOf(env, *text) : Undefined(env);
}

v8::MaybeLocal<v8::Value> SerialOf(Environment* env, const X509View& certificate) {
  const auto serial = certificate.getSerialNumber();
  if (!serial) return Undefined(env);
  std::string text(serial.get<const char>());
  for (char& c : text) c = static_cast<char>(std::toupper(c));
  return TextOf(env, text);
}

v8::MaybeLocal<v8::Value> KeyUsageOf(Environment* env, const X509View& certificate) {
  std::vector<std::string> usages;
  if (!certificate.enumUsages([&usages](const char* usage) { usages.push_back(usage); })) return Undefined(env);
  return ArrayOfStrings(env, usages);
}

v8::MaybeLocal<v8::Value> DerOf(Environment* env, const X509View& certificate) {
  const BIOPointer der = certificate.toDER();
  return der ? ToBuffer(env, SecretBytes(der).span()) : Undefined(env);
}

// The parts of a name by their short names: a string each, or an array where there are several.
v8::MaybeLocal<v8::Value> NameOf(Environment* env, const ncrypto::X509Name& name) {
  v8::Local<v8::Context> context = env->context();
  if (!name) return Undefined(env);
  v8::Local<v8::Object> object = NullPrototypeObject(env->isolate());
  for (const auto& [key, text] : name) {
    v8::Local<v8::String> property, value;
    v8::Local<v8::Value> before;
    if (!FromUtf8(env->isolate(), key).ToLocal(&property) || !FromUtf8(env->isolate(), text).ToLocal(&value) ||
        !object->Get(context, property).ToLocal(&before)) {
      return {};
    }
    v8::Local<v8::Value> now = value;
    if (before->IsArray()) {
      v8::Local<v8::Array> list = before.As<v8::Array>();
      if (list->Set(context, list->Length(), value).IsNothing()) return {};
      continue;
    }
    if (!before->IsUndefined()) {
      v8::Local<v8::Value> both[] = {before, value};
      now = v8::Array::New(env->isolate(), both, 2);
    }
    if (object->Set(context, property, now).IsNothing()) return {};
  }
  return object;
}

class X509Certificate final : public NativeObject, public Transferable {
 public:
  DV8_NATIVE_CLASS(X509Certificate, NativeObject)
  X509Certificate(Environment* env, v8::Local<v8::Object> object, std::shared_ptr<const X509Pointer> certificate)
      : NativeObject(env, object), certificate_(std::move(certificate)) {}
  void SetIssuer(v8::Local<v8::Value> issuer) { object()->SetInternalField(kIssuerField, issuer); }
  X509View view() const { return certificate_->view(); }

  v8::MaybeLocal<v8::Value> Subject() const { return TextOr(env(), view().getSubject()); }
  v8::MaybeLocal<v8::Value> SubjectAltName() const { return TextOr(env(), view().getSubjectAltName()); }
  v8::MaybeLocal<v8::Value> Issuer() const { return TextOr(env(), view().getIssuer()); }
  v8::MaybeLocal<v8::Value> InfoAccess() const { return TextOr(env(), view().getInfoAccess()); }
  v8::MaybeLocal<v8::Value> ValidFrom() const { return TextOr(env(), view().getValidFrom()); }
  v8::MaybeLocal<v8::Value> ValidTo() const { return TextOr(env(), view().getValidTo()); }
  v8::MaybeLocal<v8::Value> ValidFromDate() const { return v8::Date::New(env()->context(), view().getValidFromTime() * 1000.0); }
  v8::MaybeLocal<v8::Value> ValidToDate() const { return v8::Date::New(env()->context(), view().getValidToTime() * 1000.0); }
  v8::MaybeLocal<v8::Value> SignatureAlgorithm() const { return TextOf(env(), view().getSignatureAlgorithm()); }
  v8::MaybeLocal<v8::Value> SignatureAlgorithmOid() const {
    const std::optional<std::string> oid = view().getSignatureAlgorithmOID();
    return oid ? TextOf(env(), *oid) : Undefined(env());
  }
  v8::MaybeLocal<v8::Value> Fingerprint() const { return FingerprintOf(env(), view(), EVP_sha1()); }
  v8::MaybeLocal<v8::Value> Fingerprint256() const { return FingerprintOf(env(), view(), EVP_sha256()); }
  v8::MaybeLocal<v8::Value> Fingerprint512() const { return FingerprintOf(env(), view(), EVP_sha512()); }
  v8::MaybeLocal<v8::Value> KeyUsage() const { return KeyUsageOf(env(), view()); }
  v8::MaybeLocal<v8::Value> SerialNumber() const { return SerialOf(env(), view()); }
  v8::MaybeLocal<v8::Value> Raw() const { return DerOf(env(), view()); }
  v8::MaybeLocal<v8::Value> Pem() const { return TextOr(env(), view().toPEM()); }
  v8::MaybeLocal<v8::Value> PublicKey() const {
    auto key = view().getPublicKey();
    if (key.value) return KeyObjectHandle::Create(env(), Key::Asymmetric(KeyType::kPublic, std::move(key.value)));
    ThrowOpenSslError(env(), key.error.value_or(0));
    return {};
  }
  bool CheckCa() const { return view().isCA(); }
  bool CheckIssued(X509Certificate* other) const { return view().isIssuedBy(other->view()); }
  bool CheckPrivateKey(KeyObjectHandle* handle) const {
    return handle->key() && handle->key().type() == KeyType::kPrivate && view().checkPrivateKey(handle->key().pkey());
  }
  bool VerifySignature(KeyObjectHandle* handle) const {
    return handle->key() && !handle->key().is_secret() && view().checkPublicKey(handle->key().pkey());
  }
  // The name that matched, or undefined.
  v8::MaybeLocal<v8::Value> CheckHost(v8::Local<v8::String> name, uint32_t flags) const {
    ncrypto::DataPointer matched;
    const auto result = view().checkHost(Utf8(env()->isolate(), name).view(), static_cast<int>(flags), &matched);
    if (result == X509View::CheckMatch::MATCH && matched) return TextOf(env(), std::string_view(matched.get<const char>(), matched.size()));
    return Matched(result, name);
  }
  v8::MaybeLocal<v8::Value> CheckEmail(v8::Local<v8::String> name, uint32_t flags) const {
    return Matched(view().checkEmail(Utf8(env()->isolate(), name).view(), static_cast<int>(flags)), name);
  }
  v8::MaybeLocal<v8::Value> CheckIp(v8::Local<v8::String> name, uint32_t flags) const {
    return Matched(view().checkIp(Utf8(env()->isolate(), name).view(), static_cast<int>(flags)), name);
  }
  v8::MaybeLocal<v8::Object> ToLegacy() const {
    const ncrypto::ClearErrorOnReturn errors;
    return X509ToObject(env(), view());
  }
  v8::Local<v8::Value> GetIssuerCert() const { return object()->GetInternalField(kIssuerField).As<v8::Value>(); }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return kCloneable; }
  std::unique_ptr<TransferData> CloneForMessaging() override { return std::make_unique<Clone>(certificate_); }

 private:
  static constexpr int kIssuerField = 1;

  class Clone final : public TransferData {
   public:
    explicit Clone(std::shared_ptr<const X509Pointer> certificate) : certificate_(std::move(certificate)) {}
    v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context>) override {
      v8::Local<v8::Object> object;
      if (NewInstance(env, "crypto", "NativeX509Certificate").ToLocal(&object)) new X509Certificate(env, object, certificate_);
      return object;
    }

   private:
    std::shared_ptr<const X509Pointer> certificate_;
  };

  v8::MaybeLocal<v8::Value> Matched(X509View::CheckMatch result, v8::Local<v8::Value> name) const {
    switch (result) {
      case X509View::CheckMatch::MATCH: return name;
      case X509View::CheckMatch::NO_MATCH: return Undefined(env());
      case X509View::CheckMatch::INVALID_NAME: ThrowCryptoCode(env(), CryptoCode::kInvalidArgValue, "Invalid name"); return {};
      default: ThrowCryptoCode(env(), CryptoCode::kOperationFailed); return {};
    }
  }

  std::shared_ptr<const X509Pointer> certificate_;
};

v8::MaybeLocal<v8::Value> ParseX509(Environment* env, Bytes bytes) {
  InitCrypto();
  auto parsed = X509Pointer::Parse(BufferOf(bytes.span));
  if (parsed.value) return NewX509(env, std::move(parsed.value));
  ThrowOpenSslError(env, parsed.error.value_or(0));
  return {};
}

// SPKAC: Netscape's signed public key and challenge.
bool IsSpkacSize(Environment* env, Bytes bytes) {
  if (bytes.size() <= INT_MAX) return true;
  ThrowCryptoCode(env, CryptoCode::kOutOfRange, "spkac is too large");
  return false;
}

v8::Local<v8::Value> VerifySpkac(Environment* env, Bytes bytes) {
  InitCrypto();
  if (!IsSpkacSize(env, bytes)) return {};
  const ncrypto::ClearErrorOnReturn errors;
  if (bytes.size() == 0) return v8::String::Empty(env->isolate());
  return v8::Boolean::New(env->isolate(), ncrypto::VerifySpkac(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

v8::MaybeLocal<v8::Value> ExportPublicKeyOfSpkac(Environment* env, Bytes bytes) {
  InitCrypto();
  if (!IsSpkacSize(env, bytes)) return {};
  const ncrypto::ClearErrorOnReturn errors;
  const BIOPointer key =
      bytes.size() == 0 ? BIOPointer() : ncrypto::ExportPublicKey(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!key) return v8::String::Empty(env->isolate());
  return ToBuffer(env, SecretBytes(key).span());
}

v8::MaybeLocal<v8::Value> ExportChallengeOfSpkac(Environment* env, Bytes bytes) {
  InitCrypto();
  if (!IsSpkacSize(env, bytes)) return {};
  const ncrypto::ClearErrorOnReturn errors;
  const auto challenge =
      bytes.size() == 0 ? ncrypto::Buffer<char>{} : ncrypto::ExportChallenge(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (challenge.data == nullptr) return v8::String::Empty(env->isolate());
  const ncrypto::DataPointer owned(challenge.data, challenge.len);
  return ToBuffer(env, owned);
}

}  // namespace

v8::MaybeLocal<v8::Value> NewX509(Environment* env, X509Pointer certificate, STACK_OF(X509) * issuers) {
  v8::Local<v8::Object> object;
  if (!NewInstance(env, "crypto", "NativeX509Certificate").ToLocal(&object)) return {};
  auto* self = new X509Certificate(env, object, std::make_shared<const X509Pointer>(std::move(certificate)));
  if (issuers != nullptr && sk_X509_num(issuers) > 0) {
    X509Pointer issuer(sk_X509_shift(issuers));
    v8::Local<v8::Value> issuer_object;
    if (!NewX509(env, std::move(issuer), issuers).ToLocal(&issuer_object)) return {};
    self->SetIssuer(issuer_object);
  }
  return object;
}

v8::MaybeLocal<v8::Object> X509ToObject(Environment* env, const X509View& certificate) {
  v8::Local<v8::Value> undefined = Undefined(env);
  v8::MaybeLocal<v8::Value> modulus = undefined, exponent = undefined, public_key = undefined, bits = undefined;
  v8::MaybeLocal<v8::Value> asn1_curve = undefined, nist_curve = undefined;
  certificate.ifRsa([&](const ncrypto::Rsa& rsa) {
    const auto pub = rsa.getPublicKey();
    modulus = TextOr(env, BIOPointer::New(pub.n));
    BIOPointer text = BIOPointer::NewMem();
    if (text && pub.e != nullptr) {
      BIO_puts(text.get(), "0x");
      BN_print(text.get(), pub.e);
      exponent = ToString(env, text);
    }
    const BIOPointer der = rsa.derPublicKey();
    if (der) public_key = ToBuffer(env, SecretBytes(der).span());
    bits = v8::Integer::New(env->isolate(), ncrypto::BignumPointer::GetBitCount(pub.n));
    return true;
  });
  certificate.ifEc([&](const ncrypto::Ec& ec) {
    if (ec.getPublicKey() != nullptr) public_key = PointToBuffer(env, ec.getGroup(), ec.getPublicKey(), ec.getPointConversionForm());
    if (const int size = ec.getGroup() == nullptr ? 0 : EC_GROUP_order_bits(ec.getGroup()); size > 0)
      bits = v8::Integer::New(env->isolate(), size);
    if (const int nid = ec.getCurve(); nid != NID_undef) {
      asn1_curve = TextOf(env, OBJ_nid2sn(nid));
      if (const char* name = EC_curve_nid2nist(nid)) nist_curve = TextOf(env, name);
    }
    return true;
  });
  const std::pair<const char*, v8::MaybeLocal<v8::Value>> members[] = {
      {"subject", NameOf(env, certificate.getSubjectName())},
      {"issuer", NameOf(env, certificate.getIssuerName())},
      {"subjectaltname", TextOr(env, certificate.getSubjectAltName())},
      {"infoAccess", TextOr(env, certificate.getInfoAccess())},
      {"ca", v8::Boolean::New(env->isolate(), certificate.isCA()).As<v8::Value>()},
      {"modulus", modulus},
      {"exponent", exponent},
      {"pubkey", public_key},
      {"bits", bits},
      {"valid_from", TextOr(env, certificate.getValidFrom())},
      {"valid_to", TextOr(env, certificate.getValidTo())},
      {"fingerprint", FingerprintOf(env, certificate, EVP_sha1())},
      {"fingerprint256", FingerprintOf(env, certificate, EVP_sha256())},
      {"fingerprint512", FingerprintOf(env, certificate, EVP_sha512())},
      {"ext_key_usage", KeyUsageOf(env, certificate)},
      {"serialNumber", SerialOf(env, certificate)},
      {"raw", DerOf(env, certificate)},
      {"asn1Curve", asn1_curve},
      {"nistCurve", nist_curve},
  };
  v8::Local<v8::Object> object = v8::Object::New(env->isolate());
  for (const auto& [name, maybe] : members) {
    v8::Local<v8::Value> value;
    if (!maybe.ToLocal(&value) || !object->CreateDataProperty(env->context(), Internalized(env->isolate(), name), value).FromMaybe(false)) {
      return {};
    }
  }
  return object;
}

namespace {

constexpr FunctionSpec kMethods[] = {
    Method<&X509Certificate::CheckCa>("checkCA"),
    Method<&X509Certificate::CheckEmail>("checkEmail"),
    Method<&X509Certificate::CheckHost>("checkHost"),
    Method<&X509Certificate::CheckIp>("checkIP"),
    Method<&X509Certificate::CheckIssued>("checkIssued"),
    Method<&X509Certificate::CheckPrivateKey>("checkPrivateKey"),
    Method<&X509Certificate::Fingerprint>("fingerprint"),
    Method<&X509Certificate::Fingerprint256>("fingerprint256"),
    Method<&X509Certificate::Fingerprint512>("fingerprint512"),
    Method<&X509Certificate::GetIssuerCert>("getIssuerCert"),
    Method<&X509Certificate::InfoAccess>("infoAccess"),
    Method<&X509Certificate::Issuer>("issuer"),
    Method<&X509Certificate::KeyUsage>("keyUsage"),
    Method<&X509Certificate::Pem>("pem"),
    Method<&X509Certificate::PublicKey>("publicKey"),
    Method<&X509Certificate::Raw>("raw"),
    Method<&X509Certificate::SerialNumber>("serialNumber"),
    Method<&X509Certificate::SignatureAlgorithm>("signatureAlgorithm"),
    Method<&X509Certificate::SignatureAlgorithmOid>("signatureAlgorithmOid"),
    Method<&X509Certificate::Subject>("subject"),
    Method<&X509Certificate::SubjectAltName>("subjectAltName"),
    Method<&X509Certificate::ToLegacy>("toLegacy"),
    Method<&X509Certificate::ValidFrom>("validFrom"),
    Method<&X509Certificate::ValidFromDate>("validFromDate"),
    Method<&X509Certificate::ValidTo>("validTo"),
    Method<&X509Certificate::ValidToDate>("validToDate"),
    Method<&X509Certificate::VerifySignature>("verify"),
};
// C++ makes what an object holds.
void LeaveEmpty(const CallInfo&) {}
constexpr ClassSpec kClasses[] = {{"NativeX509Certificate", LeaveEmpty, kMethods, 2}};
constexpr FunctionSpec kFunctions[] = {
    Typed<ExportChallengeOfSpkac>("certExportChallenge"),
    Typed<ExportPublicKeyOfSpkac>("certExportPublicKey"),
    Typed<VerifySpkac>("certVerifySpkac"),
    Typed<ParseX509>("parseX509"),
};
constexpr ConstantSpec kConstants[] = {
#define V(name) {#name, name}
    V(X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT), V(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT),   V(X509_CHECK_FLAG_NO_WILDCARDS),
    V(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS), V(X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS), V(X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS),
#undef V
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoX509;
constexpr BindingSpec kNodeCryptoX509{"crypto/x509", crypto::kFunctions, crypto::kConstants, crypto::kClasses};
}  // namespace dv8::node
