#include "runtime/bindings/node/watchdog.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace dv8::node {
namespace {

// The process's one listener to SIGINT. The handler may only post a semaphore; a thread does the rest.
class SigintListener {
 public:
  static SigintListener& Get() {
    static auto* listener = new SigintListener;
    return *listener;
  }

  bool Start() {
    std::lock_guard lock(start_mutex_);
    if (started_++ > 0) return true;
    {
      std::lock_guard list_lock(list_mutex_);
      pending_ = false;
      stopping_ = false;
    }
    sem_init(&Semaphore(), 0, 0);
    if (!StartThread()) {
      started_ = 0;
      return false;
    }
    struct sigaction action{};
    action.sa_handler = [](int) { sem_post(&Semaphore()); };
    sigfillset(&action.sa_mask);
    sigaction(SIGINT, &action, &before_);
    return true;
  }

  bool Stop() {
    std::lock_guard lock(start_mutex_);
    if (started_ == 0 || --started_ > 0) return TakePending();
    sigaction(SIGINT, &before_, nullptr);
    {
      std::lock_guard list_lock(list_mutex_);
      stopping_ = true;
    }
    sem_post(&Semaphore());
    pthread_join(thread_, nullptr);
    sem_destroy(&Semaphore());
    return TakePending();
  }

  bool HasPending() {
    std::lock_guard lock(list_mutex_);
    return pending_;
  }

  void Add(SigintWatcher* watcher) {
    std::lock_guard lock(list_mutex_);
    watchers_.push_back(watcher);
  }

  void Remove(SigintWatcher* watcher) {
    std::lock_guard lock(list_mutex_);
    std::erase(watchers_, watcher);
  }

 private:
  static sem_t& Semaphore() {
    static sem_t semaphore;
    return semaphore;
  }

  bool TakePending() {
    std::lock_guard lock(list_mutex_);
    return std::exchange(pending_, false);
  }

  // The thread takes no signals: they are for the others.
  bool StartThread() {
    sigset_t all;
    sigset_t saved;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &saved);
    const int rc = pthread_create(
        &thread_, nullptr,
        [](void* self) -> void* {
          while (static_cast<SigintListener*>(self)->Handle()) {
          }
          return nullptr;
        },
        this);
    pthread_sigmask(SIG_SETMASK, &saved, nullptr);
    return rc == 0;
  }

  // Waits for one signal. False when it was Stop.
  bool Handle() {
    while (sem_wait(&Semaphore()) != 0) {
    }
    std::lock_guard lock(list_mutex_);
    if (stopping_) return false;
    if (watchers_.empty()) {
      pending_ = true;
    } else {
      watchers_.back()->OnSigint();
    }
    return true;
  }

  std::mutex start_mutex_;
  int started_ = 0;
  struct sigaction before_;
  pthread_t thread_;
  std::mutex list_mutex_;
  std::vector<SigintWatcher*> watchers_;
  bool pending_ = false;
  bool stopping_ = false;
};

}  // namespace

Watchdog::Watchdog(v8::Isolate* isolate, uint64_t milliseconds) : isolate_(isolate), milliseconds_(milliseconds) {
  uv_mutex_init(&mutex_);
  uv_cond_init(&woken_);
  error_ = uv_thread_create(&thread_, [](void* self) { static_cast<Watchdog*>(self)->Wait(); }, this);
  runs_ = error_ == 0;
}

Watchdog::~Watchdog() {
  Stop();
  uv_cond_destroy(&woken_);
  uv_mutex_destroy(&mutex_);
}

void Watchdog::Stop() {
  if (!runs_) return;
  runs_ = false;
  uv_mutex_lock(&mutex_);
  done_ = true;
  uv_cond_signal(&woken_);
  uv_mutex_unlock(&mutex_);
  uv_thread_join(&thread_);
}

void Watchdog::Wait() {
  constexpr uint64_t kLongest = 1000ull * 60 * 60 * 24 * 365;  // What fits libuv's nanoseconds.
  const uint64_t end = uv_hrtime() + std::min(milliseconds_, kLongest) * 1000000;
  uv_mutex_lock(&mutex_);
  for (uint64_t now = uv_hrtime(); !done_ && now < end; now = uv_hrtime()) {
    uv_cond_timedwait(&woken_, &mutex_, end - now);
  }
  const bool late = !done_;
  uv_mutex_unlock(&mutex_);
  if (!late) return;
  timed_out_ = true;
  isolate_->TerminateExecution();
}

SigintWatcher::SigintWatcher(std::function<void()> on_sigint) : on_sigint_(std::move(on_sigint)) {
  SigintListener::Get().Add(this);
  SigintListener::Get().Start();
}

SigintWatcher::~SigintWatcher() {
  SigintListener::Get().Remove(this);
  SigintListener::Get().Stop();
}

bool StartSigintWatch() { return SigintListener::Get().Start(); }
bool StopSigintWatch() { return SigintListener::Get().Stop(); }
bool HasPendingSigint() { return SigintListener::Get().HasPending(); }

}  // namespace dv8::node
