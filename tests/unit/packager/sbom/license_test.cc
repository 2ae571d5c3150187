#include "packager/sbom/license.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

TEST(LicenseTest, KnowsExpressions) {
  for (const char* text : {"MIT", "(MIT OR Apache-2.0)", "MIT AND (BSD-3-Clause OR GPL-2.0+)", "GPL-3.0-or-later WITH GCC-exception-3.1"}) {
    EXPECT_TRUE(IsSpdxExpression(text)) << text;
  }
  EXPECT_TRUE(IsSpdxIdentifier("ISC"));
  EXPECT_FALSE(IsSpdxIdentifier("MIT OR ISC"));
}

TEST(LicenseTest, KnowsWhatIsNone) {
  for (const char* text :
       {"", "UNLICENSED", "BSD", "Apache 2.0", "MIT OR", "(MIT", "MIT)", "MIT ISC", "SEE LICENSE IN x", "MIT WITH y", "()"}) {
    EXPECT_FALSE(IsSpdxExpression(text)) << text;
  }
}

}  // namespace
}  // namespace dv8
