#include "packager/bundle/file_names.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

// One line a source: line n comes from source n.
SourceMap LineMap(const std::string& json) { return *SourceMap::Parse(json); }
constexpr char kTwoLines[] =
    R"({"sources":["a","b"],"mappings":"AAAA;ACAA"})";
const std::vector<std::string> kSources = {"/app/src/a.js", "/app/main.js"};
constexpr char kEntry[] = "/app/main.js";

std::string Replaced(std::string text, FileNames* names, const std::set<std::string>& globals = {}) {
  *names = ReplacePlaceholders(LineMap(kTwoLines), kSources, kEntry, globals, &text);
  return text;
}

TEST(FileNamesTest, GivesEachFileItsOwnNames) {
  FileNames names;
  EXPECT_EQ(Replaced("f(__dv8_d_______, __dv8_f_______)\nf(__dv8_d_______, __dv8_u_______)", &names),
            "f(__dv8_d_000001, __dv8_f_000001)\nf(__dv8_d_000002, __dv8_u_000002)");
  EXPECT_EQ(names.declarations,
            "const __dv8_d_000001=\"/app/src\",__dv8_d_000002=\"/app\","
            "__dv8_f_000001=\"/app/src/a.js\",__dv8_u_000002=\"file:///app/main.js\";");
}

TEST(FileNamesTest, KnowsTheMainModule) {
  FileNames names;
  EXPECT_EQ(Replaced("x(m.__dv8_q_______ === m, __dv8_m_______)\n"
                     "x(m.__dv8_q_______ === m, __dv8_m_______)", &names),
            "x(__dv8_q_000000   === m, false         )\n"
            "x(m                === m, true          )");
  EXPECT_EQ(names.declarations,
            "const __dv8_q_000000={id:\".\",exports:{},loaded:true,filename:\"/app/main.js\","
            "path:\"/app\",children:[],paths:[]};");
}

TEST(FileNamesTest, DescribesImportMeta) {
  FileNames names;
  EXPECT_EQ(Replaced("__dv8_i_______", &names), "__dv8_i_000001");
  EXPECT_EQ(names.declarations,
            "const __dv8_i_000001={__proto__:null,dirname:\"/app/src\","
            "filename:\"/app/src/a.js\",url:\"file:///app/src/a.js\",main:false,resolve:__dv8_from.resolve(\"/app/src/a.js\")};");
}

TEST(FileNamesTest, FindsNamedGlobalsAndKeepsColumns) {
  FileNames names;
  EXPECT_EQ(Replaced("new __dv8_g_URL(x); globalThis.__dv8_g_fetch(y); __dv8_g_other", &names,
                     {"URL", "fetch", "WebSocket"}),
            "new URL        (x); globalThis.fetch        (y); __dv8_g_other");
  EXPECT_EQ(names.globals, (std::set<std::string>{"URL", "fetch"}));
  EXPECT_EQ(names.declarations, "");
}

TEST(FileNamesTest, LeavesOtherNamesAlone) {
  FileNames names;
  const std::string text = "a__dv8_d_______ __dv8_d________ __dv8_require(\"x\") __dv8_";
  EXPECT_EQ(Replaced(text, &names), text);
}

TEST(FileNamesTest, CountsColumnsInUtf16) {
  // "😀é" takes 3 units: the second file begins at column 5.
  const auto map = *SourceMap::Parse(R"({"sources":["a","b"],"mappings":"AAAA,KCAA"})");
  std::string text = "'😀é'__dv8_f_______";
  ReplacePlaceholders(map, kSources, kEntry, {}, &text);
  EXPECT_EQ(text, "'😀é'__dv8_f_000001");
  const FileNames names = ReplacePlaceholders(map, kSources, kEntry, {}, &(text = "'😀é'__dv8_f_______"));
  EXPECT_EQ(names.declarations, "const __dv8_f_000001=\"/app/main.js\";");
}

TEST(FileNamesTest, QuotesAsAscii) {
  EXPECT_EQ(QuoteJs("a\"\\\né日😀"), "\"a\\\"\\\\\\u{a}\\u{e9}\\u{65e5}\\u{1f600}\"");
}

}  // namespace
}  // namespace dv8
