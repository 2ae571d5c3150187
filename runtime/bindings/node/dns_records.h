// Answers of DNS servers (RFC 1035 and those that add types) as the values that lib/dns.js gives to
// programs. Reads the messages itself: what a server sends is not to be trusted, and versions of c-ares
// read different types.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

enum class DnsType : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kNaptr = 35,
  kTlsa = 52,
  kAny = 255,
  kCaa = 257,
};

// What oncomplete() gets of a query: `values` and, for addresses, their times to live.
struct DnsAnswer {
  v8::Local<v8::Value> values;
  v8::Local<v8::Value> ttls;  // Empty for the other types.
};

// Reads the records of `type` in `message`. ARES_SUCCESS; ARES_ENODATA when there is none; ARES_EBADRESP
// when the message is malformed. An exception (no memory) leaves `values` empty.
int ReadDnsAnswer(Environment* env, DnsType type, std::span<const uint8_t> message, DnsAnswer* out);

}  // namespace dv8::node
