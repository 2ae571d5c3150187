// The open handles of an event loop in a diagnostic report.
#pragma once

#include "runtime/bindings/node/json_writer.h"
#include "runtime/core/environment.h"

namespace dv8::node {

// Adds "libuv": what each handle is, whether it holds the loop, and its end points, path, process or signal.
void AddHandles(JsonWriter* json, Environment* env);

}  // namespace dv8::node
