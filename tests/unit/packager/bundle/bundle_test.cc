// Bundles with the real esbuild and a small library of its own.
#include "packager/bundle/bundle.h"

#include <gtest/gtest.h>
#include <limits.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

constexpr char kManifest[] = R"({"bootstrap":"boot.js",
  "modules":{"node:fs":{"file":"fs.js","aliases":["fs"]},
             "node:module":{"file":"fs.js","aliases":["module"]},
             "dv8:globals/url":{"file":"url.js"}},
  "globals":{"URL":{"module":"dv8:globals/url"}}})";

class BundleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char resolved[PATH_MAX];
    esbuild_ = realpath(getenv("ESBUILD"), resolved);
    top_ = std::string(::testing::TempDir()) + "/bundle_test";
    Put("package.json", "{}");
  }
  void TearDown() override { fs::remove_all(top_); }

  void Put(const std::string& path, const std::string& text) {
    const fs::path file = fs::path(top_) / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  Result<AppBundle> Bundle(const std::string& entry) {
    options_.entry = top_ + "/" + entry;
    const Result<TempDir> temp = TempDir::Make();
    return BundleApp(options_, {esbuild_, top_, temp.value().path()},
                     StdlibManifest::Parse(kManifest, "m").value(), &messages_);
  }

  std::string esbuild_, top_, messages_;
  BundleOptions options_;
};

TEST_F(BundleTest, BundlesTypeScriptAndCommonJs) {
  Put("src/main.ts", "import {a} from './a';\nconst x: number = a;\nconsole.log(x, __dirname);\n");
  Put("src/a.js", "exports.a = require('fs').x(__filename);\n");
  const auto bundle = Bundle("src/main.ts");
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString() << messages_;
  EXPECT_EQ(bundle.value().entry, "/app/src/main.ts");
  EXPECT_EQ(bundle.value().modules, (std::set<std::string>{"node:fs"}));
  EXPECT_EQ(bundle.value().inputs,
            (std::vector<std::string>{"/app/src/a.js", "/app/src/main.ts"}));
  const std::string& script = bundle.value().script.bytes;
  EXPECT_TRUE(script.starts_with("(function (require,module,exports,__dv8_require,__dv8_import) {"
                                 "const __dv8_d_000002=\"/app/src\","
                                 "__dv8_f_000001=\"/app/src/a.js\";\n"))
      << script.substr(0, 300);
  EXPECT_TRUE(script.ends_with("\n})"));
  EXPECT_EQ(messages_, "");
}

TEST_F(BundleTest, IsStrictWhenAllModulesAre) {
  Put("main.mjs", "import './b.mjs'; console.log(new URL('http://a'));\n");
  Put("b.mjs", "export const b = 1;\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_TRUE(bundle.value().script.bytes.starts_with(
      "(function (require,module,exports,__dv8_require,__dv8_import) {\"use strict\";\n"));
  EXPECT_EQ(bundle.value().globals, (std::set<std::string>{"URL"}));
  EXPECT_EQ(bundle.value().modules, (std::set<std::string>{"dv8:globals/url"}));
}

TEST_F(BundleTest, MayAwaitAtTheTop) {
  Put("main.mjs", "console.log(await 1);\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_TRUE(bundle.value().script.bytes.starts_with("(async function ("));
}

TEST_F(BundleTest, DoesNotDependOnItsFolder) {
  Put("one/package.json", "{}");
  Put("one/main.js", "console.log(__filename, require('fs'));\n");
  Put("deep/er/two/package.json", "{}");
  Put("deep/er/two/main.js", "console.log(__filename, require('fs'));\n");
  const auto one = Bundle("one/main.js");
  const auto two = Bundle("deep/er/two/main.js");
  ASSERT_TRUE(one.ok() && two.ok()) << messages_;
  EXPECT_EQ(one.value().script.bytes, two.value().script.bytes);
  EXPECT_EQ(one.value().source_map, two.value().source_map);
}

TEST_F(BundleTest, EmbedsWhatTheFileLoaderAsksFor) {
  Put("main.js", "import logo from './logo.png'; console.log(logo);\n");
  Put("logo.png", "png");
  const auto bundle = Bundle("main.js");
  ASSERT_TRUE(bundle.ok()) << messages_;
  ASSERT_EQ(bundle.value().files.size(), 1u);
  EXPECT_EQ(bundle.value().files[0].bytes, "png");
  EXPECT_NE(bundle.value().script.bytes.find("\"" + bundle.value().files[0].path + "\""),
            std::string::npos);
}

TEST_F(BundleTest, HintsAtNpmForAnUnresolvedPackage) {
  Put("main.js", "import 'left-pad/x';\nimport '@a/b/c';\nimport './nope';\n");
  const auto bundle = Bundle("main.js");
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().text, "cannot be bundled");
  EXPECT_EQ(bundle.error().hint, "npm install @a/b left-pad");
  EXPECT_NE(messages_.find("main.js:1:7:"), std::string::npos) << messages_;
}

TEST_F(BundleTest, RefusesComputedRequireUnlessAllowed) {
  Put("main.js", "require(process.argv[2]);\n");
  const auto refused = Bundle("main.js");
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(messages_.find("[unsupported-require-call]"), std::string::npos) << messages_;
  options_.allow_dynamic = true;
  EXPECT_TRUE(Bundle("main.js").ok());
}

TEST_F(BundleTest, NamesAModuleThatNodeHasAndTheLibraryLacks) {
  Put("main.js", "\n  import x from 'node:sqlite'; x();\n");
  const auto bundle = Bundle("main.js");
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().ToString(),
            "main.js:2:17: error: 'node:sqlite' is not in the standard library\n"
            "  hint: --alias:node:sqlite=./file.js puts a module of yours in its place");
}

TEST_F(BundleTest, DoesNotTakeASubpathForTheModule) {
  Put("main.js", "import x from 'fs/promise'; x();\n");
  const auto bundle = Bundle("main.js");
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().line, 1);
  EXPECT_EQ(bundle.error().text, "'fs/promise' is not in the standard library");
}

TEST_F(BundleTest, LeavesRequireOfAMissingModuleToTheProgram) {
  Put("main.js", "try { require('node:sqlite') } catch {}\n");
  ASSERT_TRUE(Bundle("main.js").ok());
  EXPECT_EQ(messages_, "main.js:1:15: warning: 'node:sqlite' is not in the standard library; "
                       "require() of it throws at run time\n");
}

TEST_F(BundleTest, IncludesModulesThatAMadeRequireNames) {
  Put("main.mjs", "import {createRequire} from 'module';\n"
                  "const r = createRequire(import.meta.url); r('fs');\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(bundle.value().modules, (std::set<std::string>{"node:fs", "node:module"}));
}

TEST_F(BundleTest, SaysWhatIsWrongWithTheEntry) {
  Put("notes.md", "");
  EXPECT_EQ(FindEntry(top_ + "/nope.js").error().text, "there is no such file");
  EXPECT_EQ(FindEntry(top_).error().text, "is a folder; name the file to start with");
  EXPECT_EQ(FindEntry(top_ + "/notes.md").error().text,
            "is not JavaScript or TypeScript by its name");
}

TEST_F(BundleTest, BundlesTheLibrary) {
  Put("boot.js", "import * as host from 'internal:host'; export function register() {}\n"
                 "export const hooks = {f() { return host.x(); }};\n");
  Put("fs.js", "export default {};\n");
  AppBundle app;
  app.modules = {"node:fs"};
  const auto library =
      BundleStdlib({esbuild_, top_, ""}, StdlibManifest::Parse(kManifest, "m").value(), app,
                   Environment::kDefault);
  ASSERT_TRUE(library.ok()) << library.error().text;
  const std::string& text = library.value().script.bytes;
  EXPECT_NE(text.find("= require(\"internal:host\");"), std::string::npos);
  EXPECT_NE(text.find("module.exports = hooks;"), std::string::npos);
  EXPECT_EQ(library.value().bindings, std::set<std::string>{"host"});
}

TEST(EncodeScriptTest, TakesLatin1WhenItCan) {
  EXPECT_FALSE(EncodeScript("abc").is_utf16);
  EXPECT_EQ(EncodeScript("é").bytes, "\xe9");
  EXPECT_FALSE(EncodeScript("é").is_utf16);
  EXPECT_TRUE(EncodeScript("日").is_utf16);
  EXPECT_EQ(EncodeScript("日a").bytes, std::string("\xe5\x65\x61\x00", 4));
  EXPECT_EQ(EncodeScript("😀").bytes, std::string("\x3d\xd8\x00\xde", 4));
}

}  // namespace
}  // namespace dv8
