// What ends JavaScript that takes too long, or that the terminal's user wants to end: vm's `timeout` and
// `breakOnSigint`.
#pragma once

#include <uv.h>

#include <atomic>
#include <functional>

#include "v8.h"

namespace dv8::node {

// Terminates the isolate's execution after some milliseconds, from a thread of its own, unless it is
// destroyed before.
class Watchdog {
 public:
  Watchdog(v8::Isolate* isolate, uint64_t milliseconds);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Ends the watch. From then on timed_out() does not change.
  void Stop();

  // 0, or libuv's error number when the system gave no thread: nothing ends the script then.
  int error() const { return error_; }
  bool timed_out() const { return timed_out_; }

 private:
  void Wait();

  v8::Isolate* isolate_;
  uint64_t milliseconds_;
  int error_;
  bool runs_ = false;
  std::atomic<bool> timed_out_{false};
  bool done_ = false;  // Under mutex_.
  uv_mutex_t mutex_;
  uv_cond_t woken_;
  uv_thread_t thread_;
};

// While it exists, SIGINT goes to it instead of the process; of several, to the newest.
class SigintWatcher {
 public:
  // `on_sigint` is called on a thread of its own.
  explicit SigintWatcher(std::function<void()> on_sigint);
  ~SigintWatcher();
  SigintWatcher(const SigintWatcher&) = delete;
  SigintWatcher& operator=(const SigintWatcher&) = delete;

  void OnSigint() { on_sigint_(); }

 private:
  std::function<void()> on_sigint_;
};

// SIGINT terminates the isolate's execution.
class SigintWatchdog {
 public:
  explicit SigintWatchdog(v8::Isolate* isolate) : isolate_(isolate) {}

  bool received() const { return received_; }

 private:
  v8::Isolate* isolate_;
  std::atomic<bool> received_{false};
  SigintWatcher watcher_{[this] {
    received_ = true;
    isolate_->TerminateExecution();
  }};
};

// SIGINT is watched for from the first Start to the last Stop of the process; from any thread.
bool StartSigintWatch();
// Whether a signal came that no SigintWatchdog took.
bool StopSigintWatch();
bool HasPendingSigint();

}  // namespace dv8::node
