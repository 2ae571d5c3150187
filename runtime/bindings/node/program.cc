// runtime/bindings/node/program.cc: internalBinding('program'), which Node has not: the files of the packed program
// for lib/internal/dv8/program.js.
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/virtual_root.h"

namespace dv8::node {
namespace {

// readText(path): the text of an embedded file; undefined when there is none.
v8::MaybeLocal<v8::Value> ReadText(Environment* env, std::string path) {
  const VirtualRoot* root = VirtualRoot::Of(env);
  const std::optional<VirtualRoot::Entry> entry = root == nullptr ? std::nullopt : root->Find(path);
  if (!entry || entry->is_folder()) return v8::Undefined(env->isolate()).As<v8::Value>();
  const std::vector<std::byte> bytes = root->Read(*entry);
  v8::Local<v8::String> text;
  if (!FromUtf8(env->isolate(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()}).ToLocal(&text)) return {};
  return text.As<v8::Value>();
}

constexpr FunctionSpec kFunctions[] = {Typed<ReadText>("readText")};

}  // namespace

extern const BindingSpec kNodeProgram;
constexpr BindingSpec kNodeProgram{"program", kFunctions};

}  // namespace dv8::node
