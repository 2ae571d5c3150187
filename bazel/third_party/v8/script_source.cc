#include "bazel/third_party/v8/script_source.h"

#include <vector>

#include "src/api/api-inl.h"
#include "src/codegen/compiler.h"
#include "src/objects/script-inl.h"
#include "src/objects/shared-function-info-inl.h"
#include "src/objects/string-inl.h"

namespace v8::internal {
namespace {

Address ResourceOf(Tagged<Object> source) {
  return IsExternalString(source) ? Cast<ExternalString>(source)->resource_as_address() : kNullAddress;
}

std::vector<Handle<SharedFunctionInfo>> FunctionsOf(Isolate* isolate, DirectHandle<Script> script) {
  std::vector<Handle<SharedFunctionInfo>> functions;
  SharedFunctionInfo::ScriptIterator all(isolate, *script);
  for (Tagged<SharedFunctionInfo> next = all.Next(); !next.is_null(); next = all.Next()) {
    functions.push_back(handle(next, isolate));
  }
  return functions;
}

// With the positions that stacks need. What is compiled brings the functions in it.
bool CompileAll(Isolate* isolate, DirectHandle<Script> script) {
  for (bool is_done = false; !is_done;) {
    is_done = true;
    for (Handle<SharedFunctionInfo> function : FunctionsOf(isolate, script)) {
      IsCompiledScope is_compiled = function->is_compiled_scope(isolate);
      if (!is_compiled.is_compiled()) {
        if (function->is_toplevel()) continue;  // Around the function of a CommonJS module; it has done its work.
        is_done = false;
        if (!Compiler::Compile(isolate, function, Compiler::CLEAR_EXCEPTION, &is_compiled, CreateSourcePositions::kYes)) {
          return false;
        }
      }
      if (!function->HasBytecodeArray()) return false;  // asm.js
      if (!function->GetBytecodeArray(isolate)->HasSourcePositionTable() &&
          !Compiler::CollectSourcePositions(isolate, function)) {
        return false;
      }
    }
  }
  // Bytecode that cannot be made again is not to be flushed.
  for (Handle<SharedFunctionInfo> function : FunctionsOf(isolate, script)) function->set_allows_lazy_compilation(false);
  return true;
}

bool LeaveOutSource(Isolate* isolate, Address resource) {
  HandleScope scope(isolate);
  std::vector<DirectHandle<Script>> scripts;
  Script::Iterator all(isolate);
  for (Tagged<Script> next = all.Next(); !next.is_null(); next = all.Next()) {
    if (ResourceOf(next->source()) == resource) scripts.push_back(direct_handle(next, isolate));
  }
  for (DirectHandle<Script> script : scripts) {
    if (!CompileAll(isolate, script)) return false;
  }
  for (DirectHandle<Script> script : scripts) {
    Script::InitLineEnds(isolate, script);
    script->TorqueGeneratedScript<Script, Struct>::set_source(ReadOnlyRoots(isolate).undefined_value());
  }
  return !scripts.empty();
}

}  // namespace
}  // namespace v8::internal

namespace dv8 {

bool LeaveOutSource(v8::Isolate* isolate, v8::Local<v8::String> text) {
  const v8::internal::Address resource = v8::internal::ResourceOf(*v8::Utils::OpenDirectHandle(*text));
  return resource != v8::internal::kNullAddress &&
         v8::internal::LeaveOutSource(reinterpret_cast<v8::internal::Isolate*>(isolate), resource);
}

}  // namespace dv8
