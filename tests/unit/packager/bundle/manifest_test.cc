#include "packager/bundle/manifest.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

constexpr char kText[] = R"({
  "bootstrap": "internal/bootstrap.js",
  "nodeBootstrap": "internal/node_bootstrap.js",
  "modules": {
    "node:fs": {"aliases": ["fs"]},
    "node:process": {"words": [["process", "stdin"], ["getBuiltinModule"]]},
    "dv8:assets": {"file": "dv8/assets.js"},
    "dv8:timer": {"file": "dv8/timer.js"},
    "node:buffer": {"aliases": ["buffer"]}
  },
  "globals": {"Timer": {"module": "dv8:timer"}},
  "nodeGlobals": ["URL", "Buffer"]
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
  EXPECT_EQ(StubsIn(Manifest(), "a=__dv8_require(\"node:fs\");__dv8_require(\"nope\")"), (std::set<std::string>{"node:fs"}));
  EXPECT_EQ(NamedInCalls(Manifest(), "r2(\"fs\"); x(\"buffer\", 1); y(\"fs", BareNames::kNode), (std::set<std::string>{"node:fs"}));
}

TEST(ManifestTest, TakesBareNamesForDv8sOnlyWhereTheProgramIsDv8s) {
  StdlibManifest manifest = Manifest();
  manifest.AliasDv8([](const std::string&) { return false; });
  const std::set<std::string> both{"dv8:assets", "dv8:timer"};
  EXPECT_EQ(NamedInCalls(manifest, "x(\"assets\"); y(\"dv8:timer\")", BareNames::kNodeAndDv8), both);
  EXPECT_EQ(NamedInCalls(manifest, "x(\"assets\"); y(\"dv8:timer\")", BareNames::kNode), std::set<std::string>{"dv8:timer"});
}

TEST(ManifestTest, FindsModulesByAllWordsOfOneList) {
  const std::set<std::string> process{"node:process"};
  EXPECT_EQ(StubsIn(Manifest(), "const { stdin } = process;"), process);
  EXPECT_EQ(StubsIn(Manifest(), "getBuiltinModule('fs')"), process);
  EXPECT_EQ(StubsIn(Manifest(), "const stdin = new TTY(0);"), std::set<std::string>{});
}

TEST(ManifestTest, WritesTheLibrarysEntry) {
  EXPECT_EQ(StdlibEntry(Manifest(), {"dv8:assets"}, {"Timer"}, StdlibStart::kSmall),
            "import*as start from\"./internal/bootstrap.js\";\n"
            "import m0 from\"./dv8/assets.js\";\n"
            "import m1 from\"./dv8/timer.js\";\n"
            "start.register(\"dv8:assets\",m0);\n"
            "start.register(\"dv8:timer\",m1);\n"
            "Object.defineProperty(globalThis,\"Timer\","
            "{...Object.getOwnPropertyDescriptor(m1,\"Timer\"),enumerable:false});\n"
            "module.exports=start.hooks;\n");
}

TEST(ManifestTest, LeavesNodesModulesToItsLibrary) {
  EXPECT_EQ(StdlibEntry(Manifest(), {"dv8:assets", "node:buffer", "node:fs"}, {}, StdlibStart::kNode),
            "import*as start from\"./internal/node_bootstrap.js\";\n"
            "import m0 from\"./dv8/assets.js\";\n"
            "start.register(\"dv8:assets\",m0);\n"
            "start.evaluateBuiltins([\"node:buffer\",\"node:fs\"]);\n"
            "module.exports=start.hooks;\n");
}

TEST(ManifestTest, FindsTheModulesOfDv8ThatASourceNames) {
  const std::set<std::string> assets{"dv8:assets"};
  for (const char* source : {"module('assets', {})", "library(\"assets\")", "const {x} = module ( `assets`,{})"}) {
    EXPECT_EQ(NamedAsDv8(Manifest(), source), assets) << source;
  }
  for (const char* source : {"module.exports", "module('fs', {})", "library(assets)", "module('"}) {
    EXPECT_EQ(NamedAsDv8(Manifest(), source), std::set<std::string>{}) << source;
  }
}

TEST(ManifestTest, GivesDv8sModulesTheBareNamesInCore) {
  StdlibManifest manifest = StdlibManifest::Parse(R"({"bootstrap": "b", "core": ["Buffer"], "modules": {
        "dv8:core": {"file": "dv8/core.js"}, "dv8:fs": {"file": "dv8/fs.js"},
        "dv8:core_process": {"file": "dv8/core_process.js"},
        "node:buffer": {"aliases": ["buffer"]},
        "node:fs": {"aliases": ["fs"]}
      }, "nodeGlobals": ["Buffer", "URL"]})",
                                                  "manifest.json")
                                .value();
  EXPECT_EQ(manifest.Resolve("fs"), "node:fs");
  manifest.UseCore();
  EXPECT_EQ(manifest.Resolve("fs"), "dv8:fs");
  EXPECT_EQ(manifest.Resolve("node:fs"), "node:fs");
  EXPECT_EQ(manifest.Resolve("buffer"), "node:buffer");
  EXPECT_EQ(manifest.globals.at("Buffer"), "dv8:core");
  EXPECT_EQ(manifest.globals.at("process"), "dv8:core_process");
  EXPECT_EQ(manifest.node_globals, std::set<std::string>{"URL"});
  EXPECT_EQ(TrimGlobals(manifest, {"a", "b"}), "import{trim}from\"./dv8/core.js\";\ntrim([\"a\",\"b\"]);\n");
}

TEST(ManifestTest, SaysWhatIsWrong) {
  EXPECT_EQ(StdlibManifest::Parse("{", "m.json").error().ToString(), "m.json: error: is not JSON");
  EXPECT_EQ(StdlibManifest::Parse("{}", "m.json").error().ToString(), "m.json: error: lacks \"modules\" or \"bootstrap\"");
  EXPECT_EQ(StdlibManifest::Parse(R"({"bootstrap":"b","modules":{},"globals":{"X":{"module":"y"}}})", "m.json").error().ToString(),
            "m.json: error: the global X comes from 'y', which is no module");
}

}  // namespace
}  // namespace dv8
