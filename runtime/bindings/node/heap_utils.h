// Heap snapshots, and when they are taken.
#pragma once

#include <cstdint>

#include "runtime/core/environment.h"

namespace dv8::node {

// From now on the first `limit` times that the heap is about to reach its limit, a snapshot is written into the
// current folder, before the program ends for want of memory.
void SetHeapSnapshotNearHeapLimit(Environment* env, uint32_t limit);

}  // namespace dv8::node
