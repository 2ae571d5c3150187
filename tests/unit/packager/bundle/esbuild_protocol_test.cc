#include "packager/bundle/esbuild_protocol.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

EsbuildValue Sample() {
  return EsbuildValue::Members{{"none", EsbuildValue()},
                               {"yes", true},
                               {"number", -2},
                               {"text", "a"},
                               {"bytes", EsbuildValue::Bytes(std::string("\0\xff", 2))},
                               {"list", EsbuildValue::Strings({"b", "c"})}};
}

TEST(EsbuildProtocolTest, ReadsWhatItWrites) {
  const std::string sent = EncodePacket({7, true, Sample()});
  ASSERT_EQ(DecodeSize(sent), sent.size() - 4);
  const auto packet = DecodePacket(std::string_view(sent).substr(4));
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->id, 7u);
  EXPECT_TRUE(packet->is_request);
  const EsbuildValue& value = packet->value;
  EXPECT_EQ(value["none"].kind(), EsbuildValue::Kind::kNull);
  EXPECT_TRUE(value["yes"].IsTrue());
  EXPECT_EQ(value["number"].Int(), -2);
  EXPECT_EQ(value["text"].text(), "a");
  EXPECT_EQ(value["bytes"].text(), std::string("\0\xff", 2));
  EXPECT_EQ(value["list"].items()[1].text(), "c");
  EXPECT_EQ(value["else"].kind(), EsbuildValue::Kind::kNull);
}

TEST(EsbuildProtocolTest, WritesTheBytesThatEsbuildReads) {
  EXPECT_EQ(EncodePacket({3, false, EsbuildValue::Members{{"a", "b"}}}), std::string("\x14\0\0\0"
                                                                                     "\7\0\0\0"
                                                                                     "\6\1\0\0\0"
                                                                                     "\1\0\0\0a"
                                                                                     "\3\1\0\0\0b",
                                                                                     24));
}

TEST(EsbuildProtocolTest, RefusesWhatIsNoPacket) {
  const std::string body = EncodePacket({1, true, Sample()}).substr(4);
  for (size_t size = 0; size < body.size(); size++) {
    EXPECT_FALSE(DecodePacket(body.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(DecodePacket(body + "x").has_value());
  EXPECT_FALSE(DecodePacket(std::string("\1\0\0\0\7", 5)).has_value());
  std::string deep(4, '\0');
  for (int i = 0; i < 100000; i++) deep += std::string("\5\1\0\0\0", 5);
  EXPECT_FALSE(DecodePacket(deep).has_value());
}

}  // namespace
}  // namespace dv8
