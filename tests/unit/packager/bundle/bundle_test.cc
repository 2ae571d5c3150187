// Bundles with the real esbuild and a small library of its own.
#include "packager/bundle/bundle.h"

#include <gtest/gtest.h>
#include <limits.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "packager/bundle/entry.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

constexpr char kManifest[] = R"({"bootstrap":"boot.js",
  "modules":{"node:fs":{"aliases":["fs"]},"node:module":{"aliases":["module"]},
             "dv8:core":{"file":"core.js"},"dv8:thread":{"file":"thread.js"},
             "dv8:timer":{"file":"timer.js"}},
  "globals":{"Timer":{"module":"dv8:timer"}},"nodeGlobals":["URL"]})";

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
    return BundleApp(options_, Esbuild::Start(esbuild_).value().get(), StdlibManifest::Parse(kManifest, "m").value(), &messages_);
  }

  std::string esbuild_, top_, messages_;
  BundleOptions options_;
};

TEST_F(BundleTest, FollowsTypeScriptAndCommonJs) {
  Put("src/main.ts", "import {a} from './a';\nconst x: number = a;\nconsole.log(x, __dirname);\n");
  Put("src/a.js", "exports.a = require('fs').x(__filename);\n");
  const auto bundle = Bundle("src/main.ts");
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString() << messages_;
  EXPECT_EQ(bundle.value().entry, "/app/src/main.ts");
  EXPECT_EQ(bundle.value().modules, (std::set<std::string>{"node:fs"}));
  EXPECT_EQ(bundle.value().inputs, (std::vector<std::string>{"/app/src/a.js", "/app/src/main.ts"}));
  EXPECT_EQ(messages_, "");
}

TEST_F(BundleTest, FindsTheGlobalsThatCodeNames) {
  Put("main.mjs", "import './b.mjs'; console.log(new URL('http://a'), new Timer());\n");
  Put("b.mjs", "export const b = 1;\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(bundle.value().globals, (std::set<std::string>{"Timer"}));
  EXPECT_EQ(bundle.value().modules, (std::set<std::string>{"dv8:timer"}));
  EXPECT_EQ(bundle.value().standard_globals, (std::set<std::string>{"URL"}));
}

TEST_F(BundleTest, MayAwaitAtTheTop) {
  Put("main.mjs", "console.log(await 1);\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_TRUE(bundle.value().awaits);
}

TEST_F(BundleTest, HintsAtNpmForAnUnresolvedPackage) {
  Put("main.js", "import 'left-pad/x';\nimport '@a/b/c';\nimport './nope';\n");
  const auto bundle = Bundle("main.js");
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().text, "cannot be bundled");
  EXPECT_EQ(bundle.error().hint, "npm install @a/b left-pad");
  EXPECT_NE(messages_.find("main.js:1:7:"), std::string::npos) << messages_;
}

TEST_F(BundleTest, LeavesComputedCallsToTheRunTime) {
  Put("node_modules/p/index.js", "module.exports = (n) => require(n) || import(n);\n");
  Put("main.js", "require('p'); require(process.argv[2]);\n");
  const auto bundle = Bundle("main.js");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(messages_,
            "notice: 3 computed calls of require() or import() are left to the run time, "
            "in p (2), the app\n");
  EXPECT_TRUE(bundle.value().modules.contains("node:module"));
  options_.strict = true;
  EXPECT_FALSE(Bundle("main.js").ok());
  EXPECT_NE(messages_.find("[unsupported-require-call]"), std::string::npos) << messages_;
}

TEST_F(BundleTest, LeavesWhatOnlyRunningCodeMissesToTheRunTime) {
  Put("late.mjs", "import 'not-there';\n");
  Put("main.mjs", "console.log(() => require('gone'), () => import('./late.mjs'));\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(messages_,
            "notice: modules are not found and left to the run time: "
            "'not-there' (late.mjs), 'gone' (main.mjs)\n");
  options_.strict = true;
  EXPECT_FALSE(Bundle("main.mjs").ok());
}

TEST_F(BundleTest, NamesAStaticImportThatIsMissing) {
  Put("lib.mjs", "import 'not-there';\n");
  Put("main.mjs", "import './lib.mjs';\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().hint, "npm install not-there");
  EXPECT_NE(messages_.find("lib.mjs:1:7:"), std::string::npos) << messages_;
}

TEST_F(BundleTest, DropsImportsThatOnlyNameTypes) {
  Put("types.ts", "export interface A { a: number }\n");
  Put("declared.d.ts", "export interface B { b: number }\n");
  Put("main.ts",
      "import { A } from './types';\nexport { A } from './types';\n"
      "export * from './declared';\nimport unused from './types';\n"
      "const a: A = { a: 1 }; console.log(a);\n");
  EXPECT_TRUE(Bundle("main.ts").ok()) << messages_;
  EXPECT_EQ(messages_, "");
}

TEST_F(BundleTest, FollowsAPackagesOwnNamesToTheLibrary) {
  Put("package.json", R"({"imports":{"#files":"fs","#own":"./own.js"}})");
  Put("own.js", "exports.own = 1;\n");
  Put("main.mjs", "import files from '#files'; import own from '#own'; console.log(files, own);\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(bundle.value().modules, (std::set<std::string>{"node:fs"}));
  EXPECT_EQ(bundle.value().inputs, (std::vector<std::string>{"/app/main.mjs", "/app/own.js"}));
}

TEST_F(BundleTest, FollowsPatternsAndLeavesThoseWithoutAMatch) {
  Put("mods/a.js", "module.exports = 'a';\n");
  Put("mods/notes.strange", "no module");
  Put("main.js", "require(`./mods/${x}.js`); require('./mods/' + x); require(`./nowhere/${x}.js`);\n");
  const auto bundle = Bundle("main.js");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(bundle.value().inputs, (std::vector<std::string>{"/app/main.js", "/app/mods/a.js", "/app/mods/notes.strange"}));
}

TEST_F(BundleTest, FindsWhatCodeNamesBesideItself) {
  Put("node_modules/p/package.json", R"({"name":"p","main":"lib/index.js"})");
  Put("node_modules/p/lib/package.json", R"({"type":"commonjs"})");
  Put("node_modules/p/lib/index.js",
      "const fs = require('fs'), { join } = require('path');\n"
      "fs.readFileSync(join(__dirname, '..', 'a.txt'));\nfs.readFileSync(`${__dirname}/b.txt`);\n"
      "fs.readdirSync(join(__dirname, '../views'));\nrequire.resolve('./worker.js');\n"
      "fs.readFileSync(__dirname + '/../../../main.mjs');\n");
  Put("node_modules/p/a.txt", "a");
  Put("node_modules/p/lib/b.txt", "b");
  Put("node_modules/p/lib/worker.js", "require('./helper.js');");
  Put("node_modules/p/lib/helper.js", "");
  Put("node_modules/p/views/x/y.html", "y");
  Put("main.mjs", "import 'p'; import fs from 'fs'; fs.readFileSync(new URL('./d.wasm', import.meta.url));\n");
  Put("d.wasm", "d");
  Put("else.txt", "");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  std::vector<std::string> beside;
  for (const std::string& file : bundle.value().beside) beside.push_back(VirtualPath(bundle.value().root, file));
  EXPECT_EQ(beside,
            (std::vector<std::string>{"/app/d.wasm", "/app/node_modules/p/a.txt", "/app/node_modules/p/lib/b.txt",
                                      "/app/node_modules/p/lib/package.json", "/app/node_modules/p/lib/worker.js",
                                      "/app/node_modules/p/package.json", "/app/node_modules/p/views/x/y.html", "/app/package.json"}));
  // What it loads by such a path is bundled with its own imports.
  EXPECT_NE(std::find(bundle.value().inputs.begin(), bundle.value().inputs.end(), "/app/node_modules/p/lib/helper.js"),
            bundle.value().inputs.end());
}

TEST_F(BundleTest, FollowsWhatAHandedOnRequireNames) {
  Put("umd.js",
      "(function (factory) { factory(require, exports); })(function (require, exports) {\n"
      "  exports.part = require('./part'); });\n");
  Put("part.js", "module.exports = require('./deeper.js');\n");
  Put("deeper.js", "module.exports = 1;\n");
  Put("main.js", "console.log(require('./umd.js').part, require('fs'));\n");
  const auto bundle = Bundle("main.js");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(messages_, "");
  EXPECT_EQ(bundle.value().inputs, (std::vector<std::string>{"/app/deeper.js", "/app/main.js", "/app/part.js", "/app/umd.js"}));
}

TEST_F(BundleTest, RefusesAModuleThatNodeLacks) {
  Put("main.js", "\n  import x from 'node:sqlight'; x();\n");
  const auto bundle = Bundle("main.js");
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().ToString(),
            "main.js:2:17: error: 'node:sqlight' is not in the standard library\n"
            "  hint: --alias:node:sqlight=./file.js puts a module of yours in its place");
}

TEST_F(BundleTest, DoesNotTakeASubpathForTheModule) {
  Put("main.js", "import x from 'fs/promise'; x();\n");
  const auto bundle = Bundle("main.js");
  ASSERT_FALSE(bundle.ok());
  EXPECT_EQ(bundle.error().line, 1);
  EXPECT_EQ(bundle.error().text, "'fs/promise' is not in the standard library");
}

TEST_F(BundleTest, IncludesModulesThatAMadeRequireNames) {
  Put("main.mjs",
      "import {createRequire} from 'module';\n"
      "const r = createRequire(import.meta.url); r('fs');\n");
  const auto bundle = Bundle("main.mjs");
  ASSERT_TRUE(bundle.ok()) << messages_;
  EXPECT_EQ(bundle.value().modules, (std::set<std::string>{"node:fs", "node:module"}));
}

TEST_F(BundleTest, SaysWhatIsWrongWithTheEntry) {
  Put("notes.md", "");
  Put("tool.sh", "#!/bin/sh\necho\n");
  Put("data.bin", std::string("\x7f"
                              "ELF\0",
                              5));
  EXPECT_EQ(FindEntry(top_ + "/nope.js").error().text, "there is no such file");
  EXPECT_EQ(FindEntry(top_ + "/notes.md").error().text, "is not JavaScript or TypeScript by its name");
  EXPECT_EQ(FindEntry(top_ + "/tool.sh").error().text, "is a script for '/bin/sh', not JavaScript");
  EXPECT_EQ(FindEntry(top_ + "/data.bin").error().text, "is not JavaScript or TypeScript by its name");
}

TEST_F(BundleTest, TakesScriptsWithoutExtension) {
  Put("node_modules/tool/cli", "#!/usr/bin/env node\nconsole.log(1);\n");
  fs::create_directories(fs::path(top_) / "node_modules/.bin");
  fs::create_symlink("../tool/cli", fs::path(top_) / "node_modules/.bin/my.tool");
  Put("node_modules/.bin/shim",
      "#!/bin/sh\nbasedir=$(dirname \"$0\")\n"
      "exec \"$basedir/node\" \"$basedir/../tool/cli\" \"$@\"\n");
  for (const char* name : {"my.tool", "shim"}) {
    const Result<Entry> entry = FindEntry(top_ + "/node_modules/.bin/" + name);
    ASSERT_TRUE(entry.ok()) << entry.error().ToString();
    EXPECT_EQ(entry.value().file, fs::canonical(top_ + "/node_modules/tool/cli").string());
    EXPECT_EQ(entry.value().name, name);
  }
  EXPECT_TRUE(Bundle("node_modules/.bin/my.tool").ok()) << messages_;
}

TEST_F(BundleTest, FindsAFoldersProgram) {
  const auto find = [&](const std::string& package) {
    Put("pack/package.json", package);
    const Result<Entry> entry = FindEntry(top_ + "/pack");
    return entry.ok() ? entry.value().name + " " + entry.value().file.substr(entry.value().file.rfind('/') + 1)
                      : entry.error().text + "; " + entry.error().hint;
  };
  Put("pack/a.js", "");
  Put("pack/b.js", "");
  Put("pack/index.js", "");
  EXPECT_EQ(find(R"({"name":"@s/p","bin":"a.js"})"), "p a.js");
  EXPECT_EQ(find(R"({"name":"p","bin":{"tool":"./b.js"},"main":"a.js"})"), "tool b.js");
  EXPECT_EQ(find(R"({"name":"p","bin":{"x":"a.js","p":"b.js"}})"), "p b.js");
  EXPECT_EQ(find(R"({"name":"p","bin":{"x":"a.js","y":"b.js"}})"),
            "has several programs in \"bin\"; name one of them: " + top_ + "/pack/a.js, " + top_ + "/pack/b.js");
  EXPECT_EQ(find(R"({"name":"p","main":"a"})"), "p a.js");
  EXPECT_EQ(find("{}"), "pack index.js");
  EXPECT_EQ(find(R"({"main":"c.js"})"), "pack index.js");
  EXPECT_EQ(find(R"({"exports":{"import":"./b.js","require":"./a.js"}})"), "pack b.js");
  fs::remove(fs::path(top_) / "pack/index.js");
  EXPECT_EQ(find(R"({"main":"c.js"})"), "names 'c.js', which is not there; name the file to start with, or build it first");
  fs::remove(fs::path(top_) / "pack/package.json");
  EXPECT_EQ(FindEntry(top_ + "/pack").error().text, "is a folder without a package.json and an index.js; name the file to start with");
}

TEST_F(BundleTest, BundlesTheLibrary) {
  Put("boot.js",
      "import * as host from 'internal:host'; export function register() {}\n"
      "export const hooks = {f() { return host.x(); }};\n");
  Put("fs.js", "export default {};\n");
  AppBundle app;
  app.modules = {"node:fs"};
  const auto library =
      BundleStdlib(top_, Esbuild::Start(esbuild_).value().get(), StdlibManifest::Parse(kManifest, "m").value(), app, Environment::kDefault);
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

TEST_F(BundleTest, TakesSourcesThatStopInsideACharacter) {
  for (const std::string end : {"\xc3", "\xe9\n", "\xe2\x82", "\xf0\x9f\x98"}) {
    Put("main.js", "require('./a.js'); // " + end);
    Put("a.js", "exports.a = '\xff\xc3\xa9';");
    const auto bundle = Bundle("main.js");
    ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
  }
}

TEST_F(BundleTest, PacksProgramsOfCoreAsScripts) {
  options_.environment = Environment::kCore;
  Put("main.js",
      "const a = require('./lib/a.js', 1), name = 'worker.js';\n"
      "// require('./comment.js')\n"
      "require('pkg'); require('./data.json'); require('./esm.js'); new URL('x:y');\n");
  Put("lib/a.js", "module.exports = module('timer', {}); require('./lib/b.js');\n");
  Put("lib/b.js", "\"\u00e9\"");
  Put("worker.js", "1");
  Put("comment.js", "1");
  Put("esm.js", "export default 1;");
  Put("data.json", "{}");
  Put("node_modules/pkg/index.js", "module.exports = require('./inner.js');");
  Put("node_modules/pkg/inner.js", "module.exports = 1;");
  const auto bundle = Bundle("main.js");
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString() << messages_;
  const std::string& tail = bundle.value().library_tail;
  for (const char* path : {"main.js", "lib/a.js", "lib/b.js", "worker.js"}) {
    EXPECT_NE(tail.find("\"/app/" + std::string(path) + "\":\""), std::string::npos) << path << tail;
  }
  EXPECT_NE(tail.find("entry:\"/app/main.js\""), std::string::npos) << tail;
  for (const char* path : {"comment.js", "inner.js"}) {
    EXPECT_EQ(tail.find("\"/app/" + std::string(path) + "\":"), std::string::npos) << path << tail;
  }
  EXPECT_NE(tail.find("modules:{__proto__:null,\"/app/data.json\":\"/app/data.json\",\"/app/esm.js\":\"/app/esm.js\","
                      "\"pkg\":\"/app/node_modules/pkg/index.js\"}"),
            std::string::npos)
      << tail;
  EXPECT_TRUE(bundle.value().modules.contains("dv8:timer"));
  EXPECT_TRUE(bundle.value().standard_globals.contains("URL"));
}

TEST_F(BundleTest, TakesMissingFilesOfScriptsForThoseOfTheRunTime) {
  options_.environment = Environment::kCore;
  Put("main.js", "require('./later.js'); require(name);\n");
  EXPECT_TRUE(Bundle("main.js").ok()) << messages_;
  Put("main.js", "require('nopkg');\n");
  EXPECT_TRUE(Bundle("main.js").ok()) << messages_;
  EXPECT_NE(messages_.find("'nopkg'"), std::string::npos) << messages_;
  Put("main.js", "let = ;\n");
  EXPECT_FALSE(Bundle("main.js").ok());
  Put("bad.js", "let = ;\n");
  Put("main.js", "require('./bad.js');\n");
  EXPECT_FALSE(Bundle("main.js").ok());
  Put("main.js", "const name = './bad.js';\n");
  EXPECT_TRUE(Bundle("main.js").ok()) << messages_;
}

TEST_F(BundleTest, PacksWhatThreadsStartFrom) {
  Put("main.js",
      "const own = require('./own.js');\n"
      "new (library('thread', {}).Thread)().start(() => require('./own.js') + require('fs'));\n"
      "new Thread().start('./worker.js');\n");
  Put("own.js", "module.exports = require('./part.js');\n");
  Put("part.js", "1");
  Put("worker.js", "module('timer', {}); new URL('x:y');\n");
  const auto bundle = Bundle("main.js");
  ASSERT_TRUE(bundle.ok()) << bundle.error().ToString() << messages_;
  const std::string& tail = bundle.value().library_tail;
  for (const char* path : {"own.js", "part.js", "worker.js"}) {
    EXPECT_NE(tail.find("\"/app/" + std::string(path) + "\":\""), std::string::npos) << path << tail;
  }
  EXPECT_TRUE(bundle.value().modules.contains("node:fs"));
  EXPECT_NE(tail.find("entry:\"\""), std::string::npos) << tail;
  EXPECT_TRUE(bundle.value().modules.contains("dv8:timer"));
  EXPECT_TRUE(bundle.value().standard_globals.contains("URL"));
}

}  // namespace
}  // namespace dv8
