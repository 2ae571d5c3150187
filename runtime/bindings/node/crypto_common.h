// What the parts of internalBinding('crypto') share: OpenSSL's errors as exceptions, bytes of secrets, reading
// arguments one after the other, and jobs that run in the pool or at once. OpenSSL is used by way of ncrypto.
#pragma once

#include <ncrypto.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"

namespace dv8::node::crypto {

// Throws `code` with its words in Node, or with `message`.
enum class CryptoCode {
  kIncompatibleKeyOptions,
  kInvalidAuthTag,
  kInvalidCounter,
  kInvalidCurve,
  kInvalidDigest,
  kInvalidIv,
  kInvalidJwk,
  kInvalidKeyLength,
  kInvalidKeyPair,
  kInvalidKeyType,
  kInvalidMessageLength,
  kInvalidScryptParams,
  kInvalidState,
  kInvalidTagLength,
  kJwkUnsupportedCurve,
  kJwkUnsupportedKeyType,
  kOperationFailed,
  kTimingSafeEqualLength,
  kUnknownCipher,
  kUnknownDhGroup,
  kUnsupportedOperation,
  kInvalidArgValue,
  kOutOfRange,
  kMissingPassphrase,
  kInvalidThis,
};
void ThrowCryptoCode(Environment* env, CryptoCode code, std::string_view message = {});

// OpenSSL's errors of a thread, the oldest first.
class CryptoErrors {
 public:
  // Takes what is in this thread's queue.
  void Capture();
  void Add(std::string message) { messages_.push_back(std::move(message)); }
  bool empty() const { return messages_.empty(); }
  // An Error with the newest one's words; the others are its `opensslErrorStack`.
  v8::Local<v8::Object> ToException(Environment* env) const;
  // An Error with `message`; all are its `opensslErrorStack`.
  v8::Local<v8::Object> ToException(Environment* env, std::string_view message) const;

 private:
  std::vector<std::string> messages_;
};

// The words of an error number: "error:1C800064:Provider routines::bad decrypt".
std::string WordsOf(unsigned long number);

// Throws an Error for OpenSSL's error `number`: its words, `code` ("ERR_OSSL_EVP_BAD_DECRYPT"), `library` and `reason`;
// the rest of the queue is its `opensslErrorStack`. With 0 for `number` it has the words `otherwise`.
void ThrowOpenSslError(Environment* env, unsigned long number, const char* otherwise = nullptr);
// Empty, with an exception pending, where a program's setter throws.
v8::MaybeLocal<v8::Object> OpenSslException(Environment* env, unsigned long number, const char* otherwise = nullptr);
// The same for the newest error of the queue.
inline void ThrowLastOpenSslError(Environment* env, const char* otherwise = nullptr) { ThrowOpenSslError(env, ERR_get_error(), otherwise); }

// Bytes that are zeroed when they go.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(size_t size) : bytes_(size) {}
  explicit SecretBytes(std::span<const uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}
  explicit SecretBytes(const ncrypto::DataPointer& data) : SecretBytes(std::span(data.get<const uint8_t>(), data.size())) {}
  explicit SecretBytes(const ncrypto::BIOPointer& memory);
  ~SecretBytes() { Wipe(); }
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    Wipe();
    bytes_ = std::move(other.bytes_);
    return *this;
  }

  // Never null: some of OpenSSL's functions refuse that, whatever the size.
  uint8_t* data() { return bytes_.empty() ? &nothing_ : bytes_.data(); }
  const uint8_t* data() const { return bytes_.empty() ? &nothing_ : bytes_.data(); }
  const char* chars() const { return reinterpret_cast<const char*>(data()); }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  std::span<const uint8_t> span() const { return bytes_; }
  void Resize(size_t size);
  template <typename T>
  ncrypto::Buffer<const T> buffer() const {
    return {reinterpret_cast<const T*>(data()), size()};
  }

 private:
  void Wipe();

  static uint8_t nothing_;
  std::vector<uint8_t> bytes_;
};

inline ncrypto::Buffer<const unsigned char> BufferOf(std::span<const uint8_t> bytes) { return {bytes.data(), bytes.size()}; }

// An ArrayBuffer, or a Buffer, with a copy of `bytes`. Empty, with an exception pending, without memory.
v8::MaybeLocal<v8::Value> ToArrayBuffer(Environment* env, std::span<const uint8_t> bytes);
v8::MaybeLocal<v8::Value> ToBuffer(Environment* env, std::span<const uint8_t> bytes);
v8::MaybeLocal<v8::Value> ToBuffer(Environment* env, const ncrypto::DataPointer& data);
// What a BIO in memory holds, as a string.
v8::MaybeLocal<v8::Value> ToString(Environment* env, const ncrypto::BIOPointer& memory);
v8::Local<v8::Value> ArrayOfStrings(Environment* env, std::span<const std::string> strings);

// What is not UTF-8 becomes U+FFFD; empty when it is too long.
v8::Local<v8::String> Text(Environment* env, std::string_view text);
// Sets a property. False: a setter of the program's has thrown.
bool Set(Environment* env, v8::Local<v8::Object> object, const char* name, v8::Local<v8::Value> value);

bool IsBufferSource(v8::Local<v8::Value> value);

enum class JobMode : uint32_t { kAsync, kSync, kWebCrypto };

// The arguments of a call, one after the other. The first that is not what is read throws; what is read behind it is
// empty. Initialises OpenSSL.
class CryptoArguments {
 public:
  explicit CryptoArguments(const CallInfo& info, int at = 0);

  Environment* env() const { return env_; }
  v8::Isolate* isolate() const { return info_.GetIsolate(); }
  int at() const { return at_; }
  bool ok() const { return ok_; }
  v8::Local<v8::Value> Peek(int ahead = 0) const { return info_[at_ + ahead]; }
  void Skip(int count = 1) { at_ += count; }
  // Throws ERR_INVALID_ARG_TYPE for the next argument, unless something has thrown.
  void Refuse(const char* expected);
  // What was read cannot be used; the exception is thrown already.
  void Fail() { ok_ = false; }

  template <typename T>
  T Read() {
    T value{};
    if (ok_ && !ArgumentReader<T>::Read(isolate(), info_[at_], at_, &value)) ok_ = false;
    at_++;
    return value;
  }
  template <typename T>
  std::optional<T> ReadOptional() {
    if (Peek()->IsNullOrUndefined()) {
      at_++;
      return {};
    }
    return Read<T>();
  }
  // A copy of a buffer's or view's bytes, or of a string's UTF-8.
  SecretBytes ReadBytes();
  std::optional<SecretBytes> ReadOptionalBytes();
  // A digest by name: ERR_CRYPTO_INVALID_DIGEST.
  const EVP_MD* ReadDigest();
  JobMode ReadMode();

 private:
  const CallInfo& info_;
  Environment* env_;
  int at_;
  bool ok_ = true;
};

// False, with an exception, while a snapshot is made: what is drawn then would be the same in every run.
bool MayDrawRandom(Environment* env);

// An operation whose arguments its constructor takes, and that run() does: at once, or in the pool.
class CryptoJob : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(CryptoJob, AsyncWrap)
  CryptoJob(Environment* env, v8::Local<v8::Object> object, Provider provider, JobMode mode)
      : AsyncWrap(env, object, provider), mode_(mode) {}

  // [error, result] when synchronous, a promise of the result for WebCrypto; otherwise nothing, and
  // ondone(error, result) is called later.
  v8::MaybeLocal<v8::Value> Run();
  void CloseNow() override {
    if (state_ == State::kRunning) uv_cancel(reinterpret_cast<uv_req_t*>(&work_));
  }

 protected:
  // In the pool, or on the isolate's thread. False for a failure, which OpenSSL's queue describes, or failure().
  virtual bool Work() = 0;
  // On the isolate's thread, after Work() succeeded. Empty: an exception is pending.
  virtual v8::MaybeLocal<v8::Value> Result() = 0;
  virtual const char* failure() const = 0;
  // Whether a failure at once is thrown by ThrowFailure(), which finds OpenSSL's queue as it is.
  virtual bool throws_failure() const { return false; }
  virtual void ThrowFailure() {}

 private:
  enum class State { kNew, kRunning, kDone };
  struct Outcome {
    v8::Local<v8::Value> error;  // Empty without one.
    v8::Local<v8::Value> result;
  };

  void DoWork();
  Outcome TakeOutcome();
  void AfterWork(int status);
  void Settle(const Outcome& outcome);
  void OnCollected() override {
    if (state_ != State::kRunning) delete this;
  }

  JobMode mode_;
  State state_ = State::kNew;
  bool succeeded_ = false;
  CryptoErrors errors_;
  v8::Global<v8::Promise::Resolver> resolver_;
  uv_work_t work_;
};

// The class of a job whose `Task` reads the arguments behind the mode (bool Read(CryptoArguments*, JobMode)), works
// (bool Work()) and gives the result (MaybeLocal<Value> Result(Environment*)). It may throw what Work() failed with
// (ThrowFailure(Environment*)), when that was at once.
template <typename Task>
class TaskJob final : public CryptoJob {
 public:
  DV8_NATIVE_CLASS(TaskJob, CryptoJob)
  static void Construct(const CallInfo& info) {
    if (!info.IsConstructCall()) {
      return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                        "A job's class constructor cannot be invoked without 'new'");
    }
    CryptoArguments arguments(info);
    const JobMode mode = arguments.ReadMode();
    Task task;
    if (!arguments.ok() || !task.Read(&arguments, mode) || !arguments.ok()) return;
    new TaskJob(arguments.env(), info.This(), mode, std::move(task));
  }

 private:
  TaskJob(Environment* env, v8::Local<v8::Object> object, JobMode mode, Task&& task)
      : CryptoJob(env, object, Task::kProvider, mode), task_(std::move(task)) {}
  bool Work() override { return task_.Work(); }
  v8::MaybeLocal<v8::Value> Result() override { return task_.Result(env()); }
  const char* failure() const override {
    if constexpr (requires { Task::kFailure; }) return Task::kFailure;
    return "Deriving bits failed";
  }
  bool throws_failure() const override {
    return requires(Task& task, Environment* env) { task.ThrowFailure(env); };
  }
  void ThrowFailure() override {
    if constexpr (requires(Task& task, Environment* env) { task.ThrowFailure(env); }) task_.ThrowFailure(env());
  }

  Task task_;
};

inline constexpr FunctionSpec kJobMethods[] = {Method<&CryptoJob::Run>("run")};

template <typename Task>
constexpr ClassSpec JobClass(const char* name) {
  return {name, &TaskJob<Task>::Construct, kJobMethods, 1, {}, &kAsyncWrapClass};
}

}  // namespace dv8::node::crypto
