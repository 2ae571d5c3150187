// StatWatcher of internalBinding('fs'): fs.watchFile.
#pragma once

#include <string>

#include "runtime/binding/arguments.h"
#include "runtime/bindings/node/fs_request.h"
#include "runtime/bindings/node/handle_wrap.h"

namespace dv8::node {

// Calls `onchange` with a status and the array of stats: the present ones, and the former ones behind them.
class StatWatcher final : public HandleWrap {
 public:
  DV8_NATIVE_CLASS(StatWatcher, HandleWrap)
  StatWatcher(Environment* env, v8::Local<v8::Object> object, bool bigint);

  // Gives undefined, or a negative error. What is embedded never changes.
  v8::Local<v8::Value> Start(Environment* env, FsPath path, uint32_t interval);

 private:
  static void OnChange(uv_fs_poll_t* handle, int status, const uv_stat_t* before, const uv_stat_t* now);

  uv_fs_poll_t handle_;
  bool bigint_;
};

// new StatWatcher(bigint)
void NewStatWatcher(const CallInfo& info);

}  // namespace dv8::node
