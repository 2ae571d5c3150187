// runtime/bindings/dv8_dns.cc: internal:dv8_dns, c-ares on the thread's loop: one poll handle a
// socket and one timer a resolver.
#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/binding/checked.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

using v8::Local;

// The names of c-ares' states, as Node has them: "ENOTFOUND".
constexpr const char* kStatusNames[] = {
    "OK",         "ENODATA",   "EFORMERR",  "ESERVFAIL",       "ENOTFOUND",     "ENOTIMP",
    "EREFUSED",   "EBADQUERY", "EBADNAME",  "EBADFAMILY",      "EBADRESP",      "ECONNREFUSED",
    "ETIMEOUT",   "EOF",       "EFILE",     "ENOMEM",          "EDESTRUCTION",  "EBADSTR",
    "EBADFLAGS",  "ENONAME",   "EBADHINTS", "ENOTINITIALIZED", "ELOADIPHLPAPI", "EADDRGETNETWORKPARAMS",
    "ECANCELLED", "ESERVICE",
};

const char* StatusName(int status) {
  const bool known = status >= 0 && status < static_cast<int>(std::size(kStatusNames));
  return known ? kStatusNames[status] : "EUNKNOWN";
}

Local<v8::String> Text(v8::Isolate* isolate, const char* text) { return FromUtf8(isolate, text).ToLocalChecked(); }

Local<v8::Array> Row(v8::Isolate* isolate, std::vector<Local<v8::Value>> fields) {
  return v8::Array::New(isolate, fields.data(), fields.size());
}

Local<v8::Array> Rows(v8::Isolate* isolate, std::vector<Local<v8::Value>>* rows) {
  return v8::Array::New(isolate, rows->data(), rows->size());
}

Local<v8::Value> AddressText(v8::Isolate* isolate, int family, const void* address) {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(family, address, text, sizeof(text));
  return Text(isolate, text);
}

// What a reply holds, as rows of plain values; a c-ares status when it cannot be read.
int ParseReply(v8::Isolate* isolate, int type, const unsigned char* bytes, int size, Local<v8::Array>* out) {
  std::vector<Local<v8::Value>> rows;
  int status = ARES_SUCCESS;
  const auto add = [&](std::vector<Local<v8::Value>> row) { rows.push_back(Row(isolate, std::move(row))); };
  const auto number = [&](uint32_t value) { return v8::Integer::NewFromUnsigned(isolate, value); };
  constexpr int kMost = 256;  // More addresses do not fit a reply of 64 KiB in practice.
  switch (type) {
    case ns_t_a: {
      ares_addrttl addresses[kMost];
      int count = kMost;
      status = ares_parse_a_reply(bytes, size, nullptr, addresses, &count);
      for (int i = 0; status == ARES_SUCCESS && i < count; i++) {
        add({AddressText(isolate, AF_INET, &addresses[i].ipaddr), number(addresses[i].ttl)});
      }
      break;
    }
    case ns_t_aaaa: {
      ares_addr6ttl addresses[kMost];
      int count = kMost;
      status = ares_parse_aaaa_reply(bytes, size, nullptr, addresses, &count);
      for (int i = 0; status == ARES_SUCCESS && i < count; i++) {
        add({AddressText(isolate, AF_INET6, &addresses[i].ip6addr), number(addresses[i].ttl)});
      }
      break;
    }
    case ns_t_mx: {
      ares_mx_reply* list = nullptr;
      status = ares_parse_mx_reply(bytes, size, &list);
      for (ares_mx_reply* at = list; at != nullptr; at = at->next) {
        add({Text(isolate, at->host), number(at->priority)});
      }
      if (list != nullptr) ares_free_data(list);
      break;
    }
    case ns_t_txt: {
      ares_txt_ext* list = nullptr;
      status = ares_parse_txt_reply_ext(bytes, size, &list);
      std::vector<Local<v8::Value>> parts;
      for (ares_txt_ext* at = list; at != nullptr; at = at->next) {
        if (at->record_start && !parts.empty()) add(std::exchange(parts, {}));
        parts.push_back(FromUtf8(isolate, {reinterpret_cast<char*>(at->txt), at->length}).ToLocalChecked());
      }
      if (!parts.empty()) add(std::move(parts));
      if (list != nullptr) ares_free_data(list);
      break;
    }
    case ns_t_srv: {
      ares_srv_reply* list = nullptr;
      status = ares_parse_srv_reply(bytes, size, &list);
      for (ares_srv_reply* at = list; at != nullptr; at = at->next) {
        add({Text(isolate, at->host), number(at->port), number(at->priority), number(at->weight)});
      }
      if (list != nullptr) ares_free_data(list);
      break;
    }
    case ns_t_ns:
    case ns_t_ptr:
    case ns_t_cname: {
      hostent* host = nullptr;
      const in_addr none{};
      status = type == ns_t_ns    ? ares_parse_ns_reply(bytes, size, &host)
               : type == ns_t_ptr ? ares_parse_ptr_reply(bytes, size, &none, sizeof(none), AF_INET, &host)
                                  : ares_parse_a_reply(bytes, size, &host, nullptr, nullptr);
      if (host != nullptr) {
        if (type == ns_t_cname) {
          if (host->h_name != nullptr) add({Text(isolate, host->h_name)});
        } else {
          for (char** at = host->h_aliases; *at != nullptr; at++) add({Text(isolate, *at)});
        }
        ares_free_hostent(host);
      }
      break;
    }
    default: status = ARES_ENOTIMP;
  }
  *out = Rows(isolate, &rows);
  return status;
}

class Resolver : public NativeObject {
 public:
  using NativeObject::NativeObject;

  // new Resolver(milliseconds, tries, ndots or -1, search domains or null)
  static void Construct(const CallInfo& info) {
    v8::Isolate* isolate = info.GetIsolate();
    Environment* env = Environment::From(info);
    if (env->mode() != Environment::Mode::kRun) {
      return ThrowTypeError(isolate, "A resolver cannot be made while the snapshot is made");
    }
    if (!OpenLoop(info)) return;
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    auto* self = new Resolver(env, info.This());
    ares_options options{};
    int mask = ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
    // A server's refusal is an answer, as in Node. HOSTALIASES would let the environment rename
    // hosts.
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOALIASES;
    options.sock_state_cb = OnSocket;
    options.sock_state_cb_data = self;
    options.timeout = Int32Arg(info, 0);
    options.tries = Int32Arg(info, 1);
    if (const int ndots = Int32Arg(info, 2); ndots >= 0) {
      options.ndots = ndots;
      mask |= ARES_OPT_NDOTS;
    }
    std::vector<std::string> domains;
    std::vector<char*> pointers;
    if (info[3]->IsArray()) {
      Local<v8::Array> list = info[3].As<v8::Array>();
      for (uint32_t i = 0; i < list->Length(); i++) {
        domains.emplace_back(Utf8(isolate, list->Get(isolate->GetCurrentContext(), i).ToLocalChecked()).view());
      }
      for (std::string& domain : domains) pointers.push_back(domain.data());
      options.domains = pointers.data();
      options.ndomains = static_cast<int>(pointers.size());
      mask |= ARES_OPT_DOMAINS;
    }
    const int status = library != ARES_SUCCESS ? library : ares_init_options(&self->channel_, &options, mask);
    if (status != ARES_SUCCESS) {
      self->channel_ = nullptr;
      return ThrowTypeError(isolate, std::string("the resolver cannot be made: ") + ares_strerror(status));
    }
    uv_timer_init(env->loop(), &self->timer_);
    self->timer_.data = self;
    self->open_ = true;
  }

  // query(name, type, callback(status name, text, rows)): type is a number of RFC 1035
  static void Query(const CallInfo& info) {
    Resolver* self = Self(info);
    Utf8 name(info.GetIsolate(), info[0]);
    auto* query = new PendingQuery{self, Int32Arg(info, 1), {info.GetIsolate(), info[2].As<v8::Function>()}};
    if (!self->open_) return self->Answer(query, ARES_EDESTRUCTION, {});
    self->pending_++;
    self->MakeStrong();
    ares_search(self->channel_, name.c_str(), ns_c_in, query->type, OnReply, query);
    self->Arm();
  }

  // lookup(name, family 0, 4 or 6, callback(status name, text, rows)): hosts file, then DNS
  static void Lookup(const CallInfo& info) {
    Resolver* self = Self(info);
    Utf8 name(info.GetIsolate(), info[0]);
    const int family = Int32Arg(info, 1);
    auto* query = new PendingQuery{self, 0, {info.GetIsolate(), info[2].As<v8::Function>()}};
    if (!self->open_) return self->Answer(query, ARES_EDESTRUCTION, {});
    self->pending_++;
    self->MakeStrong();
    ares_addrinfo_hints hints{};
    hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(self->channel_, name.c_str(), nullptr, &hints, OnAddresses, query);
    self->Arm();
  }

  // setServers("ip:port,[ip6]:port") → status name
  static void SetServers(const CallInfo& info) {
    Resolver* self = Self(info);
    const int status =
        self->open_ ? ares_set_servers_ports_csv(self->channel_, Utf8(info.GetIsolate(), info[0]).c_str()) : ARES_EDESTRUCTION;
    info.GetReturnValue().Set(Internalized(info.GetIsolate(), StatusName(status)));
  }

  // servers() → [[ip, port]]
  static void Servers(const CallInfo& info) {
    Resolver* self = Self(info);
    v8::Isolate* isolate = info.GetIsolate();
    std::vector<Local<v8::Value>> rows;
    ares_addr_port_node* list = nullptr;
    if (self->open_ && ares_get_servers_ports(self->channel_, &list) == ARES_SUCCESS) {
      for (ares_addr_port_node* at = list; at != nullptr; at = at->next) {
        rows.push_back(
            Row(isolate, {AddressText(isolate, at->family, &at->addr), v8::Integer::New(isolate, at->udp_port == 0 ? 53 : at->udp_port)}));
      }
      ares_free_data(list);
    }
    info.GetReturnValue().Set(Rows(isolate, &rows));
  }

  static void Cancel(const CallInfo& info) {
    if (Self(info)->open_) ares_cancel(Self(info)->channel_);
  }

  static void Close(const CallInfo& info) { Self(info)->Destroy(); }

  // The end of the program or the thread: nobody waits for an answer any more.
  void CloseNow() override {
    silent_ = true;
    Destroy();
  }

 protected:
  void OnCollected() override {
    if (closed_ || (!open_ && channel_ == nullptr && pending_ == 0 && timer_.data == nullptr)) {
      delete this;
    } else {
      CloseNow();
    }
  }

 private:
  struct PendingQuery {
    Resolver* resolver;
    int type;
    v8::Global<v8::Function> callback;
  };
  struct Watch {
    uv_poll_t poll;
    Resolver* resolver;
    ares_socket_t socket;
  };

  static Resolver* Self(const CallInfo& info) { return Unwrap<Resolver>(info); }

  void Destroy() {
    if (!open_) return;
    open_ = false;
    if (!is_collected()) MakeStrong();
    // Pending callbacks are told, and OnSocket closes the poll handles.
    ares_destroy(std::exchange(channel_, nullptr));
    uv_close(reinterpret_cast<uv_handle_t*>(&timer_), [](uv_handle_t* handle) {
      auto* self = static_cast<Resolver*>(handle->data);
      self->closed_ = true;
      if (self->is_collected()) {
        delete self;
      } else {
        self->UpdateStrength();
      }
    });
  }

  static void OnSocket(void* data, ares_socket_t socket, int readable, int writable) {
    auto* self = static_cast<Resolver*>(data);
    auto found = self->watches_.find(socket);
    if (!readable && !writable) {
      if (found == self->watches_.end()) return;
      auto* watch = found->second;
      self->watches_.erase(found);
      uv_close(reinterpret_cast<uv_handle_t*>(&watch->poll), [](uv_handle_t* handle) { delete static_cast<Watch*>(handle->data); });
      return;
    }
    if (found == self->watches_.end()) {
      auto* watch = new Watch{{}, self, socket};
      // Where the system watches no more descriptors the query ends by its time limit.
      if (uv_poll_init_socket(self->env()->loop(), &watch->poll, socket) < 0) {
        delete watch;
        return;
      }
      watch->poll.data = watch;
      found = self->watches_.emplace(socket, watch).first;
    }
    uv_poll_start(&found->second->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), OnReady);
  }

  static void OnReady(uv_poll_t* poll, int status, int events) {
    auto* watch = static_cast<Watch*>(poll->data);
    Resolver* self = watch->resolver;
    const ares_socket_t socket = watch->socket;
    self->Process(status < 0 || (events & UV_READABLE) ? socket : ARES_SOCKET_BAD,
                  status < 0 || (events & UV_WRITABLE) ? socket : ARES_SOCKET_BAD);
  }

  static void OnTimer(uv_timer_t* timer) { static_cast<Resolver*>(timer->data)->Process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

  void Process(ares_socket_t readable, ares_socket_t writable) {
    v8::HandleScope scope(env()->isolate());
    [[maybe_unused]] const Local<v8::Object> keep = object();
    ares_process_fd(channel_, readable, writable);
    if (open_) Arm();
  }

  // Kept while a query, an answer or the end of its timer refers to it.
  void UpdateStrength() {
    if (is_collected()) return;
    pending_ > 0 || answers_ > 0 || (!open_ && !closed_) ? MakeStrong() : MakeWeak();
  }

  // The timer fires when c-ares wants to look at its time-outs.
  void Arm() {
    timeval next;
    if (pending_ == 0 || ares_timeout(channel_, nullptr, &next) == nullptr) {
      uv_timer_stop(&timer_);
      return;
    }
    uv_timer_start(&timer_, OnTimer, static_cast<uint64_t>(next.tv_sec * 1000 + next.tv_usec / 1000 + 1), 0);
  }

  static void OnReply(void* data, int status, int, unsigned char* bytes, int size) {
    auto* query = static_cast<PendingQuery*>(data);
    Resolver* self = query->resolver;
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    Local<v8::Array> rows;
    if (status == ARES_SUCCESS) status = ParseReply(isolate, query->type, bytes, size, &rows);
    self->pending_--;
    self->Answer(query, status, rows);
  }

  static void OnAddresses(void* data, int status, int, ares_addrinfo* result) {
    auto* query = static_cast<PendingQuery*>(data);
    Resolver* self = query->resolver;
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    std::vector<Local<v8::Value>> rows;
    for (ares_addrinfo_node* at = result == nullptr ? nullptr : result->nodes; at != nullptr; at = at->ai_next) {
      const void* address = at->ai_family == AF_INET6 ? static_cast<const void*>(&reinterpret_cast<sockaddr_in6*>(at->ai_addr)->sin6_addr)
                                                      : &reinterpret_cast<sockaddr_in*>(at->ai_addr)->sin_addr;
      rows.push_back(
          Row(isolate, {AddressText(isolate, at->ai_family, address), v8::Integer::New(isolate, at->ai_family == AF_INET6 ? 6 : 4)}));
    }
    if (result != nullptr) ares_freeaddrinfo(result);
    self->pending_--;
    self->Answer(query, status, Rows(isolate, &rows));
  }

  // Calls the program on the loop's next turn: c-ares must not be entered from its own callback,
  // and a query that is answered at once is answered after the call all the same.
  void Answer(PendingQuery* query, int status, Local<v8::Array> rows) {
    struct Later {
      uv_timer_t timer;
      PendingQuery* query;
      int status;
      v8::Global<v8::Array> rows;
    };
    v8::Isolate* isolate = env()->isolate();
    auto* later = new Later{{}, query, status, {}};
    if (!rows.IsEmpty()) later->rows.Reset(isolate, rows);
    uv_timer_init(env()->loop(), &later->timer);
    later->timer.data = later;
    answers_++;
    if (!is_collected()) MakeStrong();
    uv_timer_start(
        &later->timer,
        [](uv_timer_t* timer) {
          auto* later = static_cast<Later*>(timer->data);
          Resolver* self = later->query->resolver;
          v8::Isolate* isolate = self->env()->isolate();
          v8::HandleScope scope(isolate);
          const bool ok = later->status == ARES_SUCCESS;
          Local<v8::Value> argv[] = {Internalized(isolate, StatusName(later->status)), Text(isolate, ares_strerror(later->status)),
                                     ok ? later->rows.Get(isolate).As<v8::Value>() : v8::Undefined(isolate).As<v8::Value>()};
          Local<v8::Function> callback = later->query->callback.Get(isolate);
          Environment* env = self->env();
          const bool silent = self->silent_;
          self->answers_--;
          self->UpdateStrength();
          delete later->query;
          uv_close(reinterpret_cast<uv_handle_t*>(timer), [](uv_handle_t* handle) { delete static_cast<Later*>(handle->data); });
          if (!silent) (void)env->Callback(callback, v8::Undefined(isolate), 3, argv);
        },
        0, 0);
  }

  ares_channel channel_ = nullptr;
  uv_timer_t timer_{};
  std::map<ares_socket_t, Watch*> watches_;
  int pending_ = 0;  // Queries that c-ares has.
  int answers_ = 0;  // Those whose callbacks wait for the loop.
  bool open_ = false;
  bool closed_ = false;
  bool silent_ = false;  // No callback is called any more.
};

constexpr FunctionSpec kMethods[] = {
    {"cancel", Resolver::Cancel},
    {"close", Resolver::Close},
    Checked<Resolver::Lookup, v8::Local<v8::String>, int32_t, v8::Local<v8::Function>>("lookup"),
    Checked<Resolver::Query, v8::Local<v8::String>, InRange<int32_t, 0, 65535>, v8::Local<v8::Function>>("query"),
    {"servers", Resolver::Servers},
    Checked<Resolver::SetServers, v8::Local<v8::String>>("setServers"),
};
constexpr ClassSpec kClasses[] = {{"Resolver", CheckedConstructor<Resolver::Construct, int32_t, int32_t, int32_t>, kMethods}};
constexpr ConstantSpec kConstants[] = {
    {"A", ns_t_a},   {"NS", ns_t_ns},   {"CNAME", ns_t_cname}, {"PTR", ns_t_ptr},
    {"MX", ns_t_mx}, {"TXT", ns_t_txt}, {"AAAA", ns_t_aaaa},   {"SRV", ns_t_srv},
};

}  // namespace

extern const BindingSpec kDv8Dns;
constexpr BindingSpec kDv8Dns{"dv8_dns", {}, kConstants, kClasses};

}  // namespace dv8
