// Runs the tools that dv8pack is made of: esbuild and dv8-snapshot.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

struct Command {
  std::vector<std::string> args;            // The first one is the program's file: PATH is not looked at.
  std::string cwd = {};                     // The caller's when empty.
  std::vector<std::string> env = {};        // NAME=VALUE
  std::string input = {};                   // What the program reads from its standard input.
  std::chrono::milliseconds time_limit{0};  // None when 0.
};

struct Outcome {
  int exit_code = -1;  // -1 when a signal ended it.
  int signal = 0;
  bool timed_out = false;
  std::string out;
  std::string err;
};

// Runs the program to its end, in a process group of its own and with no environment but `env`,
// so that no variable changes what is packed. At the time limit, or when dv8pack is interrupted,
// the whole group is killed; when dv8pack itself is killed, the program is too. Each process of it
// may have MemoryLimit() bytes. Call on the main thread.
Result<Outcome> RunProcess(const Command& command);

// A program that is talked to while it runs, under the rules of RunProcess. It is killed when
// this object goes before End().
class ToolSession {
 public:
  static Result<std::unique_ptr<ToolSession>> Start(const Command& command);
  virtual ~ToolSession() = default;

  // Writes all of `bytes` to its standard input. False when it does not read any more, or dv8pack
  // was interrupted.
  virtual bool Write(std::string_view bytes) = 0;
  // Waits for what it writes to its standard output and appends that to `bytes`. False at its end.
  virtual bool Read(std::string* bytes) = 0;
  // Closes its standard input and waits for its end. The outcome has what it wrote since.
  virtual Result<Outcome> End() = 0;
  // Kills it; what is left to do for End(), or the destructor, takes no time.
  virtual void Kill() = 0;
};

// Three quarters of the memory that this machine, or this process's cgroup, has; at least 1 GiB, and
// no more than this process's own limits.
uint64_t MemoryLimit();

// "12.3 GiB", of MemoryLimit().
std::string MemoryLimitText();

// Makes what dv8pack inherits what it expects: descriptors 0 to 2 are open (on /dev/null), so that
// no file of ours gets such a number, children can be waited for, and a file that grows too large
// is an error instead of a signal. Call first.
void PrepareProcess();

// From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT end the running tool and make Interrupted()
// true, instead of ending dv8pack with its temporary files left behind.
void CatchInterrupts();

// The signal that asked dv8pack to stop, or 0.
int Interrupted();

// Ends dv8pack by the signal that interrupted it, as the shell expects.
[[noreturn]] void EndByInterrupt();

}  // namespace dv8
