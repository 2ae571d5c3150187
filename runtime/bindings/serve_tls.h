// TLS of dv8:serve: OpenSSL with memory between, so that the server alone reads and writes its sockets.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>

namespace dv8 {

struct ServeTlsOptions {
  std::string key;          // PEM.
  std::string certificate;  // PEM, with its chain.
  std::string passphrase;
  std::string authority;  // PEM of whom clients' certificates are from; empty: none is asked for.
};

// What the connections of a server share.
class ServeTlsContext {
 public:
  // Null, with words in `error`, when the key or a certificate is no good.
  static std::unique_ptr<ServeTlsContext> Make(const ServeTlsOptions& options, std::string* error);
  ~ServeTlsContext() { SSL_CTX_free(context_); }
  SSL_CTX* get() const { return context_; }

 private:
  explicit ServeTlsContext(SSL_CTX* context) : context_(context) {}
  SSL_CTX* context_;
};

class ServeTls {
 public:
  explicit ServeTls(const ServeTlsContext& context);
  ~ServeTls() { SSL_free(ssl_); }
  ServeTls(const ServeTls&) = delete;
  ServeTls& operator=(const ServeTls&) = delete;

  // What came from the peer.
  bool Feed(std::span<const char> bytes);
  // Plain bytes, at most `out.size()`; 0 when more has to come, -1 when the peer has ended, -2 when it has failed.
  int Read(std::span<char> out);
  // Encrypts; false when it has failed, or the handshake is not over.
  bool Write(std::span<const char> bytes);
  // Says that nothing follows.
  void End() { SSL_shutdown(ssl_); }
  // Takes what is to go to the peer.
  void TakeOutput(std::string* out);

 private:
  SSL* ssl_;
  BIO* in_;  // Owned by ssl_, as the next.
  BIO* out_;
};

}  // namespace dv8
