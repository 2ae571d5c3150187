// The program as its own child: `spawn(process.execPath, [file, ...])`. Node's programs mean "node" by
// process.execPath; a packed program would start itself again, without end. So the parent hands a sealed
// memfd down, at a number that nothing else uses, with the path of its executable. The same executable that
// finds it there runs `[options] file [arguments]` as node would.
// Whether NODE_V8_COVERAGE orders its coverage is for the parent to say: the descriptor has that, too.
//
// Neither the environment nor a command line makes such a descriptor: only a process that runs this
// program's code does, for children that name its executable: as the file, in an argument (a shell's text),
// in a variable, or by a "node" that their PATH leads to. A program may as well mean itself by that: unless it is fork() that starts the child, the
// command line must be one that node can run (NamesCode).
#pragma once

#include <uv.h>

#include <string_view>
#include <vector>

#include "runtime/core/environment.h"

namespace dv8::node {

// Above what programs number by hand and shells take for themselves, and below the lowest usual limit, 64.
inline constexpr int kSelfChildFd = 57;

enum class SelfChild { kNo, kNamed, kForked };

// Whether a child that is started so is, or may start, this executable.
SelfChild NamesThisExecutable(const char* file, char* const* arguments, char* const* variables);

// What to give to one child: its stdio with the descriptor behind. Lives until the child was started.
class SelfChildToken {
 public:
  SelfChildToken() = default;
  ~SelfChildToken();
  SelfChildToken(const SelfChildToken&) = delete;
  SelfChildToken& operator=(const SelfChildToken&) = delete;

  // Adds the descriptor to `stdio` when `options` name this executable; 0 or an error number. A program whose
  // command line is node's anyway needs none.
  int AddTo(Environment* env, const uv_process_options_t& options, std::vector<uv_stdio_container_t>* stdio);
  // Puts it where the program that replaces this one finds it (execve), when it is named.
  int Install(Environment* env, const char* file, char* const* arguments, char* const* variables);

 private:
  int Open(SelfChild kind, char* const* variables);
  int fd_ = -1;
};

// At the program's start: whether its parent was the same program and started it as node. The descriptor is
// closed then: who inherits it from here is decided anew.
bool TakeSelfChildToken(int argc, char* const* argv);

}  // namespace dv8::node
