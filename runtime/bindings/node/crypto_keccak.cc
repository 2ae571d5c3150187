// What OpenSSL has not of Keccak's family: jobs of cSHAKE and KMAC by bits (NIST SP 800-185), of TurboSHAKE and
// KangarooTwelve (RFC 9861).
#include <algorithm>
#include <bit>
#include <climits>
#include <cstring>

#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/node/crypto_mac.h"

namespace dv8::node::crypto {
namespace {

using ByteSpan = std::span<const uint8_t>;

// Keccak-p[1600] with its last `rounds` rounds (FIPS 202).
void Permute(uint64_t (&lanes)[25], int rounds) {
  static constexpr uint64_t kRoundConstants[24] = {
      0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
      0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
      0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
      0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
  for (int round = 24 - rounds; round < 24; round++) {
    uint64_t parity[5];
    for (int x = 0; x < 5; x++) parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    for (int x = 0; x < 5; x++) {
      const uint64_t mix = parity[(x + 4) % 5] ^ std::rotl(parity[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) lanes[x + y] ^= mix;
    }
    // The lanes move along the cycle that (x, y) -> (y, 2x + 3y) makes, each rotated by the next triangular number.
    int x = 1, y = 0;
    uint64_t moved = lanes[1];
    for (int step = 0; step < 24; step++) {
      const int next = (2 * x + 3 * y) % 5;
      x = y;
      y = next;
      const uint64_t before = lanes[x + 5 * y];
      lanes[x + 5 * y] = std::rotl(moved, (step + 1) * (step + 2) / 2 % 64);
      moved = before;
    }
    for (int row = 0; row < 25; row += 5) {
      uint64_t old[5];
      std::copy_n(&lanes[row], 5, old);
      for (int i = 0; i < 5; i++) lanes[row + i] = old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]);
    }
    lanes[0] ^= kRoundConstants[round];
  }
}

// Takes bytes, then gives as many as are wanted.
class Sponge {
 public:
  Sponge(size_t rate, int rounds) : rate_(rate), rounds_(rounds) {}

  void Absorb(ByteSpan bytes) {
    for (const uint8_t byte : bytes) {
      Xor(at_++, byte);
      if (at_ == rate_) NextBlock();
    }
  }
  void Absorb(uint8_t byte) { Absorb(ByteSpan(&byte, 1)); }
  // Zeros up to the end of the block.
  void Fill() {
    if (at_ != 0) NextBlock();
  }
  // `domain`: the bits that end the message, with the first bit of the padding.
  void Finish(uint8_t domain, std::span<uint8_t> out) {
    Xor(at_, domain);
    Xor(rate_ - 1, 0x80);
    NextBlock();
    for (uint8_t& byte : out) {
      if (at_ == rate_) NextBlock();
      byte = static_cast<uint8_t>(lanes_[at_ / 8] >> (at_ % 8 * 8));
      at_++;
    }
  }

 private:
  void Xor(size_t at, uint8_t byte) { lanes_[at / 8] ^= static_cast<uint64_t>(byte) << (at % 8 * 8); }
  void NextBlock() {
    Permute(lanes_, rounds_);
    at_ = 0;
  }

  uint64_t lanes_[25] = {};
  size_t rate_;
  int rounds_;
  size_t at_ = 0;
};

size_t RateOf(bool is_128) { return is_128 ? 168 : 136; }

// The bytes of a number, the first one first, without leading zeros.
std::vector<uint8_t> BigEndian(uint64_t number) {
  std::vector<uint8_t> bytes;
  for (; number != 0; number >>= CHAR_BIT) bytes.insert(bytes.begin(), static_cast<uint8_t>(number));
  return bytes;
}

// SP 800-185's left_encode and right_encode.
void Encode(Sponge* sponge, uint64_t number, bool size_first) {
  std::vector<uint8_t> bytes = BigEndian(number);
  if (bytes.empty()) bytes.push_back(0);
  if (size_first) sponge->Absorb(static_cast<uint8_t>(bytes.size()));
  sponge->Absorb(bytes);
  if (!size_first) sponge->Absorb(static_cast<uint8_t>(bytes.size()));
}
void EncodeString(Sponge* sponge, ByteSpan bytes, size_t bits) {
  Encode(sponge, bits, true);
  sponge->Absorb(bytes);
}

// The first `bits` of a string, the bits of a last part of a byte from its top.
void CutToBits(SecretBytes* bytes, size_t bits) {
  if (bits % CHAR_BIT != 0) bytes->data()[bytes->size() - 1] &= static_cast<uint8_t>(0xff << (CHAR_BIT - bits % CHAR_BIT));
}
size_t BytesOfBits(size_t bits) { return bits / CHAR_BIT + (bits % CHAR_BIT == 0 ? 0 : 1); }

// OpenSSL's KMAC has these limits, and Node for cSHAKE the same one.
constexpr size_t kMostCustomization = 512, kMostKey = 512, kMostOutput = 0xffffff / CHAR_BIT;

// A sponge that has the names of cSHAKE.
Sponge Customized(bool is_128, ByteSpan function_name, ByteSpan customization) {
  Sponge sponge(RateOf(is_128), 24);
  Encode(&sponge, RateOf(is_128), true);
  EncodeString(&sponge, function_name, function_name.size() * CHAR_BIT);
  EncodeString(&sponge, customization, customization.size() * CHAR_BIT);
  sponge.Fill();
  return sponge;
}
constexpr uint8_t kCShakeDomain = 0x04;

// One of two names; ERR_INVALID_ARG_VALUE for others.
bool ReadVariant(CryptoArguments* arguments, const char* name_128, const char* name_256) {
  const std::string name = arguments->Read<std::string>();
  if (arguments->ok() && name != name_128 && name != name_256) {
    ThrowCryptoCode(arguments->env(), CryptoCode::kInvalidArgValue, "Unknown algorithm: " + name);
    arguments->Fail();
  }
  return name == name_128;
}

// CShakeJob(mode, algorithm, data, name of the function, customization, bits)
struct CShakeTask {
  static constexpr Provider kProvider = Provider::HASHREQUEST;
  bool is_128 = true;
  SecretBytes data, function_name, customization, result;
  uint32_t bits = 0;

  bool Read(CryptoArguments* arguments, JobMode) {
    is_128 = ReadVariant(arguments, "cSHAKE128", "cSHAKE256");
    data = arguments->ReadBytes();
    function_name = arguments->ReadOptionalBytes().value_or(SecretBytes());
    customization = arguments->ReadOptionalBytes().value_or(SecretBytes());
    bits = arguments->Read<uint32_t>();
    return arguments->ok();
  }
  bool Work() {
    if (customization.size() > kMostCustomization) return false;
    Sponge sponge = Customized(is_128, function_name.span(), customization.span());
    sponge.Absorb(data.span());
    result = SecretBytes(BytesOfBits(bits));
    sponge.Finish(kCShakeDomain, {result.data(), result.size()});
    CutToBits(&result, bits);
    return true;
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToArrayBuffer(env, result.span()); }
};

// KmacJob(mode, sign or verify, key, algorithm, customization, bits of the key, bits, data, signature)
struct KmacTask : MacTask {
  static constexpr Provider kProvider = Provider::SIGNREQUEST;
  bool is_128 = true;
  Key key;
  SecretBytes data, customization;
  uint64_t key_bits = 0;
  uint32_t bits = 0;

  bool Read(CryptoArguments* arguments, JobMode) {
    ReadSignMode(arguments);
    key = ReadKeyHandle(arguments, {KeyType::kSecret});
    is_128 = ReadVariant(arguments, "KMAC128", "KMAC256");
    customization = arguments->ReadOptionalBytes().value_or(SecretBytes());
    key_bits = arguments->Read<uint64_t>();
    bits = arguments->Read<uint32_t>();
    data = arguments->ReadBytes();
    ReadSignature(arguments);
    return arguments->ok();
  }
  bool Work() {
    static constexpr uint8_t kName[] = {'K', 'M', 'A', 'C'};
    const size_t key_size = BytesOfBits(key_bits), size = BytesOfBits(bits);
    if (key.secret().size() > kMostKey || key_size > kMostKey || customization.size() > kMostCustomization || size > kMostOutput ||
        key.secret().size() < key_size) {
      return false;
    }
    if (bits == 0) return true;
    Sponge sponge = Customized(is_128, kName, customization.span());
    Encode(&sponge, RateOf(is_128), true);
    EncodeString(&sponge, key.secret().span().first(key_size), key_bits);
    sponge.Fill();
    sponge.Absorb(data.span());
    Encode(&sponge, bits, false);
    result = SecretBytes(size);
    sponge.Finish(kCShakeDomain, {result.data(), size});
    CutToBits(&result, bits);
    return true;
  }
};

void TurboShake(bool is_128, ByteSpan data, uint8_t domain, std::span<uint8_t> out) {
  Sponge sponge(RateOf(is_128), 12);
  sponge.Absorb(data);
  sponge.Finish(domain, out);
}

// TurboShakeJob(mode, algorithm, domain, size, data)
struct TurboShakeTask {
  static constexpr Provider kProvider = Provider::HASHREQUEST;
  bool is_128 = true;
  uint8_t domain = 0;
  uint32_t size = 0;
  SecretBytes data, result;

  bool Read(CryptoArguments* arguments, JobMode) {
    is_128 = ReadVariant(arguments, "TurboSHAKE128", "TurboSHAKE256");
    domain = static_cast<uint8_t>(arguments->Read<InRange<uint32_t, 1, 0x7f>>().value);
    size = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    data = arguments->ReadBytes();
    return arguments->ok();
  }
  bool Work() {
    result = SecretBytes(size);
    TurboShake(is_128, data.span(), domain, {result.data(), result.size()});
    return true;
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToArrayBuffer(env, result.span()); }
};

// KangarooTwelveJob(mode, algorithm, customization, size, data)
struct KangarooTwelveTask {
  static constexpr Provider kProvider = Provider::HASHREQUEST;
  static constexpr size_t kChunk = 8192;
  bool is_128 = true;
  uint32_t size = 0;
  SecretBytes data, customization, result;

  bool Read(CryptoArguments* arguments, JobMode) {
    is_128 = ReadVariant(arguments, "KT128", "KT256");
    customization = arguments->ReadOptionalBytes().value_or(SecretBytes());
    size = arguments->Read<InRange<uint32_t, 0, INT_MAX>>().value;
    data = arguments->ReadBytes();
    return arguments->ok();
  }
  bool Work() {
    result = SecretBytes(size);
    const std::span<uint8_t> out(result.data(), result.size());
    std::vector<uint8_t> input(data.span().begin(), data.span().end());
    input.insert(input.end(), customization.span().begin(), customization.span().end());
    AppendSize(&input, customization.size());
    if (input.size() <= kChunk) {
      TurboShake(is_128, input, 0x07, out);
      return true;
    }
    // A tree of two levels: each chunk but the first is hashed, and these hashes follow the first chunk.
    static constexpr uint8_t kFirstChunkEnd[] = {3, 0, 0, 0, 0, 0, 0, 0};
    std::vector<uint8_t> node(input.begin(), input.begin() + kChunk);
    node.insert(node.end(), std::begin(kFirstChunkEnd), std::end(kFirstChunkEnd));
    std::vector<uint8_t> hash(is_128 ? 32 : 64);
    size_t count = 0;
    for (size_t at = kChunk; at < input.size(); at += kChunk, count++) {
      TurboShake(is_128, ByteSpan(input).subspan(at, std::min(kChunk, input.size() - at)), 0x0b, hash);
      node.insert(node.end(), hash.begin(), hash.end());
    }
    AppendSize(&node, count);
    node.insert(node.end(), 2, 0xff);
    TurboShake(is_128, node, 0x06, out);
    return true;
  }
  v8::MaybeLocal<v8::Value> Result(Environment* env) { return ToArrayBuffer(env, result.span()); }

 private:
  // length_encode: nothing of 0 but its size.
  static void AppendSize(std::vector<uint8_t>* bytes, size_t number) {
    const std::vector<uint8_t> encoded = BigEndian(number);
    bytes->insert(bytes->end(), encoded.begin(), encoded.end());
    bytes->push_back(static_cast<uint8_t>(encoded.size()));
  }
};

constexpr ClassSpec kClasses[] = {
    JobClass<CShakeTask>("CShakeJob"),
    JobClass<KangarooTwelveTask>("KangarooTwelveJob"),
    JobClass<KmacTask>("KmacJob"),
    JobClass<TurboShakeTask>("TurboShakeJob"),
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeCryptoKeccak;
constexpr BindingSpec kNodeCryptoKeccak{"crypto/keccak", {}, {}, crypto::kClasses};
}  // namespace dv8::node
