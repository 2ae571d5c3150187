// A command line as node reads it: options, then the main file and its arguments. For programs that are
// node-like, and for packed ones that were started by themselves as node (self_child.h).
//
// Needs no Environment: V8 wants its flags before an isolate is made.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/bindings/node/options.h"

namespace dv8::node {

class CommandLine {
 public:
  // node takes some options from NODE_OPTIONS, before those of the command line.
  void ReadNodeOptions(std::string_view text);
  // `arguments` begin with the program's name.
  void Read(std::vector<std::string> arguments);
  // Options that exclude each other, and values that some do not take.
  void Check();

  // What is wrong, as node says it; empty when nothing is. node ends with code 9 for the first.
  const std::vector<std::string>& complaints() const { return complaints_; }
  // Options that node does not have: V8's, or nobody's.
  const std::vector<std::string>& v8_flags() const { return v8_flags_; }
  const NodeOptions& options() const { return options_; }
  bool IsTrue(std::string_view name) const { return options_.IsTrue(name); }

  // The library's file that runs the program: "internal/main/run_main_module" for a file to run, "…/repl" when
  // there is none and standard input is a terminal.
  const char* MainScript() const;
  // Gives `env` the options, process.argv and process.execArgv.
  void Apply(Environment* env) const;

 private:
  class Parser;

  NodeOptions options_{nullptr};
  std::vector<std::string> argv_, exec_argv_, v8_flags_, complaints_;
};

}  // namespace dv8::node
