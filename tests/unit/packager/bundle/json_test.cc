#include "packager/bundle/json.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

TEST(JsonTest, ReadsMembersInOrder) {
  const auto json = Json::Parse(R"( {"b": [1, -2.5e3, true, null], "a": {"c": "d"}} )");
  ASSERT_TRUE(json.has_value());
  ASSERT_EQ(json->members().size(), 2u);
  EXPECT_EQ(json->members()[0].first, "b");
  EXPECT_EQ(json->Find("b")->items().size(), 4u);
  EXPECT_EQ(json->Find("b")->items()[1].raw(), "-2.5e3");
  EXPECT_TRUE(json->Find("b")->items()[2].IsTrue());
  EXPECT_EQ(json->Find("a")->StringAt("c"), "d");
  EXPECT_EQ(json->Find("z"), nullptr);
}

TEST(JsonTest, UnescapesStrings) {
  const auto json = Json::Parse(R"("\"\\\/\n\u00e9\u65e5\ud83d\ude00")");
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->String(), "\"\\/\n\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80");
}

TEST(JsonTest, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "[1,]", "{\"a\"}", "\"", "\"\\x\"", "\"\\u12\"", "tru", "1 2", "{\"a\":1,}", "\"\n\""}) {
    EXPECT_FALSE(Json::Parse(text).has_value()) << text;
  }
}

TEST(JsonTest, RefusesDeepNesting) { EXPECT_FALSE(Json::Parse(std::string(1000, '[') + std::string(1000, ']')).has_value()); }

TEST(JsonTest, QuotesControlCharacters) { EXPECT_EQ(QuoteJson("a\"\\\n\x01é"), "\"a\\\"\\\\\\n\\u0001é\""); }

}  // namespace
}  // namespace dv8
