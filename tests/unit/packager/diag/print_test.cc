#include "packager/diag/print.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace dv8 {
namespace {

TEST(PrintTest, SaysWhatToStringSays) {
  const Diagnostic diagnostics[] = {
      {"cannot resolve 'nope'", "/app/main.js", 1, 8, "npm install nope"},
      {"the output is a directory", "out"},
      {"no payload"},
  };
  for (const Diagnostic& diagnostic : diagnostics) {
    EXPECT_EQ(Format(diagnostic, Color::kNo), diagnostic.ToString() + "\n");
  }
}

TEST(PrintTest, ColorsPlaceAndKind) {
  EXPECT_EQ(Format({"cannot resolve 'nope'", "main.js", 1, 8, "npm install nope"}, Color::kYes),
            "\x1b[1mmain.js:1:8:\x1b[0m \x1b[1;31merror:\x1b[0m cannot resolve 'nope'\n"
            "  hint: npm install nope\n");
  EXPECT_EQ(Format({"no payload"}, Color::kYes), "\x1b[1;31merror:\x1b[0m no payload\n");
}

TEST(PrintTest, AFileNameDoesNotSpeakToTheTerminal) {
  EXPECT_EQ(Format({"is a directory", "a\x1b[31m\nb\u00e9"}, Color::kNo), "a\\x1b[31m\\x0ab\u00e9: error: is a directory\n");
}

TEST(PrintTest, NoColorWhereThereIsNoTerminal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(ColorFor(ends[1]), Color::kNo);
  EXPECT_EQ(ColorFor(-1), Color::kNo);
  close(ends[0]);
  close(ends[1]);
}

TEST(PrintTest, ColorOnATerminalUnlessNoColorIsSet) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) GTEST_SKIP() << "no terminal can be had here";
  unsetenv("NO_COLOR");
  EXPECT_EQ(ColorFor(terminal), Color::kYes);
  setenv("NO_COLOR", "", 1);
  EXPECT_EQ(ColorFor(terminal), Color::kYes);
  setenv("NO_COLOR", "1", 1);
  EXPECT_EQ(ColorFor(terminal), Color::kNo);
  close(terminal);
}

}  // namespace
}  // namespace dv8
