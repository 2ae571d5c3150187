#include "runtime/bindings/isolate_mailbox.h"

#include <sched.h>

#include <utility>

namespace dv8 {

GivenFunction::~GivenFunction() { home_->Release(id_); }

Answer::~Answer() { Give(Outcome::kEnded, {}); }

Answer& Answer::operator=(Answer&& other) noexcept {
  std::swap(caller_, other.caller_);
  std::swap(call_, other.call_);
  return *this;
}

void Answer::Give(Outcome outcome, Parcel parcel) {
  const std::shared_ptr<Mailbox> caller = std::exchange(caller_, nullptr);
  if (caller == nullptr) return;
  Message message;
  message.kind = Message::Kind::kAnswer;
  message.outcome = outcome;
  message.id = call_;
  message.parcel = std::move(parcel);
  caller->Post(std::move(message));
}

void Mailbox::Post(Message message) {
  std::lock_guard lock(mutex_);
  // What is dropped posts to others, and those may post here: not under the lock.
  if (closed_) return;
  messages_.push_back(std::move(message));
  if (messages_.size() == 1) WakeLocked();
}

void Mailbox::Release(uint64_t id) {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  released_.push_back(id);
  if (released_.size() == 1) WakeLocked();
}

void Mailbox::Wake() {
  std::lock_guard lock(mutex_);
  WakeLocked();
}

void Mailbox::Interrupt() {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
  arrived_.notify_one();
}

void Mailbox::WakeLocked() {
  if (waits_) arrived_.notify_one();
  if (polls_) {
    has_come_.store(true, std::memory_order_relaxed);
  } else if (wake_ != nullptr) {
    uv_async_send(wake_);
  }
}

void Mailbox::Open(uv_async_t* wake) {
  std::lock_guard lock(mutex_);
  wake_ = wake;
  if (!messages_.empty() || !released_.empty()) WakeLocked();
}

void Mailbox::Close() {
  std::deque<Message> dropped;
  std::lock_guard lock(mutex_);
  closed_ = true;
  wake_ = nullptr;
  dropped.swap(messages_);
  released_.clear();
}

void Mailbox::Take(std::deque<Message>* messages, std::vector<uint64_t>* released) {
  std::lock_guard lock(mutex_);
  messages->swap(messages_);
  released->swap(released_);
}

bool Mailbox::Poll(std::chrono::nanoseconds time) {
  const auto has_any = [this] { return !messages_.empty() || !released_.empty(); };
  {
    std::lock_guard lock(mutex_);
    if (has_any()) return true;
    polls_ = true;
    has_come_.store(false, std::memory_order_relaxed);
  }
  // Yields, as who is about to post may wait for this processor.
  const auto end = std::chrono::steady_clock::now() + time;
  while (!has_come_.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < end) sched_yield();
  std::lock_guard lock(mutex_);
  polls_ = false;
  return has_any();
}

bool Mailbox::Wait() {
  std::unique_lock lock(mutex_);
  waits_ = true;
  arrived_.wait(lock, [this] { return !messages_.empty() || interrupted_; });
  waits_ = false;
  return !interrupted_;
}

}  // namespace dv8
