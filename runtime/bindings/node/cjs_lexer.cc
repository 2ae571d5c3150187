// runtime/bindings/node/cjs_lexer.cc: internalBinding('cjs_lexer'), the names that a CommonJS file exports,
// found in its text by merve, the lexer in Node's tarball.
#include <merve.h>

#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

using v8::Local;

// parse(source) → [Set of names, array of the specifiers whose names are exported again]. A text that the
// lexer does not understand has none.
v8::MaybeLocal<v8::Array> Parse(Environment* env, std::optional<std::string> source) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Set> names = v8::Set::New(isolate);
  v8::LocalVector<v8::Value> reexports(isolate);
  const std::string text = source.value_or("");  // The result points into it.
  if (const std::optional<lexer::lexer_analysis> found = lexer::parse_commonjs(text)) {
    Local<v8::String> name;
    for (const lexer::export_entry& entry : found->exports) {
      if (!FromUtf8(isolate, lexer::get_string_view(entry)).ToLocal(&name)) return {};
      if (names->Add(env->context(), name).IsEmpty()) return {};
    }
    for (const lexer::export_entry& entry : found->re_exports) {
      if (!FromUtf8(isolate, lexer::get_string_view(entry)).ToLocal(&name)) return {};
      reexports.push_back(name);
    }
  }
  Local<v8::Value> result[] = {names, v8::Array::New(isolate, reexports.data(), reexports.size())};
  return v8::Array::New(isolate, result, std::size(result));
}

constexpr FunctionSpec kFunctions[] = {Typed<Parse>("parse")};

}  // namespace

extern const BindingSpec kNodeCjsLexer;
constexpr BindingSpec kNodeCjsLexer{"cjs_lexer", kFunctions};

}  // namespace dv8::node
