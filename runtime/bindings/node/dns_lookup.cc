#include "runtime/bindings/node/dns_lookup.h"

#include <ada.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/ares_channel.h"
#include "runtime/bindings/node/req_wrap.h"
#include "runtime/bindings/node/request_object.h"

namespace dv8::node {
namespace {

using v8::Local;

constexpr int kTries = 2;  // As many as glibc's resolver makes.

struct Address {
  int family;
  std::array<uint8_t, 16> bytes;
};

// Which families this machine has an address of, beside the loopback's.
struct Families {
  bool ipv4 = false;
  bool ipv6 = false;
};

Families ConfiguredFamilies() {
  Families families;
  uv_interface_address_t* list = nullptr;
  int count = 0;
  if (uv_interface_addresses(&list, &count) != 0) return families;
  for (int i = 0; i < count; i++) {
    if (list[i].is_internal) continue;
    (list[i].address.address4.sin_family == AF_INET ? families.ipv4 : families.ipv6) = true;
  }
  uv_free_interface_addresses(list, count);
  return families;
}

// The number that getaddrinfo() gives for a status of c-ares.
int UvErrorOf(int status) {
  switch (status) {
    case ARES_SUCCESS: return 0;
    case ARES_ENODATA: return UV_EAI_NODATA;
    case ARES_ENOTFOUND:
    case ARES_ENONAME:
    case ARES_EBADNAME: return UV_EAI_NONAME;
    case ARES_ENOMEM: return UV_EAI_MEMORY;
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION: return UV_EAI_CANCELED;
    case ARES_EBADFLAGS: return UV_EAI_BADFLAGS;
    case ARES_ESERVFAIL:
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED:
    case ARES_EREFUSED: return UV_EAI_AGAIN;
    default: return UV_EAI_FAIL;
  }
}

// The resolver of an Environment.
class HostLookups : public NativeObject {
 public:
  DV8_NATIVE_CLASS(HostLookups, NativeObject)
  HostLookups(Environment* env, Local<v8::Object> object) : NativeObject(env, object), ares_(env->loop(), {.tries = kTries}) {}

  // Null when it cannot be made; an exception may be pending.
  static HostLookups* Of(Environment* env) {
    constexpr const char* kName = "cares_wrap.host_lookups";
    if (auto* kept = NativeObject::Cast<HostLookups>(env->Kept(kName))) return kept;
    Local<v8::Object> object;
    if (!NewInstance(env, "cares_wrap", "HostLookups").ToLocal(&object)) return nullptr;
    env->Keep(kName, object);
    return NativeObject::Cast<HostLookups>(object);
  }

  // The channel, which has read the resolv.conf of now. Null when c-ares refuses.
  ares_channel Channel() {
    struct stat now{};
    stat("/etc/resolv.conf", &now);
    const bool is_stale =
        now.st_mtim.tv_sec != read_.st_mtim.tv_sec || now.st_mtim.tv_nsec != read_.st_mtim.tv_nsec || now.st_ino != read_.st_ino;
    if (is_stale && ares_.pending() <= 0) ares_.Close();
    if (ares_.get() == nullptr && !silent_ && ares_.Open() == ARES_SUCCESS) read_ = now;
    return ares_.get();
  }
  AresChannel& ares() { return ares_; }
  bool is_silent() const { return silent_; }
  void CloseNow() override {
    silent_ = true;
    ares_.Close();
  }

 private:
  AresChannel ares_;
  struct stat read_{};
  bool silent_ = false;
};

// What both requests have in common. The answer comes in the loop's next turn: see cares_wrap.cc.
template <typename Request>
class Lookup : public ReqWrap<Request> {
 public:
  Lookup(HostLookups* lookups, Local<v8::Object> object, Provider provider)
      : ReqWrap<Request>(lookups->env(), object, provider), lookups_(lookups) {
    this->Dispatched();
  }

 protected:
  void EndAsked(int status) {
    const bool is_silent = lookups_->is_silent();
    lookups_->ares().Finished();
    if (!is_silent) End(UvErrorOf(status));  // Else the Environment's end deletes it.
  }
  void End(int error) {
    this->env()->SetImmediate([this, error] {
      const std::unique_ptr<Lookup> deleted(this);
      v8::HandleScope scope(this->env()->isolate());
      v8::Context::Scope context_scope(this->env()->context());
      Local<v8::Object> object = this->object();
      this->Finished();
      GiveBackRequestObject(object);
      Report(error);
    });
  }
  virtual void Report(int error) = 0;

  HostLookups* lookups_;
};

class AddressLookup : public Lookup<uv_getaddrinfo_t> {
 public:
  DV8_NATIVE_CLASS(AddressLookup, AsyncWrap)
  AddressLookup(HostLookups* lookups, Local<v8::Object> object, int family, int flags, DnsOrder order)
      : Lookup(lookups, object, Provider::GETADDRINFOREQWRAP), family_(family), flags_(flags), order_(order) {}

  void Start(const std::string& name) {
    in_addr number;
    // "127.1", too; inet_aton() takes what follows a space.
    if (name.find_first_of(" \t\n\r\f\v") == std::string::npos && inet_aton(name.c_str(), &number) != 0) {
      Address address{AF_INET, {}};
      std::memcpy(address.bytes.data(), &number, sizeof(number));
      addresses_.push_back(address);
      return End(family_ == AF_INET6 && !(flags_ & AI_V4MAPPED) ? UV_EAI_ADDRFAMILY : 0);
    }
    int family = family_;
    // An IPv6 socket can reach hosts that have IPv4 addresses only.
    if (family == AF_INET6 && (flags_ & AI_V4MAPPED)) family = AF_UNSPEC;
    if (flags_ & AI_ADDRCONFIG) {
      const Families has = ConfiguredFamilies();
      if ((family == AF_INET && !has.ipv4) || (family == AF_INET6 && !has.ipv6)) return End(UV_EAI_NONAME);
      if (family == AF_UNSPEC && family_ == AF_UNSPEC && has.ipv4 != has.ipv6) family = has.ipv4 ? AF_INET : AF_INET6;
    }
    ares_channel channel = lookups_->Channel();
    if (channel == nullptr) return End(UV_EAI_MEMORY);
    ares_addrinfo_hints hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, OnAddresses, this);
    lookups_->ares().Started();
  }

 private:
  static void OnAddresses(void* data, int status, int, ares_addrinfo* result) {
    auto* self = static_cast<AddressLookup*>(data);
    for (const ares_addrinfo_node* at = result == nullptr ? nullptr : result->nodes; at != nullptr; at = at->ai_next) {
      Address address{at->ai_family, {}};
      if (at->ai_family == AF_INET) {
        std::memcpy(address.bytes.data(), &reinterpret_cast<sockaddr_in*>(at->ai_addr)->sin_addr, 4);
      } else if (at->ai_family == AF_INET6) {
        std::memcpy(address.bytes.data(), &reinterpret_cast<sockaddr_in6*>(at->ai_addr)->sin6_addr, 16);
      } else {
        continue;
      }
      self->addresses_.push_back(address);
    }
    if (result != nullptr) ares_freeaddrinfo(result);
    self->EndAsked(status);
  }

  // AI_V4MAPPED: IPv4 addresses in IPv6's form, where there are no others or all are wanted (AI_ALL).
  void MapAddresses() {
    if (family_ != AF_INET6 || !(flags_ & AI_V4MAPPED)) return;
    const auto is_ipv6 = [](const Address& address) { return address.family == AF_INET6; };
    if (!(flags_ & AI_ALL) && std::any_of(addresses_.begin(), addresses_.end(), is_ipv6)) {
      std::erase_if(addresses_, [](const Address& address) { return address.family == AF_INET; });
      return;
    }
    for (Address& address : addresses_) {
      if (address.family != AF_INET) continue;
      std::array<uint8_t, 16> mapped{};
      mapped[10] = mapped[11] = 0xff;
      std::copy_n(address.bytes.begin(), 4, mapped.begin() + 12);
      address = {AF_INET6, mapped};
    }
  }

  // oncomplete(error, addresses)
  void Report(int error) override {
    v8::Isolate* isolate = env()->isolate();
    Local<v8::Value> argv[] = {v8::Integer::New(isolate, error), v8::Null(isolate)};
    if (error == 0) {
      MapAddresses();
      if (order_ != DnsOrder::kVerbatim) {
        const int first = order_ == DnsOrder::kIpv4First ? AF_INET : AF_INET6;
        std::vector<Address> others;
        std::copy_if(addresses_.begin(), addresses_.end(), std::back_inserter(others),
                     [first](const Address& address) { return address.family != first; });
        std::erase_if(addresses_, [first](const Address& address) { return address.family != first; });
        addresses_.insert(addresses_.end(), others.begin(), others.end());
      }
      std::vector<Local<v8::Value>> texts;
      for (const Address& address : addresses_) {
        char text[INET6_ADDRSTRLEN];
        if (uv_inet_ntop(address.family, address.bytes.data(), text, sizeof(text)) != 0) continue;
        texts.push_back(FromLatin1(isolate, text).ToLocalChecked());
      }
      if (texts.empty()) argv[0] = v8::Integer::New(isolate, UV_EAI_NODATA);
      argv[1] = v8::Array::New(isolate, texts.data(), texts.size());
    }
    (void)MakeCallback("oncomplete", 2, argv);
  }

  int family_;
  int flags_;
  DnsOrder order_;
  std::vector<Address> addresses_;
};

// The name that /etc/services has for a TCP port, or the number.
std::string ServiceName(uint16_t port) {
  std::string service = std::to_string(port);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen("/etc/services", "re"), std::fclose);
  char line[512];
  while (file != nullptr && std::fgets(line, sizeof(line), file.get()) != nullptr) {
    char name[128];
    unsigned number;
    char protocol[16];
    if (std::sscanf(line, "%127[^# \t\n] %u/%15[a-z]", name, &number, protocol) == 3 && number == port &&
        std::string_view(protocol) == "tcp") {
      return name;
    }
  }
  return service;
}

class NameLookup : public Lookup<uv_getnameinfo_t> {
 public:
  DV8_NATIVE_CLASS(NameLookup, AsyncWrap)
  NameLookup(HostLookups* lookups, Local<v8::Object> object, uint16_t port)
      : Lookup(lookups, object, Provider::GETNAMEINFOREQWRAP), port_(port) {}

  void Start(const Address& address) {
    ares_channel channel = lookups_->Channel();
    if (channel == nullptr) return End(UV_EAI_MEMORY);
    ares_gethostbyaddr(channel, address.bytes.data(), address.family == AF_INET ? 4 : 16, address.family, OnHost, this);
    lookups_->ares().Started();
  }

 private:
  static void OnHost(void* data, int status, int, hostent* host) {
    auto* self = static_cast<NameLookup*>(data);
    if (host != nullptr && host->h_name != nullptr) self->name_ = host->h_name;
    self->EndAsked(status == ARES_SUCCESS && self->name_.empty() ? ARES_ENOTFOUND : status);
  }
  // oncomplete(error, host, service)
  void Report(int error) override {
    v8::Isolate* isolate = env()->isolate();
    Local<v8::Value> argv[] = {v8::Integer::New(isolate, error), v8::Null(isolate), v8::Null(isolate)};
    if (error == 0) {
      argv[1] = FromLatin1(isolate, name_).ToLocalChecked();
      argv[2] = FromLatin1(isolate, ServiceName(port_)).ToLocalChecked();
    }
    (void)MakeCallback("oncomplete", 3, argv);
  }

  uint16_t port_;
  std::string name_;
};

}  // namespace

void NewHostLookups(const CallInfo& info) {
  if (info.IsConstructCall()) new HostLookups(Environment::From(info), info.This());
}

void GetAddrInfo(const CallInfo& info, Local<v8::Object> request, std::string name, int32_t family, Local<v8::Value> flags,
                 InRange<uint32_t, 0, 2> order) {
  Environment* env = Environment::From(info);
  HostLookups* lookups = HostLookups::Of(env);
  if (lookups == nullptr || !TakeRequestObject(env->isolate(), request, 0, lookups->object())) return;
  auto* lookup = new AddressLookup(lookups, request,
                                   family == 4   ? AF_INET
                                   : family == 6 ? AF_INET6
                                                 : AF_UNSPEC,
                                   flags->IsInt32() ? flags.As<v8::Int32>()->Value() : 0, static_cast<DnsOrder>(order.value));
  lookup->Start(ada::idna::to_ascii(name));
  info.GetReturnValue().Set(0);
}

void GetNameInfo(const CallInfo& info, Local<v8::Object> request, std::string text, Port port) {
  Environment* env = Environment::From(info);
  Address address{AF_INET, {}};
  if (uv_inet_pton(AF_INET, text.c_str(), address.bytes.data()) != 0) {
    address.family = AF_INET6;
    if (uv_inet_pton(AF_INET6, text.c_str(), address.bytes.data()) != 0) return info.GetReturnValue().Set(UV_EINVAL);
  }
  HostLookups* lookups = HostLookups::Of(env);
  if (lookups == nullptr || !TakeRequestObject(env->isolate(), request, 0, lookups->object())) return;
  (new NameLookup(lookups, request, static_cast<uint16_t>(port.value)))->Start(address);
  info.GetReturnValue().Set(0);
}

}  // namespace dv8::node
