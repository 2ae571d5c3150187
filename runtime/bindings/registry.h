// The list of all bindings, and what is derived from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bindings/spec.h"

namespace dv8 {

// The bindings that every template has, in a fixed order.
std::span<const BindingSpec* const> BaseBindings();
// Those of the full template only. Each template links its own definition of it:
// registry_small.cc or registry_full.cc.
std::span<const BindingSpec* const> ExtraBindings();

// Those of Node's library, by internalBinding's names: the full template's, too.
std::span<const BindingSpec* const> NodeBindings();

// Those that are Node's, too, and that every template has: for programs that are their modules.
std::span<const BindingSpec* const> ModuleBindings();

// Where node's options come from: the command line alone, or also NODE_OPTIONS and its kin.
enum class OptionSource { kArguments, kEnvironment };

// What the engine and main() ask of Node's library; null in the small template.
struct NodeHooks {
  // Whether the program was started by itself as node: runtime/bindings/node/self_child.h.
  bool (*take_self_child_token)(int argc, char* const* argv);
  // The command line of a node-like program: runtime/bindings/node/command_line.h.
  std::optional<int> (*take_command_line)(OptionSource from, int* argc, char** argv, std::string* flags);
  void (*apply_command_line)(Environment* env);
  // Node's options that a program was packed with: dv8pack --exec-argv.
  std::string (*check_exec_argv)(std::string_view text, std::string* v8_flags);
  void (*apply_exec_argv)(Environment* env, std::string_view text);
  // For --abort-on-uncaught-exception: whether an exception ends the program where it is thrown.
  v8::Isolate::AbortOnUncaughtExceptionCallback may_abort;
  // The program is about to end without JavaScript: runtime/bindings/node/report.h.
  void (*report_fatal_error)(Environment* env, const char* event, const char* trigger);
};
const NodeHooks* HooksOfNode();

// Users' own modules, linked in by dv8pack --native (runtime/sdk/module.h), in the linker's order.
std::vector<const BindingSpec*> NativeModules();

// For the builder, which is linked with all of them: makes it the engine of the small template.
// To be called before anything else here.
void LeaveOutExtraBindings();
// Every binding of this engine: the base ones, the extra ones, then users' own.
std::vector<const BindingSpec*> AllBindings();

// V8's external references: every callback of every table, then the embedder's own
// addresses; ends with 0. The builder and the runtime get the same array in the same order.
const intptr_t* ExternalReferences();

// A hash over the names in the tables, in order: part of the fingerprint.
uint64_t RegistryHash();

// A new object with the functions, constants and classes of the binding `name`.
// Empty when there is none of that name or an exception is pending.
v8::MaybeLocal<v8::Object> InstantiateBinding(v8::Local<v8::Context> context, std::string_view name);
// The same for one of NodeBindings().
v8::MaybeLocal<v8::Object> InstantiateNodeBinding(v8::Local<v8::Context> context, std::string_view name);
v8::Local<v8::Object> InstantiateBinding(v8::Local<v8::Context> context, const BindingSpec& spec);
// Gives `target` what the table has: a binding may be made of several.
void FillBinding(v8::Local<v8::Context> context, const BindingSpec& spec, v8::Local<v8::Object> target);

}  // namespace dv8
