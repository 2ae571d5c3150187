// The options and variables that a worker starts with: `env` and `execArgv` of new Worker().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/process_env.h"
#include "v8.h"

namespace dv8::node {

struct WorkerOptions {
  NodeOptions options{nullptr};
  std::vector<std::string> exec_argv;
  std::shared_ptr<WorkerVariables> variables;
  // What a worker does not take, and the property of the Worker that lib reads it from.
  std::vector<std::string> invalid;
  const char* invalid_in = "invalidExecArgv";
};

// `variables`: null for a copy of the current ones, an object with others, or else the current ones shared.
// `exec_argv`: an array, or else the current options. False when an exception is pending.
bool ReadWorkerOptions(Environment* env, v8::Local<v8::Value> variables, v8::Local<v8::Value> exec_argv, WorkerOptions* out);

}  // namespace dv8::node
