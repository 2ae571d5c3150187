#include "runtime/bindings/node/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <uv.h>

#include "runtime/bindings/value.h"

namespace dv8::node {

bool SetAddress(Environment* env, const sockaddr* address, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  char text[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE] = "";
  const char* family = nullptr;
  uint16_t port = 0;
  if (address->sa_family == AF_INET) {
    const auto* four = reinterpret_cast<const sockaddr_in*>(address);
    uv_inet_ntop(AF_INET, &four->sin_addr, text, sizeof(text));
    family = "IPv4";
    port = ntohs(four->sin_port);
  } else if (address->sa_family == AF_INET6) {
    const auto* six = reinterpret_cast<const sockaddr_in6*>(address);
    uv_inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof(text));
    // A link-local address says nothing without its interface.
    char name[IF_NAMESIZE];
    if (IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) && six->sin6_scope_id > 0 && if_indextoname(six->sin6_scope_id, name) != nullptr) {
      const size_t length = strlen(text);
      snprintf(text + length, sizeof(text) - length, "%%%s", name);
    }
    family = "IPv6";
    port = ntohs(six->sin6_port);
  }
  const auto set = [&](const char* key, v8::Local<v8::Value> value) {
    return target->Set(env->context(), Internalized(isolate, key), value).IsJust();
  };
  if (!set("address", FromUtf8(isolate, text).FromMaybe(v8::String::Empty(isolate)))) return false;
  if (family == nullptr) return true;
  return set("family", Internalized(isolate, family)) && set("port", v8::Integer::New(isolate, port));
}

}  // namespace dv8::node
