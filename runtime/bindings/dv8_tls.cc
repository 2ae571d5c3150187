// runtime/bindings/dv8_tls.cc: internal:dv8_tls, TLS over the streams of dv8:socket, for
// dv8:openssl.
#include "runtime/bindings/dv8_tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
SecureSocket::~SecureSocket() {
  Detach();
  SSL_free(ssl_);
}

int SecureSocket::Setup(SecureContext* context, Stream* stream, const char* host) {
  if (ssl_ != nullptr) return UV_EALREADY;
  if (context->get() == nullptr) return UV_EINVAL;
  ERR_clear_error();
  ssl_ = SSL_new(context->get());
  DV8_CHECK(ssl_ != nullptr);
  SSL_set_app_data(ssl_, this);
  BIO* input = BIO_new(BIO_s_mem());
  BIO* output = BIO_new(BIO_s_mem());
  DV8_CHECK(input != nullptr && output != nullptr);
  SSL_set_bio(ssl_, input, output);
  if (context->side() == SecureContext::Side::kServer) {
    SSL_set_accept_state(ssl_);
  } else {
    SSL_set_connect_state(ssl_);
    if (!SetHost(context, host)) {
      SSL_free(ssl_);
      ssl_ = nullptr;
      return UV_EINVAL;
    }
  }
  stream_ = stream;
  stream_->set_filter(this);
  return 0;
}

// The peer's certificate must be for `host`, a name or an address.
bool SecureSocket::SetHost(SecureContext* context, const char* host) {
  if (*host == '\0') return !context->verifies();
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl_);
  sockaddr_storage address;
  const bool is_address = uv_ip4_addr(host, 0, reinterpret_cast<sockaddr_in*>(&address)) == 0 ||
                          uv_ip6_addr(host, 0, reinterpret_cast<sockaddr_in6*>(&address)) == 0;
  if (is_address) return !context->verifies() || X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
  if (SSL_set_tlsext_host_name(ssl_, host) != 1) return false;
  if (!context->verifies()) return true;
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

int SecureSocket::Start() {
  if (ssl_ == nullptr || stream_ == nullptr) return UV_EBADF;
  if (started_) return SSL_is_server(ssl_) ? 0 : UV_EALREADY;
  started_ = true;
  Advance();
  return 0;
}

int64_t SecureSocket::Write(size_t size, size_t offset) {
  if (ssl_ == nullptr || stream_ == nullptr || failed_ || finishing_ || !stream_->takes_writes()) {
    return UV_EBADF;
  }
  if (size == 0) return 0;
  const char* bytes = stream_->out().data() + offset;
  if (!secure_ || !waiting_.empty()) {
    waiting_.append(bytes, size);
    return 0;
  }
  if (!Encrypt(bytes, size)) return UV_EPROTO;
  const int64_t rc = Flush();
  if (rc < 0) return rc;
  if (stream_ == nullptr || stream_->queue_size() > 0) {
    unwritten_ += size;
    return 0;
  }
  EmitWrite(size, 0);
  return static_cast<int64_t>(size);
}

bool SecureSocket::Encrypt(const char* bytes, size_t size) {
  ERR_clear_error();
  while (size > 0) {
    const int piece = static_cast<int>(std::min<size_t>(size, 1 << 30));
    const int rc = SSL_write(ssl_, bytes, piece);
    if (rc <= 0) {
      Fail(SSL_get_error(ssl_, rc));
      return false;
    }
    bytes += rc;
    size -= static_cast<size_t>(rc);
  }
  return true;
}

// Gives the stream what OpenSSL has made. 0, or the negative libuv error of the first write.
int64_t SecureSocket::Flush() {
  BIO* output = SSL_get_wbio(ssl_);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(output, &bytes);
  if (size <= 0 || stream_ == nullptr) return 0;
  // The write may call into JavaScript, which may write here again.
  std::string cipher(bytes, static_cast<size_t>(size));
  (void)BIO_reset(output);
  const int64_t rc = stream_->Write(cipher.data(), cipher.size());
  return rc < 0 ? rc : 0;
}

void SecureSocket::OnStreamRead(char* bytes, size_t size) {
  if (ssl_ == nullptr || failed_) return;
  const int written = BIO_write(SSL_get_rbio(ssl_), bytes, static_cast<int>(size));
  DV8_CHECK(written == static_cast<int>(size));
  if (SSL_is_server(ssl_)) started_ = true;
  Advance();
}

void SecureSocket::OnStreamEnd(int rc) {
  if (ssl_ == nullptr || failed_ || finishing_) return;
  if (rc != UV_EOF || (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0) return;
  // Somebody else may have cut it.
  failed_ = true;
  EmitError(SSL_ERROR_SYSCALL, secure_ ? "the peer ended without TLS's close_notify" : "the peer ended during the handshake");
}

void SecureSocket::OnStreamDrain() {
  const size_t size = unwritten_;
  unwritten_ = 0;
  if (size > 0) EmitWrite(size, 0);
}

void SecureSocket::OnStreamClose() { stream_ = nullptr; }

void SecureSocket::Detach() {
  if (stream_ != nullptr) stream_->set_filter(nullptr);
  stream_ = nullptr;
}

// Handshake, then reading, as far as the input goes.
void SecureSocket::Advance() {
  if (busy_ || !started_ || ssl_ == nullptr || failed_) return;
  v8::HandleScope scope(env()->isolate());
  [[maybe_unused]] const v8::Local<v8::Object> keep = object();
  busy_ = true;
  if (!secure_) Handshake();
  while (secure_ && !failed_ && !finishing_ && !paused_ && stream_ != nullptr) {
    if (!waiting_.empty()) WriteWaiting();
    if (failed_ || stream_ == nullptr || !stream_->is_reading() || !ReadOnce()) break;
  }
  if (secure_ && !failed_ && !finishing_ && !waiting_.empty()) WriteWaiting();
  if (!finishing_) Flush();
  busy_ = false;
  if (finishing_) Release();
}

void SecureSocket::WriteWaiting() {
  const std::string bytes = std::move(waiting_);
  waiting_.clear();
  if (!Encrypt(bytes.data(), bytes.size()) || Flush() < 0) return;
  if (stream_ == nullptr || stream_->queue_size() > 0) {
    unwritten_ += bytes.size();
  } else {
    EmitWrite(bytes.size(), 0);
  }
}

void SecureSocket::Handshake() {
  ERR_clear_error();
  const int rc = SSL_do_handshake(ssl_);
  if (rc == 1) {
    secure_ = true;
    Flush();
    Emit(kSecure, {});
    return;
  }
  const int error = SSL_get_error(ssl_, rc);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) Fail(error);
}

// False when there is nothing more to read now.
bool SecureSocket::ReadOnce() {
  const std::span<char> in = stream_->in();
  if (in.empty()) return false;
  ERR_clear_error();
  const int rc = SSL_read(ssl_, in.data(), static_cast<int>(std::min<size_t>(in.size(), 1 << 30)));
  if (rc > 0) {
    stream_->DeliverPlain(static_cast<size_t>(rc));
    if (!finishing_) Emit(kRead, {v8::Integer::New(env()->isolate(), rc)});
    return true;
  }
  const int error = SSL_get_error(ssl_, rc);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return false;
  if (error == SSL_ERROR_ZERO_RETURN) {
    if (!ended_) Emit(kEnd, {});
    ended_ = true;
  } else {
    Fail(error);
  }
  return false;
}

int SecureSocket::ChooseContext(const char* name) {
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Function> callback;
  v8::Local<v8::String> text;
  if (!CallbackFor(kHost).ToLocal(&callback)) return SSL_TLSEXT_ERR_NOACK;
  if (!FromUtf8(isolate, name).ToLocal(&text)) return SSL_TLSEXT_ERR_ALERT_FATAL;
  v8::Local<v8::Value> argument = text, answer;
  if (!env()->Callback(callback, object(), 1, &argument).ToLocal(&answer) || answer->IsFalse()) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  if (SecureContext* context = SecureContext::FromValue(answer)) {
    if (context->get() == nullptr || context->side() != SecureContext::Side::kServer) {
      return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    SSL_set_SSL_CTX(ssl_, context->get());
  }
  return SSL_TLSEXT_ERR_OK;
}

int SecureSocket::OnServerName(SSL* ssl, int* alert, void*) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  auto* self = static_cast<SecureSocket*>(SSL_get_app_data(ssl));
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  if (name == nullptr || self == nullptr) return SSL_TLSEXT_ERR_NOACK;
  return self->ChooseContext(name);
}

void SecureSocket::Pause() {
  paused_ = true;
  if (stream_ != nullptr) stream_->Pause();
}

int SecureSocket::Resume() {
  if (stream_ == nullptr) return UV_EBADF;
  paused_ = false;
  const int rc = stream_->Resume();
  Advance();
  return rc;
}

void SecureSocket::Finish() {
  if (ssl_ == nullptr || finishing_) return;
  finishing_ = true;
  // At once: the program may close the socket next. OpenSSL is not at work once it is secure.
  if (secure_ && !failed_ && stream_ != nullptr) {
    if (!waiting_.empty()) WriteWaiting();
    ERR_clear_error();
    SSL_shutdown(ssl_);
    Flush();
  }
  if (!busy_) Release();
}

void SecureSocket::Release() {
  Detach();
  SSL_free(ssl_);
  ssl_ = nullptr;
}

void SecureSocket::Fail(int error) {
  if (failed_ || finishing_) return;
  failed_ = true;
  std::string text;
  const long verified = SSL_get_verify_result(ssl_);
  const bool verifies = (SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) != 0;
  if (!secure_ && verifies && verified != X509_V_OK) {
    TakeOpenSslError();
    text = std::string("the certificate is refused: ") + X509_verify_cert_error_string(verified);
  } else {
    text = TakeOpenSslError();
    if (text.empty()) text = "the connection was cut";
  }
  Flush();  // The alert.
  EmitError(error, text);
}

v8::MaybeLocal<v8::Function> SecureSocket::CallbackFor(Event event) {
  if (is_collected()) return {};
  v8::Local<v8::Data> field = object()->GetInternalField(event);
  if (!field->IsValue() || !field.As<v8::Value>()->IsFunction()) return {};
  return field.As<v8::Value>().As<v8::Function>();
}

void SecureSocket::Emit(Event event, std::initializer_list<v8::Local<v8::Value>> arguments) {
  v8::HandleScope scope(env()->isolate());
  v8::Local<v8::Function> callback;
  if (!CallbackFor(event).ToLocal(&callback)) return;
  v8::Local<v8::Value> argv[2];
  std::copy(arguments.begin(), arguments.end(), argv);
  (void)env()->Callback(callback, object(), static_cast<int>(arguments.size()), argv);
}

void SecureSocket::EmitWrite(size_t size, int status) {
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  Emit(kWrite, {v8::Number::New(isolate, static_cast<double>(size)), v8::Integer::New(isolate, status)});
}

// Without somebody who hears of it the connection is closed.
void SecureSocket::EmitError(int error, const std::string& text) {
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::String> message;
  if (CallbackFor(kError).IsEmpty() || !FromUtf8(isolate, text).ToLocal(&message)) {
    if (stream_ != nullptr) stream_->Close(true);
    return;
  }
  Emit(kError, {v8::Integer::New(isolate, error), message});
}

}  // namespace dv8
