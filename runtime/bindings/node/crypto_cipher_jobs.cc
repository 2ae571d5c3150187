// WebCrypto's encryption: jobs of AES, ChaCha20-Poly1305 and RSA-OAEP.
#include <climits>
#include <cstring>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/crypto_rsa_variants.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::BignumPointer;
using ncrypto::Cipher;
using ncrypto::CipherCtxPointer;

constexpr size_t kBlockSize = 16;
constexpr size_t kPolyTagSize = 16;

// (encrypt or decrypt, key, data), which each of these jobs begins with.
struct CipherTask {
  static constexpr Provider kProvider = Provider::CIPHERREQUEST;
  static constexpr const char* kFailure = "Cipher job failed";
  bool encrypts = true;
  Key key;
  SecretBytes data, iv, additional, result;
  size_t tag_size = 0;

  void ReadCommon(CryptoArguments* arguments, std::initializer_list<KeyType> types) {
    encrypts = arguments->Read<InRange<uint32_t, 0, 1>>().value == 0;
    key = ReadKeyHandle(arguments, types);
    data = arguments->ReadBytes();
  }
  void ReadAdditional(CryptoArguments* arguments) {
    if (std::optional<SecretBytes> bytes = arguments->ReadOptionalBytes()) additional = std::move(*bytes);
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToArrayBuffer(env, result.span()); }

  // En- or decrypts with the tag, of an AEAD, behind the encrypted data.
  bool Run(const Cipher& cipher) {
    const bool is_aead = cipher.isSupportedAuthenticatedMode();
    auto context = CipherCtxPointer::New();
    if (!context) return false;
    if (cipher.isWrapMode()) context.setAllowWrap();
    if (!context.init(cipher, encrypts) || (is_aead && !context.setIvLength(iv.size())) || !context.setKeyLength(key.secret().size()) ||
        !context.init(Cipher(), encrypts, key.secret().data(), cipher.isWrapMode() && iv.empty() ? nullptr : iv.data())) {
      return false;
    }
    size_t size = data.size();
    if (is_aead) {
      if (cipher.isOcbMode() && !context.setAeadTagLength(tag_size)) return false;
      if (!encrypts) {
        if (size < tag_size) return false;
        size -= tag_size;
        if (!context.setAeadTag({data.chars() + size, tag_size})) return false;
      }
    }
    int written = 0;
    if (!additional.empty() && is_aead && !context.update(additional.buffer<unsigned char>(), nullptr, &written)) return false;
    const size_t room = size + context.getBlockSize() + kBlockSize;  // A wrapped key is longer by half a block.
    if (room + tag_size > INT_MAX) return false;
    result = SecretBytes(room + tag_size);
    written = static_cast<int>(room);
    if (size == 0) {
      written = 0;
    } else if (!context.update({data.data(), size}, result.data(), &written)) {
      return false;
    }
    int last = context.getBlockSize();
    if (!context.update({}, result.data() + written, &last, true)) return false;
    size_t total = static_cast<size_t>(written) + last;
    if (is_aead && encrypts) {
      if (!context.getAeadTag(tag_size, result.data() + total)) return false;
      total += tag_size;
    }
    result.Resize(total);
    return true;
  }
};

// By the numbers that lib has for them: kKeyVariantAES_CTR_128 and so on.
constexpr struct {
  const char* name;
  int nid;
} kAesVariants[] = {
    {"kKeyVariantAES_CTR_128", NID_aes_128_ctr},   {"kKeyVariantAES_CTR_192", NID_aes_192_ctr},
    {"kKeyVariantAES_CTR_256", NID_aes_256_ctr},   {"kKeyVariantAES_CBC_128", NID_aes_128_cbc},
    {"kKeyVariantAES_CBC_192", NID_aes_192_cbc},   {"kKeyVariantAES_CBC_256", NID_aes_256_cbc},
    {"kKeyVariantAES_GCM_128", NID_aes_128_gcm},   {"kKeyVariantAES_GCM_192", NID_aes_192_gcm},
    {"kKeyVariantAES_GCM_256", NID_aes_256_gcm},   {"kKeyVariantAES_KW_128", NID_id_aes128_wrap},
    {"kKeyVariantAES_KW_192", NID_id_aes192_wrap}, {"kKeyVariantAES_KW_256", NID_id_aes256_wrap},
    {"kKeyVariantAES_OCB_128", NID_aes_128_ocb},   {"kKeyVariantAES_OCB_192", NID_aes_192_ocb},
    {"kKeyVariantAES_OCB_256", NID_aes_256_ocb},
};

// AESCipherJob(mode, encrypt or decrypt, key, data, variant, IV or counter, bits of the counter or bytes of the tag, additional data)
struct AesTask : CipherTask {
  int nid = 0;
  uint32_t counter_bits = 0;

  bool Read(CryptoArguments* arguments, JobMode) {
    Environment* env = arguments->env();
    ReadCommon(arguments, {KeyType::kSecret});
    nid = kAesVariants[arguments->Read<InRange<uint32_t, 0, std::size(kAesVariants) - 1>>().value].nid;
    if (!arguments->ok()) return false;
    const Cipher cipher = Cipher::FromNid(nid);
    if (!cipher) {
      ThrowCryptoCode(env, CryptoCode::kUnknownCipher);
      return false;
    }
    if (cipher.isWrapMode()) return true;
    iv = arguments->ReadBytes();
    if (!arguments->ok()) return false;
    if (cipher.isCtrMode()) {
      counter_bits = arguments->Read<uint32_t>();
      if (arguments->ok() && (iv.size() != kBlockSize || counter_bits == 0 || counter_bits > 128)) {
        ThrowCryptoCode(env, CryptoCode::kInvalidCounter);
        return false;
      }
    } else if (cipher.isSupportedAuthenticatedMode()) {
      if (!arguments->Peek()->IsUint32() || arguments->Peek().As<v8::Uint32>()->Value() > 128) {
        ThrowCryptoCode(env, CryptoCode::kInvalidTagLength);
        return false;
      }
      tag_size = arguments->Read<uint32_t>();
      ReadAdditional(arguments);
    }
    const bool fits = cipher.isOcbMode() ? !iv.empty() && iv.size() <= 15 : iv.size() >= static_cast<size_t>(cipher.getIvLength());
    if (arguments->ok() && !fits) ThrowCryptoCode(env, CryptoCode::kInvalidIv);
    return fits;
  }

  bool Work() { return counter_bits == 0 ? Run(Cipher::FromNid(nid)) : RunCounter(Cipher::FromNid(nid)); }

 private:
  // OpenSSL counts with all 128 bits. Where the counter's own bits overflow, the rest is done from a counter of 0.
  bool RunCounter(const Cipher& cipher) {
    const size_t blocks = (data.size() + kBlockSize - 1) / kBlockSize;
    const auto counters = BignumPointer::NewLShift(counter_bits);
    const auto needed = BignumPointer::New();
    if (!counters || !needed || !BN_set_word(needed.get(), blocks) || BN_cmp(needed.get(), counters.get()) > 0) return false;
    const BignumPointer block(iv.data(), iv.size());
    const auto counter = BignumPointer::New();
    if (!block || !counter || BN_copy(counter.get(), block.get()) == nullptr) return false;
    if (BN_num_bits(counter.get()) > static_cast<int>(counter_bits)) BN_mask_bits(counter.get(), counter_bits);
    const auto until_overflow = BignumPointer::NewSub(counters, counter);
    if (!until_overflow) return false;
    result = SecretBytes(data.size());
    if (BN_cmp(until_overflow.get(), needed.get()) >= 0) return RunPart(cipher, iv, 0, data.size());
    const size_t first = BN_get_word(until_overflow.get()) * kBlockSize;
    const auto zeroed = BignumPointer::NewSub(block, counter);
    SecretBytes next(kBlockSize);
    return zeroed && BN_bn2binpad(zeroed.get(), next.data(), kBlockSize) == static_cast<int>(kBlockSize) && RunPart(cipher, iv, 0, first) &&
           RunPart(cipher, next, first, data.size() - first);
  }

  bool RunPart(const Cipher& cipher, const SecretBytes& counter, size_t offset, size_t size) {
    auto context = CipherCtxPointer::New();
    int written = 0, last = 0;
    return context && key.secret().size() == static_cast<size_t>(cipher.getKeyLength()) &&
           context.init(cipher, encrypts, key.secret().data(), counter.data()) &&
           context.update({data.data() + offset, size}, result.data() + offset, &written) &&
           context.update({}, result.data() + offset + written, &last, true) && static_cast<size_t>(written) + last == size;
  }
};

// ChaCha20Poly1305CipherJob(mode, encrypt or decrypt, key, data, IV, additional data)
struct ChaChaTask : CipherTask {
  bool Read(CryptoArguments* arguments, JobMode) {
    ReadCommon(arguments, {KeyType::kSecret});
    iv = arguments->ReadBytes();
    ReadAdditional(arguments);
    tag_size = kPolyTagSize;
    if (arguments->ok() && iv.size() != 12) {
      ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidIv);
      return false;
    }
    return arguments->ok();
  }
  bool Work() { return key.secret().size() == 32 && Run(Cipher::FromNid(NID_chacha20_poly1305)); }
};

// RSACipherJob(mode, encrypt or decrypt, key, data, variant, digest, label)
struct RsaTask : CipherTask {
  const EVP_MD* digest = nullptr;

  bool Read(CryptoArguments* arguments, JobMode) {
    ReadCommon(arguments, {KeyType::kPublic, KeyType::kPrivate});
    const uint32_t variant = arguments->Read<uint32_t>();
    if (arguments->ok() && (variant != static_cast<uint32_t>(RsaVariant::kOaep) || (key.type() == KeyType::kPublic) != encrypts)) {
      ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidKeyType);
      return false;
    }
    digest = arguments->ReadDigest();
    ReadAdditional(arguments);
    return arguments->ok();
  }
  bool Work() {
    const ncrypto::Rsa::CipherParams parameters{RSA_PKCS1_OAEP_PADDING, digest, additional.buffer<void>()};
    const auto out = encrypts ? ncrypto::Rsa::encrypt(key.pkey(), parameters, data.buffer<void>())
                              : ncrypto::Rsa::decrypt(key.pkey(), parameters, data.buffer<void>());
    if (!out) return false;
    result = SecretBytes(out);
    return true;
  }
};

constexpr ClassSpec kClasses[] = {
    JobClass<AesTask>("AESCipherJob"),
    JobClass<ChaChaTask>("ChaCha20Poly1305CipherJob"),
    JobClass<RsaTask>("RSACipherJob"),
};
constexpr ConstantSpec kConstants[] = {
    {"kWebCryptoCipherEncrypt", 0},
    {"kWebCryptoCipherDecrypt", 1},
    {"kKeyVariantRSA_SSA_PKCS1_v1_5", static_cast<int64_t>(RsaVariant::kPkcs1)},
    {"kKeyVariantRSA_PSS", static_cast<int64_t>(RsaVariant::kPss)},
    {"kKeyVariantRSA_OAEP", static_cast<int64_t>(RsaVariant::kOaep)},
#define V(index) {kAesVariants[index].name, index}
    V(0),
    V(1),
    V(2),
    V(3),
    V(4),
    V(5),
    V(6),
    V(7),
    V(8),
    V(9),
    V(10),
    V(11),
    V(12),
    V(13),
    V(14),
#undef V
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoCipherJobs;
constexpr BindingSpec kNodeCryptoCipherJobs{"crypto/cipher_jobs", {}, crypto::kConstants, crypto::kClasses};
}  // namespace dv8::node
