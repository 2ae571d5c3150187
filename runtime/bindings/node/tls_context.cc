#include "runtime/bindings/node/tls_context.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include <cstring>

#include "runtime/bindings/environ_lock.h"
#include "runtime/bindings/node/crypto_keys.h"
#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/root_certificates.h"
#include "runtime/payload/payload.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::BIOPointer;
using ncrypto::X509Pointer;

// The certificates of the file that a variable of the environment names, where the program's maker allows it.
std::vector<X509*>* CertificatesByVariable(Environment* env, const char* variable) {
  auto* read = new std::vector<X509*>;
  const Payload* payload = env->payload();
  if (payload == nullptr || (payload->Manifest("allow-env-ca").empty() && payload->Manifest("command-line") != "node")) return read;
  std::string path;
  {
    const std::lock_guard lock(EnvironLock());
    if (const char* value = getenv(variable)) path = value;
  }
  if (path.empty()) return read;
  if (const unsigned long error = ReadCertificates(path.c_str(), read)) {
    std::fprintf(stderr, "Warning: Ignoring extra certs from `%s`, load failed: %s\n", path.c_str(), WordsOf(error).c_str());
  }
  return read;
}

// Both are read once a process.
const std::vector<X509*>& ExtraCertificates(Environment* env) {
  static const auto* const certificates = CertificatesByVariable(env, "NODE_EXTRA_CA_CERTS");
  return *certificates;
}
const std::vector<X509*>& TrustedCertificates(Environment* env) {
  static const auto* const certificates = CertificatesByVariable(env, "SSL_CERT_FILE");
  return certificates->empty() ? RootCertificates(env->payload()) : *certificates;
}

// Whom contexts of this Environment trust without being told.
class Roots {
 public:
  explicit Roots(Environment* env) : env_(env) {}
  ~Roots() {
    X509_STORE_free(store_);
    Forget();
  }

  // What tls.setDefaultCACertificates() gave, instead of the program's and the extra ones.
  void Set(std::vector<X509*> certificates) {
    Forget();
    users_ = std::move(certificates);
    X509_STORE_free(store_);
    store_ = nullptr;
  }
  const std::optional<std::vector<X509*>>& users() const { return users_; }

  X509_STORE* Shared() {
    if (store_ == nullptr) store_ = Make();
    return store_;
  }
  X509_STORE* Make() const {
    X509_STORE* store = X509_STORE_new();
    const auto add = [store](const std::vector<X509*>& certificates) {
      for (X509* certificate : certificates) X509_STORE_add_cert(store, certificate);
    };
    if (users_) {
      add(*users_);
    } else {
      add(TrustedCertificates(env_));
      add(ExtraCertificates(env_));
    }
    return store;
  }

 private:
  void Forget() {
    if (!users_) return;
    for (X509* certificate : *users_) X509_free(certificate);
  }

  Environment* env_;
  std::optional<std::vector<X509*>> users_;
  X509_STORE* store_ = nullptr;
};

// A string's or a view's bytes to read from; empty, with an exception, for other values.
BIOPointer ReadBio(CryptoArguments* arguments) {
  const SecretBytes bytes = arguments->ReadBytes();
  if (!arguments->ok()) return {};
  BIOPointer memory = BIOPointer::NewMem();
  if (memory && !bytes.empty()) BIO_write(memory.get(), bytes.data(), static_cast<int>(bytes.size()));
  return memory;
}

v8::MaybeLocal<v8::Value> DerOf(Environment* env, const X509Pointer& certificate) {
  if (certificate.get() == nullptr) return v8::Null(env->isolate()).As<v8::Value>();
  return ToBuffer(env, SecretBytes(certificate.view().toDER()).span());
}

v8::Local<v8::Value> PemsOf(Environment* env, const std::vector<X509*>& certificates, bool ends_with_newline) {
  InitOpenSsl();
  std::vector<std::string> texts;
  for (X509* certificate : certificates) {
    const SecretBytes pem(ncrypto::X509View(certificate).toPEM());
    std::string text(pem.chars(), pem.size());
    if (!ends_with_newline && text.ends_with('\n')) text.pop_back();
    texts.push_back(std::move(text));
  }
  return ArrayOfStrings(env, texts);
}

// Node has Mozilla's in the executable; ours are the system's, which are kept up to date.
v8::Local<v8::Value> GetBundledRoots(Environment* env) {
  InitOpenSsl();
  return PemsOf(env, TrustedCertificates(env), false);
}
v8::Local<v8::Value> GetSystemRoots(Environment* env) {
  InitOpenSsl();
  return PemsOf(env, TrustedCertificates(env), true);
}
v8::Local<v8::Value> GetExtraRoots(Environment* env) {
  InitOpenSsl();
  return PemsOf(env, ExtraCertificates(env), true);
}
v8::Local<v8::Value> GetUserRoots(Environment* env) {
  const auto& users = env->State<Roots>().users();
  if (!users) return v8::Undefined(env->isolate());
  return PemsOf(env, *users, true);
}

// resetRootCertStore(array of PEM)
void ResetRoots(Environment* env, v8::Local<v8::Array> texts) {
  InitOpenSsl();
  std::vector<X509*> certificates;
  const auto refuse = [&](unsigned long error, const char* words) {
    for (X509* certificate : certificates) X509_free(certificate);
    if (!env->isolate()->HasPendingException()) ThrowOpenSslError(env, error, words);
  };
  for (uint32_t i = 0; i < texts->Length(); i++) {
    v8::Local<v8::Value> text;
    if (!texts->Get(env->context(), i).ToLocal(&text)) return refuse(0, "Failed to load certificate data");
    const Utf8 chars(env->isolate(), text);
    const std::span<const uint8_t> bytes = text->IsArrayBufferView()
                                               ? std::span<const uint8_t>(BytesOf(text))
                                               : std::span(reinterpret_cast<const uint8_t*>(chars.c_str()), chars.view().size());
    const BIOPointer memory = BIOPointer::New(bytes.data(), bytes.size());
    if (!memory) return refuse(ERR_get_error(), "Failed to load certificate data");
    if (const unsigned long error = ReadCertificates(memory.get(), &certificates)) return refuse(error, "Failed to parse certificate");
  }
  if (certificates.empty() && texts->Length() != 0)
    return ThrowCryptoCode(env, CryptoCode::kOperationFailed, "No valid certificates found in the provided array");
  // The same one twice is one.
  std::vector<X509*> unique;
  for (X509* certificate : certificates) {
    const bool known = std::any_of(unique.begin(), unique.end(), [certificate](X509* other) { return X509_cmp(certificate, other) == 0; });
    if (known) {
      X509_free(certificate);
    } else {
      unique.push_back(certificate);
    }
  }
  env->State<Roots>().Set(std::move(unique));
}

// Certificates are read when a context first needs them, so that naming tls costs nothing.
void StartLoadingCertificates() {}

// This OpenSSL cannot compress certificates.
v8::Local<v8::Value> GetCompressionAlgorithms(Environment* env) { return v8::Array::New(env->isolate()); }

bool InitTicketMac(EVP_MAC_CTX* mac, const uint8_t* key, size_t size) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_init(mac, key, size, parameters) == 1;
}

struct Protocol {
  const char* name;
  const SSL_METHOD* (*method)();
  int min, max;  // 0: what OpenSSL has.
};
constexpr Protocol kProtocols[] = {
    {"SSLv23_method", TLS_method, -1, TLS1_2_VERSION},
    {"SSLv23_server_method", TLS_server_method, -1, TLS1_2_VERSION},
    {"SSLv23_client_method", TLS_client_method, -1, TLS1_2_VERSION},
    {"TLS_method", TLS_method, 0, TLS1_3_VERSION},
    {"TLS_server_method", TLS_server_method, 0, TLS1_3_VERSION},
    {"TLS_client_method", TLS_client_method, 0, TLS1_3_VERSION},
    {"TLSv1_method", TLS_method, TLS1_VERSION, TLS1_VERSION},
    {"TLSv1_server_method", TLS_server_method, TLS1_VERSION, TLS1_VERSION},
    {"TLSv1_client_method", TLS_client_method, TLS1_VERSION, TLS1_VERSION},
    {"TLSv1_1_method", TLS_method, TLS1_1_VERSION, TLS1_1_VERSION},
    {"TLSv1_1_server_method", TLS_server_method, TLS1_1_VERSION, TLS1_1_VERSION},
    {"TLSv1_1_client_method", TLS_client_method, TLS1_1_VERSION, TLS1_1_VERSION},
    {"TLSv1_2_method", TLS_method, TLS1_2_VERSION, TLS1_2_VERSION},
    {"TLSv1_2_server_method", TLS_server_method, TLS1_2_VERSION, TLS1_2_VERSION},
    {"TLSv1_2_client_method", TLS_client_method, TLS1_2_VERSION, TLS1_2_VERSION},
};

}  // namespace

bool TlsContext::IsOpen() const {
  if (context_.get() != nullptr) return true;
  ThrowCryptoCode(env(), CryptoCode::kInvalidState, "The SecureContext is closed");
  return false;
}

// init(protocol's name or undefined, least version, greatest version)
void TlsContext::Init(const CallInfo& info) {
  CryptoArguments arguments(info);
  const std::optional<std::string> name = arguments.ReadOptional<std::string>();
  int min = arguments.Read<int32_t>(), max = arguments.Read<int32_t>();
  if (!arguments.ok()) return;
  InitOpenSsl();
  const ncrypto::ClearErrorOnReturn errors;
  if (max == 0) max = TLS1_3_VERSION;
  const SSL_METHOD* method = TLS_method();
  if (name) {
    const auto refuse = [this](const std::string& message) {
      ThrowCoded(env()->isolate(), ErrorKind::kTypeError, "ERR_TLS_INVALID_PROTOCOL_METHOD", message);
    };
    if (name->starts_with("SSLv2_")) return refuse("SSLv2 methods disabled");
    if (name->starts_with("SSLv3_")) return refuse("SSLv3 methods disabled");
    const auto* found = std::find_if(std::begin(kProtocols), std::end(kProtocols), [&](const Protocol& p) { return *name == p.name; });
    if (found == std::end(kProtocols)) return refuse("Unknown method: " + *name);
    method = found->method();
    if (found->min >= 0) min = found->min;
    max = found->max;
  }
  if (!MayDrawRandom(env())) return;
  context_.reset(method);
  owns_store_ = false;
  if (context_.get() == nullptr) return ThrowLastOpenSslError(env(), "SSL_CTX_new");
  SSL_CTX* context = context_.get();
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_options(context, SSL_OP_NO_SSLv3 | SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  SSL_CTX_clear_mode(context, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(context,
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR);
  if (SSL_CTX_set_min_proto_version(context, min) != 1 || SSL_CTX_set_max_proto_version(context, max) != 1) {
    context_.reset();
    return ThrowLastOpenSslError(env(), "SSL_CTX_set_min_proto_version");
  }
  for (uint8_t* part : {ticket_name_, ticket_hmac_, ticket_aes_}) {
    if (!ncrypto::CSPRNG(part, kTicketPart)) return ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Error generating ticket keys");
  }
  SSL_CTX_set_tlsext_ticket_key_evp_cb(
      context, [](SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts) {
        auto* self = static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        return self->asks_for_ticket_keys_ ? self->TicketKeysOfProgram(name, iv, cipher, mac, encrypts)
                                           : self->TicketKeys(name, iv, cipher, mac, encrypts);
      });
}

int TlsContext::TicketKeys(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts) {
  if (encrypts != 0) {
    std::memcpy(name, ticket_name_, kTicketPart);
    if (!ncrypto::CSPRNG(iv, kTicketPart)) return -1;
  } else if (std::memcmp(name, ticket_name_, kTicketPart) != 0) {
    return 0;  // Of other keys: the ticket is not taken.
  }
  if (EVP_CipherInit_ex(cipher, EVP_aes_128_cbc(), nullptr, ticket_aes_, iv, encrypts) <= 0) return -1;
  return InitTicketMac(mac, ticket_hmac_, kTicketPart) ? 1 : -1;
}

// By what onticketkeycallback(name, iv, encrypts) gives: [return value, key of the MAC, AES key, name, iv].
int TlsContext::TicketKeysOfProgram(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts) {
  v8::Isolate* isolate = env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = env()->context();
  v8::Local<v8::Value> callback, result, parts[5];
  v8::Local<v8::Value> arguments[3] = {{}, {}, v8::Boolean::New(isolate, encrypts != 0)};
  if (!ToBuffer(env(), {name, kTicketPart}).ToLocal(&arguments[0]) || !ToBuffer(env(), {iv, kTicketPart}).ToLocal(&arguments[1]) ||
      !object()->Get(context, Internalized(isolate, "onticketkeycallback")).ToLocal(&callback) || !callback->IsFunction() ||
      !MakeAsyncCallback(env(), object(), object(), 0, 0, callback.As<v8::Function>(), 3, arguments).ToLocal(&result) ||
      !result->IsArray()) {
    return -1;
  }
  for (uint32_t i = 0; i < std::size(parts); i++) {
    if (!result.As<v8::Array>()->Get(context, i).ToLocal(&parts[i])) return -1;
  }
  if (!parts[0]->IsInt32()) return -1;
  const int verdict = parts[0].As<v8::Int32>()->Value();
  if (verdict < 0) return verdict;
  const auto is_part = [](v8::Local<v8::Value> value) { return value->IsArrayBufferView() && BytesOf(value).size() == kTicketPart; };
  if (!parts[1]->IsArrayBufferView() || !is_part(parts[2]) || (encrypts != 0 && (!is_part(parts[3]) || !is_part(parts[4])))) return -1;
  if (encrypts != 0) {
    std::memcpy(name, BytesOf(parts[3]).data(), kTicketPart);
    std::memcpy(iv, BytesOf(parts[4]).data(), kTicketPart);
  }
  const SecretBytes mac_key(BytesOf(parts[1])), aes_key(BytesOf(parts[2]));
  if (!InitTicketMac(mac, mac_key.data(), mac_key.size()) ||
      EVP_CipherInit_ex(cipher, EVP_aes_128_cbc(), nullptr, aes_key.data(), iv, encrypts) <= 0) {
    return -1;
  }
  return verdict;
}

// setKey(PEM, passphrase)
void TlsContext::SetKey(const CallInfo& info) {
  CryptoArguments arguments(info);
  const ncrypto::ClearErrorOnReturn errors;
  const BIOPointer pem = ReadBio(&arguments);
  SecretBytes passphrase = arguments.ReadOptionalBytes().value_or(SecretBytes());
  if (!arguments.ok() || !IsOpen() || !pem) return;
  const auto give_passphrase = [](char* buffer, int size, int, void* data) {
    const auto& bytes = *static_cast<const SecretBytes*>(data);
    if (bytes.size() > static_cast<size_t>(size)) return -1;
    std::memcpy(buffer, bytes.data(), bytes.size());
    return static_cast<int>(bytes.size());
  };
  const EVPKeyPointer key(PEM_read_bio_PrivateKey(pem.get(), nullptr, give_passphrase, &passphrase));
  if (!key) return ThrowLastOpenSslError(env(), "PEM_read_bio_PrivateKey");
  if (SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) ThrowLastOpenSslError(env(), "SSL_CTX_use_PrivateKey");
}

bool TlsContext::UseChain(X509Pointer certificate, STACK_OF(X509) * others) {
  SSL_CTX* context = context_.get();
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1) return false;
  SSL_CTX_clear_extra_chain_certs(context);
  X509* issuer = nullptr;
  for (int i = 0; i < sk_X509_num(others); i++) {
    X509* other = sk_X509_value(others, i);
    if (SSL_CTX_add1_chain_cert(context, other) != 1) return false;
    if (issuer == nullptr && X509_check_issued(other, certificate.get()) == X509_V_OK) issuer = other;
  }
  issuer_ = issuer == nullptr ? X509Pointer::IssuerFrom(context, certificate.view()) : X509Pointer(X509_dup(issuer));
  certificate_ = std::move(certificate);
  return true;
}

// setCert(PEM): the certificate, then those that sign it.
void TlsContext::SetCert(const CallInfo& info) {
  CryptoArguments arguments(info);
  const ncrypto::ClearErrorOnReturn errors;
  const BIOPointer pem = ReadBio(&arguments);
  if (!arguments.ok() || !IsOpen() || !pem) return;
  certificate_.reset();
  issuer_.reset();
  ERR_clear_error();
  X509Pointer certificate(PEM_read_bio_X509_AUX(pem.get(), nullptr, ncrypto::NoPasswordCallback, nullptr));
  const ncrypto::StackOfX509 others(sk_X509_new_null());
  bool read = static_cast<bool>(certificate);
  if (read) {
    while (X509* other = PEM_read_bio_X509(pem.get(), nullptr, ncrypto::NoPasswordCallback, nullptr)) sk_X509_push(others.get(), other);
    const unsigned long error = ERR_peek_last_error();
    read = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (read) ERR_clear_error();
  }
  if (!read || !UseChain(std::move(certificate), others.get())) ThrowLastOpenSslError(env(), "SSL_CTX_use_certificate_chain");
}

X509_STORE* TlsContext::OwnStore() {
  if (!owns_store_) {
    X509_STORE* store = SSL_CTX_get_cert_store(context_.get());
    if (store == env()->State<Roots>().Shared()) SSL_CTX_set_cert_store(context_.get(), env()->State<Roots>().Make());
    owns_store_ = true;
  }
  return SSL_CTX_get_cert_store(context_.get());
}

void TlsContext::AddCaCert(const CallInfo& info) {
  CryptoArguments arguments(info);
  const ncrypto::ClearErrorOnReturn errors;
  const BIOPointer pem = ReadBio(&arguments);
  if (!arguments.ok() || !IsOpen() || !pem) return;
  while (const X509Pointer certificate{PEM_read_bio_X509_AUX(pem.get(), nullptr, ncrypto::NoPasswordCallback, nullptr)}) {
    X509_STORE_add_cert(OwnStore(), certificate.get());
    SSL_CTX_add_client_CA(context_.get(), certificate.get());
  }
}

void TlsContext::AddCrl(const CallInfo& info) {
  CryptoArguments arguments(info);
  const ncrypto::ClearErrorOnReturn errors;
  const BIOPointer pem = ReadBio(&arguments);
  if (!arguments.ok() || !IsOpen() || !pem) return;
  X509_CRL* crl = PEM_read_bio_X509_CRL(pem.get(), nullptr, ncrypto::NoPasswordCallback, nullptr);
  if (crl == nullptr) return ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Failed to parse CRL");
  X509_STORE_add_crl(OwnStore(), crl);
  X509_CRL_free(crl);
  X509_STORE_set_flags(OwnStore(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

void TlsContext::AddRootCerts() {
  if (!IsOpen()) return;
  const ncrypto::ClearErrorOnReturn errors;
  SSL_CTX_set1_cert_store(context_.get(), env()->State<Roots>().Shared());
  owns_store_ = false;
}

void TlsContext::SetAllowPartialTrustChain() {
  if (IsOpen()) X509_STORE_set_flags(OwnStore(), X509_V_FLAG_PARTIAL_CHAIN);
}

void TlsContext::SetCipherSuites(std::string names) {
  const ncrypto::ClearErrorOnReturn errors;
  if (IsOpen() && !context_.setCipherSuites(names.c_str())) ThrowLastOpenSslError(env(), "Failed to set ciphers");
}

void TlsContext::SetCiphers(std::string names) {
  const ncrypto::ClearErrorOnReturn errors;
  if (!IsOpen() || SSL_CTX_set_cipher_list(context_.get(), names.c_str()) == 1) return;
  const unsigned long error = ERR_get_error();
  // lib takes those of TLS 1.2 away so.
  if (names.empty() && ERR_GET_REASON(error) == SSL_R_NO_CIPHER_MATCH) return;
  ThrowOpenSslError(env(), error, "Failed to set ciphers");
}

void TlsContext::SetSigalgs(std::string names) {
  const ncrypto::ClearErrorOnReturn errors;
  if (IsOpen() && SSL_CTX_set1_sigalgs_list(context_.get(), names.c_str()) != 1) ThrowLastOpenSslError(env());
}

void TlsContext::SetEcdhCurve(std::string names) {
  const ncrypto::ClearErrorOnReturn errors;
  if (!IsOpen() || names == "auto" || SSL_CTX_set1_curves_list(context_.get(), names.c_str()) == 1) return;
  ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Failed to set ECDH curve");
}

// setDHParam(true, or PEM): a warning as text, or undefined.
v8::Local<v8::Value> TlsContext::SetDhParam(const CallInfo& info) {
  const ncrypto::ClearErrorOnReturn errors;
  v8::Local<v8::Value> nothing = v8::Undefined(env()->isolate());
  if (!IsOpen()) return {};
  if (info[0]->IsTrue()) {
    SSL_CTX_set_dh_auto(context_.get(), 1);
    return nothing;
  }
  CryptoArguments arguments(info);
  const BIOPointer pem = ReadBio(&arguments);
  if (!arguments.ok()) return {};
  EVPKeyPointer key(pem ? PEM_read_bio_Parameters(pem.get(), nullptr) : nullptr);
  if (!key || key.id() != EVP_PKEY_DH) return nothing;  // What is no such parameter turns it off, as in Node.
  const int bits = key.bits();
  if (bits < 1024) {
    ThrowCryptoCode(env(), CryptoCode::kInvalidArgValue, "DH parameter is less than 1024 bits");
    return {};
  }
  if (SSL_CTX_set0_tmp_dh_pkey(context_.get(), key.get()) != 1) {
    ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Error setting temp DH parameter");
    return {};
  }
  key.release();
  if (bits < 2048) return Internalized(env()->isolate(), "DH parameter is less than 2048 bits");
  return nothing;
}

void TlsContext::SetMinProto(int32_t version) {
  if (IsOpen()) SSL_CTX_set_min_proto_version(context_.get(), version);
}
void TlsContext::SetMaxProto(int32_t version) {
  if (IsOpen()) SSL_CTX_set_max_proto_version(context_.get(), version);
}
double TlsContext::GetMinProto() const { return IsOpen() ? static_cast<double>(SSL_CTX_get_min_proto_version(context_.get())) : 0; }
double TlsContext::GetMaxProto() const { return IsOpen() ? static_cast<double>(SSL_CTX_get_max_proto_version(context_.get())) : 0; }

void TlsContext::SetOptions(double options) {
  if (IsOpen() && std::fabs(options) <= 9007199254740991.0)
    SSL_CTX_set_options(context_.get(), static_cast<uint64_t>(static_cast<int64_t>(options)));
}

void TlsContext::SetSessionIdContext(std::string id) {
  if (!IsOpen()) return;
  const ncrypto::ClearErrorOnReturn errors;
  if (SSL_CTX_set_session_id_context(context_.get(), reinterpret_cast<const unsigned char*>(id.data()), static_cast<unsigned>(id.size())) ==
      1)
    return;
  const BIOPointer words = BIOPointer::NewMem();
  ERR_print_errors(words.get());
  v8::Local<v8::Value> text;
  if (ToString(env(), words).ToLocal(&text)) env()->isolate()->ThrowException(v8::Exception::TypeError(text.As<v8::String>()));
}

void TlsContext::SetSessionTimeout(InRange<int32_t, 0, INT32_MAX> seconds) {
  if (IsOpen()) SSL_CTX_set_timeout(context_.get(), seconds.value);
}

void TlsContext::SetCertificateCompression() {
  if (!IsOpen()) return;
  const long max = SSL_CTX_get_max_proto_version(context_.get());
  if (max != 0 && max < TLS1_3_VERSION) {
    return ThrowCryptoCode(env(), CryptoCode::kInvalidArgValue,
                           "certificateCompression requires a TLS protocol range that includes TLSv1.3");
  }
  ThrowCryptoCode(env(), CryptoCode::kUnsupportedOperation, "Certificate compression is not supported by this OpenSSL build");
}

void TlsContext::Close() {
  context_.reset();
  certificate_.reset();
  issuer_.reset();
}

// loadPKCS12(bytes, passphrase)
void TlsContext::LoadPkcs12(const CallInfo& info) {
  if (info.Length() < 1) {
    return ThrowCoded(env()->isolate(), ErrorKind::kTypeError, "ERR_MISSING_ARGS", "PFX certificate argument is mandatory");
  }
  CryptoArguments arguments(info);
  const ncrypto::ClearErrorOnReturn errors;
  const BIOPointer bytes = ReadBio(&arguments);
  SecretBytes passphrase = arguments.ReadOptionalBytes().value_or(SecretBytes());
  if (!arguments.ok() || !IsOpen()) return;
  if (!bytes) return ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Unable to load PFX certificate");
  passphrase.Resize(passphrase.size() + 1);  // Ends with NUL.
  certificate_.reset();
  issuer_.reset();
  PKCS12* read = nullptr;
  EVP_PKEY* key_read = nullptr;
  X509* certificate_read = nullptr;
  STACK_OF(X509)* others_read = nullptr;
  d2i_PKCS12_bio(bytes.get(), &read);
  const bool parsed = read != nullptr && PKCS12_parse(read, passphrase.chars(), &key_read, &certificate_read, &others_read) == 1;
  PKCS12_free(read);
  const EVPKeyPointer key(key_read);
  X509Pointer certificate(certificate_read);
  const ncrypto::StackOfX509 others(others_read);
  if (parsed && !key) return ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Unable to load private key from PFX data");
  if (parsed && !certificate) return ThrowCryptoCode(env(), CryptoCode::kOperationFailed, "Unable to load certificate from PFX data");
  if (parsed && UseChain(std::move(certificate), others.get()) && SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1) {
    for (int i = 0; i < sk_X509_num(others.get()); i++) {
      X509_STORE_add_cert(OwnStore(), sk_X509_value(others.get(), i));
      SSL_CTX_add_client_CA(context_.get(), sk_X509_value(others.get(), i));
    }
    return;
  }
  const unsigned long error = ERR_get_error();
  if (ERR_GET_REASON(error) == ERR_R_UNSUPPORTED)
    return ThrowCryptoCode(env(), CryptoCode::kUnsupportedOperation, "Unsupported PKCS12 PFX data");
  const char* reason = ERR_reason_error_string(error);
  env()->isolate()->ThrowException(v8::Exception::Error(Internalized(env()->isolate(), reason == nullptr ? "Unknown error" : reason)));
}

v8::MaybeLocal<v8::Value> TlsContext::GetTicketKeys() const {
  SecretBytes keys(3 * kTicketPart);
  std::memcpy(keys.data(), ticket_name_, kTicketPart);
  std::memcpy(keys.data() + kTicketPart, ticket_hmac_, kTicketPart);
  std::memcpy(keys.data() + 2 * kTicketPart, ticket_aes_, kTicketPart);
  return ToBuffer(env(), keys.span());
}

v8::Local<v8::Value> TlsContext::SetTicketKeys(Bytes keys) {
  if (keys.size() != 3 * kTicketPart) {
    ThrowCryptoCode(env(), CryptoCode::kInvalidArgValue, "Session ticket keys must be a 48-byte buffer");
    return {};
  }
  std::memcpy(ticket_name_, keys.data(), kTicketPart);
  std::memcpy(ticket_hmac_, keys.data() + kTicketPart, kTicketPart);
  std::memcpy(ticket_aes_, keys.data() + 2 * kTicketPart, kTicketPart);
  return v8::True(env()->isolate());
}

void TlsContext::EnableTicketKeyCallback() { asks_for_ticket_keys_ = true; }
v8::MaybeLocal<v8::Value> TlsContext::GetCertificate() const { return DerOf(env(), certificate_); }
v8::MaybeLocal<v8::Value> TlsContext::GetIssuer() const { return DerOf(env(), issuer_); }
v8::Local<v8::Value> TlsContext::External() const { return v8::External::New(env()->isolate(), context_.get()); }

namespace {

// What is at which place of an array that onticketkeycallback() returns.
void AddTicketIndexes(Environment* env, v8::Local<v8::Object> target) {
  static constexpr const char* kIndexes[] = {"kTicketKeyReturnIndex", "kTicketKeyHMACIndex", "kTicketKeyAESIndex", "kTicketKeyNameIndex",
                                             "kTicketKeyIVIndex"};
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> type;
  if (!target->Get(env->context(), Internalized(isolate, "SecureContext")).ToLocal(&type)) return;
  for (size_t i = 0; i < std::size(kIndexes); i++) {
    type.As<v8::Object>()->Set(env->context(), Internalized(isolate, kIndexes[i]), v8::Integer::New(isolate, static_cast<int>(i))).Check();
  }
}

constexpr FunctionSpec kMethods[] = {
    Method<&TlsContext::AddCaCert>("addCACert"),
    Method<&TlsContext::AddCrl>("addCRL"),
    Method<&TlsContext::AddRootCerts>("addRootCerts"),
    Method<&TlsContext::Close>("close"),
    Method<&TlsContext::EnableTicketKeyCallback>("enableTicketKeyCallback"),
    Method<&TlsContext::GetCertificate>("getCertificate"),
    Method<&TlsContext::GetIssuer>("getIssuer"),
    Method<&TlsContext::GetMaxProto>("getMaxProto"),
    Method<&TlsContext::GetMinProto>("getMinProto"),
    Method<&TlsContext::GetTicketKeys>("getTicketKeys"),
    Method<&TlsContext::Init>("init"),
    Method<&TlsContext::LoadPkcs12>("loadPKCS12"),
    Method<&TlsContext::SetAllowPartialTrustChain>("setAllowPartialTrustChain"),
    Method<&TlsContext::SetCert>("setCert"),
    Method<&TlsContext::SetCertificateCompression>("setCertificateCompression"),
    Method<&TlsContext::SetCipherSuites>("setCipherSuites"),
    Method<&TlsContext::SetCiphers>("setCiphers"),
    Method<&TlsContext::SetDhParam>("setDHParam"),
    Method<&TlsContext::SetEcdhCurve>("setECDHCurve"),
    Method<&TlsContext::SetKey>("setKey"),
    Method<&TlsContext::SetMaxProto>("setMaxProto"),
    Method<&TlsContext::SetMinProto>("setMinProto"),
    Method<&TlsContext::SetOptions>("setOptions"),
    Method<&TlsContext::SetSessionIdContext>("setSessionIdContext"),
    Method<&TlsContext::SetSessionTimeout>("setSessionTimeout"),
    Method<&TlsContext::SetSigalgs>("setSigalgs"),
    Method<&TlsContext::SetTicketKeys>("setTicketKeys"),
};
constexpr AccessorSpec kAccessors[] = {Getter<&TlsContext::External>("_external")};
constexpr ClassSpec kClasses[] = {{"SecureContext", Constructor<TlsContext>(), kMethods, 1, kAccessors}};
constexpr FunctionSpec kFunctions[] = {
    Typed<GetBundledRoots>("getBundledRootCertificates"),
    Typed<GetCompressionAlgorithms>("getCertificateCompressionAlgorithms"),
    Typed<GetExtraRoots>("getExtraCACertificates"),
    Typed<GetSystemRoots>("getSystemCACertificates"),
    Typed<GetUserRoots>("getUserRootCertificates"),
    Typed<ResetRoots>("resetRootCertStore"),
    Typed<StartLoadingCertificates>("startLoadingCertificatesOffThread"),
};

}  // namespace
}  // namespace dv8::node::crypto

namespace dv8::node {
extern const BindingSpec kNodeTlsContext;
constexpr BindingSpec kNodeTlsContext{"crypto/tls_context", crypto::kFunctions, {}, crypto::kClasses, crypto::AddTicketIndexes};
}  // namespace dv8::node
