// What keeps the program running, for process._getActiveHandles() and its kin.
#pragma once

#include <vector>

#include "runtime/core/environment.h"

namespace dv8::node {

std::vector<v8::Local<v8::Value>> ActiveRequestObjects(Environment* env);
// Of handles that are open and referenced.
std::vector<v8::Local<v8::Value>> ActiveHandleObjects(Environment* env);
// The classes of both, then "Timeout" and "Immediate", once each.
std::vector<v8::Local<v8::Value>> ActiveResourceNames(Environment* env);

}  // namespace dv8::node
