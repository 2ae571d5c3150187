// Keys of internalBinding('crypto'): what a key is, reading one from a call's arguments, and the objects that hold one.
#pragma once

#include <memory>

#include "runtime/bindings/node/crypto_common.h"
#include "runtime/bindings/node/transferable.h"

namespace dv8::node::crypto {

using ncrypto::EVPKeyPointer;

enum class KeyType : uint32_t { kSecret, kPublic, kPrivate };

// A key, shared by all that use it, in any thread. A private one can be used as the public one of its pair.
class Key {
 public:
  Key() = default;
  static Key Secret(SecretBytes bytes);
  static Key Asymmetric(KeyType type, EVPKeyPointer&& key);

  explicit operator bool() const { return inner_ != nullptr; }
  KeyType type() const { return type_; }
  bool is_secret() const { return type_ == KeyType::kSecret; }
  // Of a secret key.
  const SecretBytes& secret() const { return inner_->secret; }
  // Of another one.
  const EVPKeyPointer& pkey() const { return inner_->pkey; }
  // EVP_PKEY_RSA and the like; 0 of a secret one.
  int id() const { return is_secret() ? 0 : pkey().id(); }
  Key As(KeyType type) const;

 private:
  struct Inner {
    SecretBytes secret;
    EVPKeyPointer pkey;
  };
  KeyType type_ = KeyType::kSecret;
  std::shared_ptr<const Inner> inner_;
};

using PublicKeyEncoding = EVPKeyPointer::PublicKeyEncodingConfig;
using PrivateKeyEncoding = EVPKeyPointer::PrivateKeyEncodingConfig;
using KeyFormat = EVPKeyPointer::PKFormatType;
using KeyEncoding = EVPKeyPointer::PKEncodingType;

// What an encoding in the arguments is for: it may be left out where a KeyObject can be made.
enum class EncodingUse { kInput, kExport, kGenerate };

// crypto_key_read.cc. They read what lib passes: (format, type) of a public key's encoding; (format, type, cipher,
// passphrase) of a private one's, without the cipher for input.
PublicKeyEncoding ReadPublicKeyEncoding(CryptoArguments* arguments, EncodingUse use);
PrivateKeyEncoding ReadPrivateKeyEncoding(CryptoArguments* arguments, EncodingUse use);
// (key, format, type, passphrase, curve): the bytes or the JWK of a key, or a KeyObjectHandle. Empty: it has thrown.
Key ReadPrivateKey(CryptoArguments* arguments);
Key ReadPublicOrPrivateKey(CryptoArguments* arguments);
// A secret key: a KeyObjectHandle, or its bytes.
Key ReadSecretKey(CryptoArguments* arguments);
// The key of a KeyObjectHandle of one of `types`.
Key ReadKeyHandle(CryptoArguments* arguments, std::initializer_list<KeyType> types);

// crypto_key_formats.cc. Empty, or false: an exception is pending.
Key ImportJwk(Environment* env, v8::Local<v8::Object> jwk);
Key ImportJwkSecret(Environment* env, v8::Local<v8::Object> jwk);
bool ExportJwk(Environment* env, const Key& key, v8::Local<v8::Object> target, bool allow_rsa_pss);
Key ImportRaw(Environment* env, std::span<const uint8_t> bytes, KeyFormat format, const std::string& type, const std::string& curve);
v8::MaybeLocal<v8::Value> ExportRawPublic(Environment* env, const Key& key);
v8::MaybeLocal<v8::Value> ExportRawPrivate(Environment* env, const Key& key);
v8::MaybeLocal<v8::Value> ExportEcPublic(Environment* env, const Key& key, int form);
v8::MaybeLocal<v8::Value> ExportEcPrivate(Environment* env, const Key& key);
v8::MaybeLocal<v8::Value> ExportPublicKey(Environment* env, const Key& key, const PublicKeyEncoding& encoding);
v8::MaybeLocal<v8::Value> ExportPrivateKey(Environment* env, const Key& key, const PrivateKeyEncoding& encoding);
// PEM or DER of the key, whatever else the encoding says.
v8::MaybeLocal<v8::Value> WritePublicKey(Environment* env, const Key& key, const PublicKeyEncoding& encoding);
v8::MaybeLocal<v8::Value> WritePrivateKey(Environment* env, const Key& key, const PrivateKeyEncoding& encoding);
// Gives `target` the properties of KeyObject.asymmetricKeyDetails, or of a secret key its length.
bool DescribeKey(Environment* env, const Key& key, v8::Local<v8::Object> target);
// The point in `form` as a Buffer.
v8::MaybeLocal<v8::Value> PointToBuffer(Environment* env, const EC_GROUP* group, const EC_POINT* point, int form);
// The size of the numbers in an elliptic curve's signatures; 0 of other keys.
size_t GroupOrderSize(const EVPKeyPointer& key);
// A property with the base64url of `number`, which may be null: false then, or with an exception pending.
bool SetNumber(Environment* env, v8::Local<v8::Object> target, const char* name, const BIGNUM* number, size_t size = 0);

// What lib calls a key by.
class KeyObjectHandle final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(KeyObjectHandle, NativeObject)
  KeyObjectHandle(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  static v8::MaybeLocal<v8::Value> Create(Environment* env, const Key& key);

  const Key& key() const { return key_; }

  void Init(const CallInfo& info);
  uint32_t GetKeyType() const { return static_cast<uint32_t>(key_.type()); }
  uint32_t GetSymmetricKeySize() const;
  v8::Local<v8::Value> GetAsymmetricKeyType() const;
  v8::Local<v8::Value> CheckEcKeyData() const;
  void Export(const CallInfo& info) const;
  v8::MaybeLocal<v8::Value> ExportJwk(v8::Local<v8::Object> target, bool allow_rsa_pss) const;
  v8::MaybeLocal<v8::Value> RawPublicKey() const;
  v8::MaybeLocal<v8::Value> RawPrivateKey() const;
  void RawSeed() const;
  v8::MaybeLocal<v8::Value> ExportEcPublicRaw(int32_t form) const;
  v8::MaybeLocal<v8::Value> ExportEcPrivateRaw() const;
  v8::MaybeLocal<v8::Value> KeyDetail(v8::Local<v8::Object> target) const;
  v8::Local<v8::Value> Equals(KeyObjectHandle* other) const;

 private:
  bool Has(KeyType type) const;
  bool IsAsymmetric() const;

  Key key_;
};

// A CryptoKey of WebCrypto with the key; what `algorithm` is, lib knows.
v8::MaybeLocal<v8::Value> NewCryptoKey(Environment* env, const Key& key, v8::Local<v8::Value> algorithm, uint32_t usages, bool extractable);

}  // namespace dv8::node::crypto
