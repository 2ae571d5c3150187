// The environment's variables as Node's process.env, and for bindings that look one up.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/core/environment.h"

namespace dv8::node {

// The variables of a worker; several threads may have the same ones.
struct WorkerVariables {
  std::mutex mutex;
  std::map<std::string, std::string, std::less<>> values;  // Guarded by mutex.
};

// Which variables process.env of an Environment has: a worker's own, or (null) those of the process.
struct EnvironmentVariables {
  explicit EnvironmentVariables(Environment*) {}
  std::shared_ptr<WorkerVariables> own;
};

// A copy of the variables of `env`, for a worker.
std::shared_ptr<WorkerVariables> CopyVariables(Environment* env);

// The value of a variable; nullopt when it is not set, and always while a snapshot is made.
std::optional<std::string> GetEnv(Environment* env, const char* name);
// Sets one; V8 and the C library hear of a new time zone of the process. Not while a snapshot is made.
void SetEnv(Environment* env, const std::string& name, const std::string& value);

// A new object whose properties are the variables: process.env. It may be part of a snapshot.
v8::MaybeLocal<v8::Object> NewEnvObject(Environment* env);
// Whether `object` is one, and a plain object with its variables: what structuredClone() makes of it.
bool IsEnvObject(v8::Local<v8::Context> context, v8::Local<v8::Object> object);
v8::MaybeLocal<v8::Object> CopyOfEnv(Environment* env);
// The addresses of its interceptors, for the binding that makes it.
void AppendEnvReferences(std::vector<intptr_t>* list);

}  // namespace dv8::node
