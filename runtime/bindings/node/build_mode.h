// What a program may not ask while its snapshot is made: nothing of the build machine gets into an app.
#pragma once

#include <string>

#include "runtime/binding/errors.h"
#include "runtime/core/environment.h"

namespace dv8::node {

inline bool IsBuilding(Environment* env) { return env->mode() == Environment::Mode::kBuild; }

// True, with an exception, while a snapshot is made. `what` begins the message: "process.cwd()".
inline bool RefuseWhileBuilding(Environment* env, const char* what) {
  if (!IsBuilding(env)) return false;
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_OPERATION_FAILED", std::string(what) + " cannot be used while the snapshot is made");
  return true;
}

}  // namespace dv8::node
