// The options and the commands, once: for the parser, --help, the man page, suggestions, shell completion, the JSON schema,
// the types of the API on npm, and for finding the entry.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

struct OptionSpec {
  enum class Kind {
    kFlag,
    kOptional,  // --name or --name=value.
    kValue,     // --name=value or --name value; the last one counts.
    kList,      // Likewise, each one counts; also --name:value, as esbuild writes it.
    kEsbuild,   // --name=value, handed to esbuild as it is.
    kEsbuildFlag,
    kEsbuildList,  // --name:value, handed on as it is.
  };
  enum class Section { kBundling, kContents, kStart, kDebugging, kImage, kMachine, kElse, kInformation };

  std::string_view name;  // "--minify"
  Kind kind;
  char letter;  // 0 when it has none.
  Section section;
  // What its value is: choices ("lz4|none"), or what has capitals, which stands for something ("FILE", "none|LIST").
  std::string_view value;
  std::string_view text;  // For --help and completion.
};

struct CommandSpec {
  std::string_view name;   // "run"; empty for packing.
  std::string_view usage;  // What follows "dv8pack ".
  std::string_view text;
};

std::span<const OptionSpec> OptionTable();
std::span<const CommandSpec> CommandTable();

// The option that `word` ("--define:K=V", "-o") names, or null.
const OptionSpec* FindOption(std::string_view word);

bool TakesValue(OptionSpec::Kind kind);
bool IsList(OptionSpec::Kind kind);

// "lz4" and "none" of "lz4|none"; of "none|LIST" only "none".
std::vector<std::string_view> Choices(const OptionSpec& option);
// Whether only one of the choices can be the option's value.
bool IsChoice(const OptionSpec& option);
// What is wrong with a value: "is lz4 or none, not 'zip'"; empty when nothing is that the table knows of.
std::string WrongValue(const OptionSpec& option, const std::string& value);
// Whether the option's value is the path of a file or a folder.
bool IsPath(const OptionSpec& option);

// "What goes in".
std::string_view SectionTitle(OptionSpec::Section section);

// What --help prints, and two sentences of it.
std::string HelpText();
inline constexpr std::string_view kConfigHelp =
    "dv8pack.json beside the entry's package.json, or \"dv8pack\" in it, may have options by their long names; what the\n"
    "command line says comes after them.";
inline constexpr std::string_view kExitCodesHelp = "Exit codes: 0 done, 1 the input is at fault, 2 the command line is, 70 dv8pack is.";

}  // namespace dv8
