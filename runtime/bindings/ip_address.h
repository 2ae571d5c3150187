// IP addresses with ports, of IPv4 and of IPv6.
#pragma once

#include <netinet/in.h>
#include <uv.h>

#include <cstdint>

namespace dv8 {

// `ip` as an address of either family: 0, or a libuv error (UV_EINVAL).
inline int ParseAddress(const char* ip, int port, sockaddr_storage* address) {
  const int rc = uv_ip4_addr(ip, port, reinterpret_cast<sockaddr_in*>(address));
  return rc < 0 ? uv_ip6_addr(ip, port, reinterpret_cast<sockaddr_in6*>(address)) : rc;
}

inline uint16_t PortOf(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace dv8
