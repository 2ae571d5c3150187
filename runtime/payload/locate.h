// Finding the payload in the running program's own image.
#pragma once

#include <cstddef>
#include <span>

namespace dv8 {

// The mapped segment that begins with the payload's magic number; empty when there is none.
// Reads the program headers in memory: no file is opened, /proc is not needed.
std::span<const std::byte> FindPayload();

}  // namespace dv8
