#include "runtime/bindings/openssl_init.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "runtime/core/check.h"

namespace dv8 {

void InitOpenSsl() {
  static const bool done = [] {
    // The heap is not torn down at the end, and neither is this.
    DV8_CHECK(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr) == 1);
    return true;
  }();
  (void)done;
}

void InitCrypto() {
  static const bool done = [] {
    DV8_CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr) == 1);
    return true;
  }();
  (void)done;
}

std::string TakeOpenSslError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "";
  const char* reason = ERR_reason_error_string(code);
  if (reason != nullptr) return reason;
  char text[256];
  ERR_error_string_n(code, text, sizeof(text));
  return text;
}

}  // namespace dv8
