// Digests and MACs: Hash, Hmac, and their jobs.
#include <climits>
#include <mutex>
#include <unordered_map>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/crypto_mac.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/openssl_init.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::EVPMDCtxPointer;

// Digests by the names they were asked for, fetched once: fetching is most of what a short hash costs. Never freed.
const EVP_MD* FetchDigest(const std::string& name) {
  static std::mutex mutex;
  static auto* fetched = new std::unordered_map<std::string, const EVP_MD*>;
  InitCrypto();
  const std::lock_guard lock(mutex);
  if (const auto found = fetched->find(name); found != fetched->end()) return found->second;
  // Looking one of these up by its name would list all others first.
  for (const char* common : {"sha256", "sha1", "sha512", "md5", "sha384"}) {
    if (name != common) continue;
    if (const EVP_MD* digest = EVP_MD_fetch(nullptr, common, nullptr)) return fetched->emplace(name, digest).first->second;
  }
  const EVP_MD* known = ncrypto::getDigestByName(name.c_str());
  if (known == nullptr) return nullptr;
  const char* real_name = EVP_MD_get0_name(known);
  const ncrypto::MarkPopErrorOnReturn errors;
  const EVP_MD* digest = real_name == nullptr ? nullptr : EVP_MD_fetch(nullptr, real_name, nullptr);
  if (digest == nullptr) return known;
  fetched->emplace(name, digest);
  return digest;
}

// The size of a digest; an XOF's, where OpenSSL says none, is what older versions had (DEP0198).
size_t DefaultSize(const EVP_MD* digest) {
  const int size = EVP_MD_get_size(digest);
  if (size > 0) return size;
  if (EVP_MD_is_a(digest, "SHAKE128")) return 16;
  if (EVP_MD_is_a(digest, "SHAKE256")) return 32;
  return 0;
}

bool IsXof(const EVP_MD* digest) { return (EVP_MD_get_flags(digest) & EVP_MD_FLAG_XOF) != 0; }

// Calls `use` with the bytes of a view, or of a string in `encoding`.
template <typename Use>
bool WithBytes(Environment* env, v8::Local<v8::Value> data, v8::Local<v8::Value> encoding_name, const Use& use) {
  v8::Isolate* isolate = env->isolate();
  if (!data->IsString()) {
    if (!IsBufferSource(data)) {
      ThrowInvalidArgument(isolate, 0, "of type string or an instance of Buffer, TypedArray, or DataView", data);
      return false;
    }
    const ReadBytes bytes(data);
    return use(bytes.span());
  }
  v8::Local<v8::String> text = data.As<v8::String>();
  const Encoding encoding = EncodingOf(isolate, encoding_name, Encoding::kUtf8);
  if (encoding == Encoding::kUtf8 || encoding == Encoding::kBuffer) {
    return WithUtf8(isolate, text,
                    [&](std::string_view chars) { return use(std::span(reinterpret_cast<const uint8_t*>(chars.data()), chars.size())); });
  }
  SecretBytes bytes(SizeOfString(isolate, text, encoding));
  bytes.Resize(WriteString(isolate, text, {bytes.data(), bytes.size()}, encoding));
  return use(bytes.span());
}

class Hash final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Hash, NativeObject)
  Hash(Environment* env, v8::Local<v8::Object> object, EVPMDCtxPointer&& context, size_t size)
      : NativeObject(env, object), context_(std::move(context)), size_(size) {}

  // new Hash(algorithm or another Hash, length of an XOF's digest)
  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (!info.IsConstructCall()) {
      return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED", "Hash cannot be invoked without 'new'");
    }
    CryptoArguments arguments(info);
    Hash* original = nullptr;
    const EVP_MD* digest;
    if (arguments.Peek()->IsObject()) {
      original = arguments.Read<Hash*>();
      digest = original == nullptr ? nullptr : original->context_.getDigest();
    } else {
      digest = FetchDigest(arguments.Read<std::string>());
    }
    const std::optional<uint32_t> length = arguments.ReadOptional<uint32_t>();
    if (!arguments.ok()) return;
    auto context = EVPMDCtxPointer::New();
    if (digest == nullptr || !context.digestInit(digest)) return ThrowLastOpenSslError(env, "Digest method not supported");
    size_t size = length || !IsXof(digest) ? EVP_MD_get_size(digest) : DefaultSize(digest);
    if (length && *length != size) {
      if (!IsXof(digest)) {
        ERR_raise(ERR_LIB_EVP, EVP_R_NOT_XOF_OR_INVALID_LENGTH);
        return ThrowLastOpenSslError(env, "Digest method not supported");
      }
      size = *length;
    }
    if (original != nullptr && !original->context_.copyTo(context)) return ThrowLastOpenSslError(env, "Digest copy error");
    new Hash(env, info.This(), std::move(context), size);
  }

  bool Update(v8::Local<v8::Value> data, v8::Local<v8::Value> encoding) {
    return WithBytes(env(), data, encoding,
                     [this](std::span<const uint8_t> bytes) { return !digested_ && context_.digestUpdate({bytes.data(), bytes.size()}); });
  }

  v8::MaybeLocal<v8::Value> Digest(v8::Local<v8::Value> encoding) {
    // A stream asks for it again, which not all digests can give.
    if (!digested_ && size_ > 0) {
      auto digest = context_.digestFinal(size_);
      if (!digest) {
        ThrowLastOpenSslError(env());
        return {};
      }
      digest_ = SecretBytes(digest);
    }
    digested_ = true;
    return EncodeBytes(env(), digest_.span(), EncodingOf(env()->isolate(), encoding, Encoding::kBuffer));
  }

 private:
  EVPMDCtxPointer context_;
  size_t size_;
  SecretBytes digest_;
  bool digested_ = false;
};

class Hmac final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(Hmac, NativeObject)
  Hmac(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}

  // init(digest, key)
  void Init(const CallInfo& info) {
    CryptoArguments arguments(info);
    const EVP_MD* digest = arguments.ReadDigest();
    const Key key = ReadSecretKey(&arguments);
    if (!arguments.ok()) return;
    context_ = ncrypto::HMACCtxPointer::New();
    if (context_.init(key.secret().buffer<void>(), digest)) return;
    context_.reset();
    ThrowLastOpenSslError(env());
  }

  bool Update(v8::Local<v8::Value> data, v8::Local<v8::Value> encoding) {
    return WithBytes(env(), data, encoding,
                     [this](std::span<const uint8_t> bytes) { return context_ && context_.update({bytes.data(), bytes.size()}); });
  }

  v8::MaybeLocal<v8::Value> Digest(v8::Local<v8::Value> encoding) {
    SecretBytes result;
    if (context_) {
      auto digest = context_.digest();
      context_.reset();
      if (!digest) {
        ThrowLastOpenSslError(env(), "Failed to finalize HMAC");
        return {};
      }
      result = SecretBytes(digest);
    }
    return EncodeBytes(env(), result.span(), EncodingOf(env()->isolate(), encoding, Encoding::kBuffer));
  }

 private:
  ncrypto::HMACCtxPointer context_;
};

void AddFetched(const EVP_MD*, const char* from, const char*, void* names) {
  if (from != nullptr && FetchDigest(from) != nullptr) {
    const char* real_name = EVP_MD_get0_name(FetchDigest(from));
    EVP_MD* fetched = real_name == nullptr ? nullptr : EVP_MD_fetch(nullptr, real_name, nullptr);
    if (fetched != nullptr) static_cast<std::vector<std::string>*>(names)->push_back(from);
    EVP_MD_free(fetched);
  }
}

v8::Local<v8::Value> GetHashes(Environment* env) {
  InitCrypto();
  const ncrypto::MarkPopErrorOnReturn errors;
  std::vector<std::string> names;
  EVP_MD_do_all_sorted(AddFetched, &names);
  return ArrayOfStrings(env, names);
}

// Numbers of digests by name, which lib passes again: FetchDigest() needs none.
v8::Local<v8::Value> GetCachedAliases(Environment* env) {
  return v8::Object::New(env->isolate(), v8::Null(env->isolate()), nullptr, nullptr, 0);
}

// oneShotDigest(algorithm, number, numbers, input, encoding's name, encoding's number, length of an XOF's digest)
void OneShotDigest(const CallInfo& info, std::string name, v8::Local<v8::Value>, v8::Local<v8::Value>, v8::Local<v8::Value> input,
                   v8::Local<v8::Value> encoding_name, v8::Local<v8::Value>, std::optional<uint32_t> length) {
  Environment* env = Environment::From(info);
  const EVP_MD* digest = FetchDigest(name);
  if (digest == nullptr) return ThrowLastOpenSslError(env, ("Digest method " + name + " is not supported").c_str());
  const bool is_xof = IsXof(digest);
  if (!is_xof && length && *length != static_cast<uint32_t>(EVP_MD_get_size(digest))) {
    const std::string message = "Output length " + std::to_string(*length) + " is invalid for " + name + ", which does not support XOF";
    return ThrowLastOpenSslError(env, message.c_str());
  }
  const size_t size = length ? *length : DefaultSize(digest);
  SecretBytes result;
  const bool done = size == 0 || WithBytes(env, input, v8::Undefined(env->isolate()), [&](std::span<const uint8_t> bytes) {
                      auto data =
                          is_xof ? ncrypto::xofHashDigest(BufferOf(bytes), digest, size) : ncrypto::hashDigest(BufferOf(bytes), digest);
                      if (data) result = SecretBytes(data);
                      return !result.empty();
                    });
  if (env->isolate()->HasPendingException()) return;
  if (!done) return ThrowLastOpenSslError(env);
  v8::Local<v8::Value> value;
  if (EncodeBytes(env, result.span(), EncodingOf(env->isolate(), encoding_name, Encoding::kHex)).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// HashJob(mode, digest, data, bits)
struct HashTask {
  static constexpr Provider kProvider = Provider::HASHREQUEST;
  const EVP_MD* digest = nullptr;
  SecretBytes data, result;
  size_t size = 0;

  bool Read(CryptoArguments* arguments, JobMode) {
    digest = arguments->ReadDigest();
    data = arguments->ReadBytes();
    const std::optional<uint32_t> bits = arguments->ReadOptional<uint32_t>();
    if (!arguments->ok()) return false;
    size = bits ? *bits / CHAR_BIT : DefaultSize(digest);
    if (bits && size != static_cast<size_t>(EVP_MD_get_size(digest)) && !IsXof(digest)) {
      ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidDigest, "Digest method not supported");
      return false;
    }
    return true;
  }
  bool Work() {
    auto context = EVPMDCtxPointer::New();
    if (!context.digestInit(digest) || !context.digestUpdate(data.buffer<void>())) return false;
    if (size == 0) return true;
    auto digested = context.digestFinal(size);
    result = SecretBytes(digested);
    return !result.empty();
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToArrayBuffer(env, result.span()); }
};

// HmacJob(mode, sign or verify, digest, key, data, signature)
struct HmacTask : MacTask {
  static constexpr Provider kProvider = Provider::SIGNREQUEST;
  const EVP_MD* digest = nullptr;
  Key key;
  SecretBytes data;

  bool Read(CryptoArguments* arguments, JobMode) {
    ReadSignMode(arguments);
    digest = arguments->ReadDigest();
    key = ReadKeyHandle(arguments, {KeyType::kSecret});
    data = arguments->ReadBytes();
    ReadSignature(arguments);
    return arguments->ok();
  }
  bool Work() {
    auto context = ncrypto::HMACCtxPointer::New();
    if (!context.init(key.secret().buffer<void>(), digest) || !context.update(data.buffer<void>())) return false;
    auto mac = context.digest();
    result = SecretBytes(mac);
    return !result.empty();
  }
};

constexpr FunctionSpec kHashMethods[] = {Method<&Hash::Digest>("digest"), Method<&Hash::Update>("update")};
constexpr FunctionSpec kHmacMethods[] = {Method<&Hmac::Digest>("digest"), Method<&Hmac::Init>("init"), Method<&Hmac::Update>("update")};
constexpr ClassSpec kClasses[] = {
    {"Hash", &Hash::Construct, kHashMethods},
    {"Hmac", Constructor<Hmac>(), kHmacMethods},
    JobClass<HashTask>("HashJob"),
    JobClass<HmacTask>("HmacJob"),
};
constexpr FunctionSpec kFunctions[] = {Typed<GetCachedAliases>("getCachedAliases"), Typed<GetHashes>("getHashes"),
                                       Typed<OneShotDigest>("oneShotDigest")};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoHash;
constexpr BindingSpec kNodeCryptoHash{"crypto/hash", crypto::kFunctions, {}, crypto::kClasses};
}  // namespace dv8::node
