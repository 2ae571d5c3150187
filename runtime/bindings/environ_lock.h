// The C library's environment may move when it is changed: threads take turns with it.
#pragma once

#include <mutex>

namespace dv8 {

inline std::mutex& EnvironLock() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace dv8
