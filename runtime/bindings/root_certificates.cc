#include "runtime/bindings/root_certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "runtime/payload/payload.h"

namespace dv8 {
namespace {

// Where distributions keep them.
constexpr const char* kBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

// OpenSSL would ask at the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

unsigned long ReadCertificates(BIO* text, std::vector<X509*>* certificates) {
  ERR_set_mark();
  while (X509* certificate = PEM_read_bio_X509(text, nullptr, NoPassword, nullptr)) certificates->push_back(certificate);
  const unsigned long error = ERR_peek_last_error();
  ERR_pop_to_mark();
  const bool ended = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  return ended ? 0 : error;
}

unsigned long ReadCertificates(const char* path, std::vector<X509*>* certificates) {
  ERR_clear_error();
  BIO* file = BIO_new_file(path, "r");
  // The first one is the system's.
  const unsigned long error = file == nullptr ? ERR_get_error() : ReadCertificates(file, certificates);
  BIO_free(file);
  ERR_clear_error();
  return error;
}

const std::vector<X509*>& RootCertificates(const Payload* payload) {
  static const auto* const certificates = [payload] {
    auto* read = new std::vector<X509*>;
    if (payload != nullptr && !payload->Manifest("ca").empty()) {
      const std::span<const std::byte> packed = payload->Stored(SectionKind::kCertificates);
      BIO* text = BIO_new_mem_buf(packed.data(), static_cast<int>(packed.size()));
      ReadCertificates(text, read);
      BIO_free(text);
      return read;
    }
    for (const char* path : kBundles) {
      if (ReadCertificates(path, read) == 0 && !read->empty()) break;
    }
    return read;
  }();
  return *certificates;
}

}  // namespace dv8
