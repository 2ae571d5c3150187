// Says, while it lives, which resource causes the async resources that are made.
#pragma once

#include "runtime/bindings/node/async_wrap.h"

namespace dv8::node {

class TriggerScope {
 public:
  TriggerScope(AsyncHooks& hooks, double async_id) : hooks_(hooks), before_(hooks.ids[AsyncHooks::kDefaultTriggerAsyncId]) {
    hooks.ids[AsyncHooks::kDefaultTriggerAsyncId] = async_id;
  }
  explicit TriggerScope(AsyncWrap* cause) : TriggerScope(cause->env()->State<AsyncHooks>(), cause->async_id()) {}
  ~TriggerScope() { hooks_.ids[AsyncHooks::kDefaultTriggerAsyncId] = before_; }
  TriggerScope(const TriggerScope&) = delete;
  TriggerScope& operator=(const TriggerScope&) = delete;

 private:
  AsyncHooks& hooks_;
  double before_;
};

}  // namespace dv8::node
