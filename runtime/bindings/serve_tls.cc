#include "runtime/bindings/serve_tls.h"

#include <openssl/err.h>

#include <algorithm>

#include "runtime/bindings/node/default_ciphers.h"
#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/pem.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

constexpr unsigned char kSessions[] = "dv8:serve";
constexpr unsigned char kProtocols[] = "\x08http/1.1";

int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, kProtocols, sizeof(kProtocols) - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

bool UseAuthority(SSL_CTX* context, const std::string& pem) {
  return ForEachCertificate(OpenPem(pem).get(), [context](X509* certificate) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) != 1) return false;
    SSL_CTX_add_client_CA(context, certificate);
    X509_free(certificate);
    return true;
  });
}

}  // namespace

std::unique_ptr<ServeTlsContext> ServeTlsContext::Make(const ServeTlsOptions& options, std::string* error) {
  InitOpenSsl();
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  DV8_CHECK(context != nullptr);
  std::unique_ptr<ServeTlsContext> made(new ServeTlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, node::kDefaultCiphers);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context, kSessions, sizeof(kSessions) - 1);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  const char* what = nullptr;
  if (!UseCertificate(context, OpenPem(options.certificate).get())) {
    what = "cert";
  } else if (!UseKey(context, OpenPem(options.key).get(), options.passphrase)) {
    what = "key";
  } else if (!options.authority.empty() && !UseAuthority(context, options.authority)) {
    what = "ca";
  }
  if (what != nullptr) {
    const std::string words = TakeOpenSslError();
    *error = std::string("tls.") + what + " is not what OpenSSL can use" + (words.empty() ? "" : ": ") + words;
    return nullptr;
  }
  if (!options.authority.empty()) SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  ERR_clear_error();
  return made;
}

ServeTls::ServeTls(const ServeTlsContext& context) : ssl_(SSL_new(context.get())), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  DV8_CHECK(ssl_ != nullptr && in_ != nullptr && out_ != nullptr);
  SSL_set_bio(ssl_, in_, out_);
  SSL_set_accept_state(ssl_);
}

bool ServeTls::Feed(std::span<const char> bytes) {
  return BIO_write(in_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

int ServeTls::Read(std::span<char> out) {
  ERR_clear_error();
  const int size = SSL_read(ssl_, out.data(), static_cast<int>(out.size()));
  if (size > 0) return size;
  const int error = SSL_get_error(ssl_, size);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return 0;
  return error == SSL_ERROR_ZERO_RETURN ? -1 : -2;
}

bool ServeTls::Write(std::span<const char> bytes) {
  ERR_clear_error();
  while (!bytes.empty()) {
    const int piece = static_cast<int>(std::min<size_t>(bytes.size(), 1 << 30));
    const int size = SSL_write(ssl_, bytes.data(), piece);
    ERR_clear_error();
    if (size <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(size));
  }
  return true;
}

void ServeTls::TakeOutput(std::string* out) {
  const size_t size = BIO_ctrl_pending(out_);
  if (size == 0) return;
  const size_t before = out->size();
  out->resize(before + size);
  BIO_read(out_, out->data() + before, static_cast<int>(size));
}

}  // namespace dv8
