// What goes between the isolates of dv8:isolate: values on their way, functions that were given away, calls and answers.
// Everything here may be used on any thread, unless it says otherwise; nothing of it holds a handle of V8's.
#pragma once

#include <uv.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "v8.h"

namespace dv8 {

class Mailbox;

// A function that lives in the isolate of `home`. Whoever can call it shares this; when nobody can any more, its home
// forgets it.
class GivenFunction {
 public:
  GivenFunction(std::shared_ptr<Mailbox> home, uint64_t id) : home_(std::move(home)), id_(id) {}
  ~GivenFunction();
  GivenFunction(const GivenFunction&) = delete;
  GivenFunction& operator=(const GivenFunction&) = delete;

  const std::shared_ptr<Mailbox>& home() const { return home_; }
  uint64_t id() const { return id_; }

 private:
  const std::shared_ptr<Mailbox> home_;
  const uint64_t id_;
};
using FunctionRef = std::shared_ptr<GivenFunction>;

// Values between two isolates: isolate_values.h writes and reads them.
struct Parcel {
  std::string bytes;
  std::vector<FunctionRef> functions;
  std::vector<std::shared_ptr<v8::BackingStore>> buffers;
};

enum class Outcome : uint8_t { kValue, kError, kEnded };

// Who waits for an answer. One that is dropped without an answer says that the isolate has ended.
class Answer {
 public:
  Answer() = default;
  Answer(std::shared_ptr<Mailbox> caller, uint64_t call) : caller_(std::move(caller)), call_(call) {}
  ~Answer();
  Answer(Answer&& other) noexcept = default;
  Answer& operator=(Answer&& other) noexcept;

  const std::shared_ptr<Mailbox>& caller() const { return caller_; }
  void Give(Outcome outcome, Parcel parcel);

 private:
  std::shared_ptr<Mailbox> caller_;  // Null when nobody waits.
  uint64_t call_ = 0;
};

struct Message {
  enum class Kind : uint8_t { kCall, kAnswer };
  Kind kind = Kind::kCall;
  Outcome outcome = Outcome::kValue;  // Of an answer.
  uint64_t id = 0;                    // A function's in its home, or a call's in its caller.
  Parcel parcel;
  Answer answer;  // Of a call.
};

// What other isolates send to one. It outlives that one, which closes it.
class Mailbox {
 public:
  explicit Mailbox(bool is_sandbox) : is_sandbox_(is_sandbox) {}

  // Whether its isolate gets functions of the system as those of whoever gives them.
  bool is_sandbox() const { return is_sandbox_; }

  // Drops the message when the mailbox is closed.
  void Post(Message message);
  // Nobody can call the function `id` any more.
  void Release(uint64_t id);
  // Has the loop look at what keeps its isolate alive.
  void Wake();
  // Lets Wait() return.
  void Interrupt();

  // The owner's part. Open() gives what wakes its loop; Close() drops what has come, and all that comes.
  void Open(uv_async_t* wake);
  void Close();
  // What has come: messages in their order, and functions that were released.
  void Take(std::deque<Message>* messages, std::vector<uint64_t>* released);
  // Looks for what comes for at most `time`, without sleeping: who posts meanwhile does not pay for a wake-up. False when
  // nothing has come.
  bool Poll(std::chrono::nanoseconds time);
  // Waits for a message. False when Interrupt() was called.
  bool Wait();

 private:
  void WakeLocked();

  const bool is_sandbox_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Message> messages_;
  std::vector<uint64_t> released_;
  uv_async_t* wake_ = nullptr;
  bool waits_ = false;
  bool polls_ = false;
  std::atomic<bool> has_come_ = false;  // Since polls_ was set.
  bool interrupted_ = false;
  bool closed_ = false;
};

}  // namespace dv8
