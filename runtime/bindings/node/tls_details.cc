// What a TLS connection tells of itself.
#include "runtime/bindings/node/crypto_x509.h"
#include "runtime/bindings/node/tls_wrap.h"

namespace dv8::node::crypto {
namespace {

using ncrypto::X509Pointer;
using ncrypto::X509View;

v8::Local<v8::Value> TextOf(Environment* env, std::optional<std::string_view> text) {
  return text ? Text(env, *text).As<v8::Value>() : v8::Undefined(env->isolate()).As<v8::Value>();
}

// The peer's certificates, its own first. OpenSSL has that one in the chain on clients only.
ncrypto::StackOfX509 PeerChain(const ncrypto::SSLPointer& ssl, bool is_server) {
  ncrypto::StackOfX509 chain(sk_X509_new_null());
  X509Pointer own = is_server ? X509Pointer::PeerFrom(ssl) : X509Pointer();
  if (own) sk_X509_push(chain.get(), own.release());
  const STACK_OF(X509)* sent = SSL_get_peer_cert_chain(ssl.get());
  for (int i = 0; i < sk_X509_num(sent); i++) {
    X509* certificate = sk_X509_value(sent, i);
    X509_up_ref(certificate);
    sk_X509_push(chain.get(), certificate);
  }
  return chain;
}

// Adds the certificate of `issuer` to the object of the one that it has signed; gives its object.
v8::MaybeLocal<v8::Object> AddIssuer(Environment* env, v8::Local<v8::Object> object, const X509View& issuer) {
  v8::Local<v8::Object> made;
  if (!X509ToObject(env, issuer).ToLocal(&made) || !Set(env, object, "issuerCertificate", made)) return {};
  return made;
}

std::string SignatureName(int nid) {
  switch (nid) {
    case EVP_PKEY_RSA: return "RSA";
    case EVP_PKEY_RSA_PSS: return "RSA-PSS";
    case EVP_PKEY_DSA: return "DSA";
    case EVP_PKEY_EC: return "ECDSA";
    case NID_ED25519: return "Ed25519";
    case NID_ED448: return "Ed448";
    case NID_id_GostR3410_2001: return "gost2001";
    case NID_id_GostR3410_2012_256: return "gost2012_256";
    case NID_id_GostR3410_2012_512: return "gost2012_512";
    default: break;
  }
  const char* name = OBJ_nid2sn(nid);
  return name == nullptr ? "UNDEF" : name;
}

}  // namespace

v8::MaybeLocal<v8::Value> TlsWrap::GetPeerCertificate(bool detailed) {
  if (!IsOpen()) return {};
  const ncrypto::ClearErrorOnReturn errors;
  v8::Local<v8::Value> nothing = v8::Undefined(env()->isolate());
  const ncrypto::StackOfX509 chain = PeerChain(ssl_, is_server());
  if (sk_X509_num(chain.get()) == 0) return nothing;
  v8::Local<v8::Object> result;
  X509Pointer last(sk_X509_shift(chain.get()));
  if (!X509ToObject(env(), last.view()).ToLocal(&result)) return {};
  if (!detailed) return result;
  v8::Local<v8::Object> object = result;
  // Those that were sent, in whatever order.
  for (int i = 0; i < sk_X509_num(chain.get());) {
    const X509View candidate(sk_X509_value(chain.get(), i));
    if (!last.view().isIssuedBy(candidate)) {
      i++;
      continue;
    }
    if (!AddIssuer(env(), object, candidate).ToLocal(&object)) return {};
    last = X509Pointer(sk_X509_delete(chain.get(), i));
    i = 0;
  }
  // The others, of the store.
  while (!last.view().isIssuedBy(last.view())) {
    X509Pointer issuer = X509Pointer::IssuerFrom(ssl_, last.view());
    if (!issuer) break;
    if (!AddIssuer(env(), object, issuer.view()).ToLocal(&object)) return {};
    // One that may sign nothing is its own issuer all the same.
    if (last.get() == issuer.get()) break;
    last = std::move(issuer);
  }
  if (last.view().isIssuedBy(last.view()) && !Set(env(), object, "issuerCertificate", object)) return {};
  return result;
}

v8::MaybeLocal<v8::Value> TlsWrap::GetPeerX509Certificate() {
  if (!IsOpen()) return {};
  const ncrypto::ClearErrorOnReturn errors;
  const ncrypto::StackOfX509 chain = PeerChain(ssl_, is_server());
  if (sk_X509_num(chain.get()) == 0) return v8::Undefined(env()->isolate()).As<v8::Value>();
  X509Pointer certificate(sk_X509_shift(chain.get()));
  return NewX509(env(), std::move(certificate), chain.get());
}

v8::MaybeLocal<v8::Value> TlsWrap::GetCertificate() {
  if (!IsOpen()) return {};
  const ncrypto::ClearErrorOnReturn errors;
  const X509View certificate = ssl_.getCertificate();
  v8::Local<v8::Object> object;
  if (!certificate) return v8::Undefined(env()->isolate()).As<v8::Value>();
  if (!X509ToObject(env(), certificate).ToLocal(&object)) return {};
  return object;
}

v8::MaybeLocal<v8::Value> TlsWrap::GetX509Certificate() {
  if (!IsOpen()) return {};
  const X509View certificate = ssl_.getCertificate();
  if (!certificate) return v8::Undefined(env()->isolate()).As<v8::Value>();
  return NewX509(env(), certificate.clone());
}

v8::MaybeLocal<v8::Value> TlsWrap::GetCipher() {
  if (!IsOpen()) return {};
  v8::Local<v8::Object> object = v8::Object::New(env()->isolate());
  if (ssl_.getCipher() == nullptr) return v8::Undefined(env()->isolate()).As<v8::Value>();
  if (!Set(env(), object, "name", TextOf(env(), ssl_.getCipherName())) ||
      !Set(env(), object, "standardName", TextOf(env(), ssl_.getCipherStandardName())) ||
      !Set(env(), object, "version", TextOf(env(), ssl_.getCipherVersion()))) {
    return {};
  }
  return object;
}

v8::MaybeLocal<v8::Value> TlsWrap::GetEphemeralKeyInfo() {
  if (!IsOpen()) return {};
  v8::Isolate* isolate = env()->isolate();
  if (is_server()) return v8::Null(isolate).As<v8::Value>();
  v8::Local<v8::Value> type = v8::Undefined(isolate), name = type, size = type;
  if (const ncrypto::EVPKeyPointer key = ssl_.getPeerTempKey()) {
    const int id = key.id();
    if (id == EVP_PKEY_DH) {
      type = TextOf(env(), "DH");
      size = v8::Integer::New(isolate, key.bits());
    } else {
      int nid = id;
      if (id == EVP_PKEY_EC) {
        const ncrypto::ECKeyPointer ec(key);
        nid = ec ? EC_GROUP_get_curve_name(ec.getGroup()) : NID_undef;
      }
      if (nid != NID_undef) {
        type = TextOf(env(), "ECDH");
        name = TextOf(env(), OBJ_nid2sn(nid));
        size = v8::Integer::New(isolate, key.bits());
      }
    }
  }
  v8::Local<v8::Object> object = v8::Object::New(isolate);
  for (const auto& [key, value] : {std::pair("type", type), std::pair("name", name), std::pair("size", size)}) {
    if (!value->IsUndefined() && !Set(env(), object, key, value)) return {};
  }
  return object;
}

v8::MaybeLocal<v8::Value> TlsWrap::Finished(size_t (*get)(const SSL*, void*, size_t)) {
  if (!IsOpen()) return {};
  SecretBytes bytes(get(ssl_.get(), nullptr, 0));
  if (bytes.empty()) return v8::Undefined(env()->isolate()).As<v8::Value>();
  get(ssl_.get(), bytes.data(), bytes.size());
  return ToBuffer(env(), bytes.span());
}
v8::MaybeLocal<v8::Value> TlsWrap::GetFinished() { return Finished(SSL_get_finished); }
v8::MaybeLocal<v8::Value> TlsWrap::GetPeerFinished() { return Finished(SSL_get_peer_finished); }

v8::Local<v8::Value> TlsWrap::GetProtocol() {
  if (!IsOpen()) return {};
  return TextOf(env(), SSL_get_version(ssl_.get()));
}

v8::Local<v8::Value> TlsWrap::GetServername() {
  if (!IsOpen()) return {};
  const auto name = ssl_.getServerName();
  if (!name) return v8::False(env()->isolate());
  return TextOf(env(), *name);
}

v8::Local<v8::Value> TlsWrap::GetAlpnNegotiatedProtocol() {
  if (!IsOpen()) return {};
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  if (size == 0) return v8::False(env()->isolate());
  v8::Local<v8::String> text;
  if (!FromLatin1(env()->isolate(), {reinterpret_cast<const char*>(protocol), size}).ToLocal(&text)) return {};
  return text;
}

v8::MaybeLocal<v8::Value> TlsWrap::GetSession() {
  if (!IsOpen()) return {};
  SSL_SESSION* session = SSL_get_session(ssl_.get());
  const int size = session == nullptr ? 0 : i2d_SSL_SESSION(session, nullptr);
  if (size <= 0) return v8::Undefined(env()->isolate()).As<v8::Value>();
  SecretBytes bytes(size);
  unsigned char* at = bytes.data();
  i2d_SSL_SESSION(session, &at);
  return ToBuffer(env(), bytes.span());
}

void TlsWrap::SetSession(Bytes session) {
  if (!IsOpen()) return;
  const SecretBytes bytes(session.span);
  const unsigned char* at = bytes.data();
  const ncrypto::SSLSessionPointer read(d2i_SSL_SESSION(nullptr, &at, static_cast<long>(bytes.size())));
  if (read == nullptr || ssl_.setSession(read)) return;
  env()->isolate()->ThrowException(v8::Exception::Error(Internalized(env()->isolate(), "SSL_set_session error")));
}

bool TlsWrap::IsSessionReused() { return IsOpen() && SSL_session_reused(ssl_.get()) == 1; }

v8::MaybeLocal<v8::Value> TlsWrap::GetTlsTicket() {
  if (!IsOpen()) return {};
  const SSL_SESSION* session = SSL_get_session(ssl_.get());
  const unsigned char* ticket = nullptr;
  size_t size = 0;
  if (session != nullptr) SSL_SESSION_get0_ticket(session, &ticket, &size);
  if (ticket == nullptr) return v8::Undefined(env()->isolate()).As<v8::Value>();
  return ToBuffer(env(), {ticket, size});
}

v8::Local<v8::Value> TlsWrap::GetSharedSigalgs() {
  if (!IsOpen()) return {};
  const int count = SSL_get_shared_sigalgs(ssl_.get(), 0, nullptr, nullptr, nullptr, nullptr, nullptr);
  std::vector<std::string> names;
  for (int i = 0; i < count; i++) {
    int sign = 0, hash = 0;
    SSL_get_shared_sigalgs(ssl_.get(), i, &sign, &hash, nullptr, nullptr, nullptr);
    const char* hash_name = OBJ_nid2sn(hash);
    names.push_back(SignatureName(sign) + "+" + (hash_name == nullptr ? "UNDEF" : hash_name));
  }
  return ArrayOfStrings(env(), names);
}

// exportKeyingMaterial(size, label, context or undefined)
v8::MaybeLocal<v8::Value> TlsWrap::ExportKeyingMaterial(const CallInfo& info) {
  CryptoArguments arguments(info);
  const uint32_t size = arguments.Read<InRange<uint32_t, 0, INT32_MAX>>().value;
  const std::string label = arguments.Read<std::string>();
  const bool has_context = !arguments.Peek()->IsUndefined();
  const SecretBytes context = arguments.ReadOptionalBytes().value_or(SecretBytes());
  if (!arguments.ok() || !IsOpen()) return {};
  SecretBytes bytes(size);
  if (SSL_export_keying_material(ssl_.get(), bytes.data(), size, label.data(), label.size(), context.data(), context.size(), has_context) ==
      1) {
    return ToBuffer(env(), bytes.span());
  }
  ThrowLastOpenSslError(env(), "SSL_export_keying_material");
  return {};
}

v8::Local<v8::Value> TlsWrap::SetMaxSendFragment(uint32_t size) {
  if (!IsOpen()) return {};
  return v8::Integer::New(env()->isolate(), static_cast<int>(SSL_set_max_send_fragment(ssl_.get(), size)));
}

v8::MaybeLocal<v8::Value> TlsWrap::VerifyError() {
  if (!IsOpen()) return {};
  // Of a peer without a certificate, the issuer is missing; ncrypto asks for the cipher, which a handshake chooses.
  const bool has_cipher = SSL_get_current_cipher(ssl_.get()) != nullptr;
  const long error = (has_cipher ? ssl_.verifyPeerCertificate() : std::nullopt).value_or(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT);
  if (error == X509_V_OK) return v8::Null(env()->isolate()).As<v8::Value>();
  v8::Local<v8::Object> object =
      v8::Exception::Error(TextOf(env(), X509_verify_cert_error_string(error)).As<v8::String>()).As<v8::Object>();
  if (!Set(env(), object, "code", TextOf(env(), X509Pointer::ErrorCode(static_cast<int32_t>(error))))) return {};
  return object;
}

uint32_t TlsWrap::WriteQueueSize() const {
  return ssl_.get() == nullptr ? 0 : static_cast<uint32_t>(BIO_ctrl_pending(enc_out_) + writing_size_);
}

}  // namespace dv8::node::crypto
