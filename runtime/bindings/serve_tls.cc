#include "runtime/bindings/serve_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>

#include "runtime/bindings/node/default_ciphers.h"
#include "runtime/bindings/openssl_init.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPointer = std::unique_ptr<BIO, FreeBio>;

constexpr unsigned char kSessions[] = "dv8:serve";
constexpr unsigned char kProtocols[] = "\x08http/1.1";

// The passphrase; without one, an encrypted key is refused instead of asked for at the terminal.
int GivePassphrase(char* buffer, int size, int, void* text) {
  const std::string& passphrase = *static_cast<const std::string*>(text);
  if (passphrase.empty() || passphrase.size() > static_cast<size_t>(size)) return -1;
  passphrase.copy(buffer, passphrase.size());
  return static_cast<int>(passphrase.size());
}

int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, kProtocols, sizeof(kProtocols) - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

BioPointer Open(const std::string& pem) { return BioPointer(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

// Gives each certificate to `take`, which owns it when it returns true. False when there is none, or one is no good.
template <typename Take>
bool ForEachCertificate(const std::string& pem, const Take& take) {
  const BioPointer bio = Open(pem);
  std::string none;
  int count = 0;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, GivePassphrase, &none)) {
    if (!take(certificate)) {
      X509_free(certificate);
      return false;
    }
    count++;
  }
  const bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (is_end) ERR_clear_error();
  return count > 0 && is_end;
}

bool UseCertificate(SSL_CTX* context, const std::string& pem) {
  bool is_first = true;
  return ForEachCertificate(pem, [context, &is_first](X509* certificate) {
    if (!is_first) return SSL_CTX_add0_chain_cert(context, certificate) == 1;
    is_first = false;
    if (SSL_CTX_use_certificate(context, certificate) != 1) return false;
    X509_free(certificate);
    return true;
  });
}

bool UseKey(SSL_CTX* context, const std::string& pem, std::string passphrase) {
  const BioPointer bio = Open(pem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, GivePassphrase, &passphrase);
  if (key == nullptr) return false;
  const bool used = SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  return used && SSL_CTX_check_private_key(context) == 1;
}

bool UseAuthority(SSL_CTX* context, const std::string& pem) {
  return ForEachCertificate(pem, [context](X509* certificate) {
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
  if (!UseCertificate(context, options.certificate)) {
    what = "cert";
  } else if (!UseKey(context, options.key, options.passphrase)) {
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

ServeTls::ServeTls(const ServeTlsContext& context)
    : ssl_(SSL_new(context.get())), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
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
