// What both forms of starting a process read of JavaScript: process_wrap.cc and spawn_sync.cc.
#pragma once

#include <uv.h>

#include <string>
#include <vector>

#include "runtime/bindings/node/self_child.h"
#include "runtime/bindings/node/virtual_root.h"
#include "runtime/core/environment.h"

namespace dv8::node {

// Embedded files that a child is to run or read, which no disk has: open descriptors that it inherits and finds below
// /proc/self/fd. They live until it was started.
class FilesForChild {
 public:
  FilesForChild() = default;
  ~FilesForChild();
  FilesForChild(const FilesForChild&) = delete;
  FilesForChild& operator=(const FilesForChild&) = delete;

  // Makes a path of an embedded file in `*text` one that the child can open; 0 or an error number.
  int Replace(const VirtualRoot& root, std::string* text);

 private:
  std::vector<int> descriptors_;
};

enum class ReadResult { kRead, kWrongType, kException };

// Owns the texts that uv_process_options_t points to. Readers may run the program's getters: what they give
// is looked at again when the child is started.
class SpawnRequest {
 public:
  // Strings; what is not one (the list's entries are converted) is kWrongType.
  ReadResult ReadFile(Environment* env, v8::Local<v8::Value> value);
  ReadResult ReadArguments(Environment* env, v8::Local<v8::Value> value);
  ReadResult ReadVariables(Environment* env, v8::Local<v8::Value> value);
  ReadResult ReadCwd(Environment* env, v8::Local<v8::Value> value);
  // undefined and null leave the parent's.
  ReadResult ReadUser(v8::Local<v8::Value> value);
  ReadResult ReadGroup(v8::Local<v8::Value> value);
  void set_detached() { flags_ |= UV_PROCESS_DETACHED; }

  // Starts it; 0 or an error number. After the first call of a loop `process` is to be closed by uv_close.
  int Spawn(Environment* env, uv_loop_t* loop, uv_process_t* process, uv_exit_cb on_exit, std::vector<uv_stdio_container_t> stdio);

 private:
  // Looks for embedded files in the command line; 0 or an error number.
  int TakeEmbedded(Environment* env, FilesForChild* files);

  std::string file_, cwd_;
  std::vector<std::string> arguments_, variables_;
  bool has_arguments_ = false, has_variables_ = false;
  unsigned flags_ = 0;
  uv_uid_t uid_ = 0;
  uv_gid_t gid_ = 0;
};

// "SIGTERM"; empty for 0 and numbers that have no name.
const char* SignalName(int number);

}  // namespace dv8::node
