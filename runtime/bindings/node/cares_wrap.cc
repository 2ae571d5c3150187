// runtime/bindings/node/cares_wrap.cc: internalBinding('cares_wrap'), queries of DNS servers for
// dns.resolve*() and dns.Resolver. Look-ups of hosts are in dns_lookup.cc.
#include <ada.h>
#include <arpa/inet.h>
#include <netdb.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/ares_channel.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/dns_lookup.h"
#include "runtime/bindings/node/dns_records.h"
#include "runtime/bindings/node/request_object.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

using v8::Local;

constexpr int kPendingQueries = -1000;  // Beside c-ares' statuses: servers cannot be set.

class Channel : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(Channel, AsyncWrap)

  // new ChannelWrap(milliseconds, tries, most milliseconds)
  Channel(Environment* env, Local<v8::Object> object, int32_t timeout, int32_t tries, int32_t max_timeout)
      : AsyncWrap(env, object, Provider::DNSCHANNEL), ares_(env->loop(), {timeout, tries, max_timeout}) {
    if (const int status = ares_.Open(); status != ARES_SUCCESS) {
      ThrowCoded(env->isolate(), ErrorKind::kError, AresErrorName(status), AresErrorName(status));
    }
  }

  void CloseNow() override {
    silent_ = true;
    ares_.Close();
  }

  template <DnsType kType>
  void Query(const CallInfo& info, Local<v8::Object> request, std::string name);
  void GetHostByAddr(const CallInfo& info, Local<v8::Object> request, std::string address);
  Local<v8::Array> GetServers();
  void SetServers(const CallInfo& info, Local<v8::Array> servers);
  void SetLocalAddress(std::string first, std::optional<std::string> second);
  void Cancel() {
    if (ares_.get() != nullptr) ares_cancel(ares_.get());
  }

  // Of its queries.
  void Ended(int status) {
    ares_.Finished();
    last_query_reached_server_ = status != ARES_ECONNREFUSED;
    if (ares_.pending() <= 0) MakeWeak();
  }
  bool is_silent() const { return silent_; }

 private:
  void Started() {
    MakeStrong();
    ares_.Started();
    if (ares_.pending() <= 0) MakeWeak();
  }
  void ReopenWithoutServers();

  AresChannel ares_;
  bool has_default_servers_ = true;
  bool last_query_reached_server_ = true;
  bool silent_ = false;  // No callback is called any more.
};

// One query, over a QueryReqWrap. c-ares must not be called by what its callback calls, and a query that is
// answered at once is answered after the call all the same: JavaScript hears of it in the loop's next turn.
class Query : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(Query, AsyncWrap)
  Query(Channel* channel, Local<v8::Object> object, DnsType type)
      : AsyncWrap(channel->env(), object, Provider::QUERYWRAP), channel_(channel), type_(type) {
    MakeStrong();
  }

  static void OnAnswer(void* data, int status, int, unsigned char* bytes, int size) {
    auto* self = static_cast<Query*>(data);
    if (status == ARES_SUCCESS) self->message_.assign(bytes, bytes + size);
    self->End(status);
  }
  static void OnHost(void* data, int status, int, hostent* host) {
    auto* self = static_cast<Query*>(data);
    for (char** at = host == nullptr ? nullptr : host->h_aliases; at != nullptr && *at != nullptr; at++) {
      self->names_.emplace_back(*at);
    }
    self->End(status);
  }

 private:
  void End(int status) {
    const bool is_silent = channel_->is_silent();
    channel_->Ended(status);
    if (is_silent) return;  // The Environment's end deletes it.
    env()->SetImmediate([this, status] { Report(status); });
  }

  // oncomplete(0, values[, times to live]) or oncomplete(name of the error).
  void Report(int status) {
    const std::unique_ptr<Query> deleted(this);
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env()->context());
    GiveBackRequestObject(object());
    DnsAnswer answer;
    if (status == ARES_SUCCESS) {
      status = type_ == DnsType::kPtr && message_.empty() ? Names(&answer) : ReadDnsAnswer(env(), type_, message_, &answer);
    }
    if (status != ARES_SUCCESS) {
      Local<v8::Value> name = Internalized(isolate, AresErrorName(status));
      (void)MakeCallback("oncomplete", 1, &name);
      return;
    }
    Local<v8::Value> argv[] = {v8::Integer::New(isolate, 0), answer.values, answer.ttls};
    (void)MakeCallback("oncomplete", answer.ttls.IsEmpty() ? 2 : 3, argv);
  }
  int Names(DnsAnswer* answer) {
    std::vector<Local<v8::Value>> names;
    for (const std::string& name : names_) names.push_back(FromLatin1(env()->isolate(), name).ToLocalChecked());
    answer->values = v8::Array::New(env()->isolate(), names.data(), names.size());
    return ARES_SUCCESS;
  }

  Channel* channel_;
  DnsType type_;
  std::vector<uint8_t> message_;
  std::vector<std::string> names_;  // Of getHostByAddr().
};

template <DnsType kType>
void Channel::Query(const CallInfo& info, Local<v8::Object> request, std::string name) {
  if (ares_.get() == nullptr) return info.GetReturnValue().Set(UV_ECANCELED);
  if (!TakeRequestObject(env()->isolate(), request, 0, object())) return;
  ReopenWithoutServers();
  auto* query = new node::Query(this, request, kType);
  ares_query(ares_.get(), ada::idna::to_ascii(name).c_str(), 1 /* IN */, static_cast<int>(kType), node::Query::OnAnswer, query);
  Started();
  info.GetReturnValue().Set(0);
}

void Channel::GetHostByAddr(const CallInfo& info, Local<v8::Object> request, std::string address) {
  if (ares_.get() == nullptr) return info.GetReturnValue().Set(UV_ECANCELED);
  char bytes[sizeof(in6_addr)];
  int family = AF_INET;
  if (uv_inet_pton(family, address.c_str(), bytes) != 0) {
    family = AF_INET6;
    if (uv_inet_pton(family, address.c_str(), bytes) != 0) return info.GetReturnValue().Set(UV_EINVAL);
  }
  if (!TakeRequestObject(env()->isolate(), request, 0, object())) return;
  ReopenWithoutServers();
  auto* query = new node::Query(this, request, DnsType::kPtr);
  ares_gethostbyaddr(ares_.get(), bytes, family == AF_INET ? 4 : 16, family, node::Query::OnHost, query);
  Started();
  info.GetReturnValue().Set(0);
}

// Where the machine had no servers when the channel was made, c-ares asks this machine itself. When that
// fails, the network may have come since.
void Channel::ReopenWithoutServers() {
  if (last_query_reached_server_ || !has_default_servers_ || ares_.pending() > 0) return;
  ares_addr_port_node* servers = nullptr;
  ares_get_servers_ports(ares_.get(), &servers);
  if (servers == nullptr) return;
  const in6_addr loopback6 = IN6ADDR_LOOPBACK_INIT;
  const bool is_loopback =
      servers->next == nullptr && (servers->family == AF_INET ? servers->addr.addr4.s_addr == htonl(INADDR_LOOPBACK)
                                                              : std::memcmp(&servers->addr.addr6, &loopback6, sizeof(loopback6)) == 0);
  ares_free_data(servers);
  if (!is_loopback) {
    has_default_servers_ = false;
    return;
  }
  ares_.Close();
  ares_.Open();
}

// [[address, port]]
Local<v8::Array> Channel::GetServers() {
  v8::Isolate* isolate = env()->isolate();
  std::vector<Local<v8::Value>> list;
  ares_addr_port_node* servers = nullptr;
  if (ares_.get() != nullptr) ares_get_servers_ports(ares_.get(), &servers);
  for (const ares_addr_port_node* at = servers; at != nullptr; at = at->next) {
    char text[INET6_ADDRSTRLEN] = "";
    uv_inet_ntop(at->family, &at->addr, text, sizeof(text));
    Local<v8::Value> pair[] = {FromLatin1(isolate, text).ToLocalChecked(), v8::Integer::New(isolate, at->udp_port)};
    list.push_back(v8::Array::New(isolate, pair, 2));
  }
  if (servers != nullptr) ares_free_data(servers);
  return v8::Array::New(isolate, list.data(), list.size());
}

// setServers([[4 or 6, address, port]]): a status.
void Channel::SetServers(const CallInfo& info, Local<v8::Array> servers) {
  Local<v8::Context> context = env()->context();
  std::vector<ares_addr_port_node> nodes(servers->Length());
  for (uint32_t i = 0; i < nodes.size(); i++) {
    Local<v8::Value> entry, family, address, port;
    if (!servers->Get(context, i).ToLocal(&entry)) return;
    if (!entry->IsArray()) return ThrowInvalidArgument(env()->isolate(), 0, "an array of [family, address, port]", entry);
    Local<v8::Array> fields = entry.As<v8::Array>();
    if (!fields->Get(context, 0).ToLocal(&family) || !fields->Get(context, 1).ToLocal(&address) ||
        !fields->Get(context, 2).ToLocal(&port)) {
      return;
    }
    int32_t port_number;
    std::string text;
    if (!ArgumentReader<int32_t>::Read(env()->isolate(), port, 0, &port_number) ||
        !ArgumentReader<std::string>::Read(env()->isolate(), address, 0, &text)) {
      return;
    }
    const bool is_ipv6 = family->IsInt32() && family.As<v8::Int32>()->Value() == 6;
    nodes[i].family = is_ipv6 ? AF_INET6 : AF_INET;
    nodes[i].tcp_port = nodes[i].udp_port = port_number;
    if (uv_inet_pton(nodes[i].family, text.c_str(), &nodes[i].addr) != 0) {
      return info.GetReturnValue().Set(ARES_EBADSTR);
    }
    if (i > 0) nodes[i - 1].next = &nodes[i];
  }
  if (ares_.get() == nullptr) return info.GetReturnValue().Set(ARES_EDESTRUCTION);
  if (ares_.pending() > 0) return info.GetReturnValue().Set(kPendingQueries);
  const int status = nodes.empty() ? ares_set_servers(ares_.get(), nullptr) : ares_set_servers_ports(ares_.get(), nodes.data());
  if (status == ARES_SUCCESS && !nodes.empty()) has_default_servers_ = false;
  info.GetReturnValue().Set(status);
}

// One address, or one of each family; the other one is the system's choice.
void Channel::SetLocalAddress(std::string first, std::optional<std::string> second) {
  const auto fail = [this](const char* message) { ThrowCoded(env()->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_VALUE", message); };
  in_addr ipv4{};
  in6_addr ipv6{};
  bool has_ipv4 = false, has_ipv6 = false;
  std::vector<std::string> addresses = {std::move(first)};
  if (second.has_value()) addresses.push_back(std::move(*second));
  for (const std::string& address : addresses) {
    if (uv_inet_pton(AF_INET, address.c_str(), &ipv4) == 0) {
      if (std::exchange(has_ipv4, true)) return fail("Cannot specify two IPv4 addresses.");
    } else if (uv_inet_pton(AF_INET6, address.c_str(), &ipv6) == 0) {
      if (std::exchange(has_ipv6, true)) return fail("Cannot specify two IPv6 addresses.");
    } else {
      return fail("Invalid IP address.");
    }
  }
  if (ares_.get() == nullptr) return;
  ares_set_local_ip4(ares_.get(), ntohl(ipv4.s_addr));
  ares_set_local_ip6(ares_.get(), ipv6.s6_addr);
}

// undefined for what is no address.
void CanonicalizeIp(const CallInfo& info, std::string text) {
  in6_addr bytes;
  int family = AF_INET;
  if (uv_inet_pton(family, text.c_str(), &bytes) != 0) {
    family = AF_INET6;
    if (uv_inet_pton(family, text.c_str(), &bytes) != 0) return;
  }
  char canonical[INET6_ADDRSTRLEN] = "";
  uv_inet_ntop(family, &bytes, canonical, sizeof(canonical));
  ReturnUtf8(info, canonical);
}

v8::MaybeLocal<v8::Uint8Array> ConvertIpv6StringToBuffer(Environment* env, std::string text) {
  uint8_t bytes[sizeof(in6_addr)];
  if (uv_inet_pton(AF_INET6, text.c_str(), bytes) != 0) {
    env->isolate()->ThrowException(v8::Exception::Error(Internalized(env->isolate(), "Invalid IPv6 address")));
    return {};
  }
  return CopyToBuffer(env, bytes);
}

std::string StrError(int32_t status) { return status == kPendingQueries ? "There are pending queries." : ares_strerror(status); }

constexpr FunctionSpec kFunctions[] = {
    Typed<CanonicalizeIp>("canonicalizeIP"),
    Typed<ConvertIpv6StringToBuffer>("convertIpv6StringToBuffer"),
    Typed<GetAddrInfo>("getaddrinfo"),
    Typed<GetNameInfo>("getnameinfo"),
    Typed<StrError>("strerror"),
};

constexpr FunctionSpec kChannelMethods[] = {
    Method<&Channel::Cancel>("cancel"),
    Method<&Channel::GetHostByAddr>("getHostByAddr"),
    Method<&Channel::GetServers>("getServers"),
    Method<&Channel::Query<DnsType::kA>>("queryA"),
    Method<&Channel::Query<DnsType::kAaaa>>("queryAaaa"),
    Method<&Channel::Query<DnsType::kAny>>("queryAny"),
    Method<&Channel::Query<DnsType::kCaa>>("queryCaa"),
    Method<&Channel::Query<DnsType::kCname>>("queryCname"),
    Method<&Channel::Query<DnsType::kMx>>("queryMx"),
    Method<&Channel::Query<DnsType::kNaptr>>("queryNaptr"),
    Method<&Channel::Query<DnsType::kNs>>("queryNs"),
    Method<&Channel::Query<DnsType::kPtr>>("queryPtr"),
    Method<&Channel::Query<DnsType::kSoa>>("querySoa"),
    Method<&Channel::Query<DnsType::kSrv>>("querySrv"),
    Method<&Channel::Query<DnsType::kTlsa>>("queryTlsa"),
    Method<&Channel::Query<DnsType::kTxt>>("queryTxt"),
    Method<&Channel::SetLocalAddress>("setLocalAddress"),
    Method<&Channel::SetServers>("setServers"),
};

constexpr ClassSpec kClasses[] = {
    {"ChannelWrap", Constructor<Channel, int32_t, int32_t, int32_t>(), kChannelMethods, 1, {}, &kAsyncWrapClass},
    {"GetAddrInfoReqWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
    {"GetNameInfoReqWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
    {"HostLookups", Typed<NewHostLookups>("").callback},
    {"QueryReqWrap", NewRequestObject, {}, kRequestFields, {}, &kAsyncWrapClass},
};

constexpr ConstantSpec kConstants[] = {
    {"AF_INET", AF_INET},
    {"AF_INET6", AF_INET6},
    {"AF_UNSPEC", AF_UNSPEC},
    {"AI_ADDRCONFIG", AI_ADDRCONFIG},
    {"AI_ALL", AI_ALL},
    {"AI_V4MAPPED", AI_V4MAPPED},
    {"DNS_ORDER_VERBATIM", static_cast<int>(DnsOrder::kVerbatim)},
    {"DNS_ORDER_IPV4_FIRST", static_cast<int>(DnsOrder::kIpv4First)},
    {"DNS_ORDER_IPV6_FIRST", static_cast<int>(DnsOrder::kIpv6First)},
};

}  // namespace

extern const BindingSpec kNodeCaresWrap;
constexpr BindingSpec kNodeCaresWrap{"cares_wrap", kFunctions, kConstants, kClasses};

}  // namespace dv8::node
