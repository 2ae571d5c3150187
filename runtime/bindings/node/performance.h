// What the rest of the runtime tells internalBinding('performance').
#pragma once

#include <cstdint>

#include "runtime/core/environment.h"

namespace dv8::node {

// Moments of a program's life that performance.nodeTiming shows; the order is the binding's.
enum class Milestone { kTimeOriginTimestamp, kTimeOrigin, kEnvironment, kNodeStart, kV8Start, kLoopStart, kLoopExit, kBootstrapComplete };
inline constexpr size_t kMilestoneCount = 8;

struct Milestones {
  explicit Milestones(Environment*) {}
  // uv_hrtime(), or 0 when it has not come yet.
  uint64_t at[kMilestoneCount] = {};
};

// Notes that a milestone is reached now; while a snapshot is made, nothing is noted.
void MarkMilestone(Environment* env, Milestone milestone);

}  // namespace dv8::node
