// The way of an app from its entry to an executable.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "packager/cli/install.h"
#include "packager/cli/options.h"
#include "packager/cli/progress.h"
#include "packager/snapshot/builder.h"
#include "runtime/payload/result.h"

namespace dv8 {

struct PackedApp {
  std::vector<std::byte> executable;
  std::vector<std::string> modules;      // Of the standard library.
  std::vector<std::string> inputs;       // Virtual paths.
  std::vector<std::string> input_files;  // Real ones.
  std::string source_map;                // That it does not have in itself, for --sourcemap=external.
  // For --metafile.
  std::string metafile;                  // esbuild's.
  std::string root;                      // The folder that became /app.
  std::string entry_file;                // Real.
  std::map<std::string, size_t> stored;  // Sizes of the files in it, by virtual path.
  // What the engine in it has.
  Template runtime = Template::kSmall;
  bool has_node_library = false;
};

// Bundles, makes the snapshot and links, all in memory and in a temporary folder. `messages`
// gets what esbuild and the app say on the way. `output` is the file that the executable will be, or
// empty: no asset is made of it.
Result<PackedApp> PackApp(const Options& options, const Install& install, const std::string& output, Progress* progress,
                          std::string* messages);

}  // namespace dv8
