// The messages of a DHCP client (RFC 2131, 2132), as bytes: nothing here calls the system.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dv8 {

using MacAddress = std::array<uint8_t, 6>;

// IPv4 addresses are numbers in host order; 0 for none.
struct Lease {
  uint32_t address = 0;
  uint32_t netmask = 0;
  uint32_t router = 0;
  uint32_t server = 0;
  std::vector<uint32_t> name_servers;
  uint32_t seconds = 0;
};

enum class DhcpType : uint8_t { kDiscover = 1, kOffer = 2, kRequest = 3, kAck = 5, kNak = 6 };

// A message from the client: kDiscover, or kRequest for what `offer` has. The answer is asked for by broadcast.
std::vector<uint8_t> DhcpMessage(DhcpType type, uint32_t transaction, const MacAddress& mac, const Lease& offer);

struct DhcpReply {
  DhcpType type;
  Lease lease;
};

// Nothing when `bytes` is no server's answer to that transaction of that client.
std::optional<DhcpReply> ParseDhcpReply(std::span<const uint8_t> bytes, uint32_t transaction, const MacAddress& mac);

}  // namespace dv8
