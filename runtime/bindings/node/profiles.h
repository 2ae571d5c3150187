// Profiles of an Environment's isolate, as the JSON that Chrome's tools read. On its own thread.
#pragma once

#include <optional>
#include <string>

#include "runtime/core/environment.h"
#include "v8-profiler.h"

namespace dv8::node {

v8::CpuProfilingResult StartCpuProfile(Environment* env);
// nullopt when no profile of that id is under way.
std::optional<std::string> StopCpuProfile(Environment* env, v8::ProfilerId id);

// Samples of what is allocated. False when they are being taken already.
bool StartHeapProfile(Environment* env);
// nullopt when it was not started.
std::optional<std::string> StopHeapProfile(Environment* env);

}  // namespace dv8::node
