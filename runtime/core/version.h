// The version of dv8pack, of its runtime and of its snapshot builder: they are one.
#pragma once

namespace dv8 {

inline constexpr char kVersion[] = "0.1.0";
// The day of this version.
inline constexpr char kVersionDate[] = "2026-11-27";
// The Node whose library programs see.
inline constexpr char kNodeVersion[] = "24.21.0";

}  // namespace dv8
