#include "runtime/bindings/isolate_sandbox.h"

#include <uv.h>

#include <cstdio>
#include <map>
#include <memory>

#include "bazel/third_party/v8/heap_image.h"
#include "runtime/binding/checked.h"
#include "runtime/bindings/isolate_endpoint.h"
#include "runtime/bindings/isolate_thread.h"
#include "runtime/bindings/registry.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/snapshot.h"

namespace dv8 {
namespace {

class Timers;

struct Timer {
  uv_timer_t handle;
  Timers* timers;
  uint32_t id;
  bool repeats;
  v8::Global<v8::Function> callback;
};

// Those of the isolate. TearDown() has closed their handles when this goes.
class Timers {
 public:
  explicit Timers(Environment* env) : env_(env) {}

  uint32_t Start(v8::Local<v8::Function> callback, uint64_t delay, bool repeats) {
    const uint32_t id = ++last_id_;
    auto timer = std::make_unique<Timer>();
    uv_timer_init(env_->loop(), &timer->handle);
    timer->handle.data = timer.get();
    timer->timers = this;
    timer->id = id;
    timer->repeats = repeats;
    timer->callback.Reset(env_->isolate(), callback);
    uv_update_time(env_->loop());
    uv_timer_start(&timer->handle, OnTimer, delay, repeats ? delay : 0);
    timers_.emplace(id, std::move(timer));
    return id;
  }

  void Clear(uint32_t id) {
    const auto found = timers_.find(id);
    if (found == timers_.end() || uv_is_closing(Handle(found->second.get()))) return;
    found->second->callback.Reset();
    uv_close(Handle(found->second.get()), [](uv_handle_t* handle) {
      auto* timer = static_cast<Timer*>(handle->data);
      timer->timers->timers_.erase(timer->id);
    });
  }

 private:
  static uv_handle_t* Handle(Timer* timer) { return reinterpret_cast<uv_handle_t*>(&timer->handle); }

  static void OnTimer(uv_timer_t* handle) {
    auto* timer = static_cast<Timer*>(handle->data);
    Environment* env = timer->timers->env_;
    v8::Isolate* isolate = env->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env->context());
    v8::Local<v8::Function> callback = timer->callback.Get(isolate);
    if (!timer->repeats) timer->timers->Clear(timer->id);
    (void)env->Callback(callback, v8::Undefined(isolate), 0, nullptr);
  }

  Environment* const env_;
  uint32_t last_id_ = 0;
  std::map<uint32_t, std::unique_ptr<Timer>> timers_;
};

// setTimer(function, milliseconds, repeats) → its number
void SetTimer(const CallInfo& info) {
  const auto delay = static_cast<uint64_t>(NumberArg(info, 1));
  info.GetReturnValue().Set(Environment::From(info)->State<Timers>().Start(info[0].As<v8::Function>(), delay, BoolArg(info, 2)));
}

void ClearTimer(const CallInfo& info) {
  const double id = NumberArg(info, 0);
  if (id >= 1 && id <= UINT32_MAX) Environment::From(info)->State<Timers>().Clear(static_cast<uint32_t>(id));
}

// evaluate(text, name) → the value of the script
void Evaluate(const CallInfo& info) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  v8::ScriptOrigin origin(info[1]);
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> value;
  if (v8::Script::Compile(context, info[0].As<v8::String>(), &origin).ToLocal(&script) && script->Run(context).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// encode(text) → ArrayBuffer with it in UTF-8; decode(buffer) → text
void Encode(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const Utf8 text(isolate, info[0]);
  v8::MaybeLocal<v8::ArrayBuffer> made = v8::ArrayBuffer::MaybeNew(isolate, text.view().size());
  v8::Local<v8::ArrayBuffer> buffer;
  if (!made.ToLocal(&buffer)) return ThrowRangeError(isolate, "Array buffer allocation failed");
  std::copy(text.view().begin(), text.view().end(), static_cast<char*>(buffer->Data()));
  info.GetReturnValue().Set(buffer);
}
void Decode(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[0]);
  ReturnUtf8(info, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void Log(const CallInfo& info) { std::fputs(Utf8(info.GetIsolate(), info[0]).c_str(), stderr); }

// now() → milliseconds of the monotonic clock
void Now(const CallInfo& info) { info.GetReturnValue().Set(static_cast<double>(uv_hrtime()) / 1e6); }

void V8Version(const CallInfo& info) { ReturnUtf8(info, v8::V8::GetVersion()); }

// The hook for errors that nothing has caught: told, and taken.
void TakeUncaught(const CallInfo& info) {
  TellOfError(info.GetIsolate(), info[0]);
  info.GetReturnValue().Set(true);
}

constexpr FunctionSpec kFunctions[] = {
    Checked<ClearTimer, double>("clearTimer"),
    {"decode", Decode},
    Checked<Encode, v8::Local<v8::String>>("encode"),
    Checked<Evaluate, v8::Local<v8::String>, v8::Local<v8::String>>("evaluate"),
    {"exit", ExitIsolate},
    Checked<Log, v8::Local<v8::String>>("log"),
    {"now", Now},
    Checked<SetWire, v8::Local<v8::Function>, v8::Local<v8::Function>>("setWire"),
    Checked<SetTimer, v8::Local<v8::Function>, double>("setTimer"),
    {"v8", V8Version},
    {"wait", WaitForCall},
};
constexpr BindingSpec kSandbox{"isolate_sandbox", kFunctions};

constexpr char kPrelude[] = "isolate.sandboxPrelude";  // Among what the Environment keeps.
constexpr char kPreludeName[] = "dv8:sandbox";
constexpr size_t kPreludeData = 0;  // Its number in the context's data.

v8::MaybeLocal<v8::Promise> RefuseImport(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  v8::Local<v8::String> text = Internalized(isolate, "There are no modules in a sandbox");
  (void)resolver->Reject(context, v8::Exception::Error(text));
  return resolver->GetPromise();
}

// Evaluates the prelude in `context`, which becomes the one of sandboxes.
bool PrepareSandbox(Environment* env, v8::Local<v8::Context> context, v8::SnapshotCreator* creator) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> text = env->Kept(kPrelude);
  v8::ScriptOrigin origin(Internalized(isolate, kPreludeName));
  v8::ScriptCompiler::Source source(text.As<v8::String>(), origin);
  v8::Local<v8::UnboundScript> script;
  if (!v8::ScriptCompiler::CompileUnboundScript(isolate, &source).ToLocal(&script)) return false;
  const auto evaluate = [&](v8::Local<v8::Context> in, v8::Local<v8::Value>* function) {
    return script->BindToCurrentContext()->Run(in).ToLocal(function);
  };
  v8::Local<v8::Value> function;
  {
    // Run once elsewhere, so that what it calls is compiled in the snapshot.
    v8::Local<v8::Context> rehearsal = v8::Context::New(isolate);
    const v8::Context::Scope scope(rehearsal);
    const v8::Local<v8::Context> own = env->context();
    env->set_context(rehearsal);
    env->set_mode(Environment::Mode::kRehearse);
    v8::Local<v8::Value> argv[] = {InstantiateBinding(rehearsal, kSandbox), v8::Object::New(isolate)};
    const bool ok =
        evaluate(rehearsal, &function) && !function.As<v8::Function>()->Call(rehearsal, v8::Undefined(isolate), 2, argv).IsEmpty();
    env->set_mode(Environment::Mode::kBuild);
    env->set_context(own);
    if (!ok) return false;
  }
  const v8::Context::Scope scope(context);
  if (!evaluate(context, &function)) return false;
  DV8_CHECK(creator->AddData(context, function) == kPreludeData);
  return true;
}

}  // namespace

void SetSandboxPrelude(const CallInfo& info) {
  Environment* env = Environment::From(info);
  if (env->mode() != Environment::Mode::kBuild) return;
  env->Keep(kPrelude, info[0]);
  FillDefaultContext(PrepareSandbox);
}

bool EnterSandbox(Environment* env, StartFrom from) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = from == StartFrom::kSandboxImage ? HeapImageContext(isolate) : v8::Context::New(isolate);
  env->set_context(context);
  const v8::Context::Scope context_scope(context);
  isolate->SetHostImportModuleDynamicallyCallback([](v8::Local<v8::Context> context, v8::Local<v8::Data>, v8::Local<v8::Value>,
                                                     v8::Local<v8::String>, v8::Local<v8::FixedArray>) { return RefuseImport(context); });
  isolate->SetHostImportModuleWithPhaseDynamicallyCallback([](v8::Local<v8::Context> context, v8::Local<v8::Data>, v8::Local<v8::Value>,
                                                              v8::Local<v8::String>, v8::ModuleImportPhase,
                                                              v8::Local<v8::FixedArray>) { return RefuseImport(context); });
  v8::Local<v8::Function> take;
  if (!v8::Function::New(context, TakeUncaught).ToLocal(&take)) return false;
  env->set_hook(Hook::kUncaughtException, take);
  return true;
}

void RunSandboxed(Environment* env, v8::Local<v8::Object> given) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  const auto text = [&](const char* name) { return given->Get(context, Internalized(isolate, name)).ToLocalChecked(); };
  const auto run = [&](v8::Local<v8::Value> source, v8::Local<v8::Value> name) -> v8::MaybeLocal<v8::Value> {
    v8::ScriptOrigin origin(name);
    v8::Local<v8::Script> script;
    if (!v8::Script::Compile(context, source.As<v8::String>(), &origin).ToLocal(&script)) return {};
    return script->Run(context);
  };
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> argv[] = {InstantiateBinding(context, kSandbox), given};
  v8::Local<v8::Value> prelude;
  if (v8::Local<v8::Function> prepared; context->GetDataFromSnapshotOnce<v8::Function>(kPreludeData).ToLocal(&prepared)) {
    prelude = prepared;
  } else if (!run(text("prelude"), Internalized(isolate, kPreludeName)).ToLocal(&prelude)) {
    return;
  }
  if (prelude.As<v8::Function>()->Call(context, v8::Undefined(isolate), 2, argv).IsEmpty()) {
    return;  // It has been ended already.
  }
  env->BeginCallback();
  if (run(text("code"), text("path")).IsEmpty() && !guard.HasTerminated()) {
    v8::Local<v8::Value> error = guard.Exception();
    guard.Reset();
    TellOfError(isolate, error);
  }
  env->EndCallback(false);
}

}  // namespace dv8
