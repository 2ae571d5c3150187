// A TLS connection over another stream: lib's TLSWrap. It is a stream itself, of what is decrypted, and listens to the one
// below, whose bytes OpenSSL gets by way of two BIOs in memory.
#pragma once

#include "runtime/bindings/node/stream_base.h"
#include "runtime/bindings/node/tls_context.h"

namespace dv8::node::crypto {

class TlsWrap final : public AsyncWrap, public StreamBase, public StreamListener {
 public:
  DV8_NATIVE_CLASS(TlsWrap, AsyncWrap)
  enum class Side { kClient, kServer };

  static constexpr int kFields = kStreamFields + 3;

  // `below_writes`: writes that the listener before began are under way, and first to be ended.
  TlsWrap(Environment* env, v8::Local<v8::Object> object, Side side, StreamBase* below, TlsContext* context, bool below_writes);
  ~TlsWrap() override;
  // wrap(handle, context, isServer, hasActiveWrites)
  static void Wrap(const CallInfo& info);

  StreamBase* AsStreamBase() override { return this; }

  // StreamBase
  bool IsAlive() const override { return ssl_.get() != nullptr && below() != nullptr && below()->IsAlive(); }
  bool IsClosing() override { return below() == nullptr || below()->IsClosing(); }
  bool IsIpcPipe() const override { return below() != nullptr && below()->IsIpcPipe(); }
  int GetFd() override { return below() == nullptr ? -1 : below()->GetFd(); }
  int ReadStart() override;
  int ReadStop() override { return below() == nullptr ? 0 : below()->ReadStop(); }
  int DoShutdown(ShutdownWrap* request) override;
  int DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap* send_handle) override;
  bool CopiesWrites() const override { return true; }
  // A handshake may begin with it.
  bool WantsEmptyWrites() const override { return true; }
  const char* Error() const override { return error_.empty() ? nullptr : error_.c_str(); }
  void ClearError() override { error_.clear(); }

  // StreamListener
  uv_buf_t OnStreamAlloc(size_t suggested_size) override;
  void OnStreamRead(ssize_t nread, const uv_buf_t& buf) override;
  void OnStreamAfterWrite(WriteWrap* request, int status) override;
  void OnStreamAfterShutdown(ShutdownWrap* request, int status) override;
  void OnStreamDestroy() override;

  // Methods that JavaScript calls.
  void CertCbDone();
  void DestroySsl();
  void EnableAlpnCb();
  void EnableCertCb() { waits_for_certificate_ = true; }
  void EnableKeylogCallback();
  void EnablePskCallback();
  void EnableSessionCallbacks();
  void EnableTrace();
  void EndParser();
  v8::MaybeLocal<v8::Value> ExportKeyingMaterial(const CallInfo& info);
  v8::Local<v8::Value> GetAlpnNegotiatedProtocol();
  v8::MaybeLocal<v8::Value> GetCertificate();
  v8::MaybeLocal<v8::Value> GetCipher();
  v8::MaybeLocal<v8::Value> GetEphemeralKeyInfo();
  v8::MaybeLocal<v8::Value> GetFinished();
  v8::MaybeLocal<v8::Value> GetPeerCertificate(bool detailed);
  v8::MaybeLocal<v8::Value> GetPeerFinished();
  v8::MaybeLocal<v8::Value> GetPeerX509Certificate();
  v8::Local<v8::Value> GetProtocol();
  v8::Local<v8::Value> GetServername();
  v8::MaybeLocal<v8::Value> GetSession();
  v8::Local<v8::Value> GetSharedSigalgs();
  v8::MaybeLocal<v8::Value> GetTlsTicket();
  v8::MaybeLocal<v8::Value> GetX509Certificate();
  bool IsSessionReused();
  void LoadSession(v8::Local<v8::Value> session);
  void NewSessionDone();
  void Receive(Bytes bytes);
  void Renegotiate();
  void RequestOcsp();
  void SetAlpnProtocols(Bytes protocols);
  void SetKeyCert(TlsContext* context);
  v8::Local<v8::Value> SetMaxSendFragment(uint32_t size);
  void SetOcspResponse(Bytes response);
  void SetPskIdentityHint(std::string hint);
  void SetServername(std::string name);
  void SetSession(Bytes session);
  void SetVerifyMode(bool request_certificate, bool reject_unauthorized);
  void Start();
  v8::MaybeLocal<v8::Value> VerifyError();
  uint32_t WriteQueueSize() const;
  void WritesIssuedByPrevListenerDone();

 private:
  // Internal fields behind those of a stream: what must live as long.
  enum Field { kContextField = kStreamFields, kSniField, kBelowField };
  struct Scope {
    explicit Scope(Environment* env) : handles(env->isolate()), context(env->context()) {}
    v8::HandleScope handles;
    v8::Context::Scope context;
  };
  // While JavaScript that called us waits: callbacks from here run no ticks.
  class Nested {
   public:
    explicit Nested(Environment* env) : env_(env) { env_->BeginCallback(); }
    ~Nested() { env_->EndCallback(true); }

   private:
    Environment* env_;
  };

  static TlsWrap* From(const SSL* ssl) { return static_cast<TlsWrap*>(SSL_get_app_data(ssl)); }
  StreamBase* below() const { return StreamListener::stream(); }
  bool is_server() const { return side_ == Side::kServer; }
  // False, with an exception, when the connection has been destroyed.
  bool IsOpen() const;

  // What OpenSSL calls: tls_events.cc.
  static void OnInfo(const SSL* ssl, int where, int result);
  static int OnCertificateWanted(SSL* ssl, void*);
  static int OnClientHello(SSL* ssl, int* alert, void*);
  static int OnServername(SSL* ssl, int* alert, void*);
  static int OnAlpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*);
  static int OnNewSession(SSL* ssl, SSL_SESSION* session);
  static SSL_SESSION* OnGetSession(SSL* ssl, const unsigned char* id, int id_size, int* copy);
  static int OnOcsp(SSL* ssl, void*);
  static void OnKeylog(const SSL* ssl, const char* line);
  static unsigned OnPskServer(SSL* ssl, const char* identity, unsigned char* psk, unsigned max_psk);
  static unsigned OnPskClient(SSL* ssl, const char* hint, char* identity, unsigned max_identity, unsigned char* psk, unsigned max_psk);

  void InitSsl(TlsContext* context);
  void Destroy();
  // Requests go by themselves, where all objects do.
  void ForgetRequests() {
    current_write_ = empty_write_ = nullptr;
    shutdown_request_ = nullptr;
  }
  // Runs `task` in the loop's next turn; the object stays until then.
  void Later(void (TlsWrap::*task)());
  void WriteIsOut() { OnStreamAfterWrite(nullptr, 0); }
  void WriteIsEmpty() { InvokeQueued(0); }

  // Moves bytes as far as they go: from the program to OpenSSL, from OpenSSL to the program, and what is encrypted below.
  void Cycle();
  void ClearIn();
  void ClearOut();
  void EncOut();
  void ReportReadError(int read);
  // Ends the write that waits, once its bytes have been handed over.
  void InvokeQueued(int status, std::string_view words = {});
  // SSL_write: the bytes written, or -1; all are taken, or none.
  int WriteClear(std::span<const uint8_t> bytes);
  bool UseSniContext(v8::Local<v8::Value> value);
  bool TakeAuthorities(TlsContext* context);
  v8::MaybeLocal<v8::Value> Finished(size_t (*get)(const SSL*, void*, size_t));

  ncrypto::SSLPointer ssl_;
  BIO* enc_in_ = nullptr;  // Of ssl_.
  BIO* enc_out_ = nullptr;
  ncrypto::BIOPointer trace_;
  Side side_;
  WriteWrap* current_write_ = nullptr;
  WriteWrap* empty_write_ = nullptr;
  ShutdownWrap* shutdown_request_ = nullptr;
  std::vector<uint8_t> pending_input_;  // What OpenSSL did not take yet.
  std::vector<uint8_t> ocsp_response_, alpn_protocols_;
  ncrypto::SSLSessionPointer next_session_;
  std::string error_;
  int cycle_depth_ = 0;
  size_t writing_size_ = 0;  // Bytes that the stream below has not written yet.
  bool write_callback_scheduled_ = false;
  bool started_ = false;
  bool established_ = false;
  bool shutdown_ = false;
  bool eof_ = false;
  bool in_write_ = false;
  bool below_writes_;
  bool session_callbacks_ = false;
  bool awaits_new_session_ = false;
  bool hello_pending_ = false;  // Until endParser(), a server that looks sessions up waits with the handshake.
  bool hello_reported_ = false;
  bool waits_for_certificate_ = false;
  bool certificate_cb_running_ = false;
  bool asks_for_alpn_ = false;
};

}  // namespace dv8::node::crypto
