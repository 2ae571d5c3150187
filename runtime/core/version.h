// The version of dv8pack, of its runtime and of its snapshot builder: they are one.
#pragma once

namespace dv8 {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace dv8
