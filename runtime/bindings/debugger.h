// The program's inspector for clients of the Chrome DevTools protocol: a server on a thread of its own, whose clients
// have sessions with the first thread's inspector. Called by dv8_debugger.cc and node/inspector.cc.
#pragma once

#include <string>

#include "runtime/core/environment.h"

namespace dv8 {

struct DebuggerOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  std::string title;
  // Says on standard error what Node says, and waits for clients at the program's end.
  bool as_node = false;
};

// Listens: 0, or a negative error number; EALREADY when it does so already. On the first thread.
int OpenDebugger(Environment* env, const DebuggerOptions& options);
// Ends clients' sessions and listens no more.
void CloseDebugger();
// "ws://host:port/id"; empty when it does not listen. From any thread.
std::string DebuggerUrl();

}  // namespace dv8
