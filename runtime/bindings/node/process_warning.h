// Warnings that C++ has for the program: process.emitWarning().
#pragma once

#include <string_view>

#include "runtime/core/environment.h"

namespace dv8::node {

// Calls process.emitWarning(text[, type[, code]]) as a callback of the loop: not to be called while JavaScript
// runs. Does nothing where there is no such function.
void EmitWarning(Environment* env, std::string_view text, std::string_view type = {}, std::string_view code = {});

// The same while JavaScript runs. False when it threw: the exception is pending.
bool EmitWarningNow(Environment* env, std::string_view text, std::string_view type = {}, std::string_view code = {});

}  // namespace dv8::node
