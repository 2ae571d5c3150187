// runtime/bindings/dv8_digest.cc: internal:dv8_digest, hashes and HMACs of OpenSSL's between two
// fixed buffers, for dv8:openssl.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <vector>

#include "runtime/binding/checked.h"
#include "runtime/bindings/kept_bytes.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using DigestPointer = std::unique_ptr<EVP_MD, Deleter<EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using MacPointer = std::unique_ptr<EVP_MAC, Deleter<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Deleter<EVP_MAC_CTX_free>>;

// A hash, or an HMAC when it has a key.
class Digest : public NativeObject {
 public:
  Digest(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}

  static void Construct(const CallInfo& info) { new Digest(Environment::From(info), info.This()); }

  // setup(algorithm, key view or undefined, input view, output view) → the result's size in
  // bytes, or -1 when there is no such algorithm.
  static void Setup(const CallInfo& info) {
    InitOpenSsl();
    auto* self = Unwrap<Digest>(info);
    self->Free();
    const Utf8 name(info.GetIsolate(), info[0]);
    self->digest_.reset(EVP_MD_fetch(nullptr, name.c_str(), nullptr));
    // Nothing to say of why: there is no such name, or no default length.
    TakeOpenSslError();
    const int size = self->digest_ == nullptr ? -1 : EVP_MD_get_size(self->digest_.get());
    if (size <= 0) {
      self->digest_.reset();
      return info.GetReturnValue().Set(-1);
    }
    self->keyed_ = !info[1]->IsUndefined();
    if (self->keyed_) {
      const std::span<uint8_t> key = BytesOf(info[1]);
      self->key_.assign(key.begin(), key.end());
    }
    self->input_ = KeptBytes(info[2]);
    self->output_ = KeptBytes(info[3]);
    info.GetReturnValue().Set(size);
  }

  // create() → whether it has begun.
  static void Create(const CallInfo& info) {
    auto* self = Unwrap<Digest>(info);
    self->context_.reset();
    self->mac_context_.reset();
    const bool begun = self->digest_ != nullptr && (self->keyed_ ? self->BeginMac() : self->Begin());
    if (!begun) TakeOpenSslError();
    info.GetReturnValue().Set(begun);
  }

  // update(length) → whether it was begun.
  static void Update(const CallInfo& info) {
    auto* self = Unwrap<Digest>(info);
    const size_t length = static_cast<size_t>(Int64Arg(info, 0));
    if (length > self->input_.size()) return ThrowTypeError(info.GetIsolate(), "update: the bytes are not in the buffer");
    bool done = false;
    if (self->context_ != nullptr) {
      done = EVP_DigestUpdate(self->context_.get(), self->input_.data(), length) == 1;
    } else if (self->mac_context_ != nullptr) {
      done = EVP_MAC_update(self->mac_context_.get(), self->input_.data(), length) == 1;
    }
    info.GetReturnValue().Set(done);
  }

  // digest() → the size of what is at the start of the output now, or -1 when it was not begun.
  static void Finish(const CallInfo& info) {
    auto* self = Unwrap<Digest>(info);
    int64_t size = -1;
    if (self->context_ != nullptr) {
      unsigned written = 0;
      if (static_cast<size_t>(EVP_MD_get_size(self->digest_.get())) > self->output_.size()) {
        return ThrowTypeError(info.GetIsolate(), "digest: the buffer is too short");
      }
      if (EVP_DigestFinal_ex(self->context_.get(), self->output_.data(), &written) == 1) {
        size = written;
      }
    } else if (self->mac_context_ != nullptr) {
      size_t written = 0;
      if (EVP_MAC_final(self->mac_context_.get(), self->output_.data(), &written, self->output_.size()) == 1) {
        size = static_cast<int64_t>(written);
      }
    }
    self->context_.reset();
    self->mac_context_.reset();
    info.GetReturnValue().Set(static_cast<double>(size));
  }

  static void Free(const CallInfo& info) { Unwrap<Digest>(info)->Free(); }

 private:
  bool Begin() {
    context_.reset(EVP_MD_CTX_new());
    if (context_ != nullptr && EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1) {
      return true;
    }
    context_.reset();
    return false;
  }

  bool BeginMac() {
    const MacPointer mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    if (mac == nullptr) return false;
    mac_context_.reset(EVP_MAC_CTX_new(mac.get()));
    char* name = const_cast<char*>(EVP_MD_get0_name(digest_.get()));
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
    // An empty key is a key; no pointer would mean none.
    static const uint8_t empty = 0;
    const uint8_t* key = key_.empty() ? &empty : key_.data();
    if (mac_context_ != nullptr && EVP_MAC_init(mac_context_.get(), key, key_.size(), params) == 1) {
      return true;
    }
    mac_context_.reset();
    return false;
  }

  void Free() {
    context_.reset();
    mac_context_.reset();
    digest_.reset();
    key_.clear();
    input_ = {};
    output_ = {};
  }

  DigestPointer digest_;
  DigestContext context_;
  MacContext mac_context_;
  bool keyed_ = false;
  std::vector<uint8_t> key_;
  KeptBytes input_;
  KeptBytes output_;
};

constexpr FunctionSpec kMethods[] = {
    {"create", Digest::Create},
    {"digest", Digest::Finish},
    {"free", Digest::Free},
    Checked<Digest::Setup, v8::Local<v8::String>, v8::Local<v8::Value>, FixedView, FixedView>("setup"),
    Checked<Digest::Update, uint64_t>("update"),
};
constexpr ClassSpec kClasses[] = {{"Digest", CheckedConstructor<Digest::Construct>, kMethods}};

}  // namespace

extern const BindingSpec kDv8Digest;
constexpr BindingSpec kDv8Digest{"dv8_digest", {}, {}, kClasses};

}  // namespace dv8
