// X.509 certificates as objects of JavaScript.
#pragma once

#include "runtime/bindings/node/crypto_common.h"

namespace dv8::node::crypto {

// The handle of lib's X509Certificate. `issuers` are the certificates that follow it in its chain, or null; they are
// taken out of it.
v8::MaybeLocal<v8::Value> NewX509(Environment* env, ncrypto::X509Pointer certificate, STACK_OF(X509) * issuers = nullptr);

// What tls.TLSSocket.getPeerCertificate() gives of one certificate.
v8::MaybeLocal<v8::Object> X509ToObject(Environment* env, const ncrypto::X509View& certificate);

}  // namespace dv8::node::crypto
