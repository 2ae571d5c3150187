#include "packager/bundle/prologue.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

// The source with "|" where its prologue ends, and "!" before it when a semicolon is missing.
std::string Marked(std::string source) {
  const Prologue prologue = ReadPrologue(source);
  return source.insert(prologue.end, prologue.needs_semicolon ? "!|" : "|");
}

TEST(PrologueTest, EndsBeforeTheFirstStatement) {
  EXPECT_EQ(Marked("f();"), "|f();");
  EXPECT_EQ(Marked("#!/usr/bin/env node\nf();"), "#!/usr/bin/env node\n|f();");
  EXPECT_EQ(Marked("\xEF\xBB\xBF// a\n/* b\n */ f();"), "\xEF\xBB\xBF// a\n/* b\n */ |f();");
  EXPECT_EQ(Marked(""), "|");
  EXPECT_EQ(Marked("/* never ends"), "/* never ends|");
}

TEST(PrologueTest, EndsBehindDirectives) {
  EXPECT_EQ(Marked("#!x\n'use strict'; f();"), "#!x\n'use strict';| f();");
  EXPECT_EQ(Marked("\"use strict\"\nf();"), "\"use strict\"!|\nf();");
  EXPECT_EQ(Marked("'a'; // b\n'use strict' /* c */;\nf();"), "'a'; // b\n'use strict' /* c */;|\nf();");
  EXPECT_EQ(Marked("'use strict'"), "'use strict'!|");
  EXPECT_TRUE(ReadPrologue("'a'\n'use strict'\nf();").is_strict);
}

TEST(PrologueTest, KnowsWhatIsNoDirective) {
  EXPECT_EQ(Marked("'use strict' + f();"), "|'use strict' + f();");
  EXPECT_EQ(Marked("'use strict'\n.length;"), "|'use strict'\n.length;");
  EXPECT_EQ(Marked("'use strict"), "|'use strict");
  EXPECT_FALSE(ReadPrologue("f('use strict');").is_strict);
}

}  // namespace
}  // namespace dv8
