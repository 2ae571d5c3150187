// What a packed program becomes beside an executable: an image of containers, a virtual machine, bills of materials.
#pragma once

#include <string>
#include <vector>

#include "packager/cli/install.h"
#include "packager/cli/options.h"
#include "packager/cli/pack.h"
#include "packager/image/image.h"
#include "packager/sbom/npm_packages.h"
#include "runtime/payload/result.h"

namespace dv8 {

// A bill that --sbom asks for.
struct SbomFile {
  std::string path;
  std::string text;
  std::string media_type;
};

// `name` is the executable's.
Result<std::vector<SbomFile>> MakeSboms(const Options& options, const Install& install, const PackedApp& app, const std::string& name);

// The image of `app`; the bills refer to it.
Result<Image> MakeAppImage(const Options& options, const Install& install, const PackedApp& app, const std::string& name,
                           const std::vector<SbomFile>& sboms);

Result<Machine> MakeAppMachine(const Options& options, const Install& install, const PackedApp& app, const std::string& name);

// They as --json tells them.
std::string ImageJson(const Image& image);
std::string MachineJson(const Machine& machine);

// The npm packages in `app`.
ProgramPackages PackagesOf(const PackedApp& app);

}  // namespace dv8
