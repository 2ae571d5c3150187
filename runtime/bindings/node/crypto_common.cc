#include "runtime/bindings/node/crypto_common.h"

#include <algorithm>
#include <cctype>
#include <climits>
#include <cstring>

#include "runtime/bindings/node/per_context.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/openssl_init.h"

namespace dv8::node::crypto {
namespace {

struct CodeWords {
  ErrorKind kind;
  const char* code;
  const char* message;
};

// By CryptoCode.
constexpr CodeWords kCodes[] = {
    {ErrorKind::kError, "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", "The selected key encoding is incompatible with the key type"},
    {ErrorKind::kTypeError, "ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag"},
    {ErrorKind::kTypeError, "ERR_CRYPTO_INVALID_COUNTER", "Invalid counter"},
    {ErrorKind::kTypeError, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name"},
    {ErrorKind::kTypeError, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest"},
    {ErrorKind::kTypeError, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector"},
    {ErrorKind::kTypeError, "ERR_CRYPTO_INVALID_JWK", "Invalid JWK format"},
    {ErrorKind::kRangeError, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length"},
    {ErrorKind::kRangeError, "ERR_CRYPTO_INVALID_KEYPAIR", "Invalid key pair"},
    {ErrorKind::kRangeError, "ERR_CRYPTO_INVALID_KEYTYPE", "Invalid key type"},
    {ErrorKind::kRangeError, "ERR_CRYPTO_INVALID_MESSAGELEN", "Invalid message length"},
    {ErrorKind::kRangeError, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params"},
    {ErrorKind::kError, "ERR_CRYPTO_INVALID_STATE", "Invalid state"},
    {ErrorKind::kRangeError, "ERR_CRYPTO_INVALID_TAG_LENGTH", "Invalid taglength"},
    {ErrorKind::kError, "ERR_CRYPTO_JWK_UNSUPPORTED_CURVE", "Unsupported JWK EC curve"},
    {ErrorKind::kError, "ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type."},
    {ErrorKind::kError, "ERR_CRYPTO_OPERATION_FAILED", "Operation failed"},
    {ErrorKind::kRangeError, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length"},
    {ErrorKind::kError, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher"},
    {ErrorKind::kError, "ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group"},
    {ErrorKind::kError, "ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported crypto operation"},
    {ErrorKind::kTypeError, "ERR_INVALID_ARG_VALUE", "Invalid argument"},
    {ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", "Out of range"},
    {ErrorKind::kTypeError, "ERR_MISSING_PASSPHRASE", "Passphrase required for encrypted key"},
    {ErrorKind::kTypeError, "ERR_INVALID_THIS", "Value of \"this\" is the wrong type"},
};

// The part of an error's code that names OpenSSL's library.
const char* LibraryPrefix(unsigned long number) {
  static constexpr struct {
    int number;
    const char* prefix;
  } kLibraries[] = {
#define V(name) {ERR_LIB_##name, #name "_"},
      V(SYS) V(BN) V(RSA) V(DH) V(EVP) V(BUF) V(OBJ) V(PEM) V(DSA) V(X509) V(ASN1) V(CONF) V(CRYPTO) V(EC) V(SSL) V(BIO) V(PKCS7) V(X509V3)
          V(RAND) V(ENGINE) V(OCSP) V(UI) V(COMP) V(ECDSA) V(ECDH) V(CMS) V(HMAC) V(USER) V(PKCS12) V(DSO) V(OSSL_STORE) V(TS) V(CT)
              V(ASYNC) V(SM2)
#undef V
  };
  for (const auto& library : kLibraries) {
    if (library.number == ERR_GET_LIB(number)) return library.prefix;
  }
  return "";
}

// Sets `code`, `library` and `reason` of OpenSSL's error. False: a setter has thrown.
bool Describe(Environment* env, v8::Local<v8::Object> error, unsigned long number) {
  if (number == 0) return true;
  InitOpenSsl();
  if (const char* library = ERR_lib_error_string(number); library != nullptr && !Set(env, error, "library", Text(env, library)))
    return false;
  const char* reason = ERR_reason_error_string(number);
  if (reason == nullptr) return true;
  if (!Set(env, error, "reason", Text(env, reason))) return false;
  const std::string_view prefix = LibraryPrefix(number);
  std::string code = prefix == "SSL_" ? "ERR_SSL_" : "ERR_OSSL_" + std::string(prefix);
  for (const char* c = reason; *c != 0; c++) code += *c == ' ' ? '_' : static_cast<char>(std::toupper(*c));
  return Set(env, error, "code", Text(env, code));
}

// A DOMException named OperationError, whose cause is `cause`.
v8::Local<v8::Value> OperationError(Environment* env, v8::Local<v8::Value> cause) {
  v8::Local<v8::Context> context = env->context();
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Function> constructor;
  if (!PerContextFunction(env, context, "DOMException").ToLocal(&constructor)) return cause;
  v8::Local<v8::Object> options = v8::Object::New(isolate);
  if (!Set(env, options, "name", Text(env, "OperationError")) || !Set(env, options, "cause", cause)) return cause;
  v8::Local<v8::Value> arguments[] = {Text(env, "The operation failed for an operation-specific reason"), options};
  v8::Local<v8::Object> error;
  return constructor->NewInstance(context, 2, arguments).ToLocal(&error) ? error.As<v8::Value>() : cause;
}

// Resolves with `value` itself: an own `then`, gone again afterwards, hides one that a program has given
// Object.prototype.
void Resolve(Environment* env, v8::Local<v8::Promise::Resolver> resolver, v8::Local<v8::Value> value) {
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::String> then = Internalized(env->isolate(), "then");
  bool hidden = false;
  if (value->IsObject() && !value.As<v8::Object>()->HasOwnProperty(context, then).FromMaybe(true)) {
    hidden = value.As<v8::Object>()->DefineOwnProperty(context, then, v8::Undefined(env->isolate()), v8::DontEnum).FromMaybe(false);
  }
  (void)resolver->Resolve(context, value);
  if (hidden) (void)value.As<v8::Object>()->Delete(context, then);
}

}  // namespace

uint8_t SecretBytes::nothing_ = 0;

v8::Local<v8::String> Text(Environment* env, std::string_view text) {
  return FromUtf8(env->isolate(), text).FromMaybe(v8::String::Empty(env->isolate()));
}

bool Set(Environment* env, v8::Local<v8::Object> object, const char* name, v8::Local<v8::Value> value) {
  return object->Set(env->context(), Internalized(env->isolate(), name), value).FromMaybe(false);
}

std::string WordsOf(unsigned long number) {
  InitOpenSsl();
  char text[256];
  ERR_error_string_n(number, text, sizeof(text));
  return text;
}

void ThrowCryptoCode(Environment* env, CryptoCode code, std::string_view message) {
  const CodeWords& words = kCodes[static_cast<size_t>(code)];
  ThrowCoded(env->isolate(), words.kind, words.code, message.empty() ? words.message : message);
}

void CryptoErrors::Capture() {
  messages_.clear();
  while (const unsigned long number = ERR_get_error()) messages_.push_back(WordsOf(number));
  std::reverse(messages_.begin(), messages_.end());
}

v8::Local<v8::Object> CryptoErrors::ToException(Environment* env) const {
  if (empty()) return ToException(env, "Ok");
  CryptoErrors others = *this;
  const std::string last = others.messages_.back();
  others.messages_.pop_back();
  return others.ToException(env, last);
}

v8::Local<v8::Object> CryptoErrors::ToException(Environment* env, std::string_view message) const {
  v8::Local<v8::Object> error = v8::Exception::Error(Text(env, message)).As<v8::Object>();
  if (!empty())
    (void)error->CreateDataProperty(env->context(), Internalized(env->isolate(), "opensslErrorStack"), ArrayOfStrings(env, messages_));
  return error;
}

v8::MaybeLocal<v8::Object> OpenSslException(Environment* env, unsigned long number, const char* otherwise) {
  const std::string message = number != 0 || otherwise == nullptr ? WordsOf(number) : otherwise;
  CryptoErrors rest;
  rest.Capture();
  v8::Local<v8::Object> error = rest.ToException(env, message);
  if (!Describe(env, error, number)) return {};
  return error;
}

void ThrowOpenSslError(Environment* env, unsigned long number, const char* otherwise) {
  v8::HandleScope scope(env->isolate());
  v8::Local<v8::Object> error;
  if (OpenSslException(env, number, otherwise).ToLocal(&error)) env->isolate()->ThrowException(error);
}

SecretBytes::SecretBytes(const ncrypto::BIOPointer& memory) {
  if (!memory) return;
  const BUF_MEM* buffer = memory;
  if (buffer == nullptr) return;
  const auto* bytes = reinterpret_cast<const uint8_t*>(buffer->data);
  bytes_.assign(bytes, bytes + buffer->length);
}

void SecretBytes::Wipe() {
  if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

void SecretBytes::Resize(size_t size) {
  if (size < bytes_.size()) {
    OPENSSL_cleanse(bytes_.data() + size, bytes_.size() - size);
    bytes_.resize(size);
  } else if (size > bytes_.size()) {
    SecretBytes larger(size);
    if (!bytes_.empty()) std::memcpy(larger.bytes_.data(), bytes_.data(), bytes_.size());
    *this = std::move(larger);
  }
}

v8::MaybeLocal<v8::Value> ToArrayBuffer(Environment* env, std::span<const uint8_t> bytes) {
  std::unique_ptr<v8::BackingStore> store = NewUninitialized(env, bytes.size());
  if (store == nullptr) return {};
  if (!bytes.empty()) std::memcpy(store->Data(), bytes.data(), bytes.size());
  return v8::ArrayBuffer::New(env->isolate(), std::move(store));
}

v8::MaybeLocal<v8::Value> ToBuffer(Environment* env, std::span<const uint8_t> bytes) {
  v8::Local<v8::Uint8Array> buffer;
  if (!CopyToBuffer(env, bytes).ToLocal(&buffer)) return {};
  return buffer;
}

v8::MaybeLocal<v8::Value> ToBuffer(Environment* env, const ncrypto::DataPointer& data) {
  return ToBuffer(env, std::span(data.get<const uint8_t>(), data.size()));
}

v8::MaybeLocal<v8::Value> ToString(Environment* env, const ncrypto::BIOPointer& memory) {
  const BUF_MEM* buffer = memory;
  v8::Local<v8::String> text;
  if (buffer == nullptr || !FromUtf8(env->isolate(), {buffer->data, buffer->length}).ToLocal(&text)) return {};
  return text;
}

v8::Local<v8::Value> ArrayOfStrings(Environment* env, std::span<const std::string> strings) {
  v8::LocalVector<v8::Value> values(env->isolate());
  for (const std::string& string : strings) values.push_back(Text(env, string));
  return v8::Array::New(env->isolate(), values.data(), values.size());
}

bool IsBufferSource(v8::Local<v8::Value> value) {
  return value->IsArrayBufferView() || value->IsArrayBuffer() || value->IsSharedArrayBuffer();
}

CryptoArguments::CryptoArguments(const CallInfo& info, int at) : info_(info), env_(Environment::From(info)), at_(at) { InitCrypto(); }

void CryptoArguments::Refuse(const char* expected) {
  if (ok_) ThrowInvalidArgument(isolate(), at_, expected, Peek());
  ok_ = false;
}

SecretBytes CryptoArguments::ReadBytes() {
  v8::Local<v8::Value> value = Peek();
  if (!value->IsString() && !IsBufferSource(value)) Refuse("of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView");
  at_++;
  if (!ok_) return {};
  if (value->IsString()) {
    SecretBytes bytes(SizeOfString(isolate(), value.As<v8::String>(), Encoding::kUtf8));
    bytes.Resize(WriteString(isolate(), value.As<v8::String>(), {bytes.data(), bytes.size()}, Encoding::kUtf8));
    return bytes;
  }
  const std::span<uint8_t> bytes = BytesOf(value);
  if (bytes.size() > INT_MAX) {
    ThrowCryptoCode(env_, CryptoCode::kOutOfRange, "data is too big");
    ok_ = false;
    return {};
  }
  return SecretBytes(bytes);
}

std::optional<SecretBytes> CryptoArguments::ReadOptionalBytes() {
  if (!Peek()->IsNullOrUndefined()) return ReadBytes();
  at_++;
  return {};
}

const EVP_MD* CryptoArguments::ReadDigest() {
  const std::string name = Read<std::string>();
  if (!ok_) return nullptr;
  const EVP_MD* digest = ncrypto::getDigestByName(name.c_str());
  if (digest == nullptr) {
    ERR_clear_error();
    ThrowCryptoCode(env_, CryptoCode::kInvalidDigest, "Invalid digest: " + name);
    ok_ = false;
  }
  return digest;
}

JobMode CryptoArguments::ReadMode() {
  return static_cast<JobMode>(Read<InRange<uint32_t, 0, static_cast<uint32_t>(JobMode::kWebCrypto)>>().value);
}

bool MayDrawRandom(Environment* env) {
  if (env->mode() != Environment::Mode::kBuild) return true;
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_OPERATION_FAILED",
             "Keys, primes and TLS contexts cannot be made while the snapshot is made");
  return false;
}

void CryptoJob::DoWork() {
  ERR_clear_error();
  succeeded_ = Work();
  if (!succeeded_) {
    errors_.Capture();
    if (errors_.empty()) errors_.Add(failure());
  }
  ERR_clear_error();
}

CryptoJob::Outcome CryptoJob::TakeOutcome() {
  v8::Isolate* isolate = env()->isolate();
  if (!succeeded_) return {errors_.ToException(env()), v8::Undefined(isolate)};
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> result;
  if (Result().ToLocal(&result)) return {{}, result};
  if (guard.HasTerminated()) {
    guard.ReThrow();
    return {v8::Undefined(isolate), v8::Undefined(isolate)};
  }
  return {guard.HasCaught() ? guard.Exception() : v8::Undefined(isolate).As<v8::Value>(), v8::Undefined(isolate)};
}

v8::MaybeLocal<v8::Value> CryptoJob::Run() {
  v8::Isolate* isolate = env()->isolate();
  if (state_ != State::kNew) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_INVALID_STATE", "The job has been run already");
    return {};
  }
  if (mode_ == JobMode::kSync) {
    state_ = State::kDone;
    if (throws_failure()) {
      const ncrypto::ClearErrorOnReturn clear;
      ERR_clear_error();
      succeeded_ = Work();
      if (!succeeded_) {
        ThrowFailure();
        return {};
      }
    } else {
      DoWork();
    }
    v8::Local<v8::Value> pair[2] = {v8::Undefined(isolate), v8::Undefined(isolate)};
    if (!succeeded_) {
      pair[0] = errors_.ToException(env());
    } else if (!Result().ToLocal(&pair[1])) {
      return {};
    }
    return v8::Array::New(isolate, pair, 2);
  }
  if (const int rc = env()->OpenLoop(); rc < 0) {
    isolate->ThrowException(UvError(isolate, rc, "epoll_create1"));
    return {};
  }
  v8::Local<v8::Promise::Resolver> resolver;
  if (mode_ == JobMode::kWebCrypto) {
    if (!v8::Promise::Resolver::New(env()->context()).ToLocal(&resolver)) return {};
    resolver_.Reset(isolate, resolver);
  }
  state_ = State::kRunning;
  MakeStrong();
  work_.data = this;
  uv_queue_work(
      env()->loop(), &work_, [](uv_work_t* work) { static_cast<CryptoJob*>(work->data)->DoWork(); },
      [](uv_work_t* work, int status) { static_cast<CryptoJob*>(work->data)->AfterWork(status); });
  if (resolver.IsEmpty()) return {};
  return resolver->GetPromise();
}

void CryptoJob::AfterWork(int status) {
  v8::HandleScope scope(env()->isolate());
  v8::Context::Scope context_scope(env()->context());
  state_ = State::kDone;
  if (status != UV_ECANCELED && !env()->stopping()) {
    if (mode_ == JobMode::kWebCrypto) {
      env()->BeginCallback();
      Settle(TakeOutcome());
      env()->EndCallback(false);
    } else {
      const Outcome outcome = TakeOutcome();
      v8::Local<v8::Value> arguments[] = {outcome.error, outcome.result};
      if (outcome.error.IsEmpty()) arguments[0] = v8::Undefined(env()->isolate());
      EndResource();
      (void)MakeCallback("ondone", 2, arguments);
    }
  }
  EndResource();
  MakeWeak();
}

void CryptoJob::Settle(const Outcome& outcome) {
  v8::Local<v8::Promise::Resolver> resolver = resolver_.Get(env()->isolate());
  resolver_.Reset();
  if (!outcome.error.IsEmpty()) {
    (void)resolver->Reject(env()->context(), OperationError(env(), outcome.error));
    return;
  }
  const bool is_view = outcome.result->IsArrayBufferView();
  Resolve(env(), resolver, is_view ? outcome.result.As<v8::ArrayBufferView>()->Buffer().As<v8::Value>() : outcome.result);
}

}  // namespace dv8::node::crypto
