// runtime/bindings/node/uv.cc: internalBinding('uv'), libuv's error numbers with their names and texts.
#include <uv.h>

#include <array>
#include <span>
#include <string>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/process_warning.h"

namespace dv8::node {
namespace {

struct Error {
  int number;
  const char* constant;
  const char* name;
  const char* text;
};
constexpr Error kErrors[] = {
#define V(name, text) {UV_##name, "UV_" #name, #name, text},
    UV_ERRNO_MAP(V)
#undef V
};

using ErrorNumber = InRange<int32_t, INT32_MIN, -1>;

struct ErrorNameWarning {
  explicit ErrorNameWarning(Environment*) {}
  bool was_emitted = false;
};

// DEP0119, once.
bool WarnOfErrorName(Environment* env) {
  bool& was_emitted = env->State<ErrorNameWarning>().was_emitted;
  if (was_emitted || !env->State<NodeOptions>().IsTrue("--pending-deprecation")) return true;
  was_emitted = true;
  return EmitWarningNow(env,
                        "Directly calling process.binding('uv').errname(<val>) is being deprecated. Please make sure "
                        "to use util.getSystemErrorName() instead.",
                        "DeprecationWarning", "DEP0119");
}

std::string ErrorName(Environment* env, ErrorNumber number) {
  if (!WarnOfErrorName(env)) return "";
  char name[80];
  return uv_err_name_r(number, name, sizeof(name));
}

std::string ErrorMessage(ErrorNumber number) {
  char text[80];
  return uv_strerror_r(number, text, sizeof(text));
}

// A new Map each time: programs reach it through process.binding('uv').
v8::MaybeLocal<v8::Map> ErrorMap(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Map> map = v8::Map::New(isolate);
  for (const Error& error : kErrors) {
    v8::Local<v8::Value> entry[] = {Internalized(isolate, error.name), Internalized(isolate, error.text)};
    if (map->Set(env->context(), v8::Integer::New(isolate, error.number), v8::Array::New(isolate, entry, std::size(entry))).IsEmpty()) {
      return {};
    }
  }
  return map;
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  for (const Error& error : kErrors) {
    DefineConstant(env->context(), target, error.constant, v8::Integer::New(env->isolate(), error.number));
  }
}

constexpr FunctionSpec kFunctions[] = {Typed<ErrorName>("errname"), Typed<ErrorMap>("getErrorMap"), Typed<ErrorMessage>("getErrorMessage")};

}  // namespace

extern const BindingSpec kNodeUv;
constexpr BindingSpec kNodeUv{"uv", kFunctions, {}, {}, Init};

}  // namespace dv8::node
