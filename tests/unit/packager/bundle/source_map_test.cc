#include "packager/bundle/source_map.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

constexpr char kMap[] = R"({"version":3,"sources":["a.js","b.js"],)"
                        R"("sourcesContent":["A\u00e9",null],"names":["x"],)"
                        R"("mappings":"AAAA,ICCA;;EDAA"})";

TEST(SourceMapTest, RenamesSources) {
  const auto map = SourceMap::Parse(kMap);
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->Rewritten({"/app/a.js", "/app/\"b\".js"}),
            R"({"version":3,"sources":["/app/a.js","/app/\"b\".js"],)"
            R"("sourcesContent":["A\u00e9",null],"mappings":"AAAA,ICCA;;EDAA","names":["x"]})");
}

TEST(SourceMapTest, DropsTheTextOfWhatIsOurs) {
  const auto map = SourceMap::Parse(kMap);
  ASSERT_TRUE(map.has_value());
  EXPECT_NE(map->Rewritten({"dv8:stub", "b"}).find(R"("sourcesContent":[null,null])"), std::string::npos);
}

TEST(SourceMapTest, RefusesWhatIsNoMap) {
  EXPECT_FALSE(SourceMap::Parse("[]").has_value());
  EXPECT_FALSE(SourceMap::Parse("{\"sources\":[]}").has_value());
  EXPECT_FALSE(SourceMap::Parse("{").has_value());
}

}  // namespace
}  // namespace dv8
