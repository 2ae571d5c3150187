// The worker pool and an isolate's own tasks, without an isolate.
#include "runtime/core/platform.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace dv8 {
namespace {

class Task final : public v8::Task {
 public:
  explicit Task(std::function<void()> work) : work_(std::move(work)) {}
  void Run() override { work_(); }

 private:
  const std::function<void()> work_;
};

std::unique_ptr<v8::Task> Make(std::function<void()> work) { return std::make_unique<Task>(std::move(work)); }

// A thread of the pool that allocates waits for its isolate's thread to collect, which may be waiting for the pool.
TEST(WorkerPoolTest, WaitsNoLongerThanUntilTheThreadIsAsked) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  WorkerPool& workers = Platform::Get()->workers();
  ForegroundTasks foreground;
  std::atomic<bool> collected = false;
  std::atomic<bool> ended = false;
  workers.Post(Make([&] {
                 std::this_thread::sleep_for(kPause);  // Until it is waited for.
                 foreground.PostTask(Make([&] { collected = true; }));
                 while (!collected) std::this_thread::yield();
                 ended = true;
               }),
               0);
  int runs = 0;
  do {
    workers.WaitUntilIdle(&foreground);
    runs++;
  } while (foreground.RunPending());
  EXPECT_TRUE(ended);
  EXPECT_EQ(runs, 2);
}

TEST(WorkerPoolTest, IsIdleWhenItsTasksHaveRun) {
  WorkerPool& workers = Platform::Get()->workers();
  ForegroundTasks foreground;
  std::atomic<int> count = 0;
  for (int i = 0; i < 100; i++) workers.Post(Make([&] { count++; }), 0);
  workers.WaitUntilIdle(&foreground);
  EXPECT_EQ(count, 100);
}

}  // namespace
}  // namespace dv8
