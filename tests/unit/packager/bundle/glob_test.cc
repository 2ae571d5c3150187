#include "packager/bundle/glob.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

TEST(GlobTest, MatchesNameByName) {
  EXPECT_TRUE(MatchesGlob("/a/*.js", "/a/b.js"));
  EXPECT_FALSE(MatchesGlob("/a/*.js", "/a/b/c.js"));
  EXPECT_TRUE(MatchesGlob("/a/**/*.js", "/a/b.js"));
  EXPECT_TRUE(MatchesGlob("/a/**/*.js", "/a/b/c/d.js"));
  EXPECT_TRUE(MatchesGlob("/a/?.[jt]s", "/a/b.ts"));
  EXPECT_FALSE(MatchesGlob("/a", "/a/b"));
}

TEST(GlobTest, TakesNamesAnywhereBelowTheRoot) {
  const Excluded excluded({"test", "*.map"}, "/test/app");
  EXPECT_FALSE(excluded.Contains("/test/app/main.js", "/test/app"));
  EXPECT_TRUE(excluded.Contains("/test/app/a/test/b.js", "/test/app"));
  EXPECT_TRUE(excluded.Contains("/test/app/a.map", "/test/app"));
  EXPECT_TRUE(excluded.Contains("/test/other/b.map", "/test/app"));
}

TEST(GlobTest, TakesPathsFromAFolder) {
  const Excluded excluded({"./a/b/", "c/*.js"}, "/x");
  EXPECT_TRUE(excluded.Contains("/x/a/b/c/d.js", "/x"));
  EXPECT_TRUE(excluded.Contains("/x/c/d.js", "/x"));
  EXPECT_FALSE(excluded.Contains("/x/d/c/d.js", "/x"));
  EXPECT_FALSE(excluded.Contains("/x/a/c.js", "/x"));
}

}  // namespace
}  // namespace dv8
