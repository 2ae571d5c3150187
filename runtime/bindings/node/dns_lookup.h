// dns.lookup() and dns.lookupService(): what getaddrinfo() and getnameinfo() do, by c-ares on the loop.
// glibc's own load modules that the machine's nsswitch.conf names, which a static program cannot do
// safely, obey the environment, and take a thread each.
#pragma once

#include <string>

#include "runtime/binding/arguments.h"
#include "runtime/bindings/spec.h"

namespace dv8::node {

enum class DnsOrder { kVerbatim, kIpv4First, kIpv6First };

// getaddrinfo(request, name, family 0, 4 or 6, flags, order): 0 when the request's oncomplete(error,
// addresses) follows, or an error.
void GetAddrInfo(const CallInfo& info, v8::Local<v8::Object> request, std::string name, int32_t family, v8::Local<v8::Value> flags,
                 InRange<uint32_t, 0, 2> order);
// getnameinfo(request, address, port): oncomplete(error, host, service).
void GetNameInfo(const CallInfo& info, v8::Local<v8::Object> request, std::string address, Port port);

// The constructor of the class that has the resolver of an Environment: for GetAddrInfo only.
void NewHostLookups(const CallInfo& info);

}  // namespace dv8::node
