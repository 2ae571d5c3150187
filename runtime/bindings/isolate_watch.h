// The thread that ends isolates whose time is over, or that use more of a processor than they may. It runs while there are
// such isolates.
#pragma once

#include <time.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>

namespace dv8 {

class IsolateThread;

class IsolateWatch {
 public:
  static IsolateWatch* Get();

  // From the thread of `isolate`: it may use the share `cpu` of a processor, and live for `time` milliseconds; 0 is no limit.
  void Begin(IsolateThread* isolate, double cpu, double time);
  // `isolate` is not touched any more.
  void End(IsolateThread* isolate);

 private:
  struct Watched {
    double cpu;
    uint64_t deadline;  // Nanoseconds; 0 for none.
    clockid_t clock;    // The thread's time on a processor.
    uint64_t window_start;
    uint64_t used_at_start;
  };

  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<IsolateThread*, Watched> watched_;
  bool runs_ = false;
};

}  // namespace dv8
