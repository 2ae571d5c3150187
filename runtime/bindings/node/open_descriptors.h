// Descriptors that a worker's program opens by number (fs.open()): its thread closes those that are left.
#pragma once

#include <set>

#include "runtime/core/environment.h"

namespace dv8::node {

struct OpenDescriptors {
  explicit OpenDescriptors(Environment*) {}
  bool are_tracked = false;
  std::set<int> numbers;
};

}  // namespace dv8::node
