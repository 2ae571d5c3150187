#include "runtime/bindings/node/ares_channel.h"

#include <mutex>
#include <utility>

namespace dv8::node {
namespace {

// c-ares counts its users without a lock.
int InitLibrary() {
  static std::once_flag once;
  static int status = ARES_SUCCESS;
  std::call_once(once, [] { status = ares_library_init(ARES_LIB_INIT_ALL); });
  return status;
}

}  // namespace

const char* AresErrorName(int status) {
  switch (status) {
#define V(name) \
  case ARES_##name: return #name;
    // clang-format off
    V(EADDRGETNETWORKPARAMS) V(EBADFAMILY) V(EBADFLAGS) V(EBADHINTS) V(EBADNAME) V(EBADQUERY) V(EBADRESP) V(EBADSTR)
    V(ECANCELLED) V(ECONNREFUSED) V(EDESTRUCTION) V(EFILE) V(EFORMERR) V(ELOADIPHLPAPI) V(ENODATA) V(ENOMEM) V(ENONAME)
    V(ENOTFOUND) V(ENOTIMP) V(ENOTINITIALIZED) V(EOF) V(EREFUSED) V(ESERVFAIL) V(ETIMEOUT)
    // clang-format on
#undef V
  }
  return "UNKNOWN_ARES_ERROR";
}

int AresChannel::Open() {
  if (const int status = InitLibrary(); status != ARES_SUCCESS) return status;
  ares_options options{};
  int mask = ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB | ARES_OPT_TRIES;
  // A server's refusal is an answer. HOSTALIASES would let the environment rename hosts.
  options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOALIASES;
  options.sock_state_cb = OnSocket;
  options.sock_state_cb_data = this;
  options.tries = options_.tries;
  if (options_.timeout_ms >= 0) {
    options.timeout = options_.timeout_ms;
    mask |= ARES_OPT_TIMEOUTMS;
  }
#ifdef ARES_OPT_MAXTIMEOUTMS
  if (options_.max_timeout_ms > 0) {
    options.maxtimeout = options_.max_timeout_ms;
    mask |= ARES_OPT_MAXTIMEOUTMS;
  }
#endif
#ifdef ARES_OPT_QUERY_CACHE
  options.qcache_max_ttl = 0;  // Each query asks.
  mask |= ARES_OPT_QUERY_CACHE;
#endif
  const int status = ares_init_options(&channel_, &options, mask);
  if (status != ARES_SUCCESS) channel_ = nullptr;
  return status;
}

void AresChannel::Close() {
  if (channel_ == nullptr) return;
  // Tells pending queries; OnSocket closes the poll handles.
  ares_destroy(channel_);
  channel_ = nullptr;
  if (timer_ == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(timer_, nullptr)),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
}

void AresChannel::Started() {
  pending_++;
  Arm();
}

void AresChannel::Finished() { pending_--; }

void AresChannel::OnSocket(void* data, ares_socket_t socket, int readable, int writable) {
  auto* self = static_cast<AresChannel*>(data);
  auto found = self->watches_.find(socket);
  if (!readable && !writable) {
    if (found == self->watches_.end()) return;
    uv_close(reinterpret_cast<uv_handle_t*>(&found->second->poll), [](uv_handle_t* handle) { delete static_cast<Watch*>(handle->data); });
    self->watches_.erase(found);
    return;
  }
  if (found == self->watches_.end()) {
    auto* watch = new Watch{{}, self, socket};
    // Where the system watches no more descriptors, the query ends by its time limit.
    if (uv_poll_init_socket(self->loop_, &watch->poll, socket) < 0) {
      delete watch;
      return;
    }
    watch->poll.data = watch;
    found = self->watches_.emplace(socket, watch).first;
  }
  uv_poll_start(&found->second->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), OnReady);
}

void AresChannel::OnReady(uv_poll_t* poll, int status, int events) {
  const auto* watch = static_cast<Watch*>(poll->data);
  const ares_socket_t socket = watch->socket;
  watch->channel->Process(status < 0 || (events & UV_READABLE) ? socket : ARES_SOCKET_BAD,
                          status < 0 || (events & UV_WRITABLE) ? socket : ARES_SOCKET_BAD);
}

void AresChannel::OnTimer(uv_timer_t* timer) { static_cast<AresChannel*>(timer->data)->Process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

void AresChannel::Process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  Arm();
}

// The timer fires when c-ares wants to look at its time limits.
void AresChannel::Arm() {
  timeval next;
  if (channel_ == nullptr || pending_ <= 0 || ares_timeout(channel_, nullptr, &next) == nullptr) {
    if (timer_ != nullptr) uv_timer_stop(timer_);
    return;
  }
  if (timer_ == nullptr) {
    timer_ = new uv_timer_t;
    uv_timer_init(loop_, timer_);
    timer_->data = this;
  }
  uv_timer_start(timer_, OnTimer, static_cast<uint64_t>(next.tv_sec * 1000 + next.tv_usec / 1000 + 1), 0);
}

}  // namespace dv8::node
