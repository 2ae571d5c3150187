// What OpenSSL tells of a connection while it works on it, and asks: lib's callbacks.
#include <cstring>

#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/node/tls_wrap.h"

namespace dv8::node::crypto {
namespace {

constexpr int kMaxSessionSize = 10 * 1024;

}  // namespace

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
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &extension, &size) == 1 && size > 5 &&
      extension[2] == TLSEXT_NAMETYPE_host_name) {
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
  const int status =
      SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, ours.data(), static_cast<unsigned>(ours.size()), in, in_size);
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
  if (!self->MakeCallback(v8::Local<v8::Name>(SharedSymbol(env, "onpskexchange")), 2, arguments).ToLocal(&key) || !key->IsArrayBufferView())
    return 0;
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
  v8::Local<v8::Value> error =
      CodedError(env()->isolate(), ErrorKind::kError, "ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED", "Failed to set PSK identity hint");
  const Nested nested(env());
  (void)MakeCallback("onerror", 1, &error);
}

}  // namespace dv8::node::crypto
