// runtime/bindings/dv8_debugger.cc: internal:dv8_debugger, the program's inspector for clients of the Chrome DevTools
// protocol (debugger.h) and for the program itself.
#include "runtime/binding/checked.h"
#include "runtime/bindings/debugger.h"
#include "runtime/bindings/inspector.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// A session of the program's own with the inspector of its isolate.
class OwnSession final : public NativeObject {
 public:
  // new OwnSession(callback(text))
  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (env->mode() != Environment::Mode::kRun) {
      return ThrowTypeError(info.GetIsolate(), "The inspector cannot be used while the snapshot is made");
    }
    new OwnSession(env, info.This());
    info.This()->SetInternalField(kCallbackField, info[0]);
  }

  // dispatch(text): a message of DevTools' protocol. Answers come before it returns.
  static void Dispatch(const CallInfo& info) { Unwrap<OwnSession>(info)->session_->Dispatch(info[0].As<v8::String>()); }

  static constexpr int kCallbackField = 1;
  static constexpr int kFieldCount = 2;

 private:
  OwnSession(Environment* env, v8::Local<v8::Object> object)
      : NativeObject(env, object),
        session_(InspectorSession::Connect(Inspector::Get(env), [this](const InspectorSession::Text& text) { Tell(text); })) {}
  ~OwnSession() override { session_->Close(); }

  void Tell(const InspectorSession::Text& message) {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::String> text;
    if (is_collected() || !FromView(isolate, message).ToLocal(&text)) return;
    v8::Local<v8::Value> argument = text;
    v8::Local<v8::Value> callback = object()->GetInternalField(kCallbackField).As<v8::Value>();
    (void)env()->Callback(callback.As<v8::Function>(), object(), 1, &argument);
  }

  std::shared_ptr<InspectorSession> session_;
};

bool MayDebug(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (env->mode() != Environment::Mode::kRun) {
    ThrowTypeError(info.GetIsolate(), "The debugger cannot be opened while the snapshot is made");
    return false;
  }
  if (env->is_thread()) {
    ThrowTypeError(info.GetIsolate(), "The debugger belongs to the program's first thread");
    return false;
  }
  return true;
}

// attach(): makes the inspector. V8 shows a client only scripts that were compiled after this.
void Attach(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (env->mode() == Environment::Mode::kRun && !env->is_thread()) Inspector::Get(env);
}

// open(port, host, title) → 0 or a negative error number.
void Open(const CallInfo& info) {
  if (!MayDebug(info)) return;
  v8::Isolate* isolate = info.GetIsolate();
  DebuggerOptions options;
  options.port = Int32Arg(info, 0);
  options.host = Utf8(isolate, info[1]).view();
  options.title = Utf8(isolate, info[2]).view();
  info.GetReturnValue().Set(OpenDebugger(Environment::From(info), options));
}

// wait(breaks): until a client lets the program go on; it then pauses at its next statement.
void Wait(const CallInfo& info) {
  if (!MayDebug(info) || DebuggerUrl().empty()) return;
  Inspector* inspector = Inspector::Get(Environment::From(info));
  inspector->WaitForClient();
  if (BoolArg(info, 0)) inspector->PauseOnNextStatement();
}

void Close(const CallInfo& info) {
  if (!Environment::From(info)->is_thread()) CloseDebugger();
}

// url() → "ws://…", or undefined when it is closed.
void Url(const CallInfo& info) {
  if (const std::string url = DebuggerUrl(); !url.empty()) ReturnUtf8(info, url);
}

constexpr FunctionSpec kFunctions[] = {
    {"attach", Attach}, {"close", Close}, Checked<Open, InRange<int32_t, 0, 65535>, v8::Local<v8::String>, v8::Local<v8::String>>("open"),
    {"url", Url},       {"wait", Wait},
};

constexpr FunctionSpec kSessionMethods[] = {
    Checked<OwnSession::Dispatch, v8::Local<v8::String>>("dispatch"),
};
constexpr ClassSpec kClasses[] = {
    {"OwnSession", CheckedConstructor<OwnSession::Construct, v8::Local<v8::Function>>, kSessionMethods, OwnSession::kFieldCount},
};

}  // namespace

extern const BindingSpec kDv8Debugger;
constexpr BindingSpec kDv8Debugger{"dv8_debugger", kFunctions, {}, kClasses};

}  // namespace dv8
