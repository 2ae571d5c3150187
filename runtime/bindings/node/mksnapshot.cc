// internalBinding('mksnapshot'): what lib/internal/v8/startup_snapshot.js registers while a snapshot is made.
// The names under which it is kept are those of mksnapshot.h.
#include "runtime/bindings/node/mksnapshot.h"

#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

bool IsBuildingSnapshot(Environment* env) { return env->mode() != Environment::Mode::kRun; }

void SetSerializeCallback(Environment* env, v8::Local<v8::Function> callback) { env->Keep(kSerializeCallback, callback); }
void SetDeserializeCallback(Environment* env, v8::Local<v8::Function> callback) {
  env->Keep(kDeserializeCallback, callback);
}
void SetDeserializeMainFunction(Environment* env, v8::Local<v8::Function> main) { env->Keep(kDeserializeMain, main); }

// An embedder's own code before the program's: there is none.
void RunEmbedderPreload() {}

// compileSerializeMain(filename, source) → function (require, __filename, __dirname)
v8::MaybeLocal<v8::Function> CompileSerializeMain(const CallInfo& info, v8::Local<v8::String> filename,
                                                  v8::Local<v8::String> source) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> parameters[] = {Internalized(isolate, "require"), Internalized(isolate, "__filename"),
                                        Internalized(isolate, "__dirname")};
  v8::ScriptOrigin origin(filename, 0, 0, true);
  v8::ScriptCompiler::Source script(source, origin);
  return v8::ScriptCompiler::CompileFunction(isolate->GetCurrentContext(), &script, std::size(parameters), parameters);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<CompileSerializeMain>("compileSerializeMain"),
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
  target
      ->Set(context, Internalized(isolate, "isBuildingSnapshotBuffer"),
            state.As<v8::Function>()->NewInstance(context).ToLocalChecked())
      .Check();
  target->Set(context, Internalized(isolate, "anonymousMainPath"), Internalized(isolate, "__node_anonymous_main")).Check();
}

}  // namespace

extern const BindingSpec kNodeMksnapshot;
constexpr BindingSpec kNodeMksnapshot{"mksnapshot", kFunctions, {}, kClasses, Init};

}  // namespace dv8::node
