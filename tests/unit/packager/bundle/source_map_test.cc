#include "packager/bundle/source_map.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

// Line 0: column 0 from a.js, column 4 from b.js. Line 2: column 2 from a.js.
constexpr char kMap[] = R"({"version":3,"sources":["a.js","b.js"],)"
                        R"("sourcesContent":["A\u00e9",null],"names":["x"],)"
                        R"("mappings":"AAAA,ICCA;;EDAA"})";

TEST(SourceMapTest, FindsTheSourceOfEachPlace) {
  const auto map = SourceMap::Parse(kMap);
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->SourcesOf({{0, 0}, {0, 3}, {0, 4}, {0, 90}, {1, 0}, {2, 1}, {2, 2}, {9, 9}}),
            (std::vector<int>{0, 0, 1, 1, 1, 1, 0, 0}));
}

TEST(SourceMapTest, MovesByOneLineAndRenames) {
  const auto map = SourceMap::Parse(kMap);
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->Rewritten({"/app/a.js", "/app/\"b\".js"}),
            R"({"version":3,"sources":["/app/a.js","/app/\"b\".js"],)"
            R"("sourcesContent":["A\u00e9",null],"mappings":";AAAA,ICCA;;EDAA","names":["x"]})");
}

TEST(SourceMapTest, DropsTheTextOfWhatIsOurs) {
  const auto map = SourceMap::Parse(kMap);
  ASSERT_TRUE(map.has_value());
  EXPECT_NE(map->Rewritten({"dv8:stub", "b"}).find(R"("sourcesContent":[null,null])"), std::string::npos);
}

TEST(SourceMapTest, HasNoSourceBeforeTheFirstMapping) {
  const auto map = SourceMap::Parse(R"({"sources":["a"],"mappings":";;CAAA"})");
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->SourcesOf({{0, 5}, {2, 0}, {2, 1}}), (std::vector<int>{-1, -1, 0}));
}

TEST(SourceMapTest, RefusesWhatIsNoMap) {
  EXPECT_FALSE(SourceMap::Parse("[]").has_value());
  EXPECT_FALSE(SourceMap::Parse("{\"sources\":[]}").has_value());
  EXPECT_FALSE(SourceMap::Parse("{").has_value());
}

}  // namespace
}  // namespace dv8
