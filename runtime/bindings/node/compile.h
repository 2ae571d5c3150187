// How files and texts of the program are compiled, for `contextify` and `module_wrap`.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/bindings/node/watchdog.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

enum class SourceKind { kScript, kModule };

// A script's host-defined options: an array with the symbol that lib/ knows its import() by, at this place.
inline constexpr int kHostDefinedId = 0;
inline constexpr int kHostDefinedCount = 1;

v8::ScriptOrigin OriginOf(v8::Isolate* isolate, v8::Local<v8::String> name, int line, int column, v8::Local<v8::Symbol> host_defined_id,
                          SourceKind kind);

enum class CommonJsScope {
  kNone,    // A text that runs outside of a module's function.
  kModule,  // exports, require, module, __filename and __dirname are parameters.
};

v8::MaybeLocal<v8::Function> CompileCommonJs(Environment* env, v8::Local<v8::String> code, v8::Local<v8::String> filename,
                                             CommonJsScope scope, bool* cache_rejected);

// Whether what V8 said of a text that it compiled as CommonJS means that it is an ES module: it says so, or
// the text compiles as one. `name` is what the module would be called.
bool IsModuleError(Environment* env, v8::Local<v8::Message> message, v8::Local<v8::String> code, v8::Local<v8::String> name);

// The file: URL of a path.
v8::Local<v8::String> FileUrl(Environment* env, v8::Local<v8::String> path);

// Warns once that a file with an ES module's syntax was loaded as CommonJS. False when a listener of the
// program threw: the exception is pending.
bool WarnAboutRequiredModule(Environment* env, v8::Local<v8::String> filename);

enum class Ending {
  kOwn,          // It came to its end, or threw.
  kTimedOut,     // ERR_SCRIPT_EXECUTION_TIMEOUT is pending.
  kInterrupted,  // By SIGINT: ERR_SCRIPT_EXECUTION_INTERRUPTED is pending.
};

// Makes an exception of what a watchdog ended. The caller's TryCatch is to be around it.
Ending AfterGuards(Environment* env, const Watchdog* watchdog, const SigintWatchdog* sigint, int64_t timeout);

// Runs `run` for at most `timeout` milliseconds (-1: without end), and, with `break_on_sigint`, until
// SIGINT comes.
template <typename Run>
Ending RunGuarded(Environment* env, int64_t timeout, bool break_on_sigint, const Run& run) {
  if (timeout < 0 && !break_on_sigint) {
    run();
    return Ending::kOwn;
  }
  std::optional<Watchdog> watchdog;
  std::optional<SigintWatchdog> sigint;
  if (timeout >= 0) watchdog.emplace(env->isolate(), static_cast<uint64_t>(timeout));
  if (break_on_sigint) sigint.emplace(env->isolate());
  if (!watchdog.has_value() || watchdog->error() == 0) run();
  // The watchdog's thread may be about to terminate: only when it has ended is it known.
  if (watchdog.has_value()) watchdog->Stop();
  return AfterGuards(env, watchdog.has_value() ? &*watchdog : nullptr, sigint.has_value() ? &*sigint : nullptr, timeout);
}

}  // namespace dv8::node
