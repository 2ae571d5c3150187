#include "runtime/bindings/node/tls_wrap.h"

#include <cstring>

namespace dv8::node::crypto {
namespace {

constexpr size_t kReadSize = 65536;
// OpenSSL's records are not longer.
constexpr size_t kClearSize = 16384;

// What all connections of a thread read into.
struct ReadMemory {
  explicit ReadMemory(Environment*) : bytes(new char[kReadSize]) {}
  std::unique_ptr<char[]> bytes;
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
    case SSL_ERROR_SYSCALL: break;
    default: return;
  }
  Scope scope(env());
  const unsigned long number = ERR_peek_error();
  v8::Local<v8::Value> error = v8::Exception::Error(Text(env(), TakeErrorText()));
  v8::Local<v8::Object> object = error.As<v8::Object>();
  if (const char* library = ERR_lib_error_string(number); library != nullptr && !Set(env(), object, "library", Text(env(), library)))
    return;
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
constexpr ClassSpec kClasses[] = {{"TLSWrap", LeaveEmpty, kMethods, TlsWrap::kFields, kAccessors, &kStreamClass}};
constexpr FunctionSpec kFunctions[] = {{"wrap", TlsWrap::Wrap}};
constexpr ConstantSpec kConstants[] = {{"HAVE_SSL_TRACE", 1}};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeTlsWrap;
constexpr BindingSpec kNodeTlsWrap{"tls_wrap", crypto::kFunctions, crypto::kConstants, crypto::kClasses};
}  // namespace dv8::node
