// The command line of a node-like program (one whose main module imports dv8:node): node's options in front,
// then a file and its arguments. A packed program's command line is its own, and nothing here reads it; the options
// that it was packed with (--exec-argv) are read by the same rules.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/bindings/node/options.h"
#include "runtime/bindings/registry.h"

namespace dv8::node {

struct CommandLine {
  std::vector<std::pair<const OptionSpec*, std::string>> options;  // In their order; implied ones, too.
  std::vector<std::string> v8_flags;
  std::vector<std::string> exec_arguments;  // The options as they were written: process.execArgv.
  std::vector<std::string> arguments;       // What is left, behind the program's name.
  std::string error;                        // "--eval requires an argument"; empty when there is none.
};

// Reads options from the front of `words`, as node does: aliases, --no-, "--name=value" and "--name value".
// What node does not know is V8's.
void ReadOptions(std::vector<std::string> words, OptionSource source, CommandLine* out);

// Options that variables of their own set: NODE_NO_WARNINGS and its kin. `get` gives a variable's value.
void ReadOptionVariables(const std::function<std::optional<std::string>(const char* name)>& get, CommandLine* line);

// The words of NODE_OPTIONS: parted by spaces, with "..." around what has some.
std::vector<std::string> SplitNodeOptions(std::string_view text, std::string* error);

// Node's aliases and what they stand for, in no order: "-e" → {"--eval"}.
std::vector<std::pair<std::string_view, std::vector<std::string_view>>> OptionAliases();

// Takes the options out of argv (and, for kEnvironment, first those of NODE_OPTIONS), checks V8's and appends them to `flags`. An exit code when the program
// has been dealt with: --version, or a bad option, whose text is on stderr.
std::optional<int> TakeCommandLine(OptionSource from, int* argc, char** argv, std::string* flags);

// Gives the Environment what TakeCommandLine() found.
void ApplyCommandLine(Environment* env);

// Whether V8's flags of the command line have --expose-gc.
bool ExposesGc();

// Reads the options of --exec-argv, written as in NODE_OPTIONS. What is wrong with them, V8's flags apart, which go to
// `v8_flags`; empty when nothing is. Options that say what node is to run are wrong.
std::string CheckExecArgv(std::string_view text, std::string* v8_flags);

// Gives the Environment these options, V8's apart, and process.execArgv.
void ApplyExecArgv(Environment* env, std::string_view text);

}  // namespace dv8::node
