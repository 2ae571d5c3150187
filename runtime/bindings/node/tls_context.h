// What TLS connections of one kind share: lib's SecureContext.
#pragma once

#include "runtime/bindings/node/crypto_common.h"

namespace dv8::node::crypto {

class TlsContext final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(TlsContext, NativeObject)
  TlsContext(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}

  const ncrypto::SSLCtxPointer& context() const { return context_; }

  void Init(const CallInfo& info);
  void SetKey(const CallInfo& info);
  void SetCert(const CallInfo& info);
  void AddCaCert(const CallInfo& info);
  void AddCrl(const CallInfo& info);
  void AddRootCerts();
  void SetAllowPartialTrustChain();
  void SetCipherSuites(std::string names);
  void SetCiphers(std::string names);
  void SetSigalgs(std::string names);
  void SetEcdhCurve(std::string names);
  v8::Local<v8::Value> SetDhParam(const CallInfo& info);
  void SetMinProto(int32_t version);
  void SetMaxProto(int32_t version);
  double GetMinProto() const;
  double GetMaxProto() const;
  void SetOptions(double options);
  void SetSessionIdContext(std::string id);
  void SetSessionTimeout(InRange<int32_t, 0, INT32_MAX> seconds);
  void SetCertificateCompression();
  void Close();
  void LoadPkcs12(const CallInfo& info);
  v8::MaybeLocal<v8::Value> GetTicketKeys() const;
  v8::Local<v8::Value> SetTicketKeys(Bytes keys);
  void EnableTicketKeyCallback();
  v8::MaybeLocal<v8::Value> GetCertificate() const;
  v8::MaybeLocal<v8::Value> GetIssuer() const;
  v8::Local<v8::Value> External() const;

 private:
  static constexpr size_t kTicketPart = 16;

  // False, with an exception, before Init() and after Close().
  bool IsOpen() const;
  bool UseChain(ncrypto::X509Pointer certificate, STACK_OF(X509) * others);
  // The store of this context alone, for what is added to it.
  X509_STORE* OwnStore();
  int TicketKeys(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts);
  int TicketKeysOfProgram(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts);

  ncrypto::SSLCtxPointer context_;
  ncrypto::X509Pointer certificate_, issuer_;
  bool owns_store_ = false;
  bool asks_for_ticket_keys_ = false;
  uint8_t ticket_name_[kTicketPart], ticket_hmac_[kTicketPart], ticket_aes_[kTicketPart];
};

}  // namespace dv8::node::crypto
