// internalBinding('module_wrap')'s ModuleWrap: an ES module of V8's, or one whose exports JavaScript sets.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/bindings/native_object.h"
#include "runtime/bindings/node/vm_context.h"

namespace dv8::node {

class ModuleWrap : public NativeObject {
 public:
  DV8_NATIVE_CLASS(ModuleWrap, NativeObject)
  // Fields of the JavaScript object: what the collector must see.
  enum Field { kNative, kModule, kSourceObject, kEvaluationSteps, kVmContext, kLinked, kFieldCount };

  // new ModuleWrap(url, vmContext, source, lineOffset, columnOffset, cachedData | hostDefinedOption)
  // new ModuleWrap(url, vmContext, exportNames, evaluationSteps, cjsModule)
  static void New(const CallInfo& info);
  ~ModuleWrap() override;

  static ModuleWrap* From(Environment* env, v8::Local<v8::Module> module);
  // The native part of one that a snapshot held.
  static ModuleWrap* MakeAnew(v8::Local<v8::Object> object);
  bool KeepInSnapshot() override;

  v8::Local<v8::Module> module() const { return object()->GetInternalField(kModule).As<v8::Module>(); }
  v8::Local<v8::Context> context() const;
  const std::string& url() const { return url_; }
  // The module that the request at `specifier` leads to; null, with an exception, when link() did not say.
  ModuleWrap* Linked(v8::Local<v8::Context> context, v8::Local<v8::String> specifier, v8::Local<v8::FixedArray> attributes);
  // The synthetic module's function, for its one call.
  v8::Local<v8::Value> TakeEvaluationSteps();
  // What `import source` gives; undefined when there is none.
  v8::Local<v8::Value> SourceObject() const { return object()->GetInternalField(kSourceObject).As<v8::Value>(); }

  // Methods that JavaScript calls.
  void Link(v8::Local<v8::Array> modules);
  v8::MaybeLocal<v8::Array> GetModuleRequests();
  void Instantiate();
  v8::MaybeLocal<v8::Value> Evaluate(int64_t timeout, bool break_on_sigint);
  v8::MaybeLocal<v8::Value> EvaluateSync();
  void SetExport(v8::Local<v8::String> name, v8::Local<v8::Value> value);
  void SetModuleSourceObject(v8::Local<v8::Object> source);
  v8::MaybeLocal<v8::Value> GetModuleSourceObject();
  v8::MaybeLocal<v8::Value> CreateCachedData();
  v8::MaybeLocal<v8::Value> GetNamespace();
  int32_t GetStatus() const { return module()->GetStatus(); }
  v8::Local<v8::Value> GetError();
  v8::MaybeLocal<v8::Value> HasAsyncGraph();

 private:
  // The fields behind kNative are filled.
  ModuleWrap(Environment* env, v8::Local<v8::Object> object, std::string url);
  bool EvaluationAllowed();
  // Its vm context's own queue, or null.
  v8::MicrotaskQueue* microtask_queue() const;

  std::string url_;
  int hash_;
  // From a request (specifier and attributes) to the first one of the like.
  std::unordered_map<std::string, uint32_t> requests_;
};

// What V8 asks for import() and import.meta where Node's library is: engine.cc installs them.
v8::MaybeLocal<v8::Promise> ImportModuleDynamically(v8::Local<v8::Context> context, v8::Local<v8::Data> options,
                                                    v8::Local<v8::Value> resource_name, v8::Local<v8::String> specifier,
                                                    v8::Local<v8::FixedArray> attributes);
v8::MaybeLocal<v8::Promise> ImportModuleWithPhase(v8::Local<v8::Context> context, v8::Local<v8::Data> options,
                                                  v8::Local<v8::Value> resource_name, v8::Local<v8::String> specifier,
                                                  v8::ModuleImportPhase phase, v8::Local<v8::FixedArray> attributes);
void InitializeImportMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module, v8::Local<v8::Object> meta);

}  // namespace dv8::node
