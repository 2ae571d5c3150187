#include "runtime/bindings/node/error_source.h"

#include <algorithm>

#include "runtime/bindings/node/symbols.h"
#include "runtime/bindings/value.h"
#include "runtime/core/bootstrap.h"

namespace dv8::node {
namespace {

// Node's own tests and lib/ write it behind code that is not worth to be shown.
constexpr std::string_view kLeaveOut = "node-do-not-add-exception-line";
// Lines of minified files are long; the terminal's user has nothing of more.
constexpr int kMaxUnderline = 1020;

std::string Underline(std::string_view line, int start, int end) {
  std::string text;
  for (int i = 0; i < end && i < kMaxUnderline && line[i] != '\0'; i++) {
    text += i >= start ? '^' : line[i] == '\t' ? '\t' : ' ';
  }
  return text + '\n';
}

// The original's line, where source maps are on and the script has one; empty otherwise.
std::string MappedSource(Environment* env, v8::Local<v8::Message> message) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> map = message->GetScriptOrigin().SourceMapUrl();
  v8::Local<v8::Value> source = env->Kept("errors.source_map_error_source");
  if (map.IsEmpty() || map->IsUndefined() || !env->Kept("errors.source_maps")->IsTrue() || !source->IsFunction()) return "";
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> argv[] = {message->GetScriptResourceName(),
                                 v8::Integer::New(isolate, message->GetLineNumber(env->context()).FromMaybe(0)),
                                 v8::Integer::New(isolate, message->GetStartColumn())};
  v8::Local<v8::Value> text;
  if (!source.As<v8::Function>()->Call(env->context(), v8::Undefined(isolate), 3, argv).ToLocal(&text)) return "";
  return text->IsString() ? std::string(Utf8(isolate, text).view()) : "";
}

}  // namespace

std::string StackText(v8::Isolate* isolate, v8::Local<v8::StackTrace> stack) {
  const auto name = [isolate](v8::Local<v8::String> value) {
    return value.IsEmpty() ? std::string() : std::string(Utf8(isolate, value).view());
  };
  std::string text;
  for (int i = 0; i < stack->GetFrameCount(); i++) {
    v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<uint32_t>(i));
    const std::string function = name(frame->GetFunctionName()), script = name(frame->GetScriptName());
    if (script == kStdlibScriptName) continue;
    const std::string place = script + ":" + std::to_string(frame->GetLineNumber()) + ":" + std::to_string(frame->GetColumn());
    text += "    at " + (function.empty() ? place : function + " (" + place + ")") + "\n";
  }
  return text;
}

std::string ErrorSource(Environment* env, v8::Local<v8::Message> message) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::String> source;
  if (message.IsEmpty() || !message->GetSourceLine(context).ToLocal(&source)) return "";
  const std::string line(Utf8(isolate, source).view());
  if (line.find(kLeaveOut) != std::string::npos) return "";
  if (std::string mapped = MappedSource(env, message); !mapped.empty()) return mapped;

  v8::Local<v8::Value> resource = message->GetScriptResourceName();
  const std::string file =
      resource.IsEmpty() || resource->IsUndefined() ? "<anonymous_script>" : std::string(Utf8(isolate, resource).view());
  const int number = message->GetLineNumber(context).FromMaybe(0);
  const std::string text = file + ":" + std::to_string(number) + "\n" + line + "\n";

  const v8::ScriptOrigin origin = message->GetScriptOrigin();
  int start = message->GetStartColumn();
  int end = message->GetEndColumn();
  // On a script's first line, columns count from the script's own offset.
  const int script_start = number - origin.LineOffset() == 1 ? origin.ColumnOffset() : 0;
  if (start >= script_start && end >= script_start) {
    start -= script_start;
    end -= script_start;
  }
  if (start < 0 || end < start || static_cast<size_t>(end) > line.size()) return text;
  return text + Underline(line, start, end);
}

void KeepErrorSource(Environment* env, v8::Local<v8::Value> error, v8::Local<v8::Message> message) {
  if (message.IsEmpty() || error.IsEmpty() || !error->IsObject()) return;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Object> object = error.As<v8::Object>();
  v8::Local<v8::Private> key = PrivateSymbol(env, "arrow_message_private_symbol");
  v8::Local<v8::Value> kept;
  if (!object->GetPrivate(context, key).ToLocal(&kept) || kept->IsString()) return;
  const std::string source = ErrorSource(env, message);
  v8::Local<v8::String> text;
  if (source.empty() || !FromUtf8(isolate, source).ToLocal(&text)) return;
  (void)object->SetPrivate(context, key, text);
}

void DecorateErrorStack(Environment* env, v8::Local<v8::Value> error, v8::Local<v8::Message> message) {
  if (error.IsEmpty() || !error->IsObject()) return;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::TryCatch guard(isolate);  // error.stack may be the program's getter.
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Object> object = error.As<v8::Object>();
  v8::Local<v8::Private> decorated = PrivateSymbol(env, "decorated_private_symbol");
  v8::Local<v8::Value> value;
  if (!object->GetPrivate(context, decorated).ToLocal(&value) || value->IsTrue()) return;
  KeepErrorSource(env, error, message);
  v8::Local<v8::Value> arrow;
  v8::Local<v8::Value> stack;
  if (!object->GetPrivate(context, PrivateSymbol(env, "arrow_message_private_symbol")).ToLocal(&arrow) || !arrow->IsString() ||
      !object->Get(context, Internalized(isolate, "stack")).ToLocal(&stack) || !stack->IsString()) {
    return;
  }
  v8::Local<v8::String> line_end = v8::String::NewFromUtf8Literal(isolate, "\n");
  v8::Local<v8::String> text =
      v8::String::Concat(isolate, v8::String::Concat(isolate, arrow.As<v8::String>(), line_end), stack.As<v8::String>());
  if (text.IsEmpty()) return;  // Longer than a string may be.
  (void)object->Set(context, Internalized(isolate, "stack"), text);
  (void)object->SetPrivate(context, decorated, v8::True(isolate));
}

}  // namespace dv8::node
