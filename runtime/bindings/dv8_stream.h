// What dv8's tty and socket share: a descriptor that is read into one buffer of the program's and
// written from another, with dv8's write rule and counters. Belongs to its loop's thread.
#pragma once

#include <uv.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/bindings/native_object.h"
#include "v8.h"

namespace dv8 {

// Native code that takes a stream's reads: an HTTP parser, before the program's onRead; or TLS, which
// gives what it has decrypted to both. It must not delete the stream.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  // `size` bytes lie at the start of the stream's read buffer.
  virtual void OnStreamRead(char* bytes, size_t size) = 0;
  // The peer has ended, or reading failed with a negative libuv error. The stream's own onEnd or
  // onError follows.
  virtual void OnStreamEnd(int rc) = 0;
  // What was queued has been written; the stream's own onDrain follows.
  virtual void OnStreamDrain() {}
  // Reading goes on after a pause.
  virtual void OnStreamResume() {}
  // The stream's handle is closed, or its object collected: do not use the stream any more.
  virtual void OnStreamClose() = 0;
};

class Stream : public NativeObject {
 public:
  // Internal fields of the JavaScript object with the program's callbacks.
  enum Event : int { kRead = 1, kEnd, kClose, kDrain, kWrite, kError, kConnect, kFieldCount };
  // Slots of stats(), as dv8 numbers them. Bytes for kBytesRead and kBytesWritten, events else.
  enum Stat {
    kCloses,
    kErrors,
    kBytesRead,
    kPauses,
    kData,
    kResumes,
    kEnds,
    kBytesWritten = 10,
    kIncomplete,
    kFull,
    kDrains,
    kMaxQueue,
    kAllocs,
    kFrees,
    kAgain,
    kStatCount = 20
  };

  Stream(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  ~Stream() override { LetGo(); }

  // Takes the descriptor over: a terminal, pipe, socket, or file. A negative libuv error or 0.
  int Open(int fd);
  // Makes the handle of a socket that is to connect. 0 or a negative libuv error.
  int InitTcp();
  int InitPipe();
  // A connection was made (0) or not: reading and writing work from here on.
  void Connected(int rc);
  void set_connecting(bool connecting);

  // Both are views of memory that is kept alive from here on; an undefined one is left as it is.
  void SetBuffers(v8::Local<v8::Value> in, v8::Local<v8::Value> out);
  std::span<char> in() const { return in_.bytes; }
  std::span<char> out() const { return out_.bytes; }

  int Resume();
  void Pause();
  // dv8's write rule: all written → `size`, and onWrite follows at once; a part → its size, and a
  // copy of the rest is queued; nothing → 0, and a copy is queued. Negative: a libuv error; a file
  // that took a part only gives it too, for nothing waits until it takes more.
  int64_t Write(const char* bytes, size_t size);
  // Writes from the out buffer; the range must be inside.
  int64_t WriteOut(size_t size, size_t offset) { return Write(out_.bytes.data() + offset, size); }
  size_t out_size() const { return out_.bytes.size(); }
  // After what is queued has been written, with a shutdown of the write side before. Harmless when
  // it is not open.
  void Close(bool shutdown);
  void CloseNow() override { Finish(); }
  Stream* AsStream() override { return this; }
  size_t queue_size() const;

  // Null gives the reads to the program's onRead alone. A listener that another takes the place of is
  // told that for it the stream is closed.
  void set_listener(StreamListener* listener) { Replace(&listener_, listener); }
  // Who gets the bytes before all others, and calls DeliverPlain() with what it makes of them.
  void set_filter(StreamListener* filter) { Replace(&filter_, filter); }
  // `size` bytes at the start of the read buffer are for the listener, then for onRead.
  void DeliverPlain(size_t size);
  bool is_reading() const { return reading_; }
  // Open, and close() was not called.
  bool takes_writes() const { return state_ == State::kOpen && !close_when_drained_; }
  bool is_open() const { return state_ == State::kOpen; }
  uv_handle_t* handle() { return &handle_.handle; }
  int fd() const;
  const std::array<uint64_t, kStatCount>& stats() const { return stats_; }

  // Whether the program has a callback for `event`, which is in that internal field then.
  void set_has_callback(Event event, bool has) { callbacks_ = has ? callbacks_ | 1u << event : callbacks_ & ~(1u << event); }
  bool has_callback(Event event) const { return (callbacks_ >> event & 1u) != 0; }
  // Calls the program's callback for `event`, when there is one. It may close the stream.
  void Emit(Event event, std::initializer_list<v8::Local<v8::Value>> arguments = {});
  void EmitError(int rc);

 protected:
  void OnCollected() override;

 private:
  enum class State { kNone, kOpen, kClosing, kClosed };
  enum class Kind { kNone, kTty, kSocket, kFile };
  struct Memory {
    std::shared_ptr<v8::BackingStore> store;
    std::span<char> bytes;
  };
  struct QueuedWrite;

  static Memory MemoryOf(v8::Local<v8::Value> view);
  static void Replace(StreamListener** place, StreamListener* listener) {
    StreamListener* former = std::exchange(*place, listener);
    if (former != nullptr && listener != nullptr && former != listener) former->OnStreamClose();
  }
  static void OnAllocate(uv_handle_t* handle, size_t, uv_buf_t* buffer);
  static void OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t*);
  static void OnIdle(uv_idle_t* idle);
  static void OnWritten(uv_write_t* request, int status);
  void Deliver(ssize_t size);
  // `size`, or the negative libuv error that ended it.
  int64_t WriteFile(const char* bytes, size_t size);
  int Queue(const char* bytes, size_t size);
  // Tells onWrite of a write that was done at once. One that it makes itself is told by the loop.
  void TellWritten(size_t size);
  void TellLater();
  void StopReading();
  // Tells who listens that it is over.
  void LetGo();
  void CloseHandle();
  // Closes the handle now: what is queued is dropped.
  void Finish();
  // The JavaScript object stays while the loop may still call this one.
  void UpdateStrength();

  State state_ = State::kNone;
  Kind kind_ = Kind::kNone;
  bool reading_ = false;
  bool wants_reading_ = false;  // resume() came before the descriptor.
  bool connecting_ = false;
  bool close_when_drained_ = false;
  size_t pending_writes_ = 0;
  int file_ = -1;
  Memory in_;
  Memory out_;
  StreamListener* listener_ = nullptr;
  StreamListener* filter_ = nullptr;
  uint32_t callbacks_ = 0;          // A bit for each Event.
  bool telling_ = false;            // onWrite runs.
  std::vector<size_t> told_later_;  // A file's writes that onWrite made.
  std::array<uint64_t, kStatCount> stats_{};
  uv_shutdown_t shutdown_;
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tty_t tty;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
    uv_idle_t idle;
  } handle_;
};

// "ECODE: what it means", for onError and error().
std::string UvErrorText(int rc);

// The stream behind a dv8 Socket or TTY; null when `value` is neither.
Stream* StreamOf(v8::Local<v8::Value> value);

}  // namespace dv8
