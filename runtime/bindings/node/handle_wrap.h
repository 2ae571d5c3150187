// An object over a libuv handle, with the one life cycle that all of them have:
//
//   made (the handle is initialised, object() is strong)
//     -> used -> closing (Close(), or the Environment's end) -> closed (onclose ran) -> collected.
//
// While the handle is open JavaScript may drop the object: it stays. After Close() each method answers
// UV_EBADF; after the close callback the object is weak and the C++ object goes with it.
#pragma once

#include "runtime/bindings/node/async_wrap.h"

namespace dv8::node {

class HandleWrap : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(HandleWrap, AsyncWrap)

  // `handle` is a member of the derived class. A constructor that could not initialise it calls
  // MarkUninitialized(): nothing is to be closed then.
  HandleWrap(Environment* env, v8::Local<v8::Object> object, uv_handle_t* handle, Provider provider);

  uv_handle_t* handle() const { return handle_; }
  bool IsOpen() const { return state_ == State::kOpen; }
  // The close callback has run: libuv does not know the handle any more.
  bool IsClosed() const { return state_ == State::kClosed; }
  void MarkUninitialized();
  // For a handle that is initialised later than in the constructor.
  void MarkInitialized();

  // Closes; `callback`, when it is a function, is called afterwards as the handle's onclose. Does nothing
  // when it is closing already.
  void Close(v8::Local<v8::Value> callback = {});
  // The same by another function than uv_close, whose error is returned: the handle stays open then.
  int CloseBy(int (*close)(uv_handle_t*, uv_close_cb), v8::Local<v8::Value> callback);
  void CloseNow() override { Close(); }

  // The typed layer asks before each method: true, with the return value UV_EBADF, when closed.
  bool AnswerWhenClosed(const CallInfo& info) const;

 protected:
  // Runs when the handle is closed, before `callback`.
  virtual void OnClose() {}
  void OnCollected() override;

 private:
  enum class State { kOpen, kClosing, kClosed };
  static void OnClosed(uv_handle_t* handle);

  uv_handle_t* handle_;
  State state_ = State::kOpen;
};

// close(cb), ref(), unref(), hasRef() and what kAsyncWrapClass has: `parent` of each handle's class.
extern const ClassSpec kHandleWrapClass;

}  // namespace dv8::node
