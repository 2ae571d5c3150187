// Options out of a file: dv8pack.json beside the entry's package.json, or the section "dv8pack" in that. They have the
// names of the long options; what the command line says comes after them.
#pragma once

#include <string>
#include <vector>

#include "packager/cli/options.h"
#include "runtime/payload/result.h"

namespace dv8 {

struct Config {
  std::string file;                // Empty when there is none.
  std::vector<std::string> words;  // As on the command line: "--minify", "--define=K=V".
};

// The options for the entry `path`. Paths in the file count from its folder, `words` from the working folder. Files of
// node_modules have none. The error has the place in the file.
Result<Config> ReadConfig(const std::string& path);

// The command line with the options of a file, if there is one. Errors are of the command line or the file.
Result<Options> ParseWithConfig(const std::vector<std::string>& args);

// The JSON schema of such a file, out of the option table.
std::string ConfigSchema();

}  // namespace dv8
