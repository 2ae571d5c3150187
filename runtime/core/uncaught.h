// Where the exception that is being handled was thrown.
#pragma once

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8 {

struct UncaughtMessage {
  explicit UncaughtMessage(Environment*) {}
  v8::Local<v8::Message> message;  // Empty when nobody knows.
};

// Says it to what Environment::HandleUncaught calls, while it exists.
class UncaughtScope {
 public:
  UncaughtScope(Environment* env, v8::Local<v8::Message> message) : state_(env->State<UncaughtMessage>()), before_(state_.message) {
    state_.message = message;
  }
  ~UncaughtScope() { state_.message = before_; }
  UncaughtScope(const UncaughtScope&) = delete;
  UncaughtScope& operator=(const UncaughtScope&) = delete;

 private:
  UncaughtMessage& state_;
  v8::Local<v8::Message> before_;
};

}  // namespace dv8
