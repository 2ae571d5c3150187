// Errors of the calls that lib/ leaves to C++ as a whole (rmSync, cpSync): as Node words them.
#pragma once

#include <string_view>

#include "v8.h"

namespace dv8::node {

// "EPERM, text 'path'" with errno (positive), code, path and syscall. `error` is a negative libuv error;
// `text` is the system's when it is empty.
void ThrowErrno(v8::Isolate* isolate, int error, const char* syscall, std::string_view text, std::string_view path);

}  // namespace dv8::node
