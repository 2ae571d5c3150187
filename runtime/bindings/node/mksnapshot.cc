// internalBinding('mksnapshot'): what lib/internal/v8/startup_snapshot.js registers while a snapshot is made.
// stdlib-js/internal/node_bootstrap.js asks for it (registered) and calls it.
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

constexpr char kSerializeCallback[] = "mksnapshot.serialize";
constexpr char kDeserializeMain[] = "mksnapshot.main";

bool IsBuildingSnapshot(Environment* env) { return env->mode() != Environment::Mode::kRun; }

void SetSerializeCallback(Environment* env, v8::Local<v8::Function> callback) { env->Keep(kSerializeCallback, callback); }
// lib calls these itself when it prepares the program's start.
void SetDeserializeCallback(v8::Local<v8::Function>) {}
void SetDeserializeMainFunction(Environment* env, v8::Local<v8::Function> main) { env->Keep(kDeserializeMain, main); }

// registered() → [what runs before the heap is written, what runs instead of the program's main]
v8::Local<v8::Array> Registered(Environment* env) {
  v8::Local<v8::Value> functions[] = {env->Kept(kSerializeCallback), env->Kept(kDeserializeMain)};
  return v8::Array::New(env->isolate(), functions, std::size(functions));
}

// An embedder's own code before the program's: there is none.
void RunEmbedderPreload() {}

// compileSerializeMain(filename, source) → function (require, __filename, __dirname)
v8::MaybeLocal<v8::Function> CompileSerializeMain(const CallInfo& info, v8::Local<v8::String> filename, v8::Local<v8::String> source) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> parameters[] = {Internalized(isolate, "require"), Internalized(isolate, "__filename"),
                                        Internalized(isolate, "__dirname")};
  v8::ScriptOrigin origin(filename, 0, 0, true);
  v8::ScriptCompiler::Source script(source, origin);
  return v8::ScriptCompiler::CompileFunction(isolate->GetCurrentContext(), &script, std::size(parameters), parameters);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<CompileSerializeMain>("compileSerializeMain"),
    Typed<Registered>("registered"),
    Typed<RunEmbedderPreload>("runEmbedderPreload"),
    Typed<SetDeserializeCallback>("setDeserializeCallback"),
    Typed<SetDeserializeMainFunction>("setDeserializeMainFunction"),
    Typed<SetSerializeCallback>("setSerializeCallback"),
};

// `isBuildingSnapshotBuffer[0]` asks the Environment: an array in the snapshot would have to be reset at each start.
constexpr AccessorSpec kStateAccessors[] = {{"0", Typed<IsBuildingSnapshot>("").callback}};
void ConstructState(const CallInfo&) {}
constexpr ClassSpec kClasses[] = {{"BuildingState", ConstructState, {}, 0, kStateAccessors}};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Value> state = target->Get(context, Internalized(isolate, "BuildingState")).ToLocalChecked();
  target->Set(context, Internalized(isolate, "isBuildingSnapshotBuffer"), state.As<v8::Function>()->NewInstance(context).ToLocalChecked())
      .Check();
  target->Set(context, Internalized(isolate, "anonymousMainPath"), Internalized(isolate, "__node_anonymous_main")).Check();
}

}  // namespace

extern const BindingSpec kNodeMksnapshot;
constexpr BindingSpec kNodeMksnapshot{"mksnapshot", kFunctions, {}, kClasses, Init};

}  // namespace dv8::node
