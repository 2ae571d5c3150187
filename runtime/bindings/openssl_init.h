// How every binding begins with OpenSSL, and what it makes of its errors.
#pragma once

#include <string>

namespace dv8 {

// Initialises OpenSSL at the first call, from any thread. No configuration file is read; no
// variable of the environment either: no_environment in bazel/sources.bzl.
void InitOpenSsl();

// The words of the oldest error of this thread, "" when there is none; forgets them all.
std::string TakeOpenSslError();

}  // namespace dv8
