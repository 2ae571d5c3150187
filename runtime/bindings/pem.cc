#include "runtime/bindings/pem.h"

namespace dv8 {

BioPointer OpenPem(const std::string& pem) { return BioPointer(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

int GivePassphrase(char* buffer, int size, int, void* passphrase) {
  const std::string& text = *static_cast<const std::string*>(passphrase);
  if (text.empty() || text.size() > static_cast<size_t>(size)) return -1;
  text.copy(buffer, text.size());
  return static_cast<int>(text.size());
}

bool UseCertificate(SSL_CTX* context, BIO* bio) {
  bool is_first = true;
  return ForEachCertificate(bio, [context, &is_first](X509* certificate) {
    if (!is_first) return SSL_CTX_add0_chain_cert(context, certificate) == 1;
    is_first = false;
    if (SSL_CTX_use_certificate(context, certificate) != 1) return false;
    X509_free(certificate);
    return true;
  });
}

bool UseKey(SSL_CTX* context, BIO* bio, std::string passphrase) {
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, GivePassphrase, &passphrase);
  if (key == nullptr) return false;
  const bool used = SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  return used && SSL_CTX_check_private_key(context) == 1;
}

}  // namespace dv8
