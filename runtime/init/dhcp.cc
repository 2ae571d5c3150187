#include "runtime/init/dhcp.h"

#include <algorithm>
#include <initializer_list>

namespace dv8 {
namespace {

constexpr size_t kHeaderSize = 236;
constexpr std::array<uint8_t, 4> kCookie = {99, 130, 83, 99};
// Of the BOOTP header.
constexpr size_t kTransactionAt = 4, kFlagsAt = 10, kYourAddressAt = 16, kHardwareAt = 28;

enum Option : uint8_t {
  kPad = 0,
  kNetmask = 1,
  kRouter = 3,
  kNameServers = 6,
  kRequestedAddress = 50,
  kLeaseTime = 51,
  kMessageType = 53,
  kServer = 54,
  kParameters = 55,
  kEnd = 255,
};

void Put32(uint32_t value, uint8_t* at) {
  for (int i = 0; i < 4; i++) at[i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

uint32_t Get32(std::span<const uint8_t> bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
}

void AddAddress(Option option, uint32_t address, std::vector<uint8_t>* message) {
  uint8_t bytes[4];
  Put32(address, bytes);
  message->insert(message->end(), {option, 4});
  message->insert(message->end(), bytes, bytes + 4);
}

void ReadOption(uint8_t option, std::span<const uint8_t> value, DhcpReply* reply) {
  if (option == kMessageType && value.size() == 1) reply->type = DhcpType{value[0]};
  if (value.size() < 4) return;
  const uint32_t first = Get32(value);
  if (option == kNetmask) reply->lease.netmask = first;
  if (option == kRouter) reply->lease.router = first;
  if (option == kServer) reply->lease.server = first;
  if (option == kLeaseTime) reply->lease.seconds = first;
  if (option != kNameServers) return;
  for (size_t at = 0; at + 4 <= value.size(); at += 4) reply->lease.name_servers.push_back(Get32(value.subspan(at)));
}

}  // namespace

std::vector<uint8_t> DhcpMessage(DhcpType type, uint32_t transaction, const MacAddress& mac, const Lease& offer) {
  std::vector<uint8_t> message(kHeaderSize);
  message[0] = 1;  // From a client, by Ethernet.
  message[1] = 1;
  message[2] = static_cast<uint8_t>(mac.size());
  Put32(transaction, &message[kTransactionAt]);
  message[kFlagsAt] = 0x80;
  std::copy(mac.begin(), mac.end(), message.begin() + kHardwareAt);
  message.insert(message.end(), kCookie.begin(), kCookie.end());
  message.insert(message.end(), {kMessageType, 1, static_cast<uint8_t>(type), kParameters, 3, kNetmask, kRouter, kNameServers});
  if (type == DhcpType::kRequest) {
    AddAddress(kRequestedAddress, offer.address, &message);
    AddAddress(kServer, offer.server, &message);
  }
  message.push_back(kEnd);
  return message;
}

std::optional<DhcpReply> ParseDhcpReply(std::span<const uint8_t> bytes, uint32_t transaction, const MacAddress& mac) {
  constexpr uint8_t kFromServer = 2;
  const size_t start = kHeaderSize + kCookie.size();
  if (bytes.size() < start || bytes[0] != kFromServer || Get32(bytes.subspan(kTransactionAt)) != transaction) return std::nullopt;
  if (!std::equal(mac.begin(), mac.end(), bytes.begin() + kHardwareAt)) return std::nullopt;
  if (!std::equal(kCookie.begin(), kCookie.end(), bytes.begin() + kHeaderSize)) return std::nullopt;
  DhcpReply reply{};
  reply.lease.address = Get32(bytes.subspan(kYourAddressAt));
  for (size_t at = start; at < bytes.size() && bytes[at] != kEnd;) {
    const uint8_t option = bytes[at++];
    if (option == kPad) continue;
    if (at == bytes.size() || at + 1 + bytes[at] > bytes.size()) return std::nullopt;
    ReadOption(option, bytes.subspan(at + 1, bytes[at]), &reply);
    at += 1 + size_t{bytes[at]};
  }
  if (reply.type == DhcpType{}) return std::nullopt;
  return reply;
}

}  // namespace dv8
