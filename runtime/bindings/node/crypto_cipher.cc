// Symmetric ciphers, and RSA's encryption: CipherBase, publicEncrypt() and its kin, what is known of a cipher.
#include <climits>
#include <cstring>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/process_warning.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/openssl_init.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::Cipher;
using ncrypto::CipherCtxPointer;

class CipherBase final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(CipherBase, NativeObject)
  // new CipherBase(encrypts, cipher, key, IV or null, length of the authentication tag or -1)
  static void Construct(const CallInfo& info) {
    if (!info.IsConstructCall()) {
      return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                        "CipherBase cannot be invoked without 'new'");
    }
    CryptoArguments arguments(info);
    const bool encrypts = arguments.Read<bool>();
    const std::string name = arguments.Read<std::string>();
    const Key key = ReadSecretKey(&arguments);
    const SecretBytes iv = arguments.ReadOptionalBytes().value_or(SecretBytes());
    const int32_t tag_size = arguments.Read<InRange<int32_t, -1, INT_MAX>>().value;
    if (!arguments.ok()) return;
    auto* self = new CipherBase(arguments.env(), info.This(), encrypts);
    const ncrypto::MarkPopErrorOnReturn errors;
    self->Init(name, key.secret(), iv, tag_size < 0 ? std::nullopt : std::optional<unsigned>(tag_size));
  }

  v8::MaybeLocal<v8::Value> Update(const CallInfo& info) {
    CryptoArguments arguments(info);
    SecretBytes data = ReadData(&arguments);
    if (!arguments.ok()) return {};
    ncrypto::MarkPopErrorOnReturn errors;
    SecretBytes out;
    if (context_) {
      if (context_.isCcmMode() && !IsMessageSize(data.size())) return {};
      if (Process(data, &out)) return ToBuffer(env(), out.span());
    }
    ThrowOpenSslError(env(), errors.peekError(), "Trying to add data in unsupported state");
    return {};
  }

  v8::MaybeLocal<v8::Value> Final() {
    if (!context_) {
      ThrowCryptoCode(env(), CryptoCode::kInvalidState);
      return {};
    }
    ncrypto::MarkPopErrorOnReturn errors;
    const bool authenticates = IsAuthenticated();
    SecretBytes out;
    const bool done = Finish(&out);
    context_.reset();
    if (done) return ToBuffer(env(), out.span());
    ThrowOpenSslError(env(), errors.peekError(), authenticates ? "Unsupported state or unable to authenticate data" : "Unsupported state");
    return {};
  }

  bool SetAutoPadding(bool pad) {
    const ncrypto::MarkPopErrorOnReturn errors;
    return context_ && context_.setPadding(pad);
  }

  v8::MaybeLocal<v8::Value> GetAuthTag() const {
    if (context_ || !encrypts_ || tag_state_ != TagState::kComputed) return {};
    return ToBuffer(env(), std::span<const uint8_t>(tag_, *tag_size_));
  }

  v8::Local<v8::Value> SetAuthTag(Bytes tag) {
    v8::Isolate* isolate = env()->isolate();
    if (!context_ || !IsAuthenticated() || encrypts_ || tag_state_ != TagState::kUnknown) return v8::False(isolate);
    const unsigned size = static_cast<unsigned>(std::min<size_t>(tag.size(), UINT_MAX));
    bool valid = tag_size_ == size || (!tag_size_ && context_.isGcmMode());
    if (context_.isGcmMode()) valid = valid && Cipher::IsValidGCMTagLength(size);
    if (!valid || size > sizeof(tag_)) {
      ThrowCryptoCode(env(), CryptoCode::kInvalidAuthTag, "Invalid authentication tag length: " + std::to_string(size));
      return {};
    }
    if (context_.isGcmMode() && !tag_size_ && size != EVP_GCM_TLS_TAG_LEN && env()->State<WarnedOfShortTags>().FirstTime()) {
      EmitWarning(env(),
                  "Using AES-GCM authentication tags of less than 128 bits without specifying the authTagLength option when "
                  "initializing decryption is deprecated.",
                  "DeprecationWarning", "DEP0182");
    }
    tag_size_ = size;
    if (!context_.setAeadTag({reinterpret_cast<const char*>(tag.data()), size})) return v8::False(isolate);
    tag_state_ = TagState::kSetByUser;
    return v8::True(isolate);
  }

  // setAAD(bytes, length of the plain text or -1)
  v8::Local<v8::Value> SetAad(Bytes bytes, int32_t plaintext_size) {
    v8::Isolate* isolate = env()->isolate();
    if (!context_ || !IsAuthenticated() || bytes.size() > INT_MAX) return v8::False(isolate);
    const ncrypto::MarkPopErrorOnReturn errors;
    int written;
    if (context_.isCcmMode()) {
      if (plaintext_size < 0) {
        ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_MISSING_ARGS", "options.plaintextLength required for CCM mode with AAD");
        return {};
      }
      if (!IsMessageSize(plaintext_size)) return {};
      if (!context_.update({nullptr, static_cast<size_t>(plaintext_size)}, nullptr, &written)) return v8::False(isolate);
    }
    const SecretBytes data(bytes.span);
    return v8::Boolean::New(isolate, context_.update(data.buffer<unsigned char>(), nullptr, &written));
  }

 private:
  enum class TagState { kUnknown, kSetByUser, kComputed };
  // Node warns of it once.
  struct WarnedOfShortTags {
    explicit WarnedOfShortTags(Environment*) {}
    bool FirstTime() { return !std::exchange(warned, true); }
    bool warned = false;
  };

  CipherBase(Environment* env, v8::Local<v8::Object> object, bool encrypts) : NativeObject(env, object), encrypts_(encrypts) {}

  void Init(const std::string& name, const SecretBytes& key, const SecretBytes& iv, std::optional<unsigned> tag_size) {
    const Cipher cipher = Cipher::FromName(name.c_str());
    if (!cipher) return ThrowCryptoCode(env(), CryptoCode::kUnknownCipher);
    const int iv_size = cipher.getIvLength();
    const bool is_aead = cipher.isSupportedAuthenticatedMode();
    if ((iv.empty() && iv_size != 0) || (!is_aead && !iv.empty() && iv.size() != static_cast<size_t>(iv_size)) ||
        (cipher.isChaCha20Poly1305() && iv.size() > 12)) {
      return ThrowCryptoCode(env(), CryptoCode::kInvalidIv);
    }
    CipherCtxPointer context = CipherCtxPointer::New();
    if (!context) return ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Failed to allocate cipher context");
    if (cipher.isWrapMode()) context.setAllowWrap();
    if (!context.init(cipher, encrypts_)) return ThrowOpenSslError(env(), ERR_peek_error(), "Failed to initialize cipher");
    context_ = std::move(context);
    if (is_aead && !InitAuthenticated(name, iv.size(), tag_size)) return context_.reset();
    if (!context_.setKeyLength(key.size())) {
      context_.reset();
      return ThrowCryptoCode(env(), CryptoCode::kInvalidKeyLength);
    }
    if (!context_.init(Cipher(), encrypts_, key.data(), iv.data())) {
      context_.reset();
      ThrowOpenSslError(env(), ERR_peek_error(), "Failed to initialize cipher");
    }
  }

  bool InitAuthenticated(const std::string& name, size_t iv_size, std::optional<unsigned> tag_size) {
    if (!context_.setIvLength(iv_size)) {
      ThrowCryptoCode(env(), CryptoCode::kInvalidIv);
      return false;
    }
    if (context_.isCcmMode()) {
      // The length of the message has 15 - iv_size bytes.
      max_message_size_ = iv_size == 13 ? 0xffff : iv_size == 12 ? 0xffffff : INT_MAX;
    }
    if (!tag_size) {
      if (context_.isGcmMode()) return true;
      if (!context_.isChaCha20Poly1305()) {
        ThrowCryptoCode(env(), CryptoCode::kInvalidAuthTag, "authTagLength required for " + name);
        return false;
      }
      tag_size = EVP_CHACHAPOLY_TLS_TAG_LEN;
    } else if (context_.isGcmMode() ? !Cipher::IsValidGCMTagLength(*tag_size)
                                    : *tag_size > sizeof(tag_) || !context_.setAeadTagLength(*tag_size)) {
      ThrowCryptoCode(env(), CryptoCode::kInvalidAuthTag, "Invalid authentication tag length: " + std::to_string(*tag_size));
      return false;
    }
    tag_size_ = tag_size;
    return true;
  }

  bool IsAuthenticated() const { return Cipher::FromCtx(context_).isSupportedAuthenticatedMode(); }

  bool IsMessageSize(size_t size) {
    if (size <= static_cast<size_t>(max_message_size_)) return true;
    ThrowCryptoCode(env(), CryptoCode::kInvalidMessageLength);
    return false;
  }

  // The bytes of (view), or of (string, encoding).
  SecretBytes ReadData(CryptoArguments* arguments) {
    v8::Local<v8::Value> value = arguments->Peek();
    if (!value->IsString()) return arguments->ReadBytes();
    v8::Isolate* isolate = env()->isolate();
    const Encoding encoding = EncodingOf(isolate, arguments->Peek(1), Encoding::kUtf8);
    SecretBytes bytes(SizeOfString(isolate, value.As<v8::String>(), encoding));
    bytes.Resize(WriteString(isolate, value.As<v8::String>(), {bytes.data(), bytes.size()}, encoding));
    return bytes;
  }

  bool Process(const SecretBytes& data, SecretBytes* out) {
    const int block_size = context_.getBlockSize();
    if (data.size() + block_size > INT_MAX) return false;
    int size = static_cast<int>(data.size()) + block_size;
    // A wrapped key may be longer than that by more.
    if (encrypts_ && context_.isWrapMode() && !context_.update(data.buffer<unsigned char>(), nullptr, &size)) return false;
    *out = SecretBytes(size);
    const bool done = context_.update(data.buffer<unsigned char>(), out->data(), &size);
    out->Resize(done ? size : 0);
    // CCM decrypts all at once: that the tag does not fit is final()'s error.
    if (!done && !encrypts_ && context_.isCcmMode()) {
      authentication_failed_ = true;
      return true;
    }
    return done;
  }

  bool Finish(SecretBytes* out) {
    if (!encrypts_ && context_.isCcmMode()) return !authentication_failed_;
    int size = context_.getBlockSize();
    *out = SecretBytes(size);
    if (!context_.update({}, out->data(), &size, true)) return false;
    out->Resize(size);
    if (!encrypts_ || !IsAuthenticated()) return true;
    if (!tag_size_) tag_size_ = EVP_GCM_TLS_TAG_LEN;
    if (!context_.getAeadTag(*tag_size_, tag_)) return false;
    tag_state_ = TagState::kComputed;
    return true;
  }

  CipherCtxPointer context_;
  const bool encrypts_;
  TagState tag_state_ = TagState::kUnknown;
  std::optional<unsigned> tag_size_;
  uint8_t tag_[Cipher::MAX_AUTH_TAG_LENGTH];
  bool authentication_failed_ = false;
  int max_message_size_ = INT_MAX;
};

// getCipherInfo(target, name or number, length of the key, length of the IV): undefined where the cipher has no such lengths.
v8::Local<v8::Value> GetCipherInfo(Environment* env, v8::Local<v8::Object> target, v8::Local<v8::Value> which,
                                   std::optional<int32_t> key_size, std::optional<int32_t> wanted_iv) {
  InitCrypto();
  const ncrypto::MarkPopErrorOnReturn errors;
  v8::Isolate* isolate = env->isolate();
  const Cipher cipher = which->IsInt32() ? Cipher::FromNid(which.As<v8::Int32>()->Value()) : Cipher::FromName(Utf8(isolate, which).c_str());
  if (!cipher) return v8::Undefined(isolate);
  int iv_size = cipher.getIvLength();
  if (key_size || wanted_iv) {
    auto context = CipherCtxPointer::New();
    if (!context.init(cipher, true) || (key_size && !context.setKeyLength(*key_size))) return v8::Undefined(isolate);
    if (wanted_iv) {
      const bool fits = cipher.isCcmMode()   ? *wanted_iv >= 7 && *wanted_iv <= 13
                        : cipher.isGcmMode() ? true
                        : cipher.isOcbMode() ? context.setIvLength(*wanted_iv)
                                             : *wanted_iv == iv_size;
      if (!fits) return v8::Undefined(isolate);
      iv_size = *wanted_iv;
    }
  }
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    return target->Set(env->context(), Internalized(isolate, name), value).FromMaybe(false);
  };
  const std::string mode(cipher.getModeLabel());
  if ((!mode.empty() && !set("mode", Internalized(isolate, mode))) || !set("name", Internalized(isolate, cipher.getName())) ||
      !set("nid", v8::Integer::New(isolate, cipher.getNid())) ||
      (!cipher.isStreamMode() && !set("blockSize", v8::Integer::New(isolate, cipher.getBlockSize()))) ||
      (iv_size != 0 && !set("ivLength", v8::Integer::New(isolate, iv_size))) ||
      !set("keyLength", v8::Integer::New(isolate, key_size.value_or(cipher.getKeyLength())))) {
    return {};
  }
  return target;
}

v8::Local<v8::Value> GetCiphers(Environment* env) {
  InitCrypto();
  const ncrypto::MarkPopErrorOnReturn errors;
  std::vector<std::string> names;
  Cipher::ForEach([&names](const char* name) { names.push_back(name); });
  return ArrayOfStrings(env, names);
}

v8::Local<v8::Value> GetSslCiphers(Environment* env) {
  InitOpenSsl();
  const ncrypto::ClearErrorOnReturn errors;
  std::vector<std::string> names;
  auto context = ncrypto::SSLCtxPointer::New();
  auto ssl = context ? ncrypto::SSLPointer::New(context) : ncrypto::SSLPointer();
  if (!ssl) {
    ThrowLastOpenSslError(env, "SSL_new");
    return {};
  }
  ssl.getCiphers([&names](const char* name) { names.push_back(name); });
  return ArrayOfStrings(env, names);
}

using RsaOperation = ncrypto::DataPointer (*)(const EVPKeyPointer&, const Cipher::CipherParams&, const ncrypto::Buffer<const void>);

// publicEncrypt(key..., data, padding, digest, label) and the like.
template <RsaOperation kOperation>
void RsaCipher(const CallInfo& info) {
  CryptoArguments arguments(info);
  Environment* env = arguments.env();
  const ncrypto::MarkPopErrorOnReturn errors;
  const Key key = ReadPublicOrPrivateKey(&arguments);
  if (!arguments.ok() || !key) return;
  const SecretBytes data = arguments.ReadBytes();
  const uint32_t padding = arguments.Read<uint32_t>();
  const std::optional<std::string> digest_name = arguments.ReadOptional<std::string>();
  const SecretBytes label = arguments.ReadOptionalBytes().value_or(SecretBytes());
  if (!arguments.ok()) return;
  if (kOperation == Cipher::decrypt && padding == RSA_PKCS1_PADDING) {
    auto context = key.pkey().newCtx();
    if (!context.get() || !context.initForDecrypt()) return ThrowLastOpenSslError(env);
    if (!context.setRsaImplicitRejection()) {
      return ThrowCryptoCode(env, CryptoCode::kInvalidArgValue, "RSA_PKCS1_PADDING is no longer supported for private decryption");
    }
  }
  const EVP_MD* digest = digest_name ? ncrypto::getDigestByName(digest_name->c_str()) : nullptr;
  if (digest_name && digest == nullptr) {
    return ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_OSSL_EVP_INVALID_DIGEST", "Invalid digest used");
  }
  const Cipher::CipherParams parameters{static_cast<int>(padding), digest, label.buffer<void>()};
  const auto out = kOperation(key.pkey(), parameters, data.buffer<void>());
  if (!out) return ThrowLastOpenSslError(env);
  v8::Local<v8::Value> buffer;
  if (ToBuffer(env, out).ToLocal(&buffer)) info.GetReturnValue().Set(buffer);
}

constexpr FunctionSpec kMethods[] = {
    Method<&CipherBase::Final>("final"),
    Method<&CipherBase::GetAuthTag>("getAuthTag"),
    Method<&CipherBase::SetAad>("setAAD"),
    Method<&CipherBase::SetAuthTag>("setAuthTag"),
    Method<&CipherBase::SetAutoPadding>("setAutoPadding"),
    Method<&CipherBase::Update>("update"),
};
constexpr ClassSpec kClasses[] = {{"CipherBase", &CipherBase::Construct, kMethods}};
constexpr FunctionSpec kFunctions[] = {
    Typed<GetCipherInfo>("getCipherInfo"),         Typed<GetCiphers>("getCiphers"),
    Typed<GetSslCiphers>("getSSLCiphers"),         {"privateDecrypt", RsaCipher<Cipher::decrypt>},
    {"privateEncrypt", RsaCipher<Cipher::sign>},   {"publicDecrypt", RsaCipher<Cipher::recover>},
    {"publicEncrypt", RsaCipher<Cipher::encrypt>},
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoCipher;
constexpr BindingSpec kNodeCryptoCipher{"crypto/cipher", crypto::kFunctions, {}, crypto::kClasses};
}  // namespace dv8::node
