// The list of all bindings, and what is derived from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/bindings/spec.h"

namespace dv8 {

// Every binding linked into this engine, in a fixed order.
std::span<const BindingSpec* const> AllBindings();

// V8's external references: every callback of every table, then the embedder's own
// addresses; ends with 0. The builder and the runtime get the same array in the same order.
const intptr_t* ExternalReferences();

// A hash over the names in the tables, in order: part of the fingerprint.
uint64_t RegistryHash();

// A new object with the functions, constants and classes of the binding `name`.
// Empty when there is none of that name or an exception is pending.
v8::MaybeLocal<v8::Object> InstantiateBinding(v8::Local<v8::Context> context,
                                              std::string_view name);

}  // namespace dv8
