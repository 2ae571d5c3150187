// Diagnostic reports that the engine asks for, for registry_full.cc.
#pragma once

#include "runtime/core/environment.h"

namespace dv8::node {

// Writes a report when the program has --report-on-fatalerror. Allocates nothing in the JavaScript heap.
void ReportFatalError(Environment* env, const char* event, const char* trigger);

}  // namespace dv8::node
