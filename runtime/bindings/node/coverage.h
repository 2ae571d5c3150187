// Precise coverage of what a thread runs, as files that tools read: coverage-PID-TIME-THREAD.json in the folder that
// NODE_V8_COVERAGE names. A session of the inspector's counts; internalBinding('profiler') starts it.
#pragma once

#include <string_view>

#include "runtime/core/environment.h"

namespace dv8::node {

// Whether NODE_V8_COVERAGE orders coverage where it has this value. A packed program takes no orders from the
// environment that it was started in, but from what has set the variable since: itself, or its packing.
bool IsCoverageOrder(std::string_view value);
// From now on what the process was started with is an order, too: it is node, or its parent is the same program and
// gave it. Before there is a second thread.
void TakeCoverageOrders();

// A thread ends: writes the file of one that is covered. JavaScript may run still.
void EndCoverage(Environment* env);

}  // namespace dv8::node
