// How the program was started, as Node's library sees it: process.argv and process.execArgv, before the
// library makes paths of them. Whoever reads node's options from the command line sets both.
#pragma once

#include <string>
#include <vector>

#include "runtime/core/environment.h"

namespace dv8::node {

struct ProcessArguments {
  // A packed program: [argv[0], the entry's virtual path, the arguments], no options.
  explicit ProcessArguments(Environment* env);

  std::vector<std::string> argv;
  std::vector<std::string> exec_argv;
  bool is_node = false;  // The command line is node's: it names what to run.
};

// The executable's path. Without /proc it is what the kernel was asked to run.
std::string ExecPath(Environment* env);

}  // namespace dv8::node
