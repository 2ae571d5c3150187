// The thread that an isolate of dv8:isolate runs on, and what its spawner knows of it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/bindings/isolate_mailbox.h"
#include "runtime/bindings/isolate_values.h"
#include "runtime/core/engine.h"
#include "runtime/core/environment.h"

namespace dv8 {

class Payload;

class IsolateThread : public std::enable_shared_from_this<IsolateThread> {
 public:
  // What ends an isolate that exceeds it; 0 is none.
  struct Limits {
    double memory = 0;  // Bytes of its heap and of its ArrayBuffers.
    double cpu = 0;     // The share of a processor, in any second.
    double time = 0;    // Milliseconds of its life.
  };
  struct Start {
    std::string path;
    Parcel given;         // What its program's start takes: stdlib-js/dv8/isolate.js.
    FunctionRef on_exit;  // Gets the value and the reason of its end.
    const Payload* payload = nullptr;
    int argc = 0;
    char** argv = nullptr;
    Recipient kind = Recipient::kIsolate;
    Limits limits;
  };

  explicit IsolateThread(Start start);

  // Starts the thread; 0, or a negative error number. It holds this until it has ended.
  int Run(std::shared_ptr<Mailbox> spawner);

  // Ends its JavaScript as soon as possible, an endless loop too, because of `reason`. From any thread; harmless when it
  // has ended.
  void Stop(std::string reason);

  // What its own thread asks for.
  Parcel TakeGiven() { return std::move(start_.given); }
  const std::shared_ptr<Mailbox>& spawner() const { return start_.on_exit->home(); }
  // isolate.exit(value)
  void Exit(Environment* env, Parcel value);

  uint64_t id() const { return id_; }
  const std::string& path() const { return start_.path; }
  // Its spawner is told of the end, or has been.
  bool has_ended() const { return has_ended_; }

  // The one that `env` is of; null when it is the program's first.
  static IsolateThread* Of(Environment* env);
  // Whether the isolate of `mailbox`, the first that has spawned one, stays until the others have ended.
  static bool StaysForOthers(const std::shared_ptr<Mailbox>& mailbox);
  // All that have not ended.
  static std::vector<std::shared_ptr<IsolateThread>> All();

 private:
  void Main();
  void RunIn(v8::Isolate* isolate);
  // The program, or what runs the one of a sandbox.
  bool Prepare(Environment* env);
  StartFrom From() const;
  void RunProgram(Environment* env);
  void TellOfEnd();
  // The code of process.exit() is as what isolate.exit() gives.
  void KeepExitCode(Environment* env);
  void LimitMemory(v8::ResourceConstraints* constraints);
  bool IsAboveItsMemory(v8::Isolate* isolate) const;
  // After a collection: has the isolate end when its heap and its buffers exceed the limit.
  void CheckMemory(v8::Isolate* isolate);
  void CollectAndCheckMemory(v8::Isolate* isolate);

  Start start_;
  uint64_t id_ = 0;
  std::shared_ptr<Mailbox> mailbox_;
  std::optional<Parcel> value_;
  std::atomic<bool> has_ended_ = false;
  bool collects_ = false;  // The isolate's thread alone.

  std::mutex mutex_;
  Environment* running_ = nullptr;  // Guarded by mutex_.
  bool stop_ = false;               // Guarded by mutex_.
  std::string reason_;              // Guarded by mutex_.
};

}  // namespace dv8
