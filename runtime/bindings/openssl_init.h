// How every binding begins with OpenSSL, and what it makes of its errors.
#pragma once

#include <string>

namespace dv8 {

// Initialises OpenSSL at the first call, from any thread. No configuration file is read; no
// variable of the environment either: no_environment in bazel/sources.bzl.
void InitOpenSsl();

// The same without TLS and without the words of errors, which are most of the work: for what hashes, encrypts or signs.
// Who needs words calls InitOpenSsl() then.
void InitCrypto();

// The words of the oldest error of this thread, "" when there is none; forgets them all.
std::string TakeOpenSslError();

}  // namespace dv8
