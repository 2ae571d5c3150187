#include "runtime/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace dv8 {

void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "dv8: internal error at %s:%d: %s does not hold\n", file, line, condition);
  std::fflush(stderr);
  _Exit(70);
}

}  // namespace dv8
