// Certificates and keys in PEM, for contexts of TLS. What is wrong with them stays in OpenSSL's queue of errors.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace dv8 {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPointer = std::unique_ptr<BIO, FreeBio>;

// Reads `pem`, which is borrowed.
BioPointer OpenPem(const std::string& pem);

// Gives OpenSSL `passphrase`, a std::string; without one, an encrypted key is refused instead of asked for at the terminal.
int GivePassphrase(char* buffer, int size, int, void* passphrase);

// Gives each certificate to `take`, which owns it when it returns true. False when there is none, or one is damaged or refused.
template <typename Take>
bool ForEachCertificate(BIO* bio, const Take& take) {
  std::string none;
  int count = 0;
  while (X509* certificate = PEM_read_bio_X509(bio, nullptr, GivePassphrase, &none)) {
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

// The certificate of this side, with its chain behind it.
bool UseCertificate(SSL_CTX* context, BIO* bio);
// Its key; false when it is not that of the certificate.
bool UseKey(SSL_CTX* context, BIO* bio, std::string passphrase = "");

}  // namespace dv8
