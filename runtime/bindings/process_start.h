// When the process began.
#pragma once

#include <cstdint>

namespace dv8 {

// uv_hrtime() of that moment.
uint64_t ProcessStart();

}  // namespace dv8
