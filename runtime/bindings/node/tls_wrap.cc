#include "runtime/bindings/node/tls_wrap.h"

#include <cstring>

#include "runtime/bindings/node/symbols.h"

namespace dv8::node::crypto {
namespace {

constexpr size_t kReadSize = 65536;
// OpenSSL's records are not longer.
constexpr size_t kClearSize = 16384;
constexpr int kMaxSessionSize = 10 * 1024;

// Internal fields behind those of a stream: what must live as long.
enum Field { kContextField = kStreamFields, kSniField, kBelowField, kFieldCount };

// What all connections of a thread read into.
struct ReadMemory {
  explicit ReadMemory(Environment*) : bytes(new char[kReadSize]) {}
  std::unique_ptr<char[]> bytes;
};

struct Scope {
  explicit Scope(Environment* env) : handles(env->isolate()), context(env->context()) {}
  v8::HandleScope handles;
  v8::Context::Scope context;
};

// The newest of OpenSSL's errors with where it was, as it would print it. Empties the queue.
std::string TakeErrorText() {
  std::string text;
  ERR_print_errors_cb(
      [](const char* line, size_t size, void* out) {
        static_cast<std::string*>(out)->assign(line, size);
        return 0;
      },
      &text);
  return text;
}

v8::Local<v8::String> Text(Environment* env, std::string_view text) {
  return FromUtf8(env->isolate(), text).FromMaybe(v8::String::Empty(env->isolate()));
}

bool Set(Environment* env, v8::Local<v8::Object> object, const char* name, v8::Local<v8::Value> value) {
  return object->Set(env->context(), Internalized(env->isolate(), name), value).FromMaybe(false);
}

// Keeps a connection while OpenSSL works on it: what it calls may be JavaScript that destroys it.
class KeptSsl {
 public:
  explicit KeptSsl(SSL* ssl) : ssl_(ssl) { SSL_up_ref(ssl); }
  ~KeptSsl() { SSL_free(ssl_); }
  SSL* get() const { return ssl_; }

 private:
  SSL* ssl_;
};

// A certificate is not refused while the handshake runs: lib looks at the result afterwards.
int AcceptAll(int, X509_STORE_CTX*) { return 1; }

}  // namespace

class TlsWrap::Nested {
 public:
  explicit Nested(Environment* env) : env_(env) { env_->BeginCallback(); }
  ~Nested() { env_->EndCallback(true); }

 private:
  Environment* env_;
};

TlsWrap::TlsWrap(Environment* env, v8::Local<v8::Object> object, Side side, StreamBase* below, TlsContext* context, bool below_writes)
    : AsyncWrap(env, object, Provider::TLSWRAP), StreamBase(this), side_(side), below_writes_(below_writes) {
  object->SetInternalField(kContextField, context->object());
  object->SetInternalField(kSniField, v8::Undefined(env->isolate()));
  object->SetInternalField(kBelowField, below->stream_wrap()->object());
  InitSsl(context);
  below->PushStreamListener(this);
}

TlsWrap::~TlsWrap() {
  ForgetRequests();
  Destroy();
}

void TlsWrap::OnStreamDestroy() {
  ForgetRequests();
  Destroy();
}

void TlsWrap::Wrap(const CallInfo& info) {
  CryptoArguments arguments(info);
  Environment* env = arguments.env();
  StreamBase* below = StreamBase::From(info[0]);
  if (below == nullptr) arguments.Refuse("a stream's handle");
  arguments.Skip();
  auto* context = arguments.Read<TlsContext*>();
  const Side side = arguments.Read<bool>() ? Side::kServer : Side::kClient;
  const bool below_writes = arguments.Read<bool>();
  if (!arguments.ok()) return;
  if (context->context().get() == nullptr) return ThrowCryptoCode(env, CryptoCode::kInvalidState, "The SecureContext is closed");
  v8::Local<v8::Object> object;
  if (!NewInstance(env, "tls_wrap", "TLSWrap").ToLocal(&object)) return;
  new TlsWrap(env, object, side, below, context, below_writes);
  info.GetReturnValue().Set(object);
}

void TlsWrap::InitSsl(TlsContext* context) {
  SSL_CTX* shared = context->context().get();
  ssl_ = ncrypto::SSLPointer(SSL_new(shared));
  SSL* ssl = ssl_.get();
  if (ssl == nullptr) return;
  SSL_CTX_sess_set_get_cb(shared, OnGetSession);
  SSL_CTX_sess_set_new_cb(shared, OnNewSession);
  SSL_CTX_set_tlsext_status_cb(shared, OnOcsp);
  enc_in_ = BIO_new(BIO_s_mem());
  enc_out_ = BIO_new(BIO_s_mem());
  for (BIO* memory : {enc_in_, enc_out_}) BIO_set_mem_eof_return(memory, -1);
  SSL_set_bio(ssl, enc_in_, enc_out_);
  SSL_set_verify(ssl, SSL_VERIFY_NONE, AcceptAll);
  SSL_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_set_app_data(ssl, this);
  SSL_set_info_callback(ssl, OnInfo);
  SSL_set_cert_cb(ssl, OnCertificateWanted, nullptr);
  if (is_server()) {
    SSL_CTX_set_tlsext_servername_callback(shared, OnServername);
    SSL_set_accept_state(ssl);
  } else {
    SSL_set_connect_state(ssl);
  }
}

bool TlsWrap::IsOpen() const {
  if (ssl_.get() != nullptr) return true;
  ThrowCryptoCode(env(), CryptoCode::kInvalidState, "The TLS connection has been destroyed");
  return false;
}

void TlsWrap::Later(void (TlsWrap::*task)()) {
  auto alive = std::make_shared<v8::Global<v8::Object>>(env()->isolate(), object());
  env()->SetImmediate([this, alive, task] {
    Scope scope(env());
    (this->*task)();
    alive->Reset();
  });
}

void TlsWrap::Destroy() {
  if (ssl_.get() == nullptr) return;
  write_callback_scheduled_ = true;
  InvokeQueued(UV_ECANCELED, "Canceled because of SSL destruction");
  ssl_.reset();
  enc_in_ = enc_out_ = nullptr;
  if (below() != nullptr) below()->RemoveStreamListener(this);
  if (ShutdownWrap* request = std::exchange(shutdown_request_, nullptr)) {
    request->Finished();
    request->Done(UV_ECANCELED);
  }
}

void TlsWrap::DestroySsl() {
  const Nested nested(env());
  Destroy();
}

void TlsWrap::InvokeQueued(int status, std::string_view words) {
  if (!write_callback_scheduled_) return;
  WriteWrap* request = std::exchange(current_write_, nullptr);
  if (request == nullptr) return;
  if (!words.empty()) {
    v8::HandleScope scope(env()->isolate());
    (void)Set(env(), request->object(), "error", Text(env(), words));
  }
  request->Finished();
  request->Done(status);
}

void TlsWrap::Cycle() {
  // What callbacks ask for is done by the turn that runs.
  if (++cycle_depth_ > 1) return;
  for (; cycle_depth_ > 0; cycle_depth_--) {
    ClearIn();
    ClearOut();
    EncOut();
  }
}

int TlsWrap::WriteClear(std::span<const uint8_t> bytes) {
  const KeptSsl ssl(ssl_.get());
  return SSL_write(ssl.get(), bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), INT32_MAX)));
}

void TlsWrap::ClearIn() {
  if (ssl_.get() == nullptr || pending_input_.empty()) return;
  const ncrypto::MarkPopErrorOnReturn errors;
  const std::vector<uint8_t> bytes = std::move(pending_input_);
  pending_input_.clear();
  const int written = WriteClear(bytes);
  if (written > 0 || ssl_.get() == nullptr) return;
  const int error = SSL_get_error(ssl_.get(), written);
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
    write_callback_scheduled_ = true;
    return InvokeQueued(UV_EPROTO, TakeErrorText());
  }
  pending_input_ = bytes;
}

void TlsWrap::ClearOut() {
  if (eof_ || ssl_.get() == nullptr) return;
  const ncrypto::MarkPopErrorOnReturn errors;
  const KeptSsl ssl(ssl_.get());
  char out[kClearSize];
  int read;
  while ((read = SSL_read(ssl.get(), out, sizeof(out))) > 0) {
    if (ssl_.get() == nullptr) return;
    for (int at = 0; at < read;) {
      uv_buf_t buf = EmitAlloc(read - at);
      const size_t size = std::min<size_t>(buf.len, read - at);
      if (size == 0) {
        EmitRead(UV_ENOBUFS);
        break;
      }
      std::memcpy(buf.base, out + at, size);
      at += static_cast<int>(size);
      EmitRead(static_cast<ssize_t>(size), buf);
      // JavaScript may have ended the connection.
      if (ssl_.get() == nullptr) return;
    }
  }
  if (ssl_.get() != nullptr) ReportReadError(read);
}

void TlsWrap::ReportReadError(int read) {
  switch (SSL_get_error(ssl_.get(), read)) {
    case SSL_ERROR_ZERO_RETURN:
      if (eof_) return;
      eof_ = true;
      return EmitRead(UV_EOF);
    case SSL_ERROR_SSL:
    case SSL_ERROR_SYSCALL:
      break;
    default:
      return;
  }
  Scope scope(env());
  const unsigned long number = ERR_peek_error();
  v8::Local<v8::Value> error = v8::Exception::Error(Text(env(), TakeErrorText()));
  v8::Local<v8::Object> object = error.As<v8::Object>();
  if (const char* library = ERR_lib_error_string(number); library != nullptr && !Set(env(), object, "library", Text(env(), library))) return;
  const char* reason = ERR_reason_error_string(number);
  std::string code = "ERR_SSL_";
  for (const char* c = reason == nullptr ? "" : reason; *c != 0; c++) code += *c == ' ' ? '_' : static_cast<char>(std::toupper(*c));
  if (!Set(env(), object, "reason", Text(env(), reason == nullptr ? "" : reason)) || !Set(env(), object, "code", Text(env(), code))) return;
  // The alert goes out before the connection does.
  if (BIO_pending(enc_out_) != 0) EncOut();
  (void)MakeCallback("onerror", 1, &error);
}

void TlsWrap::EncOut() {
  if (writing_size_ != 0 || awaits_new_session_ || below_writes_) return;
  if (established_ && current_write_ != nullptr) write_callback_scheduled_ = true;
  if (ssl_.get() == nullptr) return;
  const size_t size = BIO_ctrl_pending(enc_out_);
  if (size == 0) {
    if (!pending_input_.empty()) return;
    // A write must not end before it has begun.
    if (in_write_) return Later(&TlsWrap::WriteIsEmpty);
    return InvokeQueued(0);
  }
  if (below() == nullptr) return;
  std::unique_ptr<char[]> storage(new char[size]);
  if (BIO_read(enc_out_, storage.get(), static_cast<int>(size)) != static_cast<int>(size)) return;
  writing_size_ = size;
  uv_buf_t buf = uv_buf_init(storage.get(), static_cast<unsigned>(size));
  const StreamWriteResult result = below()->Write(&buf, 1);
  if (result.err != 0) return InvokeQueued(result.err);
  if (!result.async) return Later(&TlsWrap::WriteIsOut);
  if (result.wrap != nullptr) result.wrap->Own(std::move(storage));
}

void TlsWrap::OnStreamAfterWrite(WriteWrap* request, int status) {
  v8::HandleScope scope(env()->isolate());
  [[maybe_unused]] v8::Local<v8::Object> alive = object();
  if (below_writes_) {
    if (previous() != nullptr) previous()->OnStreamAfterWrite(request, status);
    return;
  }
  if (WriteWrap* empty = std::exchange(empty_write_, nullptr)) {
    empty->Finished();
    empty->Done(status);
    return;
  }
  if (ssl_.get() == nullptr) status = UV_ECANCELED;
  if (status != 0) {
    if (!shutdown_) InvokeQueued(status);
    return;
  }
  ClearIn();
  writing_size_ = 0;
  EncOut();
}

int TlsWrap::DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap*) {
  if (ssl_.get() == nullptr) {
    error_ = "Write after DestroySSL";
    return UV_EPROTO;
  }
  const Nested nested(env());
  std::vector<uint8_t> joined;
  std::span<const uint8_t> bytes;
  for (size_t i = 0; i < count; i++) {
    if (bufs[i].len == 0) continue;
    const std::span<const uint8_t> piece(reinterpret_cast<const uint8_t*>(bufs[i].base), bufs[i].len);
    if (bytes.empty()) {
      bytes = piece;
      continue;
    }
    if (joined.empty()) joined.assign(bytes.begin(), bytes.end());
    joined.insert(joined.end(), piece.begin(), piece.end());
    bytes = joined;
  }
  if (bytes.size() > INT32_MAX) return UV_E2BIG;
  if (bytes.empty()) {
    // It may be a handshake's time to go on.
    ClearOut();
    if (ssl_.get() == nullptr) return UV_EPROTO;
    if (WriteQueueSize() == 0 && below() != nullptr && empty_write_ == nullptr) {
      const StreamWriteResult result = below()->Write(bufs, count);
      if (result.err != 0) return result.err;
      request->Dispatched();
      empty_write_ = request;
      if (!result.async) Later(&TlsWrap::WriteIsOut);
      return 0;
    }
  }
  if (current_write_ != nullptr) return UV_EBUSY;
  request->Dispatched();
  current_write_ = request;
  if (bytes.empty()) {
    in_write_ = true;
    EncOut();
    in_write_ = false;
    return 0;
  }
  const ncrypto::MarkPopErrorOnReturn errors;
  const int written = WriteClear(bytes);
  if (ssl_.get() == nullptr) return 0;
  if (written <= 0) {
    const int error = SSL_get_error(ssl_.get(), written);
    if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
      current_write_ = nullptr;
      request->Finished();
      return UV_EPROTO;
    }
    pending_input_.assign(bytes.begin(), bytes.end());
  }
  in_write_ = true;
  EncOut();
  in_write_ = false;
  return 0;
}

uv_buf_t TlsWrap::OnStreamAlloc(size_t suggested_size) {
  return uv_buf_init(env()->State<ReadMemory>().bytes.get(), static_cast<unsigned>(std::min(suggested_size, kReadSize)));
}

void TlsWrap::OnStreamRead(ssize_t nread, const uv_buf_t& buf) {
  v8::HandleScope scope(env()->isolate());
  [[maybe_unused]] v8::Local<v8::Object> alive = object();  // Whatever the callbacks drop.
  // What follows close_notify does not count.
  if (eof_) return;
  if (nread < 0) {
    ClearOut();
    if (nread == UV_EOF) eof_ = true;
    return EmitRead(nread);
  }
  if (ssl_.get() == nullptr || nread == 0) return;
  BIO_write(enc_in_, buf.base, static_cast<int>(nread));
  Cycle();
}

int TlsWrap::ReadStart() { return below() != nullptr && !eof_ ? below()->ReadStart() : 0; }

int TlsWrap::DoShutdown(ShutdownWrap* request) {
  const Nested nested(env());
  const ncrypto::MarkPopErrorOnReturn errors;
  if (ssl_.get() != nullptr) {
    const KeptSsl ssl(ssl_.get());
    if (SSL_shutdown(ssl.get()) == 0) SSL_shutdown(ssl.get());
  }
  shutdown_ = true;
  EncOut();
  if (below() == nullptr) return UV_ENOTCONN;
  const int rc = below()->Shutdown();
  if (rc != 0) return rc;
  request->Dispatched();
  shutdown_request_ = request;
  return 0;
}

void TlsWrap::OnStreamAfterShutdown(ShutdownWrap* request, int status) {
  v8::HandleScope scope(env()->isolate());
  [[maybe_unused]] v8::Local<v8::Object> alive = object();
  ShutdownWrap* ours = std::exchange(shutdown_request_, nullptr);
  if (ours == nullptr) return StreamListener::OnStreamAfterShutdown(request, status);
  ours->Finished();
  ours->Done(status);
}

void TlsWrap::OnInfo(const SSL* ssl, int where, int) {
  if ((where & (SSL_CB_HANDSHAKE_START | SSL_CB_HANDSHAKE_DONE)) == 0) return;
  TlsWrap* self = From(ssl);
  Environment* env = self->env();
  Scope scope(env);
  if ((where & SSL_CB_HANDSHAKE_START) != 0) {
    // In milliseconds, as timers count: lib limits how often a client may renegotiate.
    v8::Local<v8::Value> now = v8::Number::New(env->isolate(), static_cast<double>(uv_now(env->loop())));
    (void)self->MakeCallback("onhandshakestart", 1, &now);
  }
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0 && SSL_renegotiate_pending(const_cast<SSL*>(ssl)) == 0) {
    self->established_ = true;
    (void)self->MakeCallback("onhandshakedone", 0, nullptr);
  }
}

// The certificate may depend on what the client asks for: lib is asked, and the handshake waits for certCbDone().
int TlsWrap::OnCertificateWanted(SSL* ssl, void*) {
  TlsWrap* self = From(ssl);
  if (!self->is_server() || !self->waits_for_certificate_) return 1;
  if (self->certificate_cb_running_) return -1;
  Environment* env = self->env();
  Scope scope(env);
  self->certificate_cb_running_ = true;
  const auto name = ncrypto::SSLPointer::GetServerName(ssl);
  v8::Local<v8::Object> info = v8::Object::New(env->isolate());
  if (!Set(env, info, "servername", Text(env, name.value_or(""))) ||
      !Set(env, info, "OCSPRequest", v8::Boolean::New(env->isolate(), SSL_get_tlsext_status_type(ssl) == TLSEXT_STATUSTYPE_ocsp))) {
    return 1;
  }
  v8::Local<v8::Value> argument = info;
  (void)self->MakeCallback("oncertcb", 1, &argument);
  return self->certificate_cb_running_ ? -1 : 1;
}

bool TlsWrap::TakeAuthorities(TlsContext* context) {
  SSL_CTX* shared = context->context().get();
  if (SSL_set1_verify_cert_store(ssl_.get(), SSL_CTX_get_cert_store(shared)) != 1) return false;
  SSL_set_client_CA_list(ssl_.get(), SSL_dup_CA_list(SSL_CTX_get_client_CA_list(shared)));
  return true;
}

void TlsWrap::CertCbDone() {
  if (!IsOpen() || !certificate_cb_running_) return;
  const Nested nested(env());
  v8::Local<v8::Value> value;
  if (!object()->Get(env()->context(), Internalized(env()->isolate(), "sni_context")).ToLocal(&value)) return;
  if (auto* context = NativeObject::Cast<TlsContext>(value); context != nullptr && context->context().get() != nullptr) {
    object()->SetInternalField(kSniField, value);
    if (ssl_.setSniContext(context->context()) && !TakeAuthorities(context)) return ThrowLastOpenSslError(env(), "CertCbDone");
  } else if (value->IsObject()) {
    v8::Local<v8::Value> error = v8::Exception::TypeError(Text(env(), "Invalid SNI context"));
    (void)MakeCallback("onerror", 1, &error);
    return;
  }
  certificate_cb_running_ = waits_for_certificate_ = false;
  Cycle();
}

int TlsWrap::OnServername(SSL* ssl, int*, void*) {
  TlsWrap* self = From(ssl);
  Environment* env = self->env();
  Scope scope(env);
  const auto name = ncrypto::SSLPointer::GetServerName(ssl);
  v8::Local<v8::Value> owner, value;
  if (!name) return SSL_TLSEXT_ERR_NOACK;
  if (self->object()->Get(env->context(), SharedSymbol(env, "owner_symbol")).ToLocal(&owner) && owner->IsObject() &&
      !Set(env, owner.As<v8::Object>(), "servername", Text(env, *name))) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  if (!self->object()->Get(env->context(), Internalized(env->isolate(), "sni_context")).ToLocal(&value) || !value->IsObject()) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  auto* context = NativeObject::Cast<TlsContext>(value);
  if (context == nullptr || context->context().get() == nullptr) {
    v8::Local<v8::Value> error = v8::Exception::TypeError(Text(env, "Invalid SNI context"));
    (void)self->MakeCallback("onerror", 1, &error);
    return SSL_TLSEXT_ERR_NOACK;
  }
  self->object()->SetInternalField(kSniField, value);
  SSL_CTX_set_tlsext_status_cb(context->context().get(), OnOcsp);
  SSL_set_SSL_CTX(ssl, context->context().get());
  self->TakeAuthorities(context);
  return SSL_TLSEXT_ERR_OK;
}

// With the session that the client asks for, lib may give it by loadSession(); the handshake waits for endParser().
int TlsWrap::OnClientHello(SSL* ssl, int*, void*) {
  TlsWrap* self = From(ssl);
  if (!self->hello_pending_) return SSL_CLIENT_HELLO_SUCCESS;
  if (std::exchange(self->hello_reported_, true)) return SSL_CLIENT_HELLO_RETRY;
  Environment* env = self->env();
  Scope scope(env);
  const unsigned char* id = nullptr;
  const size_t id_size = SSL_client_hello_get0_session_id(ssl, &id);
  const unsigned char* extension = nullptr;
  size_t size = 0;
  std::string_view name;
  // RFC 6066, 3: a list with one name: the sizes of both, and the name's type between.
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &extension, &size) == 1 && size > 5 && extension[2] == TLSEXT_NAMETYPE_host_name) {
    const size_t name_size = extension[3] << 8 | extension[4];
    if (name_size <= size - 5) name = {reinterpret_cast<const char*>(extension + 5), name_size};
  }
  const bool has_ticket = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_session_ticket, &extension, &size) == 1 && size > 0;
  v8::Local<v8::Object> hello = v8::Object::New(env->isolate());
  v8::Local<v8::Value> id_buffer;
  if (!ToBuffer(env, {id, id_size}).ToLocal(&id_buffer) || !Set(env, hello, "sessionId", id_buffer) ||
      !Set(env, hello, "servername", Text(env, name)) || !Set(env, hello, "tlsTicket", v8::Boolean::New(env->isolate(), has_ticket))) {
    return SSL_CLIENT_HELLO_ERROR;
  }
  v8::Local<v8::Value> argument = hello;
  (void)self->MakeCallback("onclienthello", 1, &argument);
  return self->hello_pending_ ? SSL_CLIENT_HELLO_RETRY : SSL_CLIENT_HELLO_SUCCESS;
}

void TlsWrap::EndParser() {
  const Nested nested(env());
  hello_pending_ = false;
  Cycle();
}

SSL_SESSION* TlsWrap::OnGetSession(SSL* ssl, const unsigned char*, int, int* copy) {
  *copy = 0;
  return From(ssl)->next_session_.release();
}

void TlsWrap::LoadSession(v8::Local<v8::Value> session) {
  if (!session->IsArrayBufferView()) return;
  const SecretBytes bytes(BytesOf(session));
  const unsigned char* at = bytes.data();
  next_session_.reset(d2i_SSL_SESSION(nullptr, &at, static_cast<long>(bytes.size())));
}

int TlsWrap::OnNewSession(SSL* ssl, SSL_SESSION* session) {
  TlsWrap* self = From(ssl);
  if (!self->session_callbacks_) return 0;
  Environment* env = self->env();
  Scope scope(env);
  const int size = i2d_SSL_SESSION(session, nullptr);
  if (size <= 0 || size > kMaxSessionSize) return 0;
  SecretBytes bytes(size);
  unsigned char* at = bytes.data();
  i2d_SSL_SESSION(session, &at);
  unsigned id_size = 0;
  const unsigned char* id = SSL_SESSION_get_id(session, &id_size);
  v8::Local<v8::Value> arguments[2];
  if (!ToBuffer(env, {id, id_size}).ToLocal(&arguments[0]) || !ToBuffer(env, bytes.span()).ToLocal(&arguments[1])) return 0;
  // A server's handshake waits for newSessionDone().
  if (self->is_server()) self->awaits_new_session_ = true;
  (void)self->MakeCallback("onnewsession", 2, arguments);
  return 0;
}

void TlsWrap::NewSessionDone() {
  const Nested nested(env());
  awaits_new_session_ = false;
  Cycle();
}

void TlsWrap::EnableSessionCallbacks() {
  if (!IsOpen()) return;
  session_callbacks_ = true;
  if (!is_server()) return;
  hello_pending_ = true;
  SSL_CTX_set_client_hello_cb(SSL_get_SSL_CTX(ssl_.get()), OnClientHello, nullptr);
}

int TlsWrap::OnAlpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
  TlsWrap* self = From(ssl);
  Environment* env = self->env();
  if (self->asks_for_alpn_) {
    Scope scope(env);
    v8::Local<v8::Value> offered, chosen;
    // The callback gives where in the offered ones the protocol is, or nothing.
    if (!ToBuffer(env, {in, in_size}).ToLocal(&offered) || !self->MakeCallback("ALPNCallback", 1, &offered).ToLocal(&chosen) ||
        !chosen->IsUint32()) {
      return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    const uint32_t at = chosen.As<v8::Uint32>()->Value();
    if (at >= in_size || in[at] > in_size - at - 1) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out_size = in[at];
    *out = in + at + 1;
    return SSL_TLSEXT_ERR_OK;
  }
  const std::vector<uint8_t>& ours = self->alpn_protocols_;
  if (ours.empty()) return SSL_TLSEXT_ERR_NOACK;
  const int status = SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, ours.data(), static_cast<unsigned>(ours.size()), in, in_size);
  return status == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void TlsWrap::EnableAlpnCb() {
  if (!IsOpen()) return;
  asks_for_alpn_ = true;
  SSL_CTX_set_alpn_select_cb(SSL_get_SSL_CTX(ssl_.get()), OnAlpn, nullptr);
}

void TlsWrap::SetAlpnProtocols(Bytes protocols) {
  if (!IsOpen()) return;
  if (!is_server()) {
    SSL_set_alpn_protos(ssl_.get(), protocols.data(), static_cast<unsigned>(protocols.size()));
    return;
  }
  alpn_protocols_.assign(protocols.span.begin(), protocols.span.end());
  SSL_CTX_set_alpn_select_cb(SSL_get_SSL_CTX(ssl_.get()), OnAlpn, nullptr);
}

int TlsWrap::OnOcsp(SSL* ssl, void*) {
  TlsWrap* self = From(ssl);
  Environment* env = self->env();
  Scope scope(env);
  if (!self->is_server()) {
    const unsigned char* response = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
    v8::Local<v8::Value> argument = v8::Null(env->isolate());
    if (response == nullptr || ToBuffer(env, {response, static_cast<size_t>(size)}).ToLocal(&argument)) {
      (void)self->MakeCallback("onocspresponse", 1, &argument);
    }
    return 1;
  }
  if (self->ocsp_response_.empty()) return SSL_TLSEXT_ERR_NOACK;
  const std::vector<uint8_t> response = std::move(self->ocsp_response_);
  self->ocsp_response_.clear();
  auto* copy = static_cast<unsigned char*>(OPENSSL_memdup(response.data(), response.size()));
  if (SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(response.size())) != 1) OPENSSL_free(copy);
  return SSL_TLSEXT_ERR_OK;
}

void TlsWrap::SetOcspResponse(Bytes response) { ocsp_response_.assign(response.span.begin(), response.span.end()); }
void TlsWrap::RequestOcsp() {
  if (IsOpen()) SSL_set_tlsext_status_type(ssl_.get(), TLSEXT_STATUSTYPE_ocsp);
}

void TlsWrap::OnKeylog(const SSL* ssl, const char* line) {
  TlsWrap* self = From(ssl);
  Scope scope(self->env());
  const std::string text = std::string(line) + "\n";
  v8::Local<v8::Value> argument;
  if (ToBuffer(self->env(), {reinterpret_cast<const uint8_t*>(text.data()), text.size()}).ToLocal(&argument)) {
    (void)self->MakeCallback("onkeylog", 1, &argument);
  }
}

void TlsWrap::EnableKeylogCallback() {
  if (IsOpen()) SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(ssl_.get()), OnKeylog);
}

void TlsWrap::EnableTrace() {
  if (!IsOpen()) return;
  trace_ = ncrypto::BIOPointer::NewFp(stderr, BIO_NOCLOSE | BIO_FP_TEXT);
  SSL_set_msg_callback(ssl_.get(), [](int write, int version, int type, const void* bytes, size_t size, SSL* ssl, void* out) {
    const ncrypto::MarkPopErrorOnReturn errors;
    SSL_trace(write, version, type, bytes, size, ssl, out);
  });
  SSL_set_msg_callback_arg(ssl_.get(), trace_.get());
}

unsigned TlsWrap::OnPskServer(SSL* ssl, const char* identity, unsigned char* psk, unsigned max_psk) {
  TlsWrap* self = From(ssl);
  Environment* env = self->env();
  Scope scope(env);
  v8::Local<v8::String> text = Text(env, identity);
  // An identity that is not UTF-8 would be taken for another one.
  if (Utf8(env->isolate(), text).view() != identity) return 0;
  v8::Local<v8::Value> arguments[] = {text, v8::Integer::NewFromUnsigned(env->isolate(), max_psk)};
  v8::Local<v8::Value> key;
  if (!self->MakeCallback(v8::Local<v8::Name>(SharedSymbol(env, "onpskexchange")), 2, arguments).ToLocal(&key) || !key->IsArrayBufferView()) return 0;
  const std::span<uint8_t> bytes = BytesOf(key);
  if (bytes.size() > max_psk) return 0;
  std::memcpy(psk, bytes.data(), bytes.size());
  return static_cast<unsigned>(bytes.size());
}

unsigned TlsWrap::OnPskClient(SSL* ssl, const char* hint, char* identity, unsigned max_identity, unsigned char* psk, unsigned max_psk) {
  TlsWrap* self = From(ssl);
  Environment* env = self->env();
  Scope scope(env);
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> arguments[] = {hint == nullptr ? v8::Null(isolate).As<v8::Value>() : Text(env, hint).As<v8::Value>(),
                                      v8::Integer::NewFromUnsigned(isolate, max_psk), v8::Integer::NewFromUnsigned(isolate, max_identity)};
  v8::Local<v8::Value> result, key, name;
  if (!self->MakeCallback(v8::Local<v8::Name>(SharedSymbol(env, "onpskexchange")), 3, arguments).ToLocal(&result) || !result->IsObject() ||
      !result.As<v8::Object>()->Get(env->context(), Internalized(isolate, "psk")).ToLocal(&key) || !key->IsArrayBufferView() ||
      !result.As<v8::Object>()->Get(env->context(), Internalized(isolate, "identity")).ToLocal(&name) || !name->IsString()) {
    return 0;
  }
  const std::span<uint8_t> bytes = BytesOf(key);
  const Utf8 text(isolate, name);
  if (bytes.size() > max_psk || text.view().size() > max_identity) return 0;
  std::memcpy(identity, text.c_str(), text.view().size());
  std::memcpy(psk, bytes.data(), bytes.size());
  return static_cast<unsigned>(bytes.size());
}

void TlsWrap::EnablePskCallback() {
  if (!IsOpen()) return;
  SSL_set_psk_server_callback(ssl_.get(), OnPskServer);
  SSL_set_psk_client_callback(ssl_.get(), OnPskClient);
}

void TlsWrap::SetPskIdentityHint(std::string hint) {
  if (!IsOpen() || SSL_use_psk_identity_hint(ssl_.get(), hint.c_str()) == 1) return;
  v8::Local<v8::Value> error = CodedError(env()->isolate(), ErrorKind::kError, "ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED", "Failed to set PSK identity hint");
  const Nested nested(env());
  (void)MakeCallback("onerror", 1, &error);
}

void TlsWrap::SetVerifyMode(bool request_certificate, bool reject_unauthorized) {
  if (!IsOpen()) return;
  // A server always shows its certificate; a client does when it is asked.
  int mode = SSL_VERIFY_NONE;
  if (is_server() && request_certificate) mode = SSL_VERIFY_PEER | (reject_unauthorized ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
  SSL_set_verify(ssl_.get(), mode, AcceptAll);
}

void TlsWrap::SetKeyCert(TlsContext* context) {
  if (!IsOpen() || !is_server()) return;
  if (context->context().get() == nullptr || !ssl_.setSniContext(context->context()) || !TakeAuthorities(context)) {
    ThrowLastOpenSslError(env(), "SetKeyCert");
  }
}

void TlsWrap::SetServername(std::string name) {
  if (IsOpen() && !is_server() && !started_) SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
}

void TlsWrap::Start() {
  if (!IsOpen() || started_ || is_server()) return;
  started_ = true;
  const Nested nested(env());
  // Reading begins the handshake.
  ClearOut();
  EncOut();
}

void TlsWrap::Receive(Bytes bytes) {
  const Nested nested(env());
  const std::vector<uint8_t> copy(bytes.span.begin(), bytes.span.end());
  for (size_t at = 0; at < copy.size() && IsAlive() && !IsClosing();) {
    const uv_buf_t buf = OnStreamAlloc(copy.size() - at);
    const size_t size = std::min<size_t>(buf.len, copy.size() - at);
    std::memcpy(buf.base, copy.data() + at, size);
    at += size;
    OnStreamRead(static_cast<ssize_t>(size), buf);
  }
}

void TlsWrap::Renegotiate() {
  const ncrypto::ClearErrorOnReturn errors;
  if (IsOpen() && SSL_renegotiate(ssl_.get()) != 1) ThrowLastOpenSslError(env());
}

void TlsWrap::WritesIssuedByPrevListenerDone() {
  const Nested nested(env());
  below_writes_ = false;
  EncOut();
}

namespace {

// Made by wrap().
void LeaveEmpty(const CallInfo&) {}

constexpr FunctionSpec kMethods[] = {
    Method<&TlsWrap::CertCbDone>("certCbDone"),
    Method<&TlsWrap::DestroySsl>("destroySSL"),
    Method<&TlsWrap::EnableAlpnCb>("enableALPNCb"),
    Method<&TlsWrap::EnableCertCb>("enableCertCb"),
    Method<&TlsWrap::EnableKeylogCallback>("enableKeylogCallback"),
    Method<&TlsWrap::EnablePskCallback>("enablePskCallback"),
    Method<&TlsWrap::EnableSessionCallbacks>("enableSessionCallbacks"),
    Method<&TlsWrap::EnableTrace>("enableTrace"),
    Method<&TlsWrap::EndParser>("endParser"),
    Method<&TlsWrap::ExportKeyingMaterial>("exportKeyingMaterial"),
    Method<&TlsWrap::GetAlpnNegotiatedProtocol>("getALPNNegotiatedProtocol"),
    Method<&TlsWrap::GetCertificate>("getCertificate"),
    Method<&TlsWrap::GetCipher>("getCipher"),
    Method<&TlsWrap::GetEphemeralKeyInfo>("getEphemeralKeyInfo"),
    Method<&TlsWrap::GetFinished>("getFinished"),
    Method<&TlsWrap::GetPeerCertificate>("getPeerCertificate"),
    Method<&TlsWrap::GetPeerFinished>("getPeerFinished"),
    Method<&TlsWrap::GetPeerX509Certificate>("getPeerX509Certificate"),
    Method<&TlsWrap::GetProtocol>("getProtocol"),
    Method<&TlsWrap::GetServername>("getServername"),
    Method<&TlsWrap::GetSession>("getSession"),
    Method<&TlsWrap::GetSharedSigalgs>("getSharedSigalgs"),
    Method<&TlsWrap::GetTlsTicket>("getTLSTicket"),
    Method<&TlsWrap::GetX509Certificate>("getX509Certificate"),
    Method<&TlsWrap::IsSessionReused>("isSessionReused"),
    Method<&TlsWrap::LoadSession>("loadSession"),
    Method<&TlsWrap::NewSessionDone>("newSessionDone"),
    Method<&TlsWrap::Receive>("receive"),
    Method<&TlsWrap::Renegotiate>("renegotiate"),
    Method<&TlsWrap::RequestOcsp>("requestOCSP"),
    Method<&TlsWrap::SetAlpnProtocols>("setALPNProtocols"),
    Method<&TlsWrap::SetKeyCert>("setKeyCert"),
    Method<&TlsWrap::SetMaxSendFragment>("setMaxSendFragment"),
    Method<&TlsWrap::SetOcspResponse>("setOCSPResponse"),
    Method<&TlsWrap::SetPskIdentityHint>("setPskIdentityHint"),
    Method<&TlsWrap::SetServername>("setServername"),
    Method<&TlsWrap::SetSession>("setSession"),
    Method<&TlsWrap::SetVerifyMode>("setVerifyMode"),
    Method<&TlsWrap::Start>("start"),
    Method<&TlsWrap::VerifyError>("verifyError"),
    Method<&TlsWrap::WritesIssuedByPrevListenerDone>("writesIssuedByPrevListenerDone"),
};
constexpr AccessorSpec kAccessors[] = {Getter<&TlsWrap::WriteQueueSize>("writeQueueSize")};
constexpr ClassSpec kClasses[] = {{"TLSWrap", LeaveEmpty, kMethods, kFieldCount, kAccessors, &kStreamClass}};
constexpr FunctionSpec kFunctions[] = {{"wrap", TlsWrap::Wrap}};
constexpr ConstantSpec kConstants[] = {{"HAVE_SSL_TRACE", 1}};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeTlsWrap;
constexpr BindingSpec kNodeTlsWrap{"tls_wrap", crypto::kFunctions, crypto::kConstants, crypto::kClasses};
}  // namespace dv8::node
