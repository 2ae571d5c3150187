// The time that outputs carry: never that of the packing (reproducible-builds.org's SOURCE_DATE_EPOCH).
#pragma once

#include <cstdint>
#include <string>

#include "runtime/payload/result.h"

namespace dv8 {

// Seconds since 1970: SOURCE_DATE_EPOCH of the environment, or 0. The error is about the variable's value.
Result<int64_t> SourceDate();

// RFC 3339: "1970-01-01T00:00:00Z".
std::string TimeText(int64_t time);

}  // namespace dv8
