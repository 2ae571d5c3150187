// Random bytes and primes, and keys derived from passwords and from other keys.
#include <climits>

#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/core/drawn_bytes.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::BignumPointer;

// A job whose result is an ArrayBuffer of the bytes that Work() has put into `result`.
struct BytesTask {
  SecretBytes result;
  bool Take(const ncrypto::DataPointer& data) {
    if (data.get() == nullptr) return false;
    result = SecretBytes(data);
    return true;
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToArrayBuffer(env, result.span()); }
};

// RandomBytesJob(mode, buffer, offset, size): fills the buffer.
struct RandomBytesTask {
  static constexpr Provider kProvider = Provider::RANDOMBYTESREQUEST;
  HeldBytes bytes;

  bool Read(CryptoArguments* arguments, JobMode) {
    v8::Local<v8::Value> buffer = arguments->Peek();
    if (!HeldBytes::CanHold(buffer)) arguments->Refuse("an instance of ArrayBuffer, Buffer, TypedArray, or DataView");
    arguments->Skip();
    const uint32_t offset = arguments->Read<uint32_t>();
    const uint32_t size = arguments->Read<uint32_t>();
    if (!arguments->ok()) return false;
    if (IsBuilding(arguments->env())) arguments->env()->State<DrawnBytes>().Add(buffer, offset, size);
    bytes = HeldBytes(arguments->isolate(), buffer, offset, size);
    return true;
  }
  bool Work() { return bytes.size() == 0 || ncrypto::CSPRNG(bytes.data(), bytes.size()); }
  v8::MaybeLocal<v8::Value> Result(Environment* env) {
    bytes.Finish();
    bytes = HeldBytes();
    return v8::Undefined(env->isolate()).As<v8::Value>();
  }
};

// RandomPrimeJob(mode, bits, safe, add, rem)
struct RandomPrimeTask {
  static constexpr Provider kProvider = Provider::RANDOMPRIMEREQUEST;
  BignumPointer prime, add, rem;
  int bits = 0;
  bool safe = false;

  bool Read(CryptoArguments* arguments, JobMode) {
    Environment* env = arguments->env();
    bits = arguments->Read<InRange<int32_t, 1, INT_MAX>>().value;
    safe = arguments->Read<bool>();
    if (!ReadNumber(arguments, &add) || !ReadNumber(arguments, &rem) || !arguments->ok() || !MayDrawRandom(env)) return false;
    // What cannot be found would be looked for without end.
    if (add && BignumPointer::GetBitCount(add.get()) > bits) {
      ThrowCryptoCode(env, CryptoCode::kOutOfRange, "invalid options.add");
      return false;
    }
    if (add && rem && BN_cmp(add.get(), rem.get()) <= 0) {
      ThrowCryptoCode(env, CryptoCode::kOutOfRange, "invalid options.rem");
      return false;
    }
    prime = BignumPointer::NewSecure();
    if (!prime) ThrowCryptoCode(env, CryptoCode::kOperationFailed, "could not generate prime");
    return static_cast<bool>(prime);
  }
  bool Work() { return prime.generate({.bits = bits, .safe = safe, .add = add, .rem = rem}); }
  v8::MaybeLocal<v8::Value> Result(Environment* env) {
    const auto bytes = BignumPointer::EncodePadded(prime.get(), prime.byteLength());
    return ToArrayBuffer(env, {bytes.get<const uint8_t>(), bytes.size()});
  }

 private:
  static bool ReadNumber(CryptoArguments* arguments, BignumPointer* number) {
    const std::optional<SecretBytes> bytes = arguments->ReadOptionalBytes();
    if (!arguments->ok() || !bytes) return arguments->ok();
    *number = BignumPointer(bytes->data(), bytes->size());
    if (!*number) ThrowCryptoCode(arguments->env(), CryptoCode::kOperationFailed, "could not generate prime");
    return static_cast<bool>(*number);
  }
};

// CheckPrimeJob(mode, candidate, checks): gives a boolean.
struct CheckPrimeTask {
  static constexpr Provider kProvider = Provider::CHECKPRIMEREQUEST;
  BignumPointer candidate;
  int checks = 0;
  bool is_prime = false;

  bool Read(CryptoArguments* arguments, JobMode) {
    const SecretBytes bytes = arguments->ReadBytes();
    checks = arguments->Read<InRange<int32_t, 0, INT_MAX>>().value;
    if (!arguments->ok()) return false;
    candidate = BignumPointer(bytes.data(), bytes.size());
    if (!candidate) ThrowLastOpenSslError(arguments->env(), "BignumPointer");
    return static_cast<bool>(candidate);
  }
  bool Work() {
    const int result = candidate.isPrime(checks);
    is_prime = result > 0;
    return result >= 0;
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return v8::Boolean::New(env->isolate(), is_prime).As<v8::Value>(); }
};

// PBKDF2Job(mode, password, salt, iterations, size, digest)
struct Pbkdf2Task : BytesTask {
  static constexpr Provider kProvider = Provider::PBKDF2REQUEST;
  Key password;
  SecretBytes salt;
  uint32_t iterations = 0, size = 0;
  const EVP_MD* digest = nullptr;

  bool Read(CryptoArguments* arguments, JobMode) {
    password = ReadSecretKey(arguments);
    salt = arguments->ReadBytes();
    iterations = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    size = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    digest = arguments->ReadDigest();
    return arguments->ok();
  }
  bool Work() {
    // OpenSSL refuses to derive nothing.
    return size == 0 || Take(ncrypto::pbkdf2(digest, password.secret().buffer<char>(), salt.buffer<unsigned char>(), iterations, size));
  }
};

// ScryptJob(mode, password, salt, N, r, p, most memory, size)
struct ScryptTask : BytesTask {
  static constexpr Provider kProvider = Provider::SCRYPTREQUEST;
  Key password;
  SecretBytes salt;
  uint32_t n = 0, r = 0, p = 0, size = 0;
  uint64_t memory = 0;

  bool Read(CryptoArguments* arguments, JobMode) {
    password = ReadSecretKey(arguments);
    salt = arguments->ReadBytes();
    n = arguments->Read<uint32_t>();
    r = arguments->Read<uint32_t>();
    p = arguments->Read<uint32_t>();
    memory = arguments->Read<uint64_t>();
    size = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    if (!arguments->ok()) return false;
    if (ncrypto::checkScryptParams(n, r, p, memory)) return true;
    std::string message = "Invalid scrypt params";
    if (const unsigned long number = ERR_peek_last_error()) message += ": " + WordsOf(number);
    ERR_clear_error();
    ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidScryptParams, message);
    return false;
  }
  bool Work() {
    return size == 0 || Take(ncrypto::scrypt(password.secret().buffer<char>(), salt.buffer<unsigned char>(), n, r, p, memory, size));
  }
};

// HKDFJob(mode, digest, key, salt, info, size)
struct HkdfTask : BytesTask {
  static constexpr Provider kProvider = Provider::DERIVEBITSREQUEST;
  const EVP_MD* digest = nullptr;
  Key key;
  SecretBytes salt, info;
  uint32_t size = 0;

  bool Read(CryptoArguments* arguments, JobMode) {
    digest = arguments->ReadDigest();
    key = ReadSecretKey(arguments);
    salt = arguments->ReadBytes();
    info = arguments->ReadBytes();
    size = arguments->Read<uint32_t>();
    if (!arguments->ok()) return false;
    if (ncrypto::checkHkdfLength(digest, size)) return true;
    ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidKeyLength);
    return false;
  }
  bool Work() {
    return size == 0 || Take(ncrypto::hkdf(digest, key.secret().buffer<unsigned char>(), info.buffer<unsigned char>(),
                                           salt.buffer<unsigned char>(), size));
  }
};

constexpr ClassSpec kClasses[] = {
    JobClass<RandomBytesTask>("RandomBytesJob"), JobClass<RandomPrimeTask>("RandomPrimeJob"), JobClass<CheckPrimeTask>("CheckPrimeJob"),
    JobClass<Pbkdf2Task>("PBKDF2Job"),           JobClass<ScryptTask>("ScryptJob"),           JobClass<HkdfTask>("HKDFJob"),
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoDerive;
constexpr BindingSpec kNodeCryptoDerive{"crypto/derive", {}, {}, crypto::kClasses};
}  // namespace dv8::node
