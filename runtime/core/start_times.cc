#include "runtime/core/start_times.h"

#include <uv.h>

#include <atomic>

namespace dv8 {
namespace {

std::atomic<uint64_t> starts[static_cast<size_t>(Phase::kCount)] = {uv_hrtime()};

}  // namespace

void BeginPhase(Phase phase) {
  std::atomic<uint64_t>& start = starts[static_cast<size_t>(phase)];
  if (start.load(std::memory_order_relaxed) == 0) start.store(uv_hrtime(), std::memory_order_relaxed);
}

uint64_t PhaseStart(Phase phase) { return starts[static_cast<size_t>(phase)].load(std::memory_order_relaxed); }

}  // namespace dv8
