// Keys as JWK (RFC 7517), as raw bytes, as PEM or DER, and what KeyObject tells of them.
#include <strings.h>

#include <climits>
#include <cstring>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::BignumPointer;
using ncrypto::ECKeyPointer;
using ncrypto::ECPointPointer;

constexpr struct {
  const char* name;
  int id;
} kOkpCurves[] = {{"Ed25519", EVP_PKEY_ED25519}, {"Ed448", EVP_PKEY_ED448}, {"X25519", EVP_PKEY_X25519}, {"X448", EVP_PKEY_X448}};

const char* OkpCurveOf(int id) {
  for (const auto& curve : kOkpCurves) {
    if (curve.id == id) return curve.name;
  }
  return nullptr;
}

bool SetValue(Environment* env, v8::Local<v8::Object> target, const char* name, v8::Local<v8::Value> value) {
  return target->DefineOwnProperty(env->context(), Internalized(env->isolate(), name), value).FromMaybe(false);
}
bool SetText(Environment* env, v8::Local<v8::Object> target, const char* name, const char* text) {
  return SetValue(env, target, name, Internalized(env->isolate(), text));
}
bool SetBytes(Environment* env, v8::Local<v8::Object> target, const char* name, std::span<const uint8_t> bytes) {
  v8::Local<v8::String> text;
  return StringOfBytes(env->isolate(), bytes, Encoding::kBase64Url).ToLocal(&text) && SetValue(env, target, name, text);
}
bool SetBytes(Environment* env, v8::Local<v8::Object> target, const char* name, const ncrypto::DataPointer& data) {
  return data.get() != nullptr && SetBytes(env, target, name, std::span(data.get<const uint8_t>(), data.size()));
}

// Members of a JWK.
class Jwk {
 public:
  Jwk(Environment* env, v8::Local<v8::Object> object) : env_(env), object_(object) {}
  // False: the getter has thrown.
  bool ok() const { return ok_; }
  v8::Local<v8::Value> Get(const char* name) {
    v8::Local<v8::Value> value = v8::Undefined(env_->isolate());
    if (ok_ && !object_->Get(env_->context(), Internalized(env_->isolate(), name)).ToLocal(&value)) ok_ = false;
    return value;
  }
  // The bytes that a member is the base64url of.
  SecretBytes Bytes(v8::Local<v8::Value> value) {
    if (!value->IsString()) return {};
    SecretBytes bytes(SizeOfString(env_->isolate(), value.As<v8::String>(), Encoding::kBase64));
    bytes.Resize(WriteString(env_->isolate(), value.As<v8::String>(), {bytes.data(), bytes.size()}, Encoding::kBase64));
    return bytes;
  }
  BignumPointer Number(v8::Local<v8::Value> value) {
    const SecretBytes bytes = Bytes(value);
    return BignumPointer(bytes.data(), bytes.size());
  }
  std::string Text(v8::Local<v8::Value> value) { return std::string(Utf8(env_->isolate(), value).view()); }
  // The exception, unless a getter has thrown one.
  Key Refuse(std::string_view message = {}) {
    if (ok_) ThrowCryptoCode(env_, CryptoCode::kInvalidJwk, message);
    return {};
  }
  Environment* env() const { return env_; }

 private:
  Environment* env_;
  v8::Local<v8::Object> object_;
  bool ok_ = true;
};

bool IsStringOrNothing(v8::Local<v8::Value> value) { return value->IsUndefined() || value->IsString(); }

Key ImportRsa(Jwk* jwk) {
  static constexpr const char* kInvalid = "Invalid JWK RSA key";
  v8::Local<v8::Value> n = jwk->Get("n"), e = jwk->Get("e"), d = jwk->Get("d");
  if (!jwk->ok() || !n->IsString() || !e->IsString() || !IsStringOrNothing(d)) return jwk->Refuse(kInvalid);
  ncrypto::Rsa rsa;
  if (!rsa.setPublicKey(jwk->Number(n), jwk->Number(e))) return jwk->Refuse(kInvalid);
  if (d->IsString()) {
    v8::Local<v8::Value> values[] = {jwk->Get("q"), jwk->Get("p"), jwk->Get("dp"), jwk->Get("dq"), jwk->Get("qi")};
    for (v8::Local<v8::Value> value : values) {
      if (!jwk->ok() || !value->IsString()) return jwk->Refuse(kInvalid);
    }
    if (!rsa.setPrivateKey(jwk->Number(d), jwk->Number(values[0]), jwk->Number(values[1]), jwk->Number(values[2]), jwk->Number(values[3]),
                           jwk->Number(values[4]))) {
      return jwk->Refuse(kInvalid);
    }
  }
  auto key = EVPKeyPointer::NewRSA(rsa);
  if (!key) {
    ThrowCryptoCode(jwk->env(), CryptoCode::kOperationFailed, "Unable to create key pointer");
    return {};
  }
  return Key::Asymmetric(d->IsString() ? KeyType::kPrivate : KeyType::kPublic, std::move(key));
}

Key ImportEc(Jwk* jwk) {
  static constexpr const char* kInvalid = "Invalid JWK EC key";
  v8::Local<v8::Value> curve = jwk->Get("crv");
  if (!jwk->ok() || !curve->IsString()) return jwk->Refuse(kInvalid);
  const int nid = ncrypto::Ec::GetCurveIdFromName(jwk->Text(curve).c_str());
  if (nid == NID_undef) {
    ThrowCryptoCode(jwk->env(), CryptoCode::kInvalidCurve);
    return {};
  }
  v8::Local<v8::Value> x = jwk->Get("x"), y = jwk->Get("y"), d = jwk->Get("d");
  if (!jwk->ok() || !x->IsString() || !y->IsString() || !IsStringOrNothing(d)) return jwk->Refuse(kInvalid);
  auto ec = ECKeyPointer::NewByCurveName(nid);
  if (!ec || !ec.setPublicKeyRaw(jwk->Number(x), jwk->Number(y))) return jwk->Refuse(kInvalid);
  if (d->IsString() && !ec.setPrivateKey(jwk->Number(d))) return jwk->Refuse(kInvalid);
  auto key = EVPKeyPointer::New();
  if (!key || !key.set(ec)) return jwk->Refuse(kInvalid);
  return Key::Asymmetric(d->IsString() ? KeyType::kPrivate : KeyType::kPublic, std::move(key));
}

Key ImportOkp(Jwk* jwk) {
  static constexpr const char* kInvalid = "Invalid JWK OKP key";
  v8::Local<v8::Value> curve = jwk->Get("crv"), x = jwk->Get("x"), d = jwk->Get("d");
  if (!jwk->ok() || !curve->IsString() || !x->IsString() || !IsStringOrNothing(d)) return jwk->Refuse(kInvalid);
  const std::string name = jwk->Text(curve);
  for (const auto& known : kOkpCurves) {
    if (name != known.name) continue;
    const bool is_private = d->IsString();
    const SecretBytes raw = jwk->Bytes(is_private ? d : x);
    auto key = is_private ? EVPKeyPointer::NewRawPrivate(known.id, raw.buffer<unsigned char>())
                          : EVPKeyPointer::NewRawPublic(known.id, raw.buffer<unsigned char>());
    if (!key) break;
    return Key::Asymmetric(is_private ? KeyType::kPrivate : KeyType::kPublic, std::move(key));
  }
  return jwk->Refuse(kInvalid);
}

bool ExportRsa(Environment* env, const Key& key, v8::Local<v8::Object> target) {
  const ncrypto::Rsa rsa = key.pkey();
  if (!rsa || !SetText(env, target, "kty", "RSA")) return false;
  const auto pub = rsa.getPublicKey();
  if (!SetNumber(env, target, "n", pub.n) || !SetNumber(env, target, "e", pub.e)) return false;
  if (key.type() != KeyType::kPrivate) return true;
  const auto priv = rsa.getPrivateKey();
  for (const BIGNUM* number : {pub.d, priv.p, priv.q, priv.dp, priv.dq, priv.qi}) {
    if (number != nullptr) continue;
    ThrowCryptoCode(env, CryptoCode::kOperationFailed, "Failed to export RSA private key");
    return false;
  }
  return SetNumber(env, target, "d", pub.d) && SetNumber(env, target, "p", priv.p) && SetNumber(env, target, "q", priv.q) &&
         SetNumber(env, target, "dp", priv.dp) && SetNumber(env, target, "dq", priv.dq) && SetNumber(env, target, "qi", priv.qi);
}

const char* JwkCurve(int nid) {
  switch (nid) {
    case NID_X9_62_prime256v1: return "P-256";
    case NID_secp256k1: return "secp256k1";
    case NID_secp384r1: return "P-384";
    case NID_secp521r1: return "P-521";
    default: return nullptr;
  }
}

bool ExportEc(Environment* env, const Key& key, v8::Local<v8::Object> target) {
  const ECKeyPointer ec(key.pkey());
  if (!ec) {
    ThrowCryptoCode(env, CryptoCode::kInvalidJwk, "Invalid JWK EC key");
    return false;
  }
  if (ec.getPublicKey() == nullptr) return false;
  const EC_GROUP* group = ec.getGroup();
  const size_t size = (EC_GROUP_get_degree(group) + CHAR_BIT - 1) / CHAR_BIT;
  auto x = BignumPointer::New(), y = BignumPointer::New();
  if (!EC_POINT_get_affine_coordinates(group, ec.getPublicKey(), x.get(), y.get(), nullptr)) {
    ThrowLastOpenSslError(env, "Failed to get elliptic-curve point coordinates");
    return false;
  }
  if (!SetText(env, target, "kty", "EC") || !SetNumber(env, target, "x", x.get(), size) || !SetNumber(env, target, "y", y.get(), size)) {
    return false;
  }
  const int nid = EC_GROUP_get_curve_name(group);
  const char* curve = JwkCurve(nid);
  if (curve == nullptr) {
    ThrowCryptoCode(env, CryptoCode::kJwkUnsupportedCurve, std::string("Unsupported JWK EC curve: ") + OBJ_nid2sn(nid) + ".");
    return false;
  }
  if (!SetText(env, target, "crv", curve)) return false;
  return key.type() != KeyType::kPrivate || SetNumber(env, target, "d", ec.getPrivateKey(), size);
}

bool ExportOkp(Environment* env, const Key& key, v8::Local<v8::Object> target) {
  return SetText(env, target, "crv", OkpCurveOf(key.id())) &&
         (key.type() != KeyType::kPrivate || SetBytes(env, target, "d", key.pkey().rawPrivateKey())) &&
         SetBytes(env, target, "x", key.pkey().rawPublicKey()) && SetText(env, target, "kty", "OKP");
}

v8::MaybeLocal<v8::Value> Failed(Environment* env, CryptoCode code, std::string_view message = {}) {
  ThrowCryptoCode(env, code, message);
  return {};
}

// A PEM string, or a Buffer of DER.
v8::MaybeLocal<v8::Value> Written(Environment* env, const ncrypto::BIOPointer& memory, KeyFormat format) {
  if (!memory) return Failed(env, CryptoCode::kOperationFailed, "Invalid BIO pointer");
  if (format == KeyFormat::PEM) return ToString(env, memory);
  const SecretBytes bytes(memory);
  return ToBuffer(env, bytes.span());
}

bool IsWritten(KeyFormat format) { return format == KeyFormat::PEM || format == KeyFormat::DER; }

bool SetSize(Environment* env, v8::Local<v8::Object> target, const char* name, size_t size) {
  return Set(env, target, name, v8::Number::New(env->isolate(), static_cast<double>(size)));
}
bool SetString(Environment* env, v8::Local<v8::Object> target, const char* name, std::string_view text) {
  v8::Local<v8::String> string;
  return FromUtf8(env->isolate(), text).ToLocal(&string) && Set(env, target, name, string);
}

bool DescribeRsa(Environment* env, const Key& key, v8::Local<v8::Object> target) {
  const ncrypto::Rsa rsa = key.pkey();
  if (!rsa) return false;
  const auto pub = rsa.getPublicKey();
  const auto exponent = BignumPointer::Encode(pub.e);
  v8::Local<v8::Value> exponent_bytes;
  if (!SetSize(env, target, "modulusLength", BignumPointer::GetBitCount(pub.n)) ||
      !ToArrayBuffer(env, {exponent.get<const uint8_t>(), exponent.size()}).ToLocal(&exponent_bytes) ||
      !Set(env, target, "publicExponent", exponent_bytes)) {
    return false;
  }
  if (key.id() != EVP_PKEY_RSA_PSS) return true;
  const auto parameters = rsa.getPssParams();
  if (!parameters) return true;
  return SetString(env, target, "hashAlgorithm", parameters->digest) &&
         (!parameters->mgf1_digest || SetString(env, target, "mgf1HashAlgorithm", *parameters->mgf1_digest)) &&
         Set(env, target, "saltLength", v8::Number::New(env->isolate(), static_cast<double>(parameters->salt_length)));
}

// The kinds of keys that Node has with a newer OpenSSL.
bool IsPostQuantum(const std::string& type) { return type.starts_with("ml-") || type.starts_with("slh-"); }

}  // namespace

bool SetNumber(Environment* env, v8::Local<v8::Object> target, const char* name, const BIGNUM* number, size_t size) {
  if (number == nullptr) return false;
  return SetBytes(env, target, name, BignumPointer::EncodePadded(number, size == 0 ? BignumPointer::GetByteCount(number) : size));
}

Key ImportJwkSecret(Environment* env, v8::Local<v8::Object> object) {
  Jwk jwk(env, object);
  v8::Local<v8::Value> k = jwk.Get("k");
  if (!jwk.ok() || !k->IsString()) return jwk.Refuse("Invalid JWK secret key format");
  return Key::Secret(jwk.Bytes(k));
}

Key ImportJwk(Environment* env, v8::Local<v8::Object> object) {
  Jwk jwk(env, object);
  v8::Local<v8::Value> kty = jwk.Get("kty");
  if (!jwk.ok() || !kty->IsString()) return jwk.Refuse();
  const std::string type = jwk.Text(kty);
  if (type == "RSA") return ImportRsa(&jwk);
  if (type == "EC") return ImportEc(&jwk);
  if (type == "OKP") return ImportOkp(&jwk);
  if (type == "AKP") {
    ThrowCryptoCode(env, CryptoCode::kInvalidArgValue, "Unsupported key type");
    return {};
  }
  return jwk.Refuse(type + " is not a supported JWK key type");
}

bool ExportJwk(Environment* env, const Key& key, v8::Local<v8::Object> target, bool allow_rsa_pss) {
  if (key.is_secret()) return SetText(env, target, "kty", "oct") && SetBytes(env, target, "k", key.secret().span());
  const int id = key.id();
  if (id == EVP_PKEY_RSA || (id == EVP_PKEY_RSA_PSS && allow_rsa_pss)) return ExportRsa(env, key, target);
  if (id == EVP_PKEY_EC) return ExportEc(env, key, target);
  if (OkpCurveOf(id) != nullptr) return ExportOkp(env, key, target);
  ThrowCryptoCode(env, CryptoCode::kJwkUnsupportedKeyType);
  return false;
}

Key ImportRaw(Environment* env, std::span<const uint8_t> bytes, KeyFormat format, const std::string& type, const std::string& curve) {
  const auto refuse = [env](CryptoCode code = CryptoCode::kInvalidArgValue, std::string_view message = "Invalid key data") {
    ThrowCryptoCode(env, code, message);
    return Key();
  };
  const bool is_private = format != KeyFormat::RAW_PUBLIC;
  const KeyType key_type = is_private ? KeyType::kPrivate : KeyType::kPublic;
  if (type == "ec") {
    if (format == KeyFormat::RAW_SEED) return refuse(CryptoCode::kIncompatibleKeyOptions, {});
    const int nid = ncrypto::Ec::GetCurveIdFromName(curve.c_str());
    if (nid == NID_undef) return refuse(CryptoCode::kInvalidCurve, {});
    auto ec = ECKeyPointer::NewByCurveName(nid);
    if (!ec) return refuse();
    const EC_GROUP* group = ec.getGroup();
    auto point = ECPointPointer::New(group);
    if (!point) return refuse();
    if (is_private) {
      auto order = BignumPointer::New();
      if (!order || !EC_GROUP_get_order(group, order.get(), nullptr) || bytes.size() != order.byteLength()) return refuse();
      BignumPointer number(bytes.data(), bytes.size());
      if (!number || !ec.setPrivateKey(number) || !point.mul(group, number.get())) return refuse();
    } else if (!point.setFromBuffer(BufferOf(bytes), group)) {
      return refuse();
    }
    auto key = EVPKeyPointer::New();
    if (!ec.setPublicKey(point) || !key || !key.assign(ec)) return refuse();
    return Key::Asymmetric(key_type, std::move(key));
  }
  for (const auto& known : kOkpCurves) {
    if (strcasecmp(known.name, type.c_str()) != 0) continue;
    if (format == KeyFormat::RAW_SEED) return refuse(CryptoCode::kIncompatibleKeyOptions, {});
    auto key =
        is_private ? EVPKeyPointer::NewRawPrivate(known.id, BufferOf(bytes)) : EVPKeyPointer::NewRawPublic(known.id, BufferOf(bytes));
    if (!key) return refuse();
    return Key::Asymmetric(key_type, std::move(key));
  }
  if (IsPostQuantum(type)) return refuse(CryptoCode::kInvalidArgValue, "Unsupported key type");
  if (type == "rsa" || type == "rsa-pss" || type == "dsa" || type == "dh") return refuse(CryptoCode::kIncompatibleKeyOptions, {});
  return refuse(CryptoCode::kInvalidArgValue, "Invalid asymmetricKeyType: " + type);
}

v8::MaybeLocal<v8::Value> ExportRawPublic(Environment* env, const Key& key) {
  if (OkpCurveOf(key.id()) == nullptr) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  const auto raw = key.pkey().rawPublicKey();
  if (!raw) return Failed(env, CryptoCode::kOperationFailed, "Failed to get raw public key");
  return ToBuffer(env, raw);
}

v8::MaybeLocal<v8::Value> ExportRawPrivate(Environment* env, const Key& key) {
  if (OkpCurveOf(key.id()) == nullptr) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  const auto raw = key.pkey().rawPrivateKey();
  if (!raw) return Failed(env, CryptoCode::kOperationFailed, "Failed to get raw private key");
  return ToBuffer(env, raw);
}

v8::MaybeLocal<v8::Value> PointToBuffer(Environment* env, const EC_GROUP* group, const EC_POINT* point, int form) {
  if (form != POINT_CONVERSION_COMPRESSED && form != POINT_CONVERSION_UNCOMPRESSED && form != POINT_CONVERSION_HYBRID) {
    return Failed(env, CryptoCode::kInvalidArgValue, "Invalid point conversion form");
  }
  const auto conversion = static_cast<point_conversion_form_t>(form);
  const size_t size = EC_POINT_point2oct(group, point, conversion, nullptr, 0, nullptr);
  SecretBytes bytes(size);
  if (size == 0) return Failed(env, CryptoCode::kOperationFailed, "Failed to get public key length");
  if (EC_POINT_point2oct(group, point, conversion, bytes.data(), size, nullptr) == 0) {
    return Failed(env, CryptoCode::kOperationFailed, "Failed to get public key");
  }
  return ToBuffer(env, bytes.span());
}

v8::MaybeLocal<v8::Value> ExportEcPublic(Environment* env, const Key& key, int form) {
  if (key.id() != EVP_PKEY_EC) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  const ECKeyPointer ec(key.pkey());
  if (!ec) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  if (ec.getPublicKey() == nullptr) return Failed(env, CryptoCode::kOperationFailed, "Failed to export EC public key");
  return PointToBuffer(env, ec.getGroup(), ec.getPublicKey(), form);
}

v8::MaybeLocal<v8::Value> ExportEcPrivate(Environment* env, const Key& key) {
  if (key.id() != EVP_PKEY_EC) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  const ECKeyPointer ec(key.pkey());
  if (!ec) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  auto order = BignumPointer::New();
  if (ec.getPrivateKey() != nullptr && order && EC_GROUP_get_order(ec.getGroup(), order.get(), nullptr)) {
    if (const auto bytes = BignumPointer::EncodePadded(ec.getPrivateKey(), order.byteLength())) return ToBuffer(env, bytes);
  }
  return Failed(env, CryptoCode::kOperationFailed, "Failed to export EC private key");
}

v8::MaybeLocal<v8::Value> WritePublicKey(Environment* env, const Key& key, const PublicKeyEncoding& encoding) {
  if (!IsWritten(encoding.format)) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  const auto written = key.pkey().writePublicKey(encoding);
  if (written) return Written(env, written.value, encoding.format);
  ThrowOpenSslError(env, written.openssl_error.value_or(0), "Failed to encode public key");
  return {};
}

v8::MaybeLocal<v8::Value> WritePrivateKey(Environment* env, const Key& key, const PrivateKeyEncoding& encoding) {
  if (!IsWritten(encoding.format)) return Failed(env, CryptoCode::kIncompatibleKeyOptions);
  const auto written = key.pkey().writePrivateKey(encoding);
  if (written) return Written(env, written.value, encoding.format);
  ThrowOpenSslError(env, written.openssl_error.value_or(0), "Failed to encode private key");
  return {};
}

v8::MaybeLocal<v8::Value> ExportPublicKey(Environment* env, const Key& key, const PublicKeyEncoding& encoding) {
  const Key as_public = key.As(KeyType::kPublic);
  if (encoding.output_key_object) return KeyObjectHandle::Create(env, as_public);
  if (encoding.format == KeyFormat::JWK) {
    v8::Local<v8::Object> jwk = v8::Object::New(env->isolate());
    if (!ExportJwk(env, as_public, jwk, false)) return {};
    return jwk;
  }
  if (encoding.format == KeyFormat::RAW_PUBLIC) {
    return key.id() == EVP_PKEY_EC ? ExportEcPublic(env, key, encoding.ec_point_form) : ExportRawPublic(env, key);
  }
  return WritePublicKey(env, key, encoding);
}

v8::MaybeLocal<v8::Value> ExportPrivateKey(Environment* env, const Key& key, const PrivateKeyEncoding& encoding) {
  if (encoding.output_key_object) return KeyObjectHandle::Create(env, key.As(KeyType::kPrivate));
  if (encoding.format == KeyFormat::JWK) {
    v8::Local<v8::Object> jwk = v8::Object::New(env->isolate());
    if (!ExportJwk(env, key.As(KeyType::kPrivate), jwk, false)) return {};
    return jwk;
  }
  if (encoding.format == KeyFormat::RAW_PRIVATE) {
    return key.id() == EVP_PKEY_EC ? ExportEcPrivate(env, key) : ExportRawPrivate(env, key);
  }
  return WritePrivateKey(env, key, encoding);
}

bool DescribeKey(Environment* env, const Key& key, v8::Local<v8::Object> target) {
  if (key.is_secret()) return SetSize(env, target, "length", key.secret().size() * CHAR_BIT);
  switch (key.id()) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA2:
    case EVP_PKEY_RSA_PSS: return DescribeRsa(env, key, target);
    case EVP_PKEY_DSA: {
      const ncrypto::Dsa dsa = key.pkey();
      return dsa && SetSize(env, target, "modulusLength", dsa.getModulusLength()) &&
             SetSize(env, target, "divisorLength", dsa.getDivisorLength());
    }
    case EVP_PKEY_EC: {
      const ECKeyPointer ec(key.pkey());
      const int nid = ec ? EC_GROUP_get_curve_name(ec.getGroup()) : NID_undef;
      return nid == NID_undef || SetString(env, target, "namedCurve", OBJ_nid2sn(nid));
    }
    case EVP_PKEY_DH: return true;
    default: ThrowCryptoCode(env, CryptoCode::kInvalidKeyType); return false;
  }
}

size_t GroupOrderSize(const EVPKeyPointer& key) {
  const ECKeyPointer ec(key);
  auto order = BignumPointer::New();
  if (!ec || !order || !EC_GROUP_get_order(ec.getGroup(), order.get(), nullptr)) return 0;
  return order.byteLength();
}

}  // namespace dv8::node::crypto
