#include "runtime/payload/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace dv8 {
namespace {

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<int> value(7);
  EXPECT_TRUE(value.ok());
  EXPECT_EQ(value.value(), 7);
  const Result<int> error(Diagnostic{"no"});
  EXPECT_FALSE(error.ok());
  EXPECT_EQ(error.error().text, "no");
}

TEST(ResultTest, TakesWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> value = std::move(result.value());
  EXPECT_EQ(*value, 3);
}

TEST(DiagnosticTest, NamesThePlace) {
  EXPECT_EQ((Diagnostic{"cannot resolve 'nope'", "/app/main.js", 1, 8}.ToString()), "/app/main.js:1:8: error: cannot resolve 'nope'");
  EXPECT_EQ((Diagnostic{"is a directory", "out"}.ToString()), "out: error: is a directory");
  EXPECT_EQ(Diagnostic{"no payload"}.ToString(), "error: no payload");
}

TEST(DiagnosticTest, PutsTheHintOnALineOfItsOwn) {
  EXPECT_EQ((Diagnostic{"is a directory", "out", 0, 0, "name a file with -o"}.ToString()),
            "out: error: is a directory\n  hint: name a file with -o");
}

}  // namespace
}  // namespace dv8
