// The files of the layer that a program becomes.
#pragma once

#include <cstddef>
#include <vector>

#include "packager/image/image.h"
#include "runtime/payload/result.h"

namespace dv8 {

// A tar archive: the executable and the files that were named, and, for an image without a base, what every program may
// look for: passwd and group, the user's home, /tmp, certificates, the working folder.
Result<std::vector<std::byte>> MakeLayer(const ImageInput& input);

}  // namespace dv8
