// The tables that describe native modules ("bindings").
//
// A binding is one .cc file with one constexpr BindingSpec. Three things are computed from
// the tables and from nothing else: the objects that `require('internal:<name>')` gives to
// the standard library, V8's external references, and the registry's part of the
// fingerprint. Functions of runtime/bindings/node are typed (runtime/binding/typed.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "v8.h"

namespace dv8 {

using CallInfo = v8::FunctionCallbackInfo<v8::Value>;

struct FunctionSpec {
  const char* name;
  v8::FunctionCallback callback;
};

// An integer that JavaScript sees as a number: |value| must be below 2^53.
struct ConstantSpec {
  const char* name;
  int64_t value;
};

// A property of a class's prototype that is computed; without a setter it cannot be written.
struct AccessorSpec {
  const char* name;
  v8::FunctionCallback getter;
  v8::FunctionCallback setter = nullptr;
};

// FNV-1a, 64 bits.
class NameHash {
 public:
  constexpr void Add(std::string_view name) {
    for (const char c : name) Step(static_cast<uint8_t>(c));
    Step(0);
  }
  constexpr void Add(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) Step(static_cast<uint8_t>(number >> shift));
  }
  constexpr uint64_t value() const { return value_; }

 private:
  constexpr void Step(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  uint64_t value_ = 0xcbf29ce484222325;
};

constexpr uint64_t HashOfNames(std::string_view name, std::span<const FunctionSpec> methods, std::span<const AccessorSpec> accessors) {
  NameHash hash;
  hash.Add(name);
  for (const FunctionSpec& method : methods) hash.Add(method.name);
  for (const AccessorSpec& accessor : accessors) hash.Add(accessor.name);
  return hash.value();
}

// A class whose instances carry a NativeObject (see native_object.h) in their first internal
// field. The others hold JavaScript values that live as long as the instance.
struct ClassSpec {
  const char* name;
  v8::FunctionCallback constructor;
  std::span<const FunctionSpec> methods;
  int internal_fields = 1;
  std::span<const AccessorSpec> accessors = {};
  // The class that it inherits from, or null. Its instances have the internal fields of this one.
  const ClassSpec* parent = nullptr;
  // Of its own names; the parent's, which may be of another file, has one of its own.
  uint64_t names_hash = HashOfNames(name, methods, accessors);
};

constexpr uint64_t HashOfNames(std::string_view name, std::span<const FunctionSpec> functions, std::span<const ConstantSpec> constants,
                               std::span<const ClassSpec> classes) {
  NameHash hash;
  hash.Add(name);
  for (const FunctionSpec& function : functions) hash.Add(function.name);
  for (const ConstantSpec& constant : constants) hash.Add(constant.name);
  for (const ClassSpec& type : classes) hash.Add(type.names_hash);
  return hash.value();
}

class Environment;

struct BindingSpec {
  const char* name;  // Without the "internal:" prefix; matched exactly.
  std::span<const FunctionSpec> functions;
  std::span<const ConstantSpec> constants = {};
  std::span<const ClassSpec> classes = {};
  // Gives `target` what no table can: arrays that C++ and JavaScript share, nested objects.
  void (*init)(Environment* env, v8::Local<v8::Object> target) = nullptr;
  // Appends addresses of callbacks that no table has (interceptors, lazy properties): V8's external references.
  void (*references)(std::vector<intptr_t>* addresses) = nullptr;
  // Of all names; by the compiler, so that no start hashes them.
  uint64_t names_hash = HashOfNames(name, functions, constants, classes);
};

}  // namespace dv8
