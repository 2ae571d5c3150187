// The milestones of internalBinding('performance').
#pragma once

#include <cstddef>

namespace dv8::node {

// Moments of a program's life that performance.nodeTiming shows; the order is the binding's.
enum class Milestone { kTimeOriginTimestamp, kTimeOrigin, kEnvironment, kNodeStart, kV8Start, kLoopStart, kLoopExit, kBootstrapComplete };
inline constexpr size_t kMilestoneCount = 8;

}  // namespace dv8::node
