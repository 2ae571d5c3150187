// Whom a program trusts without being told.
#pragma once

#include <openssl/x509.h>

#include <vector>

namespace dv8 {

class Payload;

// The certificates that the program was packed with, or those that the system's programs trust. Read once a process, at
// the first call, from any thread; never freed. Empty when there are none: then nobody is trusted.
const std::vector<X509*>& RootCertificates(const Payload* payload);

// Appends the certificates of a file in PEM. 0, or OpenSSL's number of what was wrong.
unsigned long ReadCertificates(const char* path, std::vector<X509*>* certificates);
// The same of text in memory.
unsigned long ReadCertificates(BIO* text, std::vector<X509*>* certificates);

}  // namespace dv8
