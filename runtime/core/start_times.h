// When the program's process reached which part of its life: performance.nodeTiming, process.uptime().
#pragma once

#include <cstdint>

namespace dv8 {

enum class Phase { kProcess, kMain, kEngine, kEnvironment, kLoop, kLoopEnd, kCount };

// Notes that a phase begins now, the first time. On the program's first thread; kProcess is noted before main().
void BeginPhase(Phase phase);
// uv_hrtime() of its begin; 0 when it has not come yet. From any thread.
uint64_t PhaseStart(Phase phase);
inline uint64_t ProcessStart() { return PhaseStart(Phase::kProcess); }

}  // namespace dv8
