#include "runtime/init/network.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace dv8 {
namespace {

class Socket {
 public:
  Socket() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

ifreq Named(const std::string& interface) {
  ifreq request{};
  interface.copy(request.ifr_name, sizeof(request.ifr_name) - 1);
  return request;
}

sockaddr_in Address(uint32_t address, uint16_t port = 0) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(address);
  return out;
}

int64_t Milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

void Sleep(long milliseconds) {
  const timespec time{0, milliseconds * 1000000};
  nanosleep(&time, nullptr);
}

// Sets the interface up and waits for its carrier, for two seconds at most: until then programs do not see it.
bool SetUp(const std::string& interface) {
  constexpr int kTries = 200;
  const Socket socket;
  ifreq request = Named(interface);
  if (ioctl(socket.fd(), SIOCGIFFLAGS, &request) != 0) return false;
  request.ifr_flags |= IFF_UP;
  if (ioctl(socket.fd(), SIOCSIFFLAGS, &request) != 0) return false;
  for (int i = 0; i < kTries && ioctl(socket.fd(), SIOCGIFFLAGS, &request) == 0; i++) {
    if ((request.ifr_flags & IFF_RUNNING) != 0) break;
    Sleep(10);
  }
  return true;
}

std::string FirstInterface() {
  std::string first;
  DIR* folder = opendir("/sys/class/net");
  if (folder == nullptr) return first;
  while (const dirent* entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && name != "lo" && (first.empty() || name < first)) first = name;
  }
  closedir(folder);
  return first;
}

std::optional<uint32_t> ParseAddress(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

// Sends `message` to all servers until one answers it, four times at most, each time waiting longer.
std::optional<DhcpReply> Exchange(int fd, const std::vector<uint8_t>& message, uint32_t transaction, const MacAddress& mac) {
  const sockaddr_in everybody = Address(INADDR_BROADCAST, 67);
  for (const int wait : {500, 1000, 2000, 4000}) {
    // The link may need its time to come up: that no message leaves is no reason to stop.
    (void)!sendto(fd, message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&everybody), sizeof(everybody));
    const int64_t end = Milliseconds() + wait;
    for (int64_t left = wait; left > 0; left = end - Milliseconds()) {
      pollfd waiting{fd, POLLIN, 0};
      if (poll(&waiting, 1, static_cast<int>(left)) != 1) continue;
      uint8_t bytes[1500];
      const ssize_t size = recv(fd, bytes, sizeof(bytes), 0);
      if (size <= 0) continue;
      if (auto reply = ParseDhcpReply({bytes, static_cast<size_t>(size)}, transaction, mac)) return reply;
    }
  }
  return std::nullopt;
}

std::string Failed(const char* what) { return std::string(what) + ": " + strerror(errno); }

}  // namespace

std::optional<Lease> ParseStaticAddress(std::string_view text) {
  const auto next = [&] {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return word;
  };
  const std::string_view first = next();
  const size_t slash = first.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view digits = first.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > 32) return std::nullopt;
  const auto address = ParseAddress(first.substr(0, slash));
  if (!address) return std::nullopt;
  Lease lease;
  lease.address = *address;
  lease.netmask = bits == 0 ? 0 : ~uint32_t{0} << (32 - bits);
  if (!text.empty()) {
    const auto router = ParseAddress(next());
    if (!router) return std::nullopt;
    lease.router = *router;
  }
  while (!text.empty()) {
    const auto server = ParseAddress(next());
    if (!server) return std::nullopt;
    lease.name_servers.push_back(*server);
  }
  return lease;
}

std::string AddressText(uint32_t address) {
  const in_addr number{htonl(address)};
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &number, text, sizeof(text));
}

void StartLoopback() { SetUp("lo"); }

std::string StartInterface() {
  // Its driver looks for it after it was loaded.
  for (int i = 0; i < 200; i++) {
    const std::string interface = FirstInterface();
    if (!interface.empty()) return SetUp(interface) ? interface : "";
    Sleep(10);
  }
  return "";
}

std::optional<Lease> AskForLease(const std::string& interface) {
  const Socket socket;
  const int on = 1;
  setsockopt(socket.fd(), SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  setsockopt(socket.fd(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), static_cast<socklen_t>(interface.size()));
  const sockaddr_in here = Address(INADDR_ANY, 68);
  if (bind(socket.fd(), reinterpret_cast<const sockaddr*>(&here), sizeof(here)) != 0) return std::nullopt;
  ifreq request = Named(interface);
  if (ioctl(socket.fd(), SIOCGIFHWADDR, &request) != 0) return std::nullopt;
  MacAddress mac;
  memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
  // Not the random numbers of secrets: a machine that has just started may have none yet.
  uint32_t transaction = static_cast<uint32_t>(Milliseconds());
  (void)!getrandom(&transaction, sizeof(transaction), GRND_INSECURE);
  const auto offer = Exchange(socket.fd(), DhcpMessage(DhcpType::kDiscover, transaction, mac, {}), transaction, mac);
  if (!offer || offer->type != DhcpType::kOffer) return std::nullopt;
  const auto reply = Exchange(socket.fd(), DhcpMessage(DhcpType::kRequest, transaction, mac, offer->lease), transaction, mac);
  if (!reply || reply->type != DhcpType::kAck) return std::nullopt;
  return reply->lease;
}

std::string UseLease(const std::string& interface, const Lease& lease) {
  const Socket socket;
  ifreq request = Named(interface);
  sockaddr_in address = Address(lease.address);
  memcpy(&request.ifr_addr, &address, sizeof(address));
  if (ioctl(socket.fd(), SIOCSIFADDR, &request) != 0) return Failed("the address");
  address = Address(lease.netmask);
  memcpy(&request.ifr_netmask, &address, sizeof(address));
  if (ioctl(socket.fd(), SIOCSIFNETMASK, &request) != 0) return Failed("the netmask");
  if (lease.router != 0) {
    rtentry route{};
    const sockaddr_in router = Address(lease.router), any = Address(0);
    memcpy(&route.rt_gateway, &router, sizeof(router));
    memcpy(&route.rt_dst, &any, sizeof(any));
    memcpy(&route.rt_genmask, &any, sizeof(any));
    route.rt_flags = RTF_UP | RTF_GATEWAY;
    if (ioctl(socket.fd(), SIOCADDRT, &route) != 0 && errno != EEXIST) return Failed("the route");
  }
  if (lease.name_servers.empty()) return "";
  std::FILE* file = std::fopen("/etc/resolv.conf", "we");
  if (file == nullptr) return Failed("/etc/resolv.conf");
  for (const uint32_t server : lease.name_servers) std::fprintf(file, "nameserver %s\n", AddressText(server).c_str());
  std::fclose(file);
  return "";
}

}  // namespace dv8
