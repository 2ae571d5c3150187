// Work on many items by as many threads as there are cores, but for the one of what goes on beside it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace dv8 {

// Calls work(i) once for each i below `count`, in no order; returns when all are done.
template <typename Work>
void InParallel(size_t count, Work work) {
  std::atomic<size_t> next = 0;
  const auto take = [&] {
    for (size_t i; (i = next++) < count;) work(i);
  };
  std::vector<std::thread> others;
  const size_t threads = std::min<size_t>(count, std::max(2u, std::thread::hardware_concurrency()) - 1);
  for (size_t i = 1; i < threads; i++) others.emplace_back(take);
  take();
  for (std::thread& thread : others) thread.join();
}

}  // namespace dv8
