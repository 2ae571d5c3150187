#include "packager/bundle/virtual_path.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

namespace dv8 {
namespace {

TEST(VirtualPathTest, PutsTheRootAtApp) {
  EXPECT_EQ(VirtualPath("/home/u/p", "/home/u/p/src/x.ts"), "/app/src/x.ts");
  EXPECT_EQ(VirtualPath("/home/u/p", "/home/u/p"), "/app");
  EXPECT_EQ(VirtualPath("/", "/x.js"), "/app/x.js");
}

TEST(VirtualPathTest, CountsTheFoldersToGoUp) {
  EXPECT_EQ(VirtualPath("/home/u/p", "/home/u/shared/x.ts"), "/app/_up1/shared/x.ts");
  EXPECT_EQ(VirtualPath("/home/u/p", "/opt/x.ts"), "/app/_up3/opt/x.ts");
  EXPECT_EQ(VirtualPath("/home/u/p", "/home/u/pp/x.ts"), "/app/_up1/pp/x.ts");
}

TEST(VirtualPathTest, MakesPathsAbsolute) {
  EXPECT_EQ(AbsolutePath("/a/b", "../c/./d"), "/a/c/d");
  EXPECT_EQ(AbsolutePath("/a", "/b//c/"), "/b/c");
  EXPECT_EQ(AbsolutePath("/", "../.."), "/");
}

TEST(VirtualPathTest, EncodesUrls) { EXPECT_EQ(FileUrl("/app/a b#é?.js"), "file:///app/a%20b%23%C3%A9%3F.js"); }

TEST(VirtualPathTest, RootOfAnEntryInNodeModulesHoldsThem) { EXPECT_EQ(FindRoot("/p/node_modules/a/node_modules/b/x.js"), "/p"); }

TEST(VirtualPathTest, RootHasThePackageJson) {
  const std::string top = std::string(::testing::TempDir()) + "/virtual_path_test";
  mkdir(top.c_str(), 0777);
  mkdir((top + "/src").c_str(), 0777);
  std::ofstream(top + "/package.json") << "{}";
  EXPECT_EQ(FindRoot(top + "/src/main.ts"), top);
}

}  // namespace
}  // namespace dv8
