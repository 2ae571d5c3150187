// --metafile: what went into the executables, in the shape of esbuild's metafile, for the tools that read it.
#pragma once

#include <map>
#include <string>

#include "packager/cli/pack.h"
#include "runtime/payload/result.h"

namespace dv8 {

class Metafile {
 public:
  // `folder` is what paths are relative to: where dv8pack was called.
  explicit Metafile(std::string folder) : folder_(std::move(folder)) {}

  // Adds the executable `output` and the files in it. What a module imports and is not in the executable is "external";
  // an input's bytes in the output are those that it has there, before they are compressed.
  Result<Done> Add(const PackedApp& app, const std::string& output);

  std::string Text() const;

 private:
  std::string Relative(const std::string& file) const;

  std::string folder_;
  std::map<std::string, std::string> inputs_;  // JSON by path.
  std::map<std::string, std::string> outputs_;
};

}  // namespace dv8
