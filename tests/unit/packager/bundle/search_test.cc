#include "packager/bundle/search.h"

#include <gtest/gtest.h>

#include <string>

namespace dv8 {
namespace {

constexpr size_t kNone = std::string_view::npos;

TEST(SearchTest, FindsWordsFromAPlaceOn) {
  EXPECT_EQ(Find("a.b.c", "."), 1u);
  EXPECT_EQ(Find("a.b.c", ".", 2), 3u);
  EXPECT_EQ(Find("a.b.c", ".", 4), kNone);
  EXPECT_EQ(Find("a.b.c", ".", 9), kNone);
  EXPECT_EQ(Find("", "a"), kNone);
  EXPECT_TRUE(Contains("createRequire(", "Require"));
  EXPECT_FALSE(Contains("createRequire(", "require"));
}

TEST(SearchTest, FindsManyWordsAtOnce) {
  using Words = std::set<std::string_view>;
  const Words words = {"process.binding", "process.report", "setuid", "setgid", "umask", "\xC3\xA9t"};
  EXPECT_EQ(WordsIn("a.setuid(process.binding) \xC3\xA9t\xC3\xA9", words), (Words{"process.binding", "setuid", "\xC3\xA9t"}));
  EXPECT_EQ(WordsIn("setgidsetuidsetuid", words), (Words{"setgid", "setuid"}));
  EXPECT_EQ(WordsIn("process.bindin", words), Words());
  EXPECT_EQ(WordsIn("uma", words), Words());
  EXPECT_EQ(WordsIn("", words), Words());
}

}  // namespace
}  // namespace dv8
