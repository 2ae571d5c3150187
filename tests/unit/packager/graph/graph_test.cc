#include "packager/graph/graph.h"

#include <filesystem>

#include "gtest/gtest.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

const LoadersByEnding kLoaders = {{".ts", "ts"}, {".json", "json"}, {".md", "text"}, {".wasm", "binary"}};

class GraphTest : public testing::Test {
 protected:
  GraphTest() : temp_(TempDir::Make()) {}

  void Write(const std::string& name, const std::string& text) {
    const std::string path = root() + "/" + name;
    std::filesystem::create_directories(path.substr(0, path.rfind('/')));
    ASSERT_TRUE(WriteFile(path, text).ok());
  }
  Graph Read(const std::string& inputs, bool awaits = false) {
    meta_ = "{\"inputs\":{" + inputs + "}}";
    return ReadGraph(*Json::Parse(meta_), root(), kLoaders, awaits, Excluded({}, "/"), ReadFile);
  }
  const std::string& root() const { return temp_.value().path(); }

 private:
  Result<TempDir> temp_;
  std::string meta_;
};

TEST_F(GraphTest, ImportsLeadToFilesAndModulesOfTheLibrary) {
  Write("main.mjs", "");
  const Graph graph =
      Read(R"js("main.mjs":{"imports":[{"path":"lib/a.js","kind":"import-statement","original":"./lib/a.js"},)js"
           R"js({"path":"dv8:__dv8_require(\"dv8:main\")","kind":"import-statement","original":"main"},)js"
           R"js({"path":"dv8:__dv8_require(\"node:fs\")","kind":"import-statement","original":"fs"},)js"
           R"js({"path":"<runtime>","kind":"import-statement","external":true}],"format":"esm"},)js"
           R"js("lib/a.js":{"imports":[{"path":"main.mjs","kind":"require-call","original":"../main.mjs"}],"format":"cjs"})js");
  ASSERT_EQ(graph.files.size(), 2u);
  EXPECT_EQ(graph.files[0].path, "/app/lib/a.js");
  EXPECT_EQ(graph.files[0].format, ModuleFormat::kCommonJs);
  EXPECT_EQ(graph.files[1].format, ModuleFormat::kModule);
  EXPECT_EQ(GraphTable(graph, {.entry = "/app/main.mjs"}),
            R"js({entry:"/app/main.mjs",paths:["/app/lib/a.js","/app/main.mjs"],formats:"cm",)js"
            R"js(imported:[0,["./lib/a.js",0,"main","dv8:main"]],required:[["../main.mjs",1],0]})js");
}

TEST_F(GraphTest, ThePackageSaysWhatAFileIs) {
  Write("package.json", R"js({"type":"module"})js");
  Write("node_modules/old/package.json", R"js({"type":"commonjs"})js");
  Write("node_modules/none/package.json", "{}");
  const Graph graph = Read(R"js("a.js":{"imports":[]},"node_modules/old/a.js":{"imports":[]},"node_modules/none/a.js":{"imports":[]},)js"
                           R"js("node_modules/none/b.js":{"imports":[],"format":"esm"})js");
  ASSERT_EQ(graph.files.size(), 4u);
  EXPECT_EQ(graph.files[0].format, ModuleFormat::kModule);
  EXPECT_EQ(graph.files[1].format, ModuleFormat::kUnknown);
  EXPECT_EQ(graph.files[2].format, ModuleFormat::kModule);
  EXPECT_EQ(graph.files[3].format, ModuleFormat::kCommonJs);
}

TEST_F(GraphTest, TypeScriptIsCommonJsUnlessItCannotBe) {
  Write("a.ts", "export const a = 1;");
  Write("b.ts", "export const b = import.meta.url;");
  const std::string inputs = R"js("a.ts":{"imports":[],"format":"esm"},"b.ts":{"imports":[],"format":"esm"})js";
  Graph graph = Read(inputs);
  EXPECT_TRUE(BecomesCommonJs(graph.files[0]));
  EXPECT_FALSE(BecomesCommonJs(graph.files[1]));
  graph = Read(inputs, true);
  EXPECT_FALSE(BecomesCommonJs(graph.files[0]));
}

TEST_F(GraphTest, JavaScriptOfBothKindsBecomesCommonJs) {
  Write("a.js", "import './b.js'; require('./b.js');");
  Write("c.js", "import './b.js'; if (typeof require === 'function') require('./b.js');");
  const std::string imports = R"js({"imports":[{"path":"b.js","kind":"import-statement","original":"./b.js"},)js"
                              R"js({"path":"b.js","kind":"require-call","original":"./b.js"}],"format":"esm"})js";
  const Graph graph = Read("\"a.js\":" + imports + ",\"b.js\":{\"imports\":[]},\"c.js\":" + imports);
  EXPECT_TRUE(BecomesCommonJs(graph.files[0]));
  EXPECT_EQ(graph.files[0].required.size(), 1u);
  EXPECT_EQ(graph.files[2].format, ModuleFormat::kModule);
}

TEST_F(GraphTest, FilesThatAttributesKeepFromEsbuildBelongToTheProgram) {
  const Graph graph =
      Read(R"js("a.mjs":{"imports":[{"path":"./t.txt","kind":"import-statement","external":true,"with":{"type":"text"}}]},)js"
           R"js("m.md":{"imports":[]},"data.json with { type: 'json' }":{"imports":[],"with":{"type":"json"}})js");
  ASSERT_EQ(graph.files.size(), 4u);
  EXPECT_EQ(graph.files[1].path, "/app/data.json");
  EXPECT_EQ(graph.files[1].format, ModuleFormat::kJson);
  EXPECT_EQ(graph.files[2].format, ModuleFormat::kValue);
  EXPECT_EQ(graph.files[3].path, "/app/t.txt");
}

}  // namespace
}  // namespace dv8
