#include <openssl/err.h>

#include "runtime/bindings/dv8_tls.h"
#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/pem.h"
#include "runtime/bindings/root_certificates.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

constexpr unsigned char kSessions[] = "dv8";

BioPointer Open(const std::string& pem_or_path) {
  if (pem_or_path.find("-----BEGIN") != std::string::npos) {
    return OpenPem(pem_or_path);
  }
  if (pem_or_path.find('\0') != std::string::npos) return nullptr;
  return BioPointer(BIO_new_file(pem_or_path.c_str(), "r"));
}

bool AddToStore(X509_STORE* store, BIO* bio) {
  return ForEachCertificate(bio, [store](X509* certificate) {
    if (X509_STORE_add_cert(store, certificate) != 1) return false;
    X509_free(certificate);
    return true;
  });
}

// Made once a process.
X509_STORE* RootStore(const Payload* payload) {
  static X509_STORE* const store = [payload] {
    X509_STORE* made = X509_STORE_new();
    DV8_CHECK(made != nullptr);
    for (X509* certificate : RootCertificates(payload)) X509_STORE_add_cert(made, certificate);
    ERR_clear_error();
    return made;
  }();
  return store;
}

bool UseCertificate(SSL_CTX* context, const std::string& text) {
  const BioPointer bio = Open(text);
  return bio != nullptr && dv8::UseCertificate(context, bio.get());
}

bool UseKey(SSL_CTX* context, const std::string& text) {
  const BioPointer bio = Open(text);
  return bio != nullptr && dv8::UseKey(context, bio.get());
}

bool UseChain(SSL_CTX* context, const std::string& text) {
  const BioPointer bio = Open(text);
  return bio != nullptr &&
         ForEachCertificate(bio.get(), [context](X509* certificate) { return SSL_CTX_add0_chain_cert(context, certificate) == 1; });
}

bool UseAuthority(SSL_CTX* context, const Payload* payload, const std::string& text) {
  if (text.empty()) {
    SSL_CTX_set1_cert_store(context, RootStore(payload));
    return true;
  }
  const BioPointer bio = Open(text);
  return bio != nullptr && AddToStore(SSL_CTX_get_cert_store(context), bio.get());
}

}  // namespace

SecureContext::Result SecureContext::Setup(Side side, const std::string& certificate, const std::string& key, const std::string& chain,
                                           const std::string& authority, bool verify) {
  InitOpenSsl();
  Finish();
  ERR_clear_error();
  context_ = SSL_CTX_new(side == Side::kServer ? TLS_server_method() : TLS_client_method());
  if (context_ == nullptr) return kNoContext;
  side_ = side;
  verifies_ = verify;
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context_, kSessions, sizeof(kSessions) - 1);
  SSL_CTX_set_tlsext_servername_callback(context_, SecureSocket::OnServerName);
  Result result = kOk;
  if (!certificate.empty() && !UseCertificate(context_, certificate)) {
    result = kBadCertificate;
  } else if (!key.empty() && !UseKey(context_, key)) {
    result = kBadKey;
  } else if (!chain.empty() && !UseChain(context_, chain)) {
    result = kBadChain;
  } else if (verify && !UseAuthority(context_, env()->payload(), authority)) {
    result = kBadAuthority;
  }
  // A server that verifies insists on a client's certificate.
  if (verify) {
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  ERR_clear_error();
  if (result != kOk) Finish();
  return result;
}

void SecureContext::Finish() {
  // Connections made with it keep what they need.
  SSL_CTX_free(context_);
  context_ = nullptr;
}

SecureContext* SecureContext::FromValue(v8::Local<v8::Value> value) {
  if (!value->IsObject()) return nullptr;
  NativeObject* object = NativeObject::FromObject(value.As<v8::Object>());
  return object == nullptr ? nullptr : object->AsSecureContext();
}

}  // namespace dv8
