#include "runtime/bindings/isolate_watch.h"

#include <pthread.h>
#include <uv.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "runtime/bindings/isolate_thread.h"

namespace dv8 {
namespace {

constexpr auto kPeriod = std::chrono::milliseconds(20);
constexpr uint64_t kWindow = 1'000'000'000;  // In which the share of a processor is measured.

uint64_t TimeOf(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

IsolateWatch* IsolateWatch::Get() {
  static auto* watch = new IsolateWatch;
  return watch;
}

void IsolateWatch::Begin(IsolateThread* isolate, double cpu, double time) {
  Watched watched{cpu, 0, CLOCK_THREAD_CPUTIME_ID, uv_hrtime(), 0};
  if (time > 0) watched.deadline = watched.window_start + static_cast<uint64_t>(std::min(time, 1e12) * 1e6);
  pthread_getcpuclockid(pthread_self(), &watched.clock);
  watched.used_at_start = TimeOf(watched.clock);
  std::lock_guard lock(mutex_);
  watched_.emplace(isolate, watched);
  if (runs_) return;
  runs_ = true;
  std::thread([this] { Work(); }).detach();
}

void IsolateWatch::End(IsolateThread* isolate) {
  std::lock_guard lock(mutex_);
  watched_.erase(isolate);
  changed_.notify_one();
}

void IsolateWatch::Work() {
  std::unique_lock lock(mutex_);
  while (!watched_.empty()) {
    for (auto& [isolate, watched] : watched_) {
      const uint64_t now = uv_hrtime();
      if (watched.deadline != 0 && now >= watched.deadline) isolate->Stop("time");
      if (watched.cpu <= 0 || now - watched.window_start < kWindow) continue;
      const uint64_t used = TimeOf(watched.clock);
      const auto share = static_cast<double>(used - watched.used_at_start) / static_cast<double>(now - watched.window_start);
      if (share > watched.cpu) isolate->Stop("cpu");
      watched.window_start = now;
      watched.used_at_start = used;
    }
    changed_.wait_for(lock, kPeriod);
  }
  runs_ = false;
}

}  // namespace dv8
