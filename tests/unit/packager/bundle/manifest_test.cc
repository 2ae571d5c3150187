#include "packager/bundle/manifest.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

constexpr char kText[] = R"({
  "bootstrap": "internal/bootstrap.js",
  "modules": {
    "node:fs": {"file": "node/fs.js", "aliases": ["fs"]},
    "dv8:assets": {"file": "dv8/assets.js"},
    "node:buffer": {"file": "node/buffer.js", "aliases": ["buffer"]},
    "dv8:globals/url": {"file": "web/url.js"}
  },
  "globals": {"URL": {"module": "dv8:globals/url"}, "Buffer": {"module": "node:buffer"}}
})";

StdlibManifest Manifest() { return StdlibManifest::Parse(kText, "manifest.json").value(); }

TEST(ManifestTest, ResolvesNamesAndAliasesExactly) {
  EXPECT_EQ(Manifest().Resolve("fs"), "node:fs");
  EXPECT_EQ(Manifest().Resolve("node:fs"), "node:fs");
  EXPECT_EQ(Manifest().Resolve("dv8:assets"), "dv8:assets");
  EXPECT_EQ(Manifest().Resolve("assets"), "");
  EXPECT_EQ(Manifest().Resolve("fs/promises"), "");
  EXPECT_EQ(Manifest().Nearest("node:fz"), "node:fs");
}

TEST(ManifestTest, FindsUsedModules) {
  EXPECT_EQ(StubsIn(Manifest(), "a=__dv8_require(\"node:fs\");__dv8_require(\"nope\")"),
            (std::set<std::string>{"node:fs"}));
  EXPECT_EQ(NamedInCalls(Manifest(), "r2(\"fs\"); x(\"buffer\", 1); y(\"fs"),
            (std::set<std::string>{"node:fs"}));
}

TEST(ManifestTest, WritesTheLibrarysEntry) {
  EXPECT_EQ(StdlibEntry(Manifest(), {"node:fs"}, {"URL", "Buffer"}, StdlibStart::kSmall),
            "import*as start from\"./internal/bootstrap.js\";\n"
            "import m0 from\"./web/url.js\";\n"
            "import m1 from\"./node/buffer.js\";\n"
            "import m2 from\"./node/fs.js\";\n"
            "start.register(\"dv8:globals/url\",m0);\n"
            "start.register(\"node:buffer\",m1);\n"
            "start.register(\"node:fs\",m2);\n"
            "Object.defineProperty(globalThis,\"Buffer\","
            "{...Object.getOwnPropertyDescriptor(m1,\"Buffer\"),enumerable:false});\n"
            "module.exports=start.hooks;\n");
}

TEST(ManifestTest, LeavesNodesModulesAndGlobalsToItsLibrary) {
  const std::string entry = StdlibEntry(Manifest(), {"node:fs"}, {"URL"}, StdlibStart::kNode);
  EXPECT_EQ(entry.find("web/url.js"), std::string::npos) << entry;
  EXPECT_EQ(entry.find("node/fs.js"), std::string::npos) << entry;
  EXPECT_NE(entry.find("start.evaluateBuiltins([\"node:fs\"]);\n"), std::string::npos) << entry;
  EXPECT_TRUE(IsNodesGlobal(Manifest(), "URL"));
  EXPECT_FALSE(IsNodesGlobal(Manifest(), "nope"));
}

TEST(ManifestTest, FindsTheModulesOfDv8ThatASourceNames) {
  const std::set<std::string> assets{"dv8:assets"};
  for (const char* source :
       {"module('assets', {})", "library(\"assets\")", "const {x} = module ( `assets`,{})"}) {
    EXPECT_EQ(NamedAsDv8(Manifest(), source), assets) << source;
  }
  for (const char* source : {"module.exports", "module('fs', {})", "library(assets)", "module('"}) {
    EXPECT_EQ(NamedAsDv8(Manifest(), source), std::set<std::string>{}) << source;
  }
}

TEST(ManifestTest, GivesDv8sModulesTheBareNamesInCore) {
  StdlibManifest manifest =
      StdlibManifest::Parse(R"({"bootstrap": "b", "core": ["Buffer"], "modules": {
        "dv8:core": {"file": "dv8/core.js"}, "dv8:fs": {"file": "dv8/fs.js"},
        "dv8:core_process": {"file": "dv8/core_process.js"},
        "node:buffer": {"file": "node/buffer.js", "aliases": ["buffer"]},
        "node:fs": {"file": "node/fs.js", "aliases": ["fs"]}
      }, "globals": {"Buffer": {"module": "node:buffer"}}})",
                            "manifest.json")
          .value();
  EXPECT_EQ(manifest.Resolve("fs"), "node:fs");
  manifest.UseCore();
  EXPECT_EQ(manifest.Resolve("fs"), "dv8:fs");
  EXPECT_EQ(manifest.Resolve("node:fs"), "node:fs");
  EXPECT_EQ(manifest.Resolve("buffer"), "node:buffer");
  EXPECT_EQ(manifest.globals.at("Buffer"), "dv8:core");
  EXPECT_EQ(manifest.globals.at("process"), "dv8:core_process");
  EXPECT_EQ(TrimGlobals(manifest, {"a", "b"}),
            "import{trim}from\"./dv8/core.js\";\ntrim([\"a\",\"b\"]);\n");
}

TEST(ManifestTest, SaysWhatIsWrong) {
  EXPECT_EQ(StdlibManifest::Parse("{", "m.json").error().ToString(), "m.json: error: is not JSON");
  EXPECT_EQ(StdlibManifest::Parse("{}", "m.json").error().ToString(),
            "m.json: error: lacks \"modules\" or \"bootstrap\"");
  EXPECT_EQ(StdlibManifest::Parse(R"({"bootstrap":"b","modules":{},"globals":{"X":{"module":"y"}}})",
                                  "m.json").error().ToString(),
            "m.json: error: the global X comes from 'y', which is no module");
}

}  // namespace
}  // namespace dv8
