// dv8pack run --watch: the app is packed and started again when one of its files has changed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "packager/cli/pack.h"
#include "runtime/payload/result.h"

namespace dv8 {

struct Watched {
  std::string name;  // The app's argv[0].
  std::vector<std::string> arguments;
  std::string root;                // Where a file may appear that a failed packing has missed.
  std::vector<std::string> files;  // And folders, which belong to the app whatever is in it: assets, options.
  bool is_quiet = false;
};

// Runs what `pack` gives until dv8pack is interrupted (Interrupted()). `pack` has said what went wrong. The app
// is asked to end by SIGTERM, or by the interrupt itself, and killed when it has not after some seconds.
void RunWatching(const Watched& watched, const std::function<Result<PackedApp>()>& pack);

}  // namespace dv8
