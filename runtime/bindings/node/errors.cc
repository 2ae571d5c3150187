// runtime/bindings/node/errors.cc: internalBinding('errors'), how exceptions become text and how the process ends.
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/error_source.h"
#include "runtime/core/uncaught.h"

namespace dv8::node {
namespace {

void SetPrepareStackTraceCallback(Environment* env, v8::Local<v8::Function> fn) { env->Keep("errors.prepare_stack_trace", fn); }
void SetGetSourceMapErrorSource(Environment* env, v8::Local<v8::Function> fn) { env->Keep("errors.source_map_error_source", fn); }
void SetMaybeCacheGeneratedSourceMap(Environment* env, v8::Local<v8::Function> fn) { env->Keep("errors.cache_generated_source_map", fn); }
void SetEnhanceStackForFatalException(Environment* env, v8::Local<v8::Function> before, v8::Local<v8::Function> after) {
  env->Keep("errors.enhance_before_inspector", before);
  env->Keep("errors.enhance_after_inspector", after);
}
void SetSourceMapsEnabled(Environment* env, bool enabled) { env->Keep("errors.source_maps", v8::Boolean::New(env->isolate(), enabled)); }

std::string NoSideEffectsToString(Environment* env, v8::Local<v8::Value> value) {
  v8::Local<v8::String> text;
  if (!value->ToDetailString(env->context()).ToLocal(&text)) return "";
  return std::string(Utf8(env->isolate(), text).view());
}

// triggerUncaughtException(error, fromPromise): as if it had left the outermost frame.
void TriggerUncaughtException(Environment* env, v8::Local<v8::Value> error, bool from_promise) {
  // Nothing can be called where the stack is used up: the error goes on to where it is not.
  if (IsStackOverflow(env->isolate(), error)) {
    env->isolate()->ThrowException(error);
    return;
  }
  const UncaughtScope thrown(env, v8::Exception::CreateMessage(env->isolate(), error));
  env->HandleUncaught(error, from_promise);
}

// uncaughtSource(error): the lines of the source that threw it. They are the error's own from then on
// (arrow_message_private_symbol) when it is one.
v8::MaybeLocal<v8::String> UncaughtSource(Environment* env, v8::Local<v8::Value> error) {
  v8::Local<v8::Message> message = env->State<UncaughtMessage>().message;
  if (error->IsNativeError()) {
    KeepErrorSource(env, error, message);
    return v8::String::Empty(env->isolate());
  }
  return FromUtf8(env->isolate(), ErrorSource(env, message));
}

// uncaughtStack(): the frames where the uncaught exception was thrown, for --trace-uncaught.
std::string UncaughtStack(Environment* env) {
  v8::Local<v8::Message> message = env->State<UncaughtMessage>().message;
  if (message.IsEmpty() || message->GetStackTrace().IsEmpty()) return "";
  return StackText(env->isolate(), message->GetStackTrace());
}

// getErrorSourcePositions(error) → {sourceLine, scriptResourceName, lineNumber, startColumn}
v8::MaybeLocal<v8::Value> GetErrorSourcePositions(Environment* env, v8::Local<v8::Value> error) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Message> message = v8::Exception::CreateMessage(isolate, error);
  v8::Local<v8::String> line;
  if (message.IsEmpty() || !message->GetSourceLine(context).ToLocal(&line)) return v8::Undefined(isolate).As<v8::Value>();
  v8::Local<v8::Name> names[] = {Internalized(isolate, "sourceLine"), Internalized(isolate, "scriptResourceName"),
                                 Internalized(isolate, "lineNumber"), Internalized(isolate, "startColumn")};
  v8::Local<v8::Value> values[] = {line, message->GetScriptResourceName(),
                                   v8::Integer::New(isolate, message->GetLineNumber(context).FromMaybe(0)),
                                   v8::Integer::New(isolate, message->GetStartColumn(context).FromMaybe(0))};
  return v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
}

constexpr FunctionSpec kFunctions[] = {
    Typed<GetErrorSourcePositions>("getErrorSourcePositions"),
    Typed<NoSideEffectsToString>("noSideEffectsToString"),
    Typed<SetEnhanceStackForFatalException>("setEnhanceStackForFatalException"),
    Typed<SetGetSourceMapErrorSource>("setGetSourceMapErrorSource"),
    Typed<SetMaybeCacheGeneratedSourceMap>("setMaybeCacheGeneratedSourceMap"),
    Typed<SetPrepareStackTraceCallback>("setPrepareStackTraceCallback"),
    Typed<SetSourceMapsEnabled>("setSourceMapsEnabled"),
    Typed<TriggerUncaughtException>("triggerUncaughtException"),
    Typed<UncaughtSource>("uncaughtSource"),
    Typed<UncaughtStack>("uncaughtStack"),
};

// Exit codes that Node documents.
constexpr ConstantSpec kExitCodes[] = {
    {"kNoFailure", 0},
    {"kGenericUserError", 1},
    {"kInternalJSParseError", 3},
    {"kInternalJSEvaluationFailure", 4},
    {"kV8FatalError", 5},
    {"kInvalidFatalExceptionMonkeyPatching", 6},
    {"kExceptionInFatalExceptionHandler", 7},
    {"kUnsettledTopLevelAwait", 13},
    {"kInvalidCommandLineArgument", 9},
    {"kBootstrapFailure", 10},
    {"kInvalidCommandLineArgument2", 12},
    {"kStartupSnapshotFailure", 14},
    {"kAbort", 134},
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "exitCodes"), NumbersByName(env->context(), kExitCodes)).Check();
}

}  // namespace

extern const BindingSpec kNodeErrors;
constexpr BindingSpec kNodeErrors{"errors", kFunctions, {}, {}, Init};

}  // namespace dv8::node
