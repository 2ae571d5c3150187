// --abort-on-uncaught-exception: V8 aborts where an exception is thrown that no JavaScript catches.
#pragma once

#include "runtime/core/environment.h"

namespace dv8::node {

struct AbortState {
  explicit AbortState(Environment*) {}
  int scopes = 0;
};

// While one exists, exceptions do not abort: C++ catches them, or throws them on in JavaScript that may.
class NoAbortScope {
 public:
  explicit NoAbortScope(Environment* env) : state_(env->State<AbortState>()) { state_.scopes++; }
  ~NoAbortScope() { state_.scopes--; }
  NoAbortScope(const NoAbortScope&) = delete;
  NoAbortScope& operator=(const NoAbortScope&) = delete;

 private:
  AbortState& state_;
};

// Whether an exception that no JavaScript catches aborts. lib/domain.js and
// process.setUncaughtExceptionCaptureCallback() turn a toggle off: somebody listens.
bool MayAbort(v8::Isolate* isolate);

}  // namespace dv8::node
