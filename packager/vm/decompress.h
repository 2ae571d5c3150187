// Compressed modules of kernels: .ko.xz, .ko.zst, .ko.gz.
#pragma once

#include <string>
#include <string_view>

#include "runtime/payload/result.h"

namespace dv8 {

// The bytes of the module `file`, compressed as its last extension says; as they are when that is ".ko". The error names no file.
Result<std::string> DecompressModule(std::string_view file, std::string bytes);

}  // namespace dv8
