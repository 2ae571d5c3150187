#include "runtime/bindings/node/crypto_keys.h"

#include "runtime/core/bootstrap.h"

namespace dv8::node::crypto {

Key Key::Secret(SecretBytes bytes) {
  Key key;
  key.inner_ = std::make_shared<const Inner>(Inner{std::move(bytes), {}});
  return key;
}

Key Key::Asymmetric(KeyType type, EVPKeyPointer&& pkey) {
  Key key;
  key.type_ = type;
  key.inner_ = std::make_shared<const Inner>(Inner{{}, std::move(pkey)});
  return key;
}

Key Key::As(KeyType type) const {
  Key key = *this;
  key.type_ = type;
  return key;
}

namespace {

// Where lib's classes are kept: [KeyObject, SecretKeyObject, PublicKeyObject, PrivateKeyObject] and InternalCryptoKey.
constexpr char kKeyObjects[] = "crypto.key_objects";
constexpr char kCryptoKey[] = "crypto.crypto_key";
constexpr int kAlgorithmField = 1;

// Makes sure that internal/crypto/keys has given its classes: a thread may get a key before it has asked for one.
// messaging's own function requires the file that a name begins with; whether it then takes the class does not matter.
bool LoadKeyClasses(Environment* env) {
  if (env->Kept(kCryptoKey)->IsFunction()) return true;
  v8::TryCatch guard(env->isolate());
  v8::Local<v8::Value> create = env->Kept("messaging.createObject");
  v8::Local<v8::Value> name = Internalized(env->isolate(), "internal/crypto/keys:KeyObject");
  if (create->IsFunction()) (void)create.As<v8::Function>()->Call(env->context(), v8::Null(env->isolate()), 1, &name);
  return env->Kept(kCryptoKey)->IsFunction();
}

v8::MaybeLocal<v8::Object> RefuseContext(Environment* env) {
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_MESSAGE_TARGET_CONTEXT_UNAVAILABLE",
             "A message object could not be deserialized successfully in the target vm.Context");
  return {};
}

// The base of lib's KeyObject.
class NativeKeyObject final : public NativeObject, public Transferable {
 public:
  DV8_NATIVE_CLASS(NativeKeyObject, NativeObject)
  NativeKeyObject(Environment* env, v8::Local<v8::Object> object, KeyObjectHandle* handle)
      : NativeObject(env, object), key_(handle->key()) {}
  const Key& key() const { return key_; }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return kCloneable; }
  std::unique_ptr<TransferData> CloneForMessaging() override { return std::make_unique<Clone>(key_); }

 private:
  class Clone final : public TransferData {
   public:
    explicit Clone(Key key) : key_(std::move(key)) {}
    v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context> context) override {
      if (context != env->context() || !LoadKeyClasses(env)) return RefuseContext(env);
      v8::Local<v8::Value> handle, constructor;
      v8::Local<v8::Array> classes = env->Kept(kKeyObjects).As<v8::Array>();
      if (!KeyObjectHandle::Create(env, key_).ToLocal(&handle) ||
          !classes->Get(context, static_cast<uint32_t>(key_.type()) + 1).ToLocal(&constructor)) {
        return {};
      }
      return constructor.As<v8::Function>()->NewInstance(context, 1, &handle);
    }

   private:
    Key key_;
  };

  Key key_;
};

// What lib's InternalCryptoKey holds. Its algorithm is an object, in a field of the JavaScript object.
class NativeCryptoKey final : public NativeObject, public Transferable {
 public:
  DV8_NATIVE_CLASS(NativeCryptoKey, NativeObject)
  // The algorithm is undefined for a key whose other parts are still to be read from a message.
  NativeCryptoKey(Environment* env, v8::Local<v8::Object> object, KeyObjectHandle* handle, v8::Local<v8::Value> algorithm,
                  v8::Local<v8::Value> usages, bool extractable)
      : NativeObject(env, object), key_(handle->key()) {
    Take(algorithm, usages, extractable);
  }

  v8::MaybeLocal<v8::Value> Slots() const {
    v8::Isolate* isolate = env()->isolate();
    v8::Local<v8::Value> handle;
    if (!KeyObjectHandle::Create(env(), key_).ToLocal(&handle)) return {};
    v8::Local<v8::Value> slots[] = {v8::Integer::NewFromUnsigned(isolate, static_cast<uint32_t>(key_.type())),
                                    v8::Boolean::New(isolate, extractable_), algorithm(), v8::Integer::NewFromUnsigned(isolate, usages_),
                                    handle};
    return v8::Array::New(isolate, slots, std::size(slots));
  }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return kCloneable; }
  std::unique_ptr<TransferData> CloneForMessaging() override {
    v8::Isolate* isolate = env()->isolate();
    v8::Local<v8::Value> parts[] = {algorithm(), v8::Integer::NewFromUnsigned(isolate, usages_), v8::Boolean::New(isolate, extractable_)};
    return std::make_unique<Clone>(key_, isolate, v8::Array::New(isolate, parts, std::size(parts)));
  }

 private:
  class Clone final : public TransferData {
   public:
    Clone(Key key, v8::Isolate* isolate, v8::Local<v8::Array> parts) : key_(std::move(key)), parts_(isolate, parts) {}

    v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context> context) override {
      v8::Isolate* isolate = env->isolate();
      if (context != env->context() || !LoadKeyClasses(env)) return RefuseContext(env);
      v8::Local<v8::Value> arguments[4] = {{}, v8::Undefined(isolate), v8::Undefined(isolate), v8::Undefined(isolate)};
      if (!KeyObjectHandle::Create(env, key_).ToLocal(&arguments[0])) return {};
      return env->Kept(kCryptoKey).As<v8::Function>()->NewInstance(context, 4, arguments);
    }
    v8::Maybe<bool> Write(v8::Local<v8::Context> context, v8::ValueSerializer* serializer) override {
      v8::Local<v8::Array> parts = parts_.Get(context->GetIsolate());
      parts_.Reset();
      return serializer->WriteValue(context, parts);
    }
    v8::Maybe<bool> Read(v8::Local<v8::Context> context, v8::ValueDeserializer* deserializer, v8::Local<v8::Object> object) override {
      v8::Local<v8::Value> parts, algorithm, usages, extractable;
      auto* self = NativeObject::Cast<NativeCryptoKey>(object);
      if (self == nullptr || !deserializer->ReadValue(context).ToLocal(&parts) || !parts->IsArray() ||
          !parts.As<v8::Array>()->Get(context, 0).ToLocal(&algorithm) || !parts.As<v8::Array>()->Get(context, 1).ToLocal(&usages) ||
          !parts.As<v8::Array>()->Get(context, 2).ToLocal(&extractable)) {
        return v8::Nothing<bool>();
      }
      self->Take(algorithm, usages, extractable->IsTrue());
      return v8::Just(true);
    }

   private:
    Key key_;
    v8::Global<v8::Array> parts_;  // [algorithm, usages, extractable], until Write(): of the sender's isolate.
  };

  void Take(v8::Local<v8::Value> algorithm, v8::Local<v8::Value> usages, bool extractable) {
    object()->SetInternalField(kAlgorithmField, algorithm);
    usages_ = usages->IsUint32() ? usages.As<v8::Uint32>()->Value() : 0;
    extractable_ = extractable;
  }
  v8::Local<v8::Value> algorithm() const { return object()->GetInternalField(kAlgorithmField).As<v8::Value>(); }

  Key key_;
  uint32_t usages_ = 0;
  bool extractable_ = false;
};

// Calls `define(base class)`, lib's, and gives the array of classes that it returns.
v8::MaybeLocal<v8::Value> DefineClasses(Environment* env, const char* base, v8::Local<v8::Function> define) {
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Object> binding;
  v8::Local<v8::Value> constructor, classes;
  if (!InternalBinding(env, "crypto").ToLocal(&binding) ||
      !binding->Get(context, Internalized(env->isolate(), base)).ToLocal(&constructor) ||
      !define->Call(context, v8::Undefined(env->isolate()), 1, &constructor).ToLocal(&classes)) {
    return {};
  }
  return classes;
}

v8::MaybeLocal<v8::Value> CreateNativeKeyObjectClass(Environment* env, v8::Local<v8::Function> define) {
  v8::Local<v8::Value> classes;
  if (!DefineClasses(env, "NativeKeyObject", define).ToLocal(&classes) || !classes->IsArray()) return {};
  env->Keep(kKeyObjects, classes);
  return classes;
}

v8::MaybeLocal<v8::Value> CreateCryptoKeyClass(Environment* env, v8::Local<v8::Function> define) {
  v8::Local<v8::Value> classes, internal;
  if (!DefineClasses(env, "NativeCryptoKey", define).ToLocal(&classes) || !classes->IsArray() ||
      !classes.As<v8::Array>()->Get(env->context(), 1).ToLocal(&internal)) {
    return {};
  }
  env->Keep(kCryptoKey, internal);
  return classes;
}

v8::MaybeLocal<v8::Value> GetKeyObjectSlots(Environment* env, v8::Local<v8::Value> value) {
  auto* object = NativeObject::Cast<NativeKeyObject>(value);
  if (object == nullptr) {
    ThrowCryptoCode(env, CryptoCode::kInvalidThis, "Value of \"this\" must be of type KeyObject");
    return {};
  }
  v8::Local<v8::Value> handle;
  if (!KeyObjectHandle::Create(env, object->key()).ToLocal(&handle)) return {};
  v8::Local<v8::Value> slots[] = {v8::Integer::NewFromUnsigned(env->isolate(), static_cast<uint32_t>(object->key().type())), handle};
  return v8::Array::New(env->isolate(), slots, std::size(slots));
}

v8::MaybeLocal<v8::Value> GetCryptoKeySlots(Environment* env, v8::Local<v8::Value> value) {
  if (auto* key = NativeObject::Cast<NativeCryptoKey>(value)) return key->Slots();
  ThrowCryptoCode(env, CryptoCode::kInvalidThis, "Value of \"this\" must be of type CryptoKey");
  return {};
}

}  // namespace

v8::MaybeLocal<v8::Value> NewCryptoKey(Environment* env, const Key& key, v8::Local<v8::Value> algorithm, uint32_t usages,
                                       bool extractable) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> arguments[] = {{}, algorithm, v8::Integer::NewFromUnsigned(isolate, usages), v8::Boolean::New(isolate, extractable)};
  if (!LoadKeyClasses(env) || !KeyObjectHandle::Create(env, key).ToLocal(&arguments[0])) return {};
  v8::Local<v8::Object> made;
  if (!env->Kept(kCryptoKey).As<v8::Function>()->NewInstance(env->context(), 4, arguments).ToLocal(&made)) return {};
  return made;
}

v8::MaybeLocal<v8::Value> KeyObjectHandle::Create(Environment* env, const Key& key) {
  v8::Local<v8::Object> object;
  if (!NewInstance(env, "crypto", "KeyObjectHandle").ToLocal(&object)) return {};
  NativeObject::Cast<KeyObjectHandle>(object)->key_ = key;
  return object;
}

bool KeyObjectHandle::Has(KeyType type) const {
  if (key_ && key_.type() == type) return true;
  ThrowCryptoCode(env(), CryptoCode::kInvalidKeyType);
  return false;
}

bool KeyObjectHandle::IsAsymmetric() const {
  if (key_ && !key_.is_secret()) return true;
  ThrowCryptoCode(env(), CryptoCode::kInvalidKeyType);
  return false;
}

// init(type, key, format, encoding, passphrase, curve), for a secret key init(type, bytes) or init(type, jwk, format).
void KeyObjectHandle::Init(const CallInfo& info) {
  const ncrypto::MarkPopErrorOnReturn errors;
  CryptoArguments arguments(info);
  const auto type = static_cast<KeyType>(arguments.Read<InRange<uint32_t, 0, 2>>().value);
  if (!arguments.ok()) return;
  const bool is_jwk = info[2]->IsInt32() && info[2].As<v8::Int32>()->Value() == static_cast<int>(KeyFormat::JWK);
  Key key;
  if (type == KeyType::kSecret) {
    if (is_jwk) {
      v8::Local<v8::Object> jwk = arguments.Read<v8::Local<v8::Object>>();
      if (arguments.ok()) key = ImportJwkSecret(env(), jwk);
    } else {
      SecretBytes bytes = arguments.ReadBytes();
      if (arguments.ok()) key = Key::Secret(std::move(bytes));
    }
  } else if (type == KeyType::kPublic || is_jwk) {
    key = ReadPublicOrPrivateKey(&arguments);
  } else {
    key = ReadPrivateKey(&arguments);
  }
  if (!key) return;
  if (type == KeyType::kPublic) key = key.As(KeyType::kPublic);
  if (type == KeyType::kPrivate && key.type() == KeyType::kPublic) {
    return ThrowCryptoCode(env(), CryptoCode::kInvalidJwk, "JWK does not contain private key material");
  }
  key_ = std::move(key);
  if (is_jwk && type != KeyType::kSecret) info.GetReturnValue().Set(static_cast<uint32_t>(key_.type()));
}

uint32_t KeyObjectHandle::GetSymmetricKeySize() const { return Has(KeyType::kSecret) ? static_cast<uint32_t>(key_.secret().size()) : 0; }

v8::Local<v8::Value> KeyObjectHandle::GetAsymmetricKeyType() const {
  static constexpr struct {
    int id;
    const char* name;
  } kTypes[] = {{EVP_PKEY_RSA, "rsa"},     {EVP_PKEY_RSA_PSS, "rsa-pss"}, {EVP_PKEY_DSA, "dsa"},
                {EVP_PKEY_DH, "dh"},       {EVP_PKEY_EC, "ec"},           {EVP_PKEY_ED25519, "ed25519"},
                {EVP_PKEY_ED448, "ed448"}, {EVP_PKEY_X25519, "x25519"},   {EVP_PKEY_X448, "x448"}};
  if (!IsAsymmetric()) return {};
  for (const auto& type : kTypes) {
    if (type.id == key_.id()) return Internalized(env()->isolate(), type.name);
  }
  return v8::Undefined(env()->isolate());
}

v8::Local<v8::Value> KeyObjectHandle::CheckEcKeyData() const {
  const ncrypto::MarkPopErrorOnReturn errors;
  if (!IsAsymmetric()) return {};
  const auto context = key_.pkey().newCtx();
  const bool valid = context.get() != nullptr && key_.id() == EVP_PKEY_EC &&
                     (key_.type() == KeyType::kPrivate ? context.privateCheck() : context.publicCheck());
  return v8::Boolean::New(env()->isolate(), valid);
}

void KeyObjectHandle::Export(const CallInfo& info) const {
  CryptoArguments arguments(info);
  if (!key_) return ThrowCryptoCode(env(), CryptoCode::kInvalidKeyType);
  v8::MaybeLocal<v8::Value> exported;
  if (key_.is_secret()) {
    exported = ToBuffer(env(), key_.secret().span());
  } else if (key_.type() == KeyType::kPublic) {
    const PublicKeyEncoding encoding = ReadPublicKeyEncoding(&arguments, EncodingUse::kExport);
    if (arguments.ok()) exported = WritePublicKey(env(), key_, encoding);
  } else {
    const PrivateKeyEncoding encoding = ReadPrivateKeyEncoding(&arguments, EncodingUse::kExport);
    if (arguments.ok()) exported = WritePrivateKey(env(), key_, encoding);
  }
  v8::Local<v8::Value> value;
  if (exported.ToLocal(&value)) info.GetReturnValue().Set(value);
}

v8::MaybeLocal<v8::Value> KeyObjectHandle::ExportJwk(v8::Local<v8::Object> target, bool allow_rsa_pss) const {
  if (!key_) {
    ThrowCryptoCode(env(), CryptoCode::kInvalidKeyType);
    return {};
  }
  if (crypto::ExportJwk(env(), key_, target, allow_rsa_pss)) return target;
  if (!env()->isolate()->HasPendingException()) ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Failed to export JWK");
  return {};
}

v8::MaybeLocal<v8::Value> KeyObjectHandle::RawPublicKey() const {
  if (!IsAsymmetric()) return {};
  return ExportRawPublic(env(), key_);
}
v8::MaybeLocal<v8::Value> KeyObjectHandle::RawPrivateKey() const {
  if (!Has(KeyType::kPrivate)) return {};
  return ExportRawPrivate(env(), key_);
}
// The keys that have a seed are not in this OpenSSL.
void KeyObjectHandle::RawSeed() const {
  if (Has(KeyType::kPrivate)) ThrowCryptoCode(env(), CryptoCode::kIncompatibleKeyOptions);
}
v8::MaybeLocal<v8::Value> KeyObjectHandle::ExportEcPublicRaw(int32_t form) const {
  if (!IsAsymmetric()) return {};
  return ExportEcPublic(env(), key_, form);
}
v8::MaybeLocal<v8::Value> KeyObjectHandle::ExportEcPrivateRaw() const {
  if (!Has(KeyType::kPrivate)) return {};
  return ExportEcPrivate(env(), key_);
}

v8::MaybeLocal<v8::Value> KeyObjectHandle::KeyDetail(v8::Local<v8::Object> target) const {
  if (key_ && DescribeKey(env(), key_, target)) return target;
  if (!key_) ThrowCryptoCode(env(), CryptoCode::kOperationFailed);
  return {};
}

v8::Local<v8::Value> KeyObjectHandle::Equals(KeyObjectHandle* other) const {
  v8::Isolate* isolate = env()->isolate();
  if (!key_ || !other->key_ || key_.type() != other->key_.type()) return v8::False(isolate);
  if (key_.is_secret()) {
    const std::span<const uint8_t> a = key_.secret().span(), b = other->key_.secret().span();
    return v8::Boolean::New(isolate, a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
  }
  const ncrypto::MarkPopErrorOnReturn errors;
  const int equal = EVP_PKEY_eq(key_.pkey().get(), other->key_.pkey().get());
  if (equal == -2) {
    ThrowCryptoCode(env(), CryptoCode::kUnsupportedOperation);
    return {};
  }
  return v8::Boolean::New(isolate, equal == 1);
}

namespace {

constexpr FunctionSpec kHandleMethods[] = {
    Method<&KeyObjectHandle::Init>("init"),
    Method<&KeyObjectHandle::GetKeyType>("getKeyType"),
    Method<&KeyObjectHandle::GetSymmetricKeySize>("getSymmetricKeySize"),
    Method<&KeyObjectHandle::GetAsymmetricKeyType>("getAsymmetricKeyType"),
    Method<&KeyObjectHandle::CheckEcKeyData>("checkEcKeyData"),
    Method<&KeyObjectHandle::Export>("export"),
    Method<&KeyObjectHandle::ExportJwk>("exportJwk"),
    Method<&KeyObjectHandle::RawPublicKey>("rawPublicKey"),
    Method<&KeyObjectHandle::RawPrivateKey>("rawPrivateKey"),
    Method<&KeyObjectHandle::RawSeed>("rawSeed"),
    Method<&KeyObjectHandle::ExportEcPublicRaw>("exportECPublicRaw"),
    Method<&KeyObjectHandle::ExportEcPrivateRaw>("exportECPrivateRaw"),
    Method<&KeyObjectHandle::KeyDetail>("keyDetail"),
    Method<&KeyObjectHandle::Equals>("equals"),
};

constexpr ClassSpec kClasses[] = {
    {"KeyObjectHandle", Constructor<KeyObjectHandle>(), kHandleMethods},
    {"NativeKeyObject", Constructor<NativeKeyObject, KeyObjectHandle*>(), {}},
    {"NativeCryptoKey", Constructor<NativeCryptoKey, KeyObjectHandle*, v8::Local<v8::Value>, v8::Local<v8::Value>, bool>(), {}, 2},
};
constexpr FunctionSpec kFunctions[] = {
    Typed<CreateCryptoKeyClass>("createCryptoKeyClass"),
    Typed<CreateNativeKeyObjectClass>("createNativeKeyObjectClass"),
    Typed<GetCryptoKeySlots>("getCryptoKeySlots"),
    Typed<GetKeyObjectSlots>("getKeyObjectSlots"),
};

template <typename T>
constexpr int64_t Number(T value) {
  return static_cast<int64_t>(value);
}
constexpr ConstantSpec kConstants[] = {
    {"kWebCryptoKeyFormatRaw", 0},
    {"kWebCryptoKeyFormatPKCS8", Number(KeyEncoding::PKCS8)},
    {"kWebCryptoKeyFormatSPKI", Number(KeyEncoding::SPKI)},
    {"kWebCryptoKeyFormatJWK", 3},
    {"EVP_PKEY_ED25519", EVP_PKEY_ED25519},
    {"EVP_PKEY_ED448", EVP_PKEY_ED448},
    {"EVP_PKEY_X25519", EVP_PKEY_X25519},
    {"EVP_PKEY_X448", EVP_PKEY_X448},
    {"kKeyEncodingPKCS1", Number(KeyEncoding::PKCS1)},
    {"kKeyEncodingPKCS8", Number(KeyEncoding::PKCS8)},
    {"kKeyEncodingSPKI", Number(KeyEncoding::SPKI)},
    {"kKeyEncodingSEC1", Number(KeyEncoding::SEC1)},
    {"kKeyFormatDER", Number(KeyFormat::DER)},
    {"kKeyFormatPEM", Number(KeyFormat::PEM)},
    {"kKeyFormatJWK", Number(KeyFormat::JWK)},
    {"kKeyFormatRawPublic", Number(KeyFormat::RAW_PUBLIC)},
    {"kKeyFormatRawPrivate", Number(KeyFormat::RAW_PRIVATE)},
    {"kKeyFormatRawSeed", Number(KeyFormat::RAW_SEED)},
    {"kKeyFormatStore", Number(KeyFormat::STORE)},
    {"kKeyTypeSecret", Number(KeyType::kSecret)},
    {"kKeyTypePublic", Number(KeyType::kPublic)},
    {"kKeyTypePrivate", Number(KeyType::kPrivate)},
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoKeys;
constexpr BindingSpec kNodeCryptoKeys{"crypto/keys", crypto::kFunctions, crypto::kConstants, crypto::kClasses};
}  // namespace dv8::node
