// Reading keys and their encodings from a call's arguments.
#include <climits>

#include "runtime/bindings/node/crypto_keys.h"

namespace dv8::node::crypto {
namespace {

bool IsRaw(KeyFormat format) {
  return format == KeyFormat::RAW_PUBLIC || format == KeyFormat::RAW_PRIVATE || format == KeyFormat::RAW_SEED;
}

// The format that follows a key's bytes; nothing when it is left out.
std::optional<KeyFormat> FormatOf(v8::Local<v8::Value> value) {
  if (!value->IsInt32()) return {};
  const int32_t format = value.As<v8::Int32>()->Value();
  if (format < static_cast<int>(KeyFormat::DER) || format > static_cast<int>(KeyFormat::STORE)) return {};
  return static_cast<KeyFormat>(format);
}

void ReadFormatAndType(CryptoArguments* arguments, EncodingUse use, EVPKeyPointer::AsymmetricKeyEncodingConfig* encoding) {
  if (use == EncodingUse::kGenerate && arguments->Peek()->IsUndefined()) {
    encoding->output_key_object = true;
    arguments->Skip(2);
    return;
  }
  const std::optional<KeyFormat> format = FormatOf(arguments->Peek());
  if (!format) return arguments->Refuse("a key's format");
  encoding->format = *format;
  arguments->Skip();
  const std::optional<int32_t> type = arguments->ReadOptional<int32_t>();
  if (IsRaw(*format)) {
    if (type) encoding->ec_point_form = *type;
  } else if (type) {
    if (*type < 0 || *type > static_cast<int>(KeyEncoding::SEC1)) return arguments->Refuse("a key's encoding");
    encoding->type = static_cast<KeyEncoding>(*type);
  } else {
    encoding->type = KeyEncoding::PKCS1;
  }
}

Key ParsePrivateKey(CryptoArguments* arguments, const PrivateKeyEncoding& encoding, const SecretBytes& bytes) {
  auto parsed = EVPKeyPointer::TryParsePrivateKey(encoding, bytes.buffer<unsigned char>());
  if (parsed) return Key::Asymmetric(KeyType::kPrivate, std::move(parsed.value));
  if (parsed.error == EVPKeyPointer::PKParseError::NEED_PASSPHRASE) {
    ThrowCryptoCode(arguments->env(), CryptoCode::kMissingPassphrase);
  } else {
    ThrowOpenSslError(arguments->env(), parsed.openssl_error.value_or(0), "Failed to read private key");
  }
  arguments->Fail();
  return {};
}

bool IsPublicDer(const PrivateKeyEncoding& encoding, const SecretBytes& bytes) {
  if (encoding.type == KeyEncoding::PKCS1) return !EVPKeyPointer::IsRSAPrivateKey(bytes.buffer<unsigned char>());
  return encoding.type == KeyEncoding::SPKI;
}

Key ParseAnyKey(CryptoArguments* arguments, const PrivateKeyEncoding& encoding, const SecretBytes& bytes) {
  const auto refuse = [&](const EVPKeyPointer::ParseKeyResult& parsed) {
    ThrowOpenSslError(arguments->env(), parsed.openssl_error.value_or(0), "Failed to read asymmetric key");
    arguments->Fail();
    return Key();
  };
  if (encoding.format == KeyFormat::PEM) {
    auto parsed = EVPKeyPointer::TryParsePublicKeyPEM(bytes.buffer<unsigned char>());
    if (parsed) return Key::Asymmetric(KeyType::kPublic, std::move(parsed.value));
    if (parsed.error != EVPKeyPointer::PKParseError::NOT_RECOGNIZED) return refuse(parsed);
  } else if (IsPublicDer(encoding, bytes)) {
    auto parsed = EVPKeyPointer::TryParsePublicKey(encoding, bytes.buffer<unsigned char>());
    if (parsed) return Key::Asymmetric(KeyType::kPublic, std::move(parsed.value));
    return refuse(parsed);
  }
  return ParsePrivateKey(arguments, encoding, bytes);
}

// The key of a `store` object: {uri, properties}.
Key LoadFromStore(CryptoArguments* arguments, v8::Local<v8::Object> store) {
  Environment* env = arguments->env();
  v8::Local<v8::Value> uri, properties;
  if (!store->Get(env->context(), Internalized(env->isolate(), "uri")).ToLocal(&uri) ||
      !store->Get(env->context(), Internalized(env->isolate(), "properties")).ToLocal(&properties)) {
    arguments->Fail();
    return {};
  }
  if (!uri->IsString()) {
    arguments->Refuse("a store's description");
    return {};
  }
  arguments->Skip(3);
  const std::optional<SecretBytes> passphrase = arguments->ReadOptionalBytes();
  arguments->Skip();
  if (!arguments->ok()) return {};
  const Utf8 uri_text(env->isolate(), uri), properties_text(env->isolate(), properties);
  EVPKeyPointer::StorePrivateKeyConfig config{.uri = uri_text.view()};
  if (properties->IsString()) config.properties = properties_text.view();
  if (passphrase) config.passphrase = passphrase->buffer<char>();
  auto loaded = EVPKeyPointer::TryLoadPrivateKeyFromStore(config);
  if (loaded) return Key::Asymmetric(KeyType::kPrivate, std::move(loaded.value));
  arguments->Fail();
  const unsigned long number = loaded.openssl_error.value_or(0);
  if (loaded.error == EVPKeyPointer::PKParseError::NEED_PASSPHRASE) {
    ThrowCryptoCode(env, CryptoCode::kMissingPassphrase);
  } else if (loaded.error == EVPKeyPointer::PKParseError::NOT_RECOGNIZED) {
    ThrowCryptoCode(env, CryptoCode::kOperationFailed, "No private key found through the OpenSSL STORE loader");
  } else if (number == 0) {
    ThrowCryptoCode(env, CryptoCode::kOperationFailed, "Failed to load private key through an OpenSSL STORE loader");
  } else {
    ThrowOpenSslError(env, number, "Failed to load private key through an OpenSSL STORE loader");
  }
  ERR_clear_error();
  return {};
}

Key ReadRawKey(CryptoArguments* arguments, KeyFormat format) {
  const SecretBytes bytes = arguments->ReadBytes();
  arguments->Skip();
  const std::string type = arguments->Read<std::string>();
  arguments->Skip();
  const std::optional<std::string> curve = arguments->ReadOptional<std::string>();
  if (!arguments->ok()) return {};
  const Key key = ImportRaw(arguments->env(), bytes.span(), format, type, curve.value_or(""));
  if (!key) arguments->Fail();
  return key;
}

// The five arguments of a key. `only_private`: public ones are not looked for.
Key ReadKey(CryptoArguments* arguments, bool only_private) {
  v8::Local<v8::Value> value = arguments->Peek();
  const std::optional<KeyFormat> format = FormatOf(arguments->Peek(1));
  if (value->IsString() || IsBufferSource(value)) {
    if (format && IsRaw(*format) && !(only_private && *format == KeyFormat::RAW_PUBLIC)) return ReadRawKey(arguments, *format);
    const SecretBytes bytes = arguments->ReadBytes();
    const PrivateKeyEncoding encoding = ReadPrivateKeyEncoding(arguments, EncodingUse::kInput);
    arguments->Skip();  // The curve of a raw key.
    if (!arguments->ok()) return {};
    return only_private ? ParsePrivateKey(arguments, encoding, bytes) : ParseAnyKey(arguments, encoding, bytes);
  }
  if (auto* handle = NativeObject::Cast<KeyObjectHandle>(value); handle != nullptr && handle->key()) {
    const bool fits = only_private ? handle->key().type() == KeyType::kPrivate : !handle->key().is_secret();
    if (!fits) arguments->Refuse(only_private ? "a private key" : "an asymmetric key");
    arguments->Skip(5);
    return fits ? handle->key() : Key();
  }
  if (value->IsObject() && format == KeyFormat::JWK) {
    const Key key = ImportJwk(arguments->env(), value.As<v8::Object>());
    if (!key) arguments->Fail();
    arguments->Skip(5);
    return key;
  }
  if (value->IsObject() && format == KeyFormat::STORE) return LoadFromStore(arguments, value.As<v8::Object>());
  arguments->Refuse("a key");
  return {};
}

}  // namespace

PublicKeyEncoding ReadPublicKeyEncoding(CryptoArguments* arguments, EncodingUse use) {
  PublicKeyEncoding encoding;
  ReadFormatAndType(arguments, use, &encoding);
  return encoding;
}

PrivateKeyEncoding ReadPrivateKeyEncoding(CryptoArguments* arguments, EncodingUse use) {
  PrivateKeyEncoding encoding;
  ReadFormatAndType(arguments, use, &encoding);
  if (encoding.output_key_object) {
    arguments->Skip(use == EncodingUse::kInput ? 1 : 2);
    return encoding;
  }
  if (use != EncodingUse::kInput) {
    const std::optional<std::string> cipher = arguments->ReadOptional<std::string>();
    if (cipher && arguments->ok()) {
      encoding.cipher = ncrypto::getCipherByName(cipher->c_str());
      if (encoding.cipher == nullptr) {
        ThrowCryptoCode(arguments->env(), CryptoCode::kUnknownCipher);
        arguments->Fail();
      }
    }
  }
  if (encoding.cipher != nullptr && arguments->Peek()->IsNullOrUndefined()) arguments->Refuse("a passphrase");
  if (const std::optional<SecretBytes> passphrase = arguments->ReadOptionalBytes()) {
    // OpenSSL has no memory of no size.
    encoding.passphrase = passphrase->empty() ? ncrypto::DataPointer() : ncrypto::DataPointer::Copy(passphrase->buffer<void>());
  }
  return encoding;
}

Key ReadPrivateKey(CryptoArguments* arguments) { return ReadKey(arguments, true); }
Key ReadPublicOrPrivateKey(CryptoArguments* arguments) { return ReadKey(arguments, false); }

Key ReadSecretKey(CryptoArguments* arguments) {
  if (NativeObject::Cast<KeyObjectHandle>(arguments->Peek()) != nullptr) return ReadKeyHandle(arguments, {KeyType::kSecret});
  SecretBytes bytes = arguments->ReadBytes();
  return arguments->ok() ? Key::Secret(std::move(bytes)) : Key();
}

Key ReadKeyHandle(CryptoArguments* arguments, std::initializer_list<KeyType> types) {
  auto* handle = NativeObject::Cast<KeyObjectHandle>(arguments->Peek());
  for (const KeyType type : types) {
    if (handle == nullptr || !handle->key() || handle->key().type() != type) continue;
    arguments->Skip();
    return handle->key();
  }
  arguments->Refuse("a key of this kind");
  return {};
}

}  // namespace dv8::node::crypto
