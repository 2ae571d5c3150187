// The milestones of internalBinding('performance'), and entries that other bindings make.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// Moments of a program's life that performance.nodeTiming shows; the order is the binding's.
enum class Milestone { kTimeOriginTimestamp, kTimeOrigin, kEnvironment, kNodeStart, kV8Start, kLoopStart, kLoopExit, kBootstrapComplete };
inline constexpr size_t kMilestoneCount = 8;

// The kinds of entries that observers are counted for; the order is the binding's.
enum class EntryType { kGc, kHttp, kHttp2, kNet, kDns, kQuic };

// Whether a PerformanceObserver of the program wants entries of `type`.
bool HasObservers(Environment* env, EntryType type);
// Gives the observers an entry in the loop's next turn. Times are uv_hrtime()'s; `details` may be empty.
void TellObservers(Environment* env, EntryType type, const char* name, uint64_t start, uint64_t end, v8::Local<v8::Object> details);

// When the loop of a thread that is not the program's first began to turn, by uv_hrtime().
void SetLoopStart(Environment* env, uint64_t time);

}  // namespace dv8::node
