#include "packager/cli/options.h"

#include <gtest/gtest.h>

#include "packager/cli/option_table.h"

namespace dv8 {
namespace {

using Strings = std::vector<std::string>;

Options Parsed(const Strings& args) {
  const auto options = ParseOptions(args);
  EXPECT_TRUE(options.ok()) << options.error().ToString();
  return options.ok() ? options.value() : Options();
}

std::string Error(const Strings& args) {
  const auto options = ParseOptions(args);
  return options.ok() ? "" : options.error().ToString();
}

TEST(OptionsTest, HasDefaults) {
  const Options options = Parsed({"app.ts"});
  EXPECT_EQ(options.command, Options::Command::kPack);
  EXPECT_EQ(options.bundle.entry, "app.ts");
  EXPECT_EQ(options.output, "");
  EXPECT_EQ(options.icu, "en");
  EXPECT_EQ(options.snapshot.mode, SnapshotMode::kCode);
  EXPECT_EQ(options.snapshot.time_limit.count(), 60);
  EXPECT_EQ(options.source_map, Options::SourceMap::kLinked);
}

TEST(OptionsTest, ReadsWhereTheDebuggerListens) {
  EXPECT_EQ(Parsed({"app.js"}).inspect, "");
  EXPECT_EQ(Parsed({"--inspect", "app.js"}).inspect, "127.0.0.1:9229");
  EXPECT_EQ(Parsed({"--inspect=0", "app.js"}).inspect, "127.0.0.1:0");
  EXPECT_EQ(Parsed({"--inspect=[::1]:80", "app.js"}).inspect, "[::1]:80");
  EXPECT_FALSE(Parsed({"--inspect", "app.js"}).inspect_break);
  const Options run = Parsed({"run", "--inspect-brk=0.0.0.0:1", "app.js", "--inspect"});
  EXPECT_EQ(run.inspect, "0.0.0.0:1");
  EXPECT_TRUE(run.inspect_break);
  EXPECT_EQ(run.arguments, Strings{"--inspect"});
  EXPECT_EQ(run.bundle.included_modules, Strings{"dv8:debugger"});
}

TEST(OptionsTest, TakesBothWaysOfWriting) {
  const Options options = Parsed({"--define:A=1", "--define", "B=x=y", "app.ts", "-o", "out", "--external:*.css", "--loader:.foo=text",
                                  "--alias=a=b", "--minify", "--asset", "x", "--asset=y"});
  EXPECT_EQ(options.bundle.defines, (Strings{"A=1", "B=x=y"}));
  EXPECT_EQ(options.bundle.externals, (Strings{"*.css"}));
  EXPECT_EQ(options.bundle.loaders, (Strings{".foo=text"}));
  EXPECT_EQ(options.bundle.aliases, (Strings{"a=b"}));
  EXPECT_EQ(options.assets, (Strings{"x", "y"}));
  EXPECT_EQ(options.output, "out");
  EXPECT_TRUE(options.bundle.minify);
}

TEST(OptionsTest, HandsEsbuildItsOwn) {
  EXPECT_EQ(Parsed({"a.jsx", "--jsx=automatic", "--drop:console", "--keep-names"}).bundle.esbuild_arguments,
            (Strings{"--jsx=automatic", "--keep-names", "--drop:console"}));
}

TEST(OptionsTest, LeavesTheAppsArgumentsAlone) {
  const Options options = Parsed({"run", "--define", "A=1", "--minify", "app.ts", "--minfy", "-o", "--", "x"});
  EXPECT_EQ(options.command, Options::Command::kRun);
  EXPECT_EQ(options.bundle.entry, "app.ts");
  EXPECT_EQ(options.arguments, (Strings{"--minfy", "-o", "--", "x"}));
}

TEST(OptionsTest, KnowsTheOtherCommands) {
  EXPECT_EQ(Parsed({"--help"}).command, Options::Command::kHelp);
  EXPECT_EQ(Parsed({"-V"}).command, Options::Command::kVersion);
  EXPECT_EQ(Parsed({"--licenses"}).command, Options::Command::kLicenses);
  EXPECT_EQ(Parsed({"inspect", "--json", "app"}).command, Options::Command::kInspect);
}

TEST(OptionsTest, ReadsSnapshotOptions) {
  const Options options = Parsed({"a.js", "--snapshot=app", "--snapshot-timeout=5", "--v8-flags=--stack-size=500 --no-opt"});
  EXPECT_EQ(options.snapshot.mode, SnapshotMode::kApp);
  EXPECT_EQ(options.snapshot.time_limit.count(), 5);
  EXPECT_EQ(options.snapshot.v8_flags, "--stack-size=500 --no-opt");
}

TEST(OptionsTest, SaysWhatIsWrong) {
  EXPECT_EQ(Error({"a.js", "--minfy"}), "error: unknown option '--minfy'\n  hint: did you mean '--minify'?");
  EXPECT_EQ(Error({"a.js", "--frobnicate=1"}), "error: unknown option '--frobnicate'\n  hint: dv8pack --help lists the options");
  EXPECT_EQ(Error({"run", "--minfy", "a.js", "x"}), "error: unknown option '--minfy'\n  hint: did you mean '--minify'?");
  EXPECT_EQ(Error({}),
            "error: which file does the app start with?\n"
            "  hint: dv8pack --help says how it is used");
  EXPECT_EQ(Error({"a.js", "b.js"}),
            "error: one file at a time: 'a.js' or 'b.js'?\n"
            "  hint: --out-dir FOLDER packs each into one of its own");
  EXPECT_EQ(Error({"a.js", "-o", "a", "--out-dir=b"}), "error: --output names one executable, --out-dir a folder for several: one of them");
  EXPECT_EQ(Error({"run", "-o", "a", "a.js"}), "error: --output is for packing: this command writes no file");
  EXPECT_EQ(Parsed({"a.js", "b.js", "--out-dir=c"}).entries, (Strings{"a.js", "b.js"}));
  EXPECT_EQ(Error({"a.js", "--exec-argv="}), "error: --exec-argv needs a value");
  EXPECT_EQ(Error({"a.js", "-o"}), "error: --output needs a value");
  EXPECT_EQ(Error({"a.js", "--snapshot=foo"}), "error: --snapshot is code, app or none, not 'foo'");
  EXPECT_EQ(Error({"a.js", "--snapshot-timeout=1m"}), "error: --snapshot-timeout is a number of seconds from 1 to 86400, not '1m'");
  EXPECT_EQ(Error({"a.js", "--compress=zip"}), "error: --compress is lz4 or none, not 'zip'");
  EXPECT_EQ(Error({"a.js", "--sourcemap=inline"}), "error: --sourcemap is none, linked or external, not 'inline'");
  EXPECT_EQ(Error({"a.js", "--globals=some"}), "error: --globals is named or all, not 'some'");
  EXPECT_EQ(Error({"a.js", "--dv8=1"}), "error: --dv8 is 0.0.4, 0.0.5 or 0.0.6, not '1'");
  EXPECT_EQ(Parsed({"a.js", "--dv8=0.0.5"}).bundle.vintage, "0.0.5");
  EXPECT_EQ(Parsed({"a.js"}).bundle.vintage, "");
  EXPECT_EQ(Error({"a.js", "--minify=yes"}), "error: --minify is true or false, not 'yes'");
  EXPECT_FALSE(Parsed({"a.js", "--minify", "--minify=false"}).bundle.minify);
  EXPECT_EQ(Error({"a.js", "--icu=de,,fr"}), "error: --icu is a list of names, not 'de,,fr'");
  EXPECT_EQ(Error({"a.js", "--asset="}), "error: --asset needs a value");
  EXPECT_EQ(Error({"a.js", "--define:X"}), "error: --define is NAME=VALUE, not 'X'");
}

TEST(OptionsTest, HelpNamesEveryOption) {
  const std::string help = HelpText();
  for (const OptionSpec& option : OptionTable()) {
    EXPECT_NE(help.find(option.name), std::string::npos) << option.name;
  }
}

}  // namespace
}  // namespace dv8
