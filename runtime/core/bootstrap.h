// From source text to a running standard library: shared by the snapshot builder and by
// apps that start from source.
#pragma once

#include <string>
#include <string_view>

#include "runtime/bindings/spec.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8 {

// Name of the standard library's script in stacks.
inline constexpr char kStdlibScriptName[] = "dv8:stdlib";

// The standard library's script; empty when it does not compile. One script may run in several
// contexts: they share the functions that any of them had to compile.
v8::MaybeLocal<v8::UnboundScript> CompileStdlib(Environment* env);

// Runs the library in the environment's context and stores the hooks it exports. False when
// it threw: the exception is then in the caller's TryCatch.
bool RunStdlib(Environment* env, v8::Local<v8::UnboundScript> script);

// Tells the library the entry of the program, a virtual path. False when it threw.
bool NameProgram(Environment* env, const std::string& entry);

// The `require` of the library's script: native modules by "internal:<name>", one object each.
void RequireBinding(const CallInfo& info);

// What internalBinding(name) gives Node's library: one object a name and context. Empty, with an exception,
// when there is none of that name.
v8::MaybeLocal<v8::Object> InternalBinding(Environment* env, std::string_view name);

}  // namespace dv8
