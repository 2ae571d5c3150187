#include "runtime/bindings/debug_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "runtime/bindings/openssl_init.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

constexpr size_t kMaxConnections = 16;
constexpr int kLastWaitMs = 200;
// Between two attempts to take a connection for which the system has no descriptor or no memory.
constexpr int kAcceptPauseMs = 100;
// What a client that does not read may make us keep.
constexpr size_t kMaxOutput = 256 << 20;

std::string Base64(const uint8_t* bytes, size_t size) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < size; i += 3) {
    const uint32_t group = bytes[i] << 16 | (i + 1 < size ? bytes[i + 1] << 8 : 0) | (i + 2 < size ? bytes[i + 2] : 0);
    text += kDigits[group >> 18 & 63];
    text += kDigits[group >> 12 & 63];
    text += i + 1 < size ? kDigits[group >> 6 & 63] : '=';
    text += i + 2 < size ? kDigits[group & 63] : '=';
  }
  return text;
}

// RFC 6455, 4.2.2.
std::string AcceptKey(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  InitOpenSsl();
  uint8_t digest[20];
  DV8_CHECK(EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha1(), nullptr) == 1);
  return Base64(digest, sizeof(digest));
}

// A name that nobody can guess: who does not know it does not get in.
std::string RandomId() {
  uint8_t bytes[16];
  DV8_CHECK(getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  std::string text;
  for (size_t i = 0; i < sizeof(bytes); i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02x", bytes[i]);
    text += digits;
  }
  return text;
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

int Bind(const std::string& host, int port, int* bound_port) {
  sockaddr_storage address{};
  socklen_t size = sizeof(sockaddr_in6);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
  const std::string name = host == "localhost" ? "127.0.0.1" : host;
  if (inet_pton(AF_INET, name.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(port));
    size = sizeof(sockaddr_in);
  } else if (inet_pton(AF_INET6, name.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(port));
  } else {
    return -EINVAL;
  }
  const int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_storage bound{};
  socklen_t bound_size = sizeof(bound);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 16) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &bound_size) != 0) {
    const int error = errno;
    close(fd);
    return -error;
  }
  *bound_port = ntohs(bound.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&bound)->sin_port
                                                 : reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
  return fd;
}

}  // namespace

DebugServer::DebugServer(Listener* listener, std::string title, std::string browser)
    : listener_(listener), title_(std::move(title)), browser_(std::move(browser)), id_(RandomId()) {}

DebugServer::~DebugServer() { Stop(); }

int DebugServer::Start(const std::string& host, int port) {
  host_ = host;
  listen_fd_ = Bind(host, port, &port_);
  if (listen_fd_ < 0) return listen_fd_;
  wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd_ < 0) {
    const int error = errno;
    close(listen_fd_);
    return -error;
  }
  // Signals are the program's.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { Serve(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return 0;
}

void DebugServer::Stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  Wake();
  thread_.join();
  close(listen_fd_);
  close(wake_fd_);
}

std::string DebugServer::url() const { return "ws://" + JoinHostPort(host_, port_) + "/" + id_; }

void DebugServer::Send(int client, std::string_view text) {
  {
    std::lock_guard lock(mutex_);
    outgoing_.emplace_back(client, EncodeFrame(FrameKind::kText, text));
  }
  Wake();
}

void DebugServer::Wake() {
  const uint64_t one = 1;
  // A full counter wakes as well.
  (void)!write(wake_fd_, &one, sizeof(one));
}

void DebugServer::Serve() {
  while (!stopping_) {
    TakeOutgoing();
    std::vector<pollfd> polls = {{listen_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    std::vector<Connection*> polled;
    if (connections_.size() >= kMaxConnections || cannot_accept_) polls[0].events = 0;
    for (auto& [id, connection] : connections_) {
      polls.push_back({connection->fd, static_cast<short>(connection->output.empty() ? POLLIN : POLLIN | POLLOUT), 0});
      polled.push_back(connection.get());
    }
    const int wait = cannot_accept_ ? kAcceptPauseMs : -1;
    cannot_accept_ = false;
    if (poll(polls.data(), polls.size(), wait) < 0) continue;
    uint64_t count;
    if (polls[1].revents != 0) (void)!read(wake_fd_, &count, sizeof(count));
    for (size_t i = 0; i < polled.size(); i++) {
      Connection* connection = polled[i];
      const short events = polls[i + 2].revents;
      bool lives = true;
      if (events & (POLLIN | POLLHUP | POLLERR)) lives = Receive(connection);
      if (lives) lives = Write(connection);
      if (lives) continue;
      const int id = connection->id;
      close(connection->fd);
      const bool was_client = connection->is_websocket;
      connections_.erase(id);
      if (was_client) listener_->OnDisconnect(id);
    }
    if (polls[0].revents != 0) Accept();
  }
  TakeOutgoing();
  for (auto& [id, connection] : connections_) {
    if (connection->is_websocket && !connection->closes) {
      connection->output += EncodeFrame(FrameKind::kClose, "");
    }
    // A client that does not read is waited for once only.
    while (Write(connection.get()) && !connection->output.empty()) {
      pollfd writable{connection->fd, POLLOUT, 0};
      if (poll(&writable, 1, kLastWaitMs) <= 0) break;
    }
    // Closing with something unread would take back what was sent.
    shutdown(connection->fd, SHUT_WR);
    char unread[4096];
    for (int i = 0; i < 256 && recv(connection->fd, unread, sizeof(unread), 0) > 0; i++) {
    }
    close(connection->fd);
  }
  connections_.clear();
}

void DebugServer::Accept() {
  const int fd = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    // The connection stays in the queue, which would wake the thread again and again.
    cannot_accept_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  auto connection = std::make_unique<Connection>();
  connection->fd = fd;
  connection->id = next_id_++;
  connections_[connection->id] = std::move(connection);
}

void DebugServer::TakeOutgoing() {
  std::vector<std::pair<int, std::string>> outgoing;
  {
    std::lock_guard lock(mutex_);
    outgoing.swap(outgoing_);
  }
  for (auto& [id, frame] : outgoing) {
    const auto found = connections_.find(id);
    if (found != connections_.end()) found->second->output += frame;
  }
}

// False when the connection is over.
bool DebugServer::Receive(Connection* connection) {
  char buffer[65536];
  const ssize_t size = recv(connection->fd, buffer, sizeof(buffer), 0);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size == 0) return false;
  if (connection->closes) return true;
  const std::string_view bytes(buffer, static_cast<size_t>(size));
  if (connection->is_websocket) {
    connection->frames.Append(bytes);
    return ReadFrames(connection);
  }
  connection->input.append(bytes);
  return ReadRequests(connection);
}

bool DebugServer::ReadRequests(Connection* connection) {
  while (!connection->is_websocket && !connection->closes) {
    DebugRequest request;
    size_t used = 0;
    const ReadState state = ReadDebugRequest(connection->input, &request, &used);
    if (state == ReadState::kMore) return true;
    if (state == ReadState::kBad) {
      Respond(connection, "400 Bad Request", "");
      return true;
    }
    connection->input.erase(0, used);
    Answer(connection, request);
  }
  if (!connection->is_websocket) return true;
  connection->frames.Append(std::exchange(connection->input, {}));
  return ReadFrames(connection);
}

bool DebugServer::ReadFrames(Connection* connection) {
  for (;;) {
    FrameKind kind;
    std::string payload;
    const ReadState state = connection->frames.Next(&kind, &payload);
    if (state == ReadState::kMore) return true;
    if (state == ReadState::kBad) return false;
    switch (kind) {
      case FrameKind::kText:
      case FrameKind::kBinary: listener_->OnMessage(connection->id, std::move(payload)); break;
      case FrameKind::kPing: connection->output += EncodeFrame(FrameKind::kPong, payload); break;
      case FrameKind::kPong: break;
      case FrameKind::kClose:
        connection->output += EncodeFrame(FrameKind::kClose, payload.substr(0, 2));
        connection->closes = true;
        return true;
    }
  }
}

void DebugServer::Answer(Connection* connection, const DebugRequest& request) {
  if (!IsLocalHostHeader(request.host)) {
    return Respond(connection, "400 Bad Request", "The Host header must be localhost or an address\n");
  }
  if (!request.key.empty()) {
    if (request.target != "/" + id_) return Respond(connection, "400 Bad Request", "");
    connection->output +=
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        AcceptKey(request.key) + "\r\n\r\n";
    connection->is_websocket = true;
    return listener_->OnConnect(connection->id);
  }
  if (request.method != "GET") return Respond(connection, "405 Method Not Allowed", "");
  if (request.target == "/json/version") {
    return Respond(connection, "200 OK", "{\"Browser\":\"" + browser_ + "\",\"Protocol-Version\":\"1.1\"}\n");
  }
  if (request.target == "/json" || request.target == "/json/list") {
    return Respond(connection, "200 OK", TargetList(request.host));
  }
  Respond(connection, "400 Bad Request", "WebSockets request was expected\n");
}

std::string DebugServer::TargetList(const std::string& host) const {
  const std::string place = host + "/" + id_;
  return "[{\"description\":\"dv8 program\",\"devtoolsFrontendUrl\":"
         "\"devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=" +
         place + "\",\"id\":\"" + id_ + "\",\"title\":" + Quoted(title_) + ",\"type\":\"node\",\"url\":" + Quoted("file://" + title_) +
         ",\"webSocketDebuggerUrl\":\"ws://" + place + "\"}]\n";
}

void DebugServer::Respond(Connection* connection, const char* status, const std::string& body) {
  connection->output += std::string("HTTP/1.1 ") + status +
                        "\r\nContent-Type: application/json; charset=UTF-8\r\n"
                        "Cache-Control: no-cache\r\nConnection: close\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body;
  connection->closes = true;
}

// False when the connection is over.
bool DebugServer::Write(Connection* connection) {
  if (connection->output.size() > kMaxOutput) return false;
  size_t written = 0;
  while (written < connection->output.size()) {
    const ssize_t size = send(connection->fd, connection->output.data() + written, connection->output.size() - written, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return false;
    if (size < 0) break;
    written += static_cast<size_t>(size);
  }
  connection->output.erase(0, written);
  return !(connection->closes && connection->output.empty());
}

}  // namespace dv8
