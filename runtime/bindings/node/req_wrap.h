// One request to libuv: an object that JavaScript made (`new WriteWrap()`) or C++, that lives until its
// callback has run, whatever JavaScript does with it.
#pragma once

#include "runtime/bindings/node/async_wrap.h"

namespace dv8::node {

// Requests that have been dispatched, of one Environment, for process._getActiveRequests().
struct ActiveRequests {
  explicit ActiveRequests(Environment*) {}
  std::list<AsyncWrap*> list;
};

template <typename Request>
class ReqWrap : public AsyncWrap {
 public:
  ReqWrap(Environment* env, v8::Local<v8::Object> object, Provider provider) : AsyncWrap(env, object, provider) { request_.data = this; }
  Request* request() { return &request_; }
  static ReqWrap* From(Request* request) { return static_cast<ReqWrap*>(request->data); }

  // Calls a function of libuv that takes the request: Dispatch(uv_fs_open, loop, request(), ..., callback).
  // The object is strong from then on; when libuv refuses (the result is negative) it is not.
  template <typename... Arguments>
  int Dispatch(int (*function)(Arguments...), std::type_identity_t<Arguments>... arguments) {
    Dispatched();
    const int rc = function(arguments...);
    if (rc < 0) Finished();
    return rc;
  }
  // For what is not one call: from Dispatched() to Finished() the object cannot be collected.
  void Dispatched() {
    MakeStrong();
    position_ = Active().insert(Active().end(), this);
    dispatched_ = true;
  }
  void Finished() {
    if (!dispatched_) return;
    dispatched_ = false;
    Active().erase(position_);
    EndResource();
    MakeWeak();
  }
  bool dispatched() const { return dispatched_; }
  void Cancel() {
    if (dispatched_) uv_cancel(reinterpret_cast<uv_req_t*>(&request_));
  }
  ~ReqWrap() override {
    if (dispatched_) Active().erase(position_);
  }

 private:
  std::list<AsyncWrap*>& Active() { return env()->template State<ActiveRequests>().list; }
  // The system's thread may still write the request: it is deleted when its callback has run.
  void OnCollected() override {
    if (!dispatched_) delete this;
  }

  Request request_{};
  bool dispatched_ = false;
  std::list<AsyncWrap*>::iterator position_;
};

}  // namespace dv8::node
