#include "runtime/core/snapshot.h"

#include <uv.h>

#include <cstdio>
#include <initializer_list>
#include <vector>

#include "runtime/bindings/native_object.h"
#include "runtime/bindings/registry.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/drawn_bytes.h"
#include "runtime/core/library.h"

namespace dv8 {
namespace {

// V8's index of the one context that is added after the default one.
constexpr size_t kAppContext = 0;
constexpr int kRefused = 1;
constexpr std::string_view kModeNames[] = {"code", "app", "none"};

std::span<const std::byte> build_source_map;
ContextFiller default_context_filler = nullptr;

constexpr char kHint[] = "  hint: make it in the function given to dv8.main(fn), or pack with --snapshot=code\n";

// Where the top level had WebAssembly compiled.
std::vector<std::string> wasm_stacks;

bool NoteWasm(v8::Local<v8::Context> context, v8::Local<v8::String>) {
  wasm_stacks.push_back(CurrentStack(context->GetIsolate()));
  return true;
}

// Whether no object is left that belongs to WebAssembly's engine, or to memory that threads share.
bool NothingUnsupported(v8::Isolate* isolate) {
  const std::string kind = FindUnsupportedObject(isolate);
  if (kind.empty()) return true;
  std::fprintf(stderr, "error: the app's top level left %s, which a snapshot cannot hold\n", kind.c_str());
  if (kind.find("WebAssembly") != std::string::npos) {
    for (const std::string& stack : wasm_stacks) std::fprintf(stderr, "  WebAssembly was compiled here:\n%s\n", stack.c_str());
  }
  std::fputs(kHint, stderr);
  return false;
}

// Whether nothing is left that cannot be in a snapshot: timers, I/O, objects with a native part.
bool NothingOpen(Environment* env) {
  // What the program has dropped is not in the snapshot: a compressor that has done its work.
  if (!env->native_objects().empty()) env->isolate()->LowMemoryNotification();
  NativeObject::LeaveToSnapshot(env);
  env->State<DrawnBytes>().LeaveToSnapshot();
  const bool loop_is_alive = env->has_loop() && uv_loop_alive(env->loop()) != 0;
  if (env->native_objects().empty() && env->open_files().empty() && !loop_is_alive) return true;
  std::fprintf(stderr, "error: the app's top level left something open, which a snapshot cannot hold\n");
  for (const NativeObject* object : env->native_objects()) {
    std::fprintf(stderr, "  a native object was made here:\n%s\n", object->creation_stack().c_str());
  }
  for (const auto& [fd, stack] : env->open_files()) {
    std::fprintf(stderr, "  file descriptor %d was opened here:\n%s\n", fd, stack.c_str());
  }
  std::fprintf(stderr,
               "  hint: open it in the function given to dv8.main(fn), or pack with "
               "--snapshot=code\n");
  return false;
}

// Whether the loop has nothing active but timers, requests and what never keeps a program alive.
bool EndsByItself(uv_loop_t* loop) {
  bool ends = true;
  uv_walk(
      loop,
      [](uv_handle_t* handle, void* result) {
        const bool waits = uv_is_active(handle) != 0 && uv_has_ref(handle) != 0 && handle->type != UV_TIMER && handle->type != UV_IDLE &&
                           handle->type != UV_CHECK && handle->type != UV_ASYNC;
        if (waits) *static_cast<bool*>(result) = false;
      },
      &ends);
  return ends;
}

// Asynchronous work of the top level, to its end.
void RunLoop(Environment* env) {
  while (env->has_loop() && uv_loop_alive(env->loop()) != 0 && EndsByItself(env->loop())) {
    env->RunLoopNow(UV_RUN_ONCE);
  }
}

// The app's top level, to its end. False when it has failed, a promise it waits for cannot settle here, or nothing is there
// to run when the program starts. The app's own listeners hear of none of that.
bool EvaluateApp(Environment* env) {
  const auto refuse = [](const char* text) {
    std::fprintf(stderr, "error: %s\n", text);
    return false;
  };
  static constexpr char kTaken[] = "the app's top level failed, and a listener of the app's took the error";
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> result;
  if (!env->Callback(env->hook(Hook::kEvaluate), v8::Undefined(isolate), 0, nullptr).ToLocal(&result)) return refuse(kTaken);
  RunLoop(env);
  if (result->IsPromise()) {
    v8::Local<v8::Promise> promise = result.As<v8::Promise>();
    if (promise->State() == v8::Promise::kPending) {
      return refuse(
          "the app's top level waits for something that only happens when it runs\n"
          "  hint: await it in the function given to dv8.main(fn), or pack with --snapshot=code");
    }
    if (promise->State() == v8::Promise::kRejected) return refuse(kTaken);
    result = promise->Result();
  }
  if (result->IsTrue()) return true;
  return refuse("--snapshot=app needs a call of dv8.main(fn): fn is what the executable runs when it starts");
}

// What every program does with the library when it starts and ends. What those with Node's library do besides is in
// stdlib-js/node/internal/dv8/rehearsal.
constexpr char kRehearsal[] = "(function () { console.log('rehearsal'); console.log('rehearsal', 1); })";

// Runs a program of one line in a context of its own that is then thrown away. What it leaves
// is the bytecode of the library's functions that it called: V8 keeps it with the script, which
// the app's context shares, so that starting an app compiles nothing, and the snapshot holds
// no code that is not used.
bool Rehearse(Environment* env, v8::Local<v8::UnboundScript> stdlib) {
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = v8::Context::New(isolate);
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Context> app_context = env->context();
  env->set_context(context);
  env->set_mode(Environment::Mode::kRehearse);
  const auto call = [&](Hook hook, std::initializer_list<v8::Local<v8::Value>> arguments) {
    std::vector<v8::Local<v8::Value>> argv(arguments);
    return !env->hook(hook)->Call(context, v8::Undefined(isolate), static_cast<int>(argv.size()), argv.data()).IsEmpty();
  };
  v8::Local<v8::Value> main =
      v8::Script::Compile(context, FromUtf8(isolate, kRehearsal).ToLocalChecked()).ToLocalChecked()->Run(context).ToLocalChecked();
  v8::Local<v8::Value> zero = v8::Integer::New(isolate, 0);
  // Ticks run where the rehearsal has them run, not behind each call from C++.
  env->BeginCallback();
  const bool ok = RunStdlib(env, stdlib) && call(Hook::kSetMain, {main, Internalized(isolate, "/app/rehearsal.js")}) &&
                  call(Hook::kStart, {}) && call(Hook::kProcessTicks, {}) && call(Hook::kBeforeExit, {zero}) && call(Hook::kExit, {zero});
  env->EndCallback(true);
  env->set_mode(Environment::Mode::kBuild);
  env->LeaveContext();
  env->set_context(app_context);
  return ok;
}

bool Fill(Environment* env, const SnapshotJob& job) {
  v8::TryCatch guard(env->isolate());
  if (job.mode == SnapshotJob::Mode::kNone) return true;
  v8::Local<v8::UnboundScript> stdlib;
  // The values of Node's options lie in the snapshot. What is rehearsed leaves no state.
  const auto run = [&] {
    if (!job.exec_argv.empty()) HooksOfNode()->apply_exec_argv(env, job.exec_argv);
    return RunStdlib(env, stdlib);
  };
  if (!CompileStdlib(env).ToLocal(&stdlib) || !Rehearse(env, stdlib) || !run() || !NameProgram(env, job.entry)) {
    v8::Local<v8::Value> exception = guard.Exception();
    guard.Reset();
    env->HandleUncaught(exception, false);
    return false;
  }
  if (job.mode != SnapshotJob::Mode::kApp) return NothingOpen(env);
  env->isolate()->SetAllowWasmCodeGenerationCallback(NoteWasm);
  return EvaluateApp(env) && NothingOpen(env) && NothingUnsupported(env->isolate());
}

// An isolate that was restored from `blob`, for its image; ends with the process.
v8::Isolate* IsolateOfImage(const std::string& blob) {
  LayOutHeapImage();
  static v8::StartupData data;
  data = {blob.data(), static_cast<int>(blob.size())};
  v8::Isolate::CreateParams params = IsolateParams();
  params.snapshot_blob = &data;
  return v8::Isolate::New(params);
}

}  // namespace

void FillDefaultContext(ContextFiller filler) { default_context_filler = filler; }

std::span<const std::byte> BuildSourceMap() { return build_source_map; }

int MakeSnapshot(const SnapshotJob& job, std::string* blob) {
  std::string flags = job.v8_flags;
  // What a rehearsal calls often would be taken for hot, and be compiled once more when a program first calls it.
  if (LibrarySize() != 0) flags = "--no-sparkplug " + flags;
  // V8 computes where the frames of an error are when its stack is read, from bytecode that may be gone by then.
  if (job.mode == SnapshotJob::Mode::kApp) flags = "--no-enable-lazy-source-positions " + flags;
  StartEngine(EngineMode::kBuild, flags);
  SetStdlibBytes(job.stdlib_encoding, job.stdlib);
  build_source_map = job.source_map;

  v8::SnapshotCreator creator(IsolateParams());
  v8::Isolate* isolate = creator.GetIsolate();
  ConfigureIsolate(isolate);
  {
    Environment env(isolate, Environment::Mode::kBuild, nullptr);
    {
      v8::HandleScope scope(isolate);
      v8::Local<v8::Context> context = v8::Context::New(isolate);
      v8::Context::Scope context_scope(context);
      env.set_context(context);
      if (!Fill(&env, job)) return kRefused;
      for (size_t i = 0; i < static_cast<size_t>(Hook::kCount); i++) {
        v8::Local<v8::Function> hook = env.hook(static_cast<Hook>(i));
        if (!hook.IsEmpty()) DV8_CHECK(creator.AddData(context, hook) == i);
      }
      if (v8::Local<v8::Object> kept = env.kept_values(); !kept.IsEmpty()) {
        DV8_CHECK(creator.AddData(context, kept) == kKeptValues);
      }
      v8::Local<v8::Context> other = v8::Context::New(isolate);
      if (default_context_filler != nullptr && !default_context_filler(&env, other, &creator)) return kRefused;
      creator.SetDefaultContext(other);
      DV8_CHECK(creator.AddContext(context) == kAppContext);
    }
    // No handle may be left when the blob is made; the Environment's go with it.
  }
  isolate->SetPrepareStackTraceCallback(nullptr);
  isolate->SetPromiseRejectCallback(nullptr);
  isolate->LocaleConfigurationChangeNotification();  // Drops the formatters that V8 itself keeps.
  isolate->ClearKeptObjects();                       // What WeakRefs have kept is a root of the isolate, and would be outside the context.
  const v8::StartupData data = creator.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
  DV8_CHECK(data.data != nullptr);
  blob->assign(data.data, static_cast<size_t>(data.raw_size));
  delete[] data.data;
  return 0;
}

std::string MakeHeapImage(const std::string& blob, ImageUse use) {
  v8::Isolate* isolate = IsolateOfImage(blob);
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  return MakeHeapImage(isolate, v8::Context::FromSnapshot(isolate, kAppContext).ToLocalChecked(), use);
}

std::string MakeSandboxImage(const std::string& blob) {
  v8::Isolate* isolate = IsolateOfImage(blob);
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  return MakeHeapImage(isolate, v8::Context::New(isolate), ImageUse::kLaterIsolates);
}

std::optional<SnapshotJob::Mode> ModeFromName(std::string_view name) {
  for (size_t i = 0; i < std::size(kModeNames); i++) {
    if (name == kModeNames[i]) return static_cast<SnapshotJob::Mode>(i);
  }
  return std::nullopt;
}

bool RestoreContext(Environment* env, SnapshotJob::Mode mode, StartFrom from) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context;
  if (from == StartFrom::kHeapImage) {
    context = HeapImageContext(isolate);
  } else if (!v8::Context::FromSnapshot(isolate, kAppContext).ToLocal(&context)) {
    return false;
  }
  env->set_context(context);
  if (mode == SnapshotJob::Mode::kNone) return true;
  for (size_t i = 0; i < static_cast<size_t>(Hook::kCount); i++) {
    v8::Local<v8::Function> hook;
    if (!context->GetDataFromSnapshotOnce<v8::Function>(i).ToLocal(&hook)) return false;
    env->set_hook(static_cast<Hook>(i), hook);
  }
  if (mode == SnapshotJob::Mode::kApp) RenewDrawnBytes(env);
  return true;
}

}  // namespace dv8
