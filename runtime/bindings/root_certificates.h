// The certificates that the system's programs trust.
#pragma once

#include <openssl/x509.h>

#include <vector>

namespace dv8 {

// Read once a process, at the first call, from any thread; never freed. Empty when the system has none: then nobody is
// trusted.
const std::vector<X509*>& SystemCertificates();

// Appends the certificates of a file in PEM. 0, or OpenSSL's number of what was wrong.
unsigned long ReadCertificates(const char* path, std::vector<X509*>* certificates);
// The same of text in memory.
unsigned long ReadCertificates(BIO* text, std::vector<X509*>* certificates);

}  // namespace dv8
