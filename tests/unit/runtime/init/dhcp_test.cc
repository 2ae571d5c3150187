#include "runtime/init/dhcp.h"

#include <gtest/gtest.h>

#include "runtime/init/network.h"

namespace dv8 {
namespace {

constexpr MacAddress kMac = {2, 0, 0, 1, 2, 3};
constexpr uint32_t kTransaction = 0x01020304;

// A server's answer to DhcpMessage(): the same header, from the other side, with `options` behind the cookie.
std::vector<uint8_t> Answer(std::initializer_list<uint8_t> options) {
  std::vector<uint8_t> bytes = DhcpMessage(DhcpType::kDiscover, kTransaction, kMac, {});
  bytes.resize(240);
  bytes[0] = 2;
  bytes[16] = 10, bytes[19] = 15;
  bytes.insert(bytes.end(), options);
  return bytes;
}

TEST(DhcpTest, RequestsWhatWasOffered) {
  const std::vector<uint8_t> bytes = DhcpMessage(DhcpType::kRequest, kTransaction, kMac, {.address = 0x0a00020f, .server = 0x0a000202});
  ASSERT_EQ(bytes.size(), 261u);
  EXPECT_EQ(std::vector<uint8_t>(bytes.begin(), bytes.begin() + 12), (std::vector<uint8_t>{1, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0x80, 0}));
  EXPECT_EQ(std::vector<uint8_t>(bytes.begin() + 28, bytes.begin() + 34), (std::vector<uint8_t>{2, 0, 0, 1, 2, 3}));
  EXPECT_EQ(std::vector<uint8_t>(bytes.begin() + 236, bytes.end()),
            (std::vector<uint8_t>{99, 130, 83, 99, 53, 1, 3, 55, 3, 1, 3, 6, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2, 255}));
}

TEST(DhcpTest, ReadsALease) {
  const auto reply = ParseDhcpReply(Answer({53, 1, 5,  0, 0, 1, 4,  255, 255, 255, 0, 3, 4,  10, 0, 0, 2,    6,    8,   10, 0,
                                            0,  3, 10, 0, 0, 4, 54, 4,   10,  0,   0, 2, 51, 4,  0, 1, 0x51, 0x80, 255, 77}),
                                    kTransaction, kMac);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->type, DhcpType::kAck);
  EXPECT_EQ(AddressText(reply->lease.address), "10.0.0.15");
  EXPECT_EQ(AddressText(reply->lease.netmask), "255.255.255.0");
  EXPECT_EQ(AddressText(reply->lease.router), "10.0.0.2");
  EXPECT_EQ(reply->lease.name_servers, (std::vector<uint32_t>{0x0a000003, 0x0a000004}));
  EXPECT_EQ(reply->lease.seconds, 86400u);
}

TEST(DhcpTest, PassesOverWhatIsNotForIt) {
  const std::vector<uint8_t> good = Answer({53, 1, 2, 255});
  EXPECT_TRUE(ParseDhcpReply(good, kTransaction, kMac));
  EXPECT_FALSE(ParseDhcpReply(good, kTransaction + 1, kMac));
  EXPECT_FALSE(ParseDhcpReply(good, kTransaction, {2, 0, 0, 1, 2, 4}));
  EXPECT_FALSE(ParseDhcpReply(Answer({255}), kTransaction, kMac));
  EXPECT_FALSE(ParseDhcpReply(Answer({53, 1, 2, 6}), kTransaction, kMac));
  EXPECT_FALSE(ParseDhcpReply(Answer({53, 1, 2, 6, 8, 1, 2}), kTransaction, kMac));
  for (size_t size = 0; size < 240; size++) EXPECT_FALSE(ParseDhcpReply({good.data(), size}, kTransaction, kMac));
}

TEST(StaticAddressTest, IsAnAddressWithItsNetwork) {
  const auto lease = ParseStaticAddress("10.0.2.20/24,10.0.2.2,10.0.2.3,1.1.1.1");
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->address, 0x0a000214u);
  EXPECT_EQ(lease->netmask, 0xffffff00u);
  EXPECT_EQ(lease->router, 0x0a000202u);
  EXPECT_EQ(lease->name_servers, (std::vector<uint32_t>{0x0a000203, 0x01010101}));
  EXPECT_EQ(ParseStaticAddress("10.0.2.20/0")->netmask, 0u);
  EXPECT_EQ(ParseStaticAddress("10.0.2.20/32")->netmask, 0xffffffffu);
  for (const char* wrong :
       {"", "10.0.2.20", "10.0.2.20/33", "10.0.2/24", "10.0.2.20/-1", "10.0.2.20/24,x", "10.0.2.20/24,10.0.2.2,y", "/24"}) {
    EXPECT_FALSE(ParseStaticAddress(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace dv8
