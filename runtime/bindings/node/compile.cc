#include "runtime/bindings/node/compile.h"

#include <ada.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "runtime/binding/errors.h"
#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/value.h"
#include "runtime/core/program_files.h"

namespace dv8::node {
namespace {

// What V8 says of syntax that only ES modules have. (import() is no error in a script.)
constexpr std::string_view kModuleSyntax[] = {
    "Cannot use import statement outside a module",
    "Unexpected token 'export'",
    "Cannot use 'import.meta' outside a module",
};
// What may be right in an ES module: a variable with the name of one of CommonJS' parameters, `await` at
// the top level, alone or in the middle of an expression.
constexpr std::string_view kMaybeModuleSyntax[] = {
    "Identifier 'module' has already been declared",
    "Identifier 'exports' has already been declared",
    "Identifier 'require' has already been declared",
    "Identifier '__filename' has already been declared",
    "Identifier '__dirname' has already been declared",
    "await is only valid in async functions and the top level bodies of modules",
    "missing ) after argument list",
    "SyntaxError: Unexpected",
};

bool HasOneOf(std::string_view text, std::span<const std::string_view> parts) {
  return std::ranges::any_of(parts, [text](std::string_view part) { return text.find(part) != text.npos; });
}

struct RequiredModuleWarning {
  explicit RequiredModuleWarning(Environment*) {}
  bool given = false;
};

}  // namespace

v8::ScriptOrigin OriginOf(v8::Isolate* isolate, v8::Local<v8::String> name, int line, int column, v8::Local<v8::Symbol> host_defined_id,
                          SourceKind kind) {
  v8::Local<v8::PrimitiveArray> options = v8::PrimitiveArray::New(isolate, kHostDefinedCount);
  options->Set(isolate, kHostDefinedId, host_defined_id);
  constexpr bool kSharedCrossOrigin = true;
  return {name, line, column, kSharedCrossOrigin, -1, {}, false, false, kind == SourceKind::kModule, options};
}

v8::MaybeLocal<v8::Function> CompileCommonJs(Environment* env, v8::Local<v8::String> code, v8::Local<v8::String> filename,
                                             CommonJsScope scope, bool* cache_rejected) {
  v8::Isolate* isolate = env->isolate();
  v8::EscapableHandleScope handles(isolate);
  *cache_rejected = false;
  v8::ScriptCompiler::Source source(
      code, OriginOf(isolate, filename, 0, 0, SharedSymbol(env, "vm_dynamic_import_default_internal"), SourceKind::kScript));
  v8::Local<v8::String> parameters[] = {
      Internalized(isolate, "exports"),    Internalized(isolate, "require"),   Internalized(isolate, "module"),
      Internalized(isolate, "__filename"), Internalized(isolate, "__dirname"),
  };
  const size_t count = scope == CommonJsScope::kModule ? std::size(parameters) : 0;
  v8::Local<v8::Function> function;
  if (!v8::ScriptCompiler::CompileFunction(isolate->GetCurrentContext(), &source, count, parameters, 0, nullptr,
                                           ProgramCompileOptions(env, code))
           .ToLocal(&function)) {
    return {};
  }
  return handles.Escape(function);
}

bool IsModuleError(Environment* env, v8::Local<v8::Message> message, v8::Local<v8::String> code, v8::Local<v8::String> name) {
  v8::Isolate* isolate = env->isolate();
  if (message.IsEmpty()) return false;
  const Utf8 text(isolate, message->Get());
  if (HasOneOf(text.view(), kModuleSyntax)) return true;
  if (!HasOneOf(text.view(), kMaybeModuleSyntax)) return false;
  v8::TryCatch guard(isolate);
  v8::ScriptCompiler::Source source(
      code, OriginOf(isolate, name, 0, 0, SharedSymbol(env, "source_text_module_default_hdo"), SourceKind::kModule));
  return !v8::ScriptCompiler::CompileModule(isolate, &source).IsEmpty();
}

v8::Local<v8::String> FileUrl(Environment* env, v8::Local<v8::String> path) {
  const Utf8 utf8(env->isolate(), path);
  std::string escaped;  // What ada takes for escapes already.
  for (const char c : utf8.view()) c == '%' ? escaped += "%25" : escaped += c;
  v8::Local<v8::String> url;
  return FromUtf8(env->isolate(), ada::href_from_file(escaped)).ToLocal(&url) ? url : path;
}

bool WarnAboutRequiredModule(Environment* env, v8::Local<v8::String> filename) {
  bool& given = env->State<RequiredModuleWarning>().given;
  v8::Local<v8::Value> warn = env->Kept("process.emit_warning_sync");
  if (given || !warn->IsFunction()) return true;
  given = true;
  v8::Isolate* isolate = env->isolate();
  const std::string text = "Failed to load the ES module: " + std::string(Utf8(isolate, filename).view()) +
                           ". Make sure to set \"type\": \"module\" in the nearest package.json file or use the "
                           ".mjs extension.";
  v8::Local<v8::String> message;
  if (!FromUtf8(isolate, text).ToLocal(&message)) return false;
  v8::Local<v8::Value> argv[] = {message};
  return !warn.As<v8::Function>()->Call(env->context(), v8::Undefined(isolate), 1, argv).IsEmpty();
}

Ending AfterGuards(Environment* env, const Watchdog* watchdog, const SigintWatchdog* sigint, int64_t timeout) {
  v8::Isolate* isolate = env->isolate();
  if (watchdog != nullptr && watchdog->error() != 0) {
    isolate->ThrowException(UvError(isolate, watchdog->error(), "uv_thread_create"));
    return Ending::kTimedOut;
  }
  const bool timed_out = watchdog != nullptr && watchdog->timed_out();
  const bool interrupted = sigint != nullptr && sigint->received();
  if ((!timed_out && !interrupted) || env->stopping()) return Ending::kOwn;
  // It may have been another watchdog, around this one, that ended it: that one says so itself.
  isolate->CancelTerminateExecution();
  if (timed_out) {
    ThrowCoded(isolate, ErrorKind::kError, "ERR_SCRIPT_EXECUTION_TIMEOUT",
               "Script execution timed out after " + std::to_string(timeout) + "ms");
    return Ending::kTimedOut;
  }
  ThrowCoded(isolate, ErrorKind::kError, "ERR_SCRIPT_EXECUTION_INTERRUPTED", "Script execution was interrupted by `SIGINT`");
  return Ending::kInterrupted;
}

}  // namespace dv8::node
