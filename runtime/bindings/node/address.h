// Addresses of sockets for JavaScript: `{address, family, port}`.
#pragma once

#include <sys/socket.h>

#include "runtime/core/environment.h"

namespace dv8::node {

// Sets address, family ('IPv4', 'IPv6') and port of `target`; of other families only an empty address. False:
// an exception is pending.
bool SetAddress(Environment* env, const sockaddr* address, v8::Local<v8::Object> target);

}  // namespace dv8::node
