// --inputs: packing for build systems, from a folder with copies of the files that a manifest lists. Nothing else is
// found beside them, so that a build system that has declared these files has declared all that is read.
#pragma once

#include <string>

#include "packager/cli/options.h"
#include "packager/process/files.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Copies the files of the manifest into a temporary folder, which becomes the working folder: paths of options count from
// it. A line of the manifest is "PATH<tab>FILE": the file's path in the folder, and where it lies. With a third field,
// "<tab>link", a FILE that is a relative symbolic link stays one; others are followed.
Result<TempDir> EnterInputs(const std::string& manifest);

// Makes the paths of what is written absolute: they count from `folder`.
void KeepOutputsIn(const std::string& folder, Options* options);

}  // namespace dv8
