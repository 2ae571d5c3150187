#include "runtime/bindings/node/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

const sockaddr_in& Ipv4(const void* address) { return *static_cast<const sockaddr_in*>(address); }
const sockaddr_in6& Ipv6(const void* address) { return *static_cast<const sockaddr_in6*>(address); }

// The text of an address and its port; a link-local one has its interface behind '%'. 0, or an error.
int Describe(const sockaddr* address, char* text, size_t size, int* port) {
  if (address->sa_family == AF_INET) {
    *port = ntohs(Ipv4(address).sin_port);
    return uv_inet_ntop(AF_INET, &Ipv4(address).sin_addr, text, size);
  }
  const sockaddr_in6& ipv6 = Ipv6(address);
  *port = ntohs(ipv6.sin6_port);
  if (const int rc = uv_inet_ntop(AF_INET6, &ipv6.sin6_addr, text, size); rc < 0) return rc;
  if (!IN6_IS_ADDR_LINKLOCAL(&ipv6.sin6_addr) || ipv6.sin6_scope_id == 0) return 0;
  const size_t length = std::strlen(text);
  text[length] = '%';
  size_t left = size - length - 1;
  return uv_if_indextoiid(ipv6.sin6_scope_id, text + length + 1, &left);
}

}  // namespace

int ReadAddress(int family, const char* text, uint16_t port, sockaddr_storage* out) {
  return family == AF_INET6 ? uv_ip6_addr(text, port, reinterpret_cast<sockaddr_in6*>(out))
                            : uv_ip4_addr(text, port, reinterpret_cast<sockaddr_in*>(out));
}

v8::MaybeLocal<v8::Object> AddressToJs(Environment* env, const sockaddr* address, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  if (target.IsEmpty()) target = v8::Object::New(isolate);
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    return target->Set(context, Internalized(isolate, name), value).IsJust();
  };
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) {
    if (!set("address", v8::String::Empty(isolate))) return {};
    return target;
  }
  char text[INET6_ADDRSTRLEN + UV_IF_NAMESIZE];
  int port = 0;
  if (const int rc = Describe(address, text, sizeof(text), &port); rc < 0) {
    isolate->ThrowException(UvError(isolate, rc, "uv_if_indextoiid"));
    return {};
  }
  v8::Local<v8::String> string;
  if (!FromLatin1(isolate, text).ToLocal(&string) || !set("address", string) ||
      !set("family", Internalized(isolate, address->sa_family == AF_INET ? "IPv4" : "IPv6")) ||
      !set("port", v8::Integer::New(isolate, port))) {
    return {};
  }
  return target;
}

SocketAddress::SocketAddress(const sockaddr_storage& storage) : storage_(storage) {
  if (family() == AF_INET) {
    std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), key_.begin());
    std::memcpy(key_.data() + kMappedPrefix.size(), &Ipv4(&storage_).sin_addr, 4);
  } else {
    std::memcpy(key_.data(), &Ipv6(&storage_).sin6_addr, key_.size());
  }
}

std::optional<SocketAddress> SocketAddress::Parse(int family, const char* text, uint16_t port) {
  sockaddr_storage storage{};
  if ((family != AF_INET && family != AF_INET6) || ReadAddress(family, text, port, &storage) != 0) return {};
  return SocketAddress(storage);
}

uint16_t SocketAddress::port() const { return ntohs(family() == AF_INET ? Ipv4(&storage_).sin_port : Ipv6(&storage_).sin6_port); }

std::string SocketAddress::text() const {
  char text[INET6_ADDRSTRLEN] = "";
  uv_inet_ntop(family(), family() == AF_INET ? static_cast<const void*>(&Ipv4(&storage_).sin_addr) : &Ipv6(&storage_).sin6_addr, text,
               sizeof(text));
  return text;
}

uint32_t SocketAddress::flow_label() const { return family() == AF_INET6 ? Ipv6(&storage_).sin6_flowinfo : 0; }

void SocketAddress::set_flow_label(uint32_t label) {
  if (family() == AF_INET6) reinterpret_cast<sockaddr_in6*>(&storage_)->sin6_flowinfo = label & 0xfffff;
}

bool SocketAddress::is_ipv4_or_mapped() const { return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), key_.begin()); }

bool SocketAddress::operator==(const SocketAddress& other) const {
  return family() == other.family() && port() == other.port() && flow_label() == other.flow_label() && key_ == other.key_;
}

}  // namespace dv8::node
