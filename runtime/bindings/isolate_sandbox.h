// The context of an isolate with `sandbox: true`: a new one, without the program's library.
#pragma once

#include "runtime/bindings/spec.h"
#include "runtime/core/engine.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8 {

// setSandboxPrelude(text), while a snapshot is made: the text's value is a function(binding, given) that makes the globals
// of sandboxes.
void SetSandboxPrelude(const CallInfo& info);

// Gives `env` such a context. False, with an exception, when it cannot be had.
bool EnterSandbox(Environment* env, StartFrom from);
// Runs the program `code` of `given`, {code, path, data, env, system}, and `prelude` where the snapshot has none. The
// context is entered.
void RunSandboxed(Environment* env, v8::Local<v8::Object> given);

// What both kinds of isolates have.
// setWire(take, give): the functions of an object with behaviour, and the object of these.
void SetWire(const CallInfo& info);
// exit(value): ends the isolate, the program when it is the first.
void ExitIsolate(const CallInfo& info);
// wait(promise) → the value of a call's promise
void WaitForCall(const CallInfo& info);

}  // namespace dv8
