// IP addresses with ports: from text, as the objects that the library shows ({address, family, port}), and
// in sets of rules (block_list.cc).
#pragma once

#include <sys/socket.h>
#include <uv.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// `text` as an address of `family` (AF_INET or AF_INET6): 0, or a libuv error (UV_EINVAL).
int ReadAddress(int family, const char* text, uint16_t port, sockaddr_storage* out);

// {address, family: 'IPv4' or 'IPv6', port} of `address`, set on `target` when it is given; `address: ''`
// for other families. Empty when an exception is pending.
v8::MaybeLocal<v8::Object> AddressToJs(Environment* env, const sockaddr* address, v8::Local<v8::Object> target = {});

// An IPv4 or IPv6 address with a port.
class SocketAddress {
 public:
  // The 16 bytes that IPv6 has for it: ::ffff:a.b.c.d for IPv4.
  using Key = std::array<uint8_t, 16>;

  static std::optional<SocketAddress> Parse(int family, const char* text, uint16_t port);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  int family() const { return storage_.ss_family; }
  uint16_t port() const;
  std::string text() const;
  uint32_t flow_label() const;
  void set_flow_label(uint32_t label);

  const Key& key() const { return key_; }
  // True when there is an IPv4 address that it is, or stands for.
  bool is_ipv4_or_mapped() const;
  bool operator==(const SocketAddress& other) const;

 private:
  explicit SocketAddress(const sockaddr_storage& storage);

  sockaddr_storage storage_;
  Key key_;
};

}  // namespace dv8::node
