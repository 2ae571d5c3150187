// runtime/bindings/host.cc: internal:host, what the library's bootstrap needs of the runtime.
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// setTickFlag(index, pending): 0 is the nextTick queue, 1 the rejections that wait. The
// runtime calls the processTicks hook after a callback only when a flag is set.
void SetTickFlag(const CallInfo& info) {
  const uint32_t index = Uint32Arg(info, 0);
  DV8_CHECK(index < 2);
  Environment::From(info)->tick_flags()[index] = BoolArg(info, 1) ? 1 : 0;
}

// triggerUncaught(error, isRejection): as if `error` had left the outermost frame.
void TriggerUncaught(const CallInfo& info) { Environment::From(info)->HandleUncaught(info[0], BoolArg(info, 1)); }

// runMicrotasks(): drains V8's microtask queue.
void RunMicrotasks(const CallInfo& info) { info.GetIsolate()->PerformMicrotaskCheckpoint(); }

// collectGarbage(): all that can be collected, now.
void CollectGarbage(const CallInfo& info) { info.GetIsolate()->LowMemoryNotification(); }

// exitNow(code): ends the process at once, without 'exit' listeners; in a thread, that thread.
void ExitNow(const CallInfo& info) { Environment::From(info)->EndProgram(Int32Arg(info, 0)); }

constexpr FunctionSpec kFunctions[] = {
    {"collectGarbage", CollectGarbage},   {"exitNow", ExitNow}, {"runMicrotasks", RunMicrotasks}, {"setTickFlag", SetTickFlag},
    {"triggerUncaught", TriggerUncaught},
};

}  // namespace

extern const BindingSpec kHost;
constexpr BindingSpec kHost{"host", kFunctions};

}  // namespace dv8
