// Streams of bytes as Node's library sees them (lib/internal/stream_base_commons.js): what sockets, pipes,
// terminals and streams made by JavaScript have in common. A stream gives what it reads to a StreamListener:
// at first one that calls the handle's `onread` with a Buffer's memory; a parser of HTTP pushes another one
// and takes the bytes without JavaScript between.
#pragma once

#include <uv.h>

#include <memory>
#include <vector>

#include "runtime/binding/held_bytes.h"
#include "runtime/binding/shared_array.h"
#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/req_wrap.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {

class ShutdownWrap;
class StreamBase;
class WriteWrap;

// Who takes what a stream reads and hears of its writes. A stream has a stack of listeners and asks the
// newest; what that one does not want goes to the one before. Its owner destroys it; it leaves its stream then.
class StreamListener {
 public:
  StreamListener() = default;
  virtual ~StreamListener();
  StreamListener(const StreamListener&) = delete;
  StreamListener& operator=(const StreamListener&) = delete;

  // Memory to read into: not empty, need not be `suggested_size` bytes. OnStreamRead() follows in the same
  // turn of the loop, so that all streams of a thread can share a listener's memory.
  virtual uv_buf_t OnStreamAlloc(size_t suggested_size) = 0;
  // `nread` bytes are in `buf`; 0: nothing to read; negative: UV_EOF or another error, `buf` may be empty.
  // No HandleScope is open when the loop calls. The listener may be removed, and the stream closed, in it.
  virtual void OnStreamRead(ssize_t nread, const uv_buf_t& buf) = 0;
  virtual void OnStreamAfterWrite(WriteWrap* request, int status);
  virtual void OnStreamAfterShutdown(ShutdownWrap* request, int status);
  // The stream asks for data (not all do: HasWantsWrite()).
  virtual void OnStreamWantsWrite(size_t /*suggested_size*/) {}
  // The stream goes, with its JavaScript object. The listener is removed afterwards.
  virtual void OnStreamDestroy() {}

  // Null when it is on none.
  StreamBase* stream() const { return stream_; }

 protected:
  // For errors, which most parsers leave to the stream's JavaScript.
  void PassReadErrorToPreviousListener(ssize_t nread);
  StreamListener* previous() const { return previous_; }

 private:
  friend class StreamBase;
  StreamBase* stream_ = nullptr;
  StreamListener* previous_ = nullptr;
};

// Calls `oncomplete(status, handle, error)` of the request's object.
class ReportingListener : public StreamListener {
 public:
  void OnStreamAfterWrite(WriteWrap* request, int status) override;
  void OnStreamAfterShutdown(ShutdownWrap* request, int status) override;
};

// The first listener of each stream: `onread` gets an ArrayBuffer of what was read, of just that size.
class JsListener final : public ReportingListener {
 public:
  uv_buf_t OnStreamAlloc(size_t suggested_size) override;
  void OnStreamRead(ssize_t nread, const uv_buf_t& buf) override;
};

// useUserBuffer(): reads go to a buffer of the program, `onread` gets their length and may return another one.
class UserBufferListener final : public ReportingListener {
 public:
  explicit UserBufferListener(HeldBytes bytes) : bytes_(std::move(bytes)) {}
  void Use(HeldBytes bytes) { bytes_ = std::move(bytes); }
  uv_buf_t OnStreamAlloc(size_t suggested_size) override;
  void OnStreamRead(ssize_t nread, const uv_buf_t& buf) override;
  void OnStreamDestroy() override { bytes_ = HeldBytes(); }

 private:
  HeldBytes bytes_;
};

// What all streams of an Environment share: Environment::State<StreamState>().
struct StreamState {
  enum Field { kReadBytesOrError, kArrayBufferOffset, kBytesWritten, kLastWriteWasAsync, kFieldCount };
  explicit StreamState(Environment* env);

  v8::Local<v8::String> OnComplete(v8::Isolate* isolate);

  SharedInt32 fields;  // stream_wrap's streamBaseState.
  AsyncHooks& hooks;
  // Where all streams read to. A read that fills it takes it along.
  std::unique_ptr<v8::BackingStore> read_buffer;

 private:
  v8::Global<v8::String> oncomplete_;
};

// What a write that is under way reads from.
struct WriteMemory {
  std::vector<HeldBytes> held;
  std::unique_ptr<char[]> owned;
};

struct StreamWriteResult {
  bool async;       // The listener's OnStreamAfterWrite() follows.
  int err;          // 0, or a negative error number of libuv: nothing follows.
  WriteWrap* wrap;  // When async; null when it has ended already.
  size_t bytes;
};

// A mixin: `class Tcp : public HandleWrap, public StreamBase`. It has the life of that object.
class StreamBase {
 public:
  // `wrap` is the object itself, with kStreamFields internal fields.
  explicit StreamBase(AsyncWrap* wrap);
  virtual ~StreamBase();
  StreamBase(const StreamBase&) = delete;
  StreamBase& operator=(const StreamBase&) = delete;

  // The stream that `value` (a handle that JavaScript has) is; null when it is none, or none any more.
  static StreamBase* From(v8::Local<v8::Value> value);

  AsyncWrap* stream_wrap() const { return wrap_; }
  Environment* stream_env() const { return wrap_->env(); }
  StreamState& stream_state() const { return state_; }

  // `listener` is on no stream. Until it is removed, the ones before get only what it passes on.
  void PushStreamListener(StreamListener* listener);
  void RemoveStreamListener(StreamListener* listener);

  // False when the native stream is gone: methods then answer UV_EINVAL.
  virtual bool IsAlive() const = 0;
  virtual bool IsClosing() = 0;
  virtual bool IsIpcPipe() const { return false; }
  virtual int GetFd() { return -1; }

  // Each gives 0 or a negative error number of libuv.
  virtual int ReadStart() = 0;
  virtual int ReadStop() = 0;
  // Gives 1 when it is done already; otherwise request->Done() follows, unless it is an error.
  virtual int DoShutdown(ShutdownWrap* request) = 0;
  // Writes what the system takes now, and makes `*bufs` and `*count` what is left.
  virtual int DoTryWrite(uv_buf_t** /*bufs*/, size_t* /*count*/) { return 0; }
  virtual bool HasDoTryWrite() const { return false; }
  // Bytes of `bufs` stay valid until request->Done(), which follows unless it is an error.
  virtual int DoWrite(WriteWrap* request, uv_buf_t* bufs, size_t count, HandleWrap* send_handle) = 0;
  // Whether DoWrite() copies: the memory need not be held then.
  virtual bool CopiesWrites() const { return false; }
  // Whether a write of no bytes does something.
  virtual bool WantsEmptyWrites() const { return false; }
  virtual bool HasWantsWrite() const { return false; }
  // Text for the error of a write that failed; null when there is none.
  virtual const char* Error() const { return nullptr; }
  virtual void ClearError() {}

  // Writes at once as much as can be, then the rest. What `bufs` point to lives until the listener's
  // OnStreamAfterWrite() when the result is async. `bufs` itself is changed.
  StreamWriteResult Write(uv_buf_t* bufs, size_t count, HandleWrap* send_handle = nullptr);
  // 1: done; 0: the listener's OnStreamAfterShutdown() follows; or an error.
  int Shutdown(v8::Local<v8::Value> object = {});

  // Calls the handle's `onread`; `buffer` may be empty.
  v8::MaybeLocal<v8::Value> CallOnRead(ssize_t nread, v8::Local<v8::ArrayBuffer> buffer, size_t offset = 0);

  uint64_t bytes_read() const { return bytes_read_; }
  uint64_t bytes_written() const { return bytes_written_; }

  // Methods that JavaScript calls.
  int JsReadStart(const CallInfo& info);
  int JsReadStop(const CallInfo& info);
  int JsShutdown(const CallInfo& info);
  int JsUseUserBuffer(const CallInfo& info);
  int JsWritev(const CallInfo& info);
  int JsWriteBuffer(const CallInfo& info);
  template <Encoding kEncoding>
  int JsWriteString(const CallInfo& info);

 protected:
  // What subclasses report; `buf` is of EmitAlloc().
  uv_buf_t EmitAlloc(size_t suggested_size) { return listener_->OnStreamAlloc(suggested_size); }
  void EmitRead(ssize_t nread, const uv_buf_t& buf = {nullptr, 0}) {
    if (nread > 0) bytes_read_ += static_cast<uint64_t>(nread);
    listener_->OnStreamRead(nread, buf);
  }
  void EmitWantsWrite(size_t suggested_size) { listener_->OnStreamWantsWrite(suggested_size); }
  // Gives back what the program lent for reading: the stream is closed.
  void DropUserBuffer();

 private:
  friend class WriteWrap;
  friend class ShutdownWrap;
  class Chunks;

  // Dispatches what could not be written at once. `object` is a taken WriteWrap.
  StreamWriteResult WriteLater(uv_buf_t* bufs, size_t count, HandleWrap* send_handle, v8::Local<v8::Object> object, WriteMemory memory);
  int WriteText(const CallInfo& info, v8::Local<v8::String> text, Encoding encoding, HandleWrap* send_handle);
  int WriteChunks(const CallInfo& info, Chunks* chunks, HandleWrap* send_handle);
  int WriteRest(const CallInfo& info, Chunks* chunks, uv_buf_t* bufs, size_t count, HandleWrap* send_handle, size_t total);
  // The handle that a write of IPC sends along, its third argument; null when there is none.
  int ReadSendHandle(const CallInfo& info, HandleWrap** handle);
  // Tells JavaScript through streamBaseState; gives `rc`.
  int Report(int rc, size_t bytes, bool async);
  void SetError(v8::Local<v8::Object> request);

  AsyncWrap* wrap_;
  StreamState& state_;
  JsListener js_listener_;
  std::unique_ptr<UserBufferListener> user_listener_;
  StreamListener* listener_ = &js_listener_;
  uint64_t bytes_read_ = 0;
  uint64_t bytes_written_ = 0;
};

// A write that could not be done at once. Lives from Write() to Done(), or until JavaScript drops the object
// of a stream that has no loop behind it (JSStream).
class WriteWrap final : public ReqWrap<uv_write_t> {
 public:
  DV8_NATIVE_CLASS(WriteWrap, AsyncWrap)
  WriteWrap(StreamBase* stream, v8::Local<v8::Object> object);
  ~WriteWrap() override;

  StreamBase* stream() const { return stream_; }
  // Keeps memory that was written from C++ until the write has ended.
  void Own(std::unique_ptr<char[]> storage) { memory_.owned = std::move(storage); }
  // Tells the listener, then deletes itself.
  void Done(int status);

 private:
  friend class StreamBase;
  StreamBase* stream_;
  WriteMemory memory_;
  v8::Global<v8::Object> send_handle_;
  bool dispatching_ = true;  // StreamBase deletes it if Done() comes before DoWrite() returns.
  bool done_ = false;
};

class ShutdownWrap final : public ReqWrap<uv_shutdown_t> {
 public:
  DV8_NATIVE_CLASS(ShutdownWrap, AsyncWrap)
  ShutdownWrap(StreamBase* stream, v8::Local<v8::Object> object);
  ~ShutdownWrap() override;

  StreamBase* stream() const { return stream_; }
  // Tells the listener, then deletes itself.
  void Done(int status);

 private:
  friend class StreamBase;
  StreamBase* stream_;
  bool dispatching_ = true;
  bool done_ = false;
};

// Internal fields of a stream's object: the NativeObject, and the function `onread`.
inline constexpr int kStreamFields = 2;
inline constexpr int kOnReadField = 1;

// readStart() and so on, behind it kAsyncWrapClass: `parent` of streams that are no handles.
extern const ClassSpec kStreamClass;

}  // namespace dv8::node
