// runtime/bindings/node/program.cc: internalBinding('program'), which Node has not: the files of the packed program
// for lib/internal/dv8/program.js.
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/compile.h"
#include "runtime/bindings/node/error_source.h"
#include "runtime/core/program_files.h"

namespace dv8::node {
namespace {

// text(path): the code at the path of an embedded file; undefined when there is none.
v8::MaybeLocal<v8::Value> Text(Environment* env, std::string path) {
  const ptrdiff_t index = FindProgramText(path);
  v8::Local<v8::String> text;
  if (index < 0) return v8::Undefined(env->isolate()).As<v8::Value>();
  if (!ProgramText(env->isolate(), static_cast<size_t>(index)).ToLocal(&text)) return {};
  return text.As<v8::Value>();
}

// compileFunction(path) → [text, function, source map's URL] of a CommonJS file; undefined when there is none.
v8::MaybeLocal<v8::Value> CompileFunction(Environment* env, v8::Local<v8::String> path) {
  v8::Isolate* isolate = env->isolate();
  v8::TryCatch guard(isolate);
  const ptrdiff_t index = FindProgramText(Utf8(isolate, path).view());
  bool rejected = false;
  v8::Local<v8::String> text;
  v8::Local<v8::Function> function;
  if (index < 0) return v8::Undefined(isolate).As<v8::Value>();
  if (!ProgramText(isolate, static_cast<size_t>(index)).ToLocal(&text) ||
      !CompileCommonJs(env, text, path, CommonJsScope::kModule, &rejected).ToLocal(&function)) {
    if (guard.HasCaught() && !guard.HasTerminated()) KeepErrorSource(env, guard.Exception(), guard.Message());
    guard.ReThrow();
    return {};
  }
  v8::Local<v8::Value> compiled[] = {text, function, function->GetScriptOrigin().SourceMapUrl()};
  return v8::Array::New(isolate, compiled, std::size(compiled)).As<v8::Value>();
}

// compile(path): the same for the snapshot. Undefined where none is being made, and for a text that is no CommonJS: its
// error is for when it is loaded.
v8::Local<v8::Value> Compile(Environment* env, v8::Local<v8::String> path) {
  const v8::TryCatch guard(env->isolate());
  v8::Local<v8::Value> compiled;
  if (env->mode() == Environment::Mode::kBuild && CompileFunction(env, path).ToLocal(&compiled)) return compiled;
  return v8::Undefined(env->isolate());
}

// leaveOutSource(path): whether the snapshot that is being made has the code at the path without its text from now on.
bool LeaveOutSource(Environment* env, std::string path) {
  return env->mode() == Environment::Mode::kBuild && LeaveOutProgramText(env->isolate(), path);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<Compile>("compile"),
    Typed<CompileFunction>("compileFunction"),
    Typed<LeaveOutSource>("leaveOutSource"),
    Typed<Text>("text"),
};

}  // namespace

extern const BindingSpec kNodeProgram;
constexpr BindingSpec kNodeProgram{"program", kFunctions};

}  // namespace dv8::node
