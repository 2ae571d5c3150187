// CHECK: our own bugs end the process with a place and a condition, exit code 70.
#pragma once

namespace dv8 {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace dv8

#define DV8_CHECK(condition)                              \
  do {                                                    \
    if (!(condition)) [[unlikely]]                        \
      ::dv8::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)
