// How both forms of starting a process read their first arguments. Used by child_process.cc
// and spawn_sync.cc.
#pragma once

#include <uv.h>

#include <string>
#include <vector>

#include "runtime/bindings/value.h"

namespace dv8 {

// Owns the texts that `uv` points to.
struct SpawnOptions {
  // From the arguments file, args, env or undefined, cwd or undefined, flags, uid, gid; an
  // undefined id stays the parent's.
  explicit SpawnOptions(const CallInfo& info);
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;

  uv_process_options_t uv{};

 private:
  std::string file_, cwd_;
  std::vector<std::string> args_, env_;
  std::vector<char*> arg_pointers_, env_pointers_;
};

// spawnSync(…SpawnOptions, stdio, input or undefined, timeout, maxBuffer, killSignal): waits
// for the child. `stdio` holds descriptors, -1 for /dev/null and -2 for a pipe.
// → [pid, exit code, signal, error number, output ArrayBuffer or null for each of stdio].
void SpawnSync(const CallInfo& info);

}  // namespace dv8
