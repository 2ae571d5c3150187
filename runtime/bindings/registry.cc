#include "runtime/bindings/registry.h"

#include <map>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/bootstrap.h"
#include "runtime/core/environment.h"
#include "runtime/core/library.h"
#include "runtime/core/program_files.h"
#include "runtime/core/source_text.h"

// The bounds of the section "dv8_modules", by the linker.
extern "C" {
extern const dv8::BindingSpec* const __start_dv8_modules[];
extern const dv8::BindingSpec* const __stop_dv8_modules[];
}

namespace dv8 {

// One line a binding, here and in kBindings, sorted by name.
extern const BindingSpec kAssets;
extern const BindingSpec kBuffer;
extern const BindingSpec kDv8Isolate;
extern const BindingSpec kDv8Loop;
extern const BindingSpec kDv8Stream;
extern const BindingSpec kDv8System;
extern const BindingSpec kDv8Thread;
extern const BindingSpec kDv8Udp;
extern const BindingSpec kHost;
extern const BindingSpec kIsolateFolder;
extern const BindingSpec kPayload;
extern const BindingSpec kProcess;
extern const BindingSpec kSignal;
extern const BindingSpec kStdio;
extern const BindingSpec kTimers;
extern const BindingSpec kUtil;
namespace node {
extern const BindingSpec kNodeModuleWrap;
extern const BindingSpec kNodeProgram;
}  // namespace node

namespace {

constexpr const BindingSpec* kBindings[] = {
    &kAssets, &kBuffer,        &kDv8Isolate, &kDv8Loop, &kDv8Stream, &kDv8System, &kDv8Thread, &kDv8Udp,
    &kHost,   &kIsolateFolder, &kPayload,    &kProcess, &kSignal,    &kStdio,     &kTimers,    &kUtil,
};

// Node's bindings that programs have which are their modules, with its library or without.
constexpr const BindingSpec* kModules[] = {&node::kNodeModuleWrap, &node::kNodeProgram};

bool has_extra = true;

// Makes the section that holds users' own modules (DV8_MODULE) exist in every program.
[[gnu::section("dv8_modules"), gnu::used, gnu::retain]] const BindingSpec* const kNoModule = nullptr;

// Calls `visit` with every binding of this engine, in the order that the snapshot counts on.
template <typename Visit>
void ForEachBinding(const Visit& visit) {
  for (const BindingSpec* binding : kBindings) visit(binding);
  for (const BindingSpec* binding : kModules) visit(binding);
  if (has_extra) {
    for (const BindingSpec* binding : ExtraBindings()) visit(binding);
    for (const BindingSpec* binding : NodeBindings()) visit(binding);
  }
  for (const BindingSpec* module : NativeModules()) visit(module);
}

// "native/x" is the user's module x, which may have the name of one of ours.
const BindingSpec* FindBinding(std::string_view name) {
  static constexpr std::string_view kNative = "native/";
  if (name.starts_with(kNative)) {
    for (const BindingSpec* module : NativeModules()) {
      if (name.substr(kNative.size()) == module->name) return module;
    }
    return nullptr;
  }
  for (const BindingSpec* binding : kBindings) {
    if (name == binding->name) return binding;
  }
  for (const BindingSpec* binding : kModules) {
    if (name == binding->name) return binding;
  }
  for (const BindingSpec* binding : ExtraBindings()) {
    if (has_extra && name == binding->name) return binding;
  }
  return nullptr;
}

// Templates of the classes that others have as parent: one an isolate, so that instances of all of them
// pass the signature of its methods.
struct ParentTemplates {
  explicit ParentTemplates(Environment*) {}
  std::map<const ClassSpec*, v8::Global<v8::FunctionTemplate>> made;
};

v8::Local<v8::FunctionTemplate> MakeTemplate(v8::Isolate* isolate, const ClassSpec& spec);

v8::Local<v8::FunctionTemplate> ParentTemplate(v8::Isolate* isolate, const ClassSpec& spec) {
  v8::Global<v8::FunctionTemplate>& made = Environment::From(isolate)->State<ParentTemplates>().made[&spec];
  if (made.IsEmpty()) made.Reset(isolate, MakeTemplate(isolate, spec));
  return made.Get(isolate);
}

v8::Local<v8::FunctionTemplate> MakeTemplate(v8::Isolate* isolate, const ClassSpec& spec) {
  v8::Local<v8::FunctionTemplate> tmpl = v8::FunctionTemplate::New(isolate, spec.constructor);
  tmpl->SetClassName(Internalized(isolate, spec.name));
  tmpl->InstanceTemplate()->SetInternalFieldCount(spec.internal_fields);
  if (spec.parent != nullptr) tmpl->Inherit(ParentTemplate(isolate, *spec.parent));
  // The signature makes V8 refuse a receiver of another class before the method runs.
  v8::Local<v8::Signature> signature = v8::Signature::New(isolate, tmpl);
  const auto template_of = [&](v8::FunctionCallback callback) {
    return callback == nullptr ? v8::Local<v8::FunctionTemplate>()
                               : v8::FunctionTemplate::New(isolate, callback, {}, signature, 0, v8::ConstructorBehavior::kThrow);
  };
  for (const FunctionSpec& method : spec.methods) {
    tmpl->PrototypeTemplate()->Set(Internalized(isolate, method.name), template_of(method.callback));
  }
  for (const AccessorSpec& accessor : spec.accessors) {
    tmpl->PrototypeTemplate()->SetAccessorProperty(Internalized(isolate, accessor.name), template_of(accessor.getter),
                                                   template_of(accessor.setter), v8::DontEnum);
  }
  return tmpl;
}

v8::Local<v8::Function> MakeClass(v8::Local<v8::Context> context, const ClassSpec& spec) {
  return MakeTemplate(context->GetIsolate(), spec)->GetFunction(context).ToLocalChecked();
}

}  // namespace

std::span<const BindingSpec* const> BaseBindings() { return kBindings; }
std::span<const BindingSpec* const> ModuleBindings() { return kModules; }

std::vector<const BindingSpec*> NativeModules() {
  std::vector<const BindingSpec*> modules;
  for (auto entry = __start_dv8_modules; entry != __stop_dv8_modules; entry++) {
    if (*entry != nullptr) modules.push_back(*entry);
  }
  return modules;
}

void LeaveOutExtraBindings() { has_extra = false; }

std::vector<const BindingSpec*> AllBindings() {
  std::vector<const BindingSpec*> all;
  ForEachBinding([&all](const BindingSpec* binding) { all.push_back(binding); });
  return all;
}

const intptr_t* ExternalReferences() {
  static const std::vector<intptr_t>* references = [] {
    auto* list = new std::vector<intptr_t>;
    auto add = [list](v8::FunctionCallback callback) { list->push_back(reinterpret_cast<intptr_t>(callback)); };
    ForEachBinding([&add, list](const BindingSpec* binding) {
      for (const FunctionSpec& function : binding->functions) add(function.callback);
      if (binding->references != nullptr) binding->references(list);
      for (const ClassSpec& type : binding->classes) {
        for (const ClassSpec* at = &type; at != nullptr; at = at->parent) {
          add(at->constructor);
          for (const FunctionSpec& method : at->methods) add(method.callback);
          for (const AccessorSpec& accessor : at->accessors) {
            add(accessor.getter);
            if (accessor.setter != nullptr) add(accessor.setter);
          }
        }
      }
    });
    add(RequireBinding);
    AppendStdlibReferences(list);
    if (!NodeBindings().empty() && has_extra) AppendLibraryReferences(list);
    AppendProgramReferences(list);  // The last: how many there are is the program's.
    list->push_back(0);
    return list;
  }();
  return references->data();
}

uint64_t RegistryHash() {
  NameHash hash;
  ForEachBinding([&hash](const BindingSpec* binding) {
    hash.Add(binding->names_hash);
    for (const ClassSpec& type : binding->classes) {
      for (const ClassSpec* at = type.parent; at != nullptr; at = at->parent) hash.Add(at->names_hash);
    }
  });
  return hash.value();
}

v8::MaybeLocal<v8::Object> InstantiateBinding(v8::Local<v8::Context> context, std::string_view name) {
  const BindingSpec* binding = FindBinding(name);
  if (binding == nullptr) return {};
  return InstantiateBinding(context, *binding);
}

v8::MaybeLocal<v8::Object> InstantiateNodeBinding(v8::Local<v8::Context> context, std::string_view name) {
  for (const BindingSpec* binding : NodeBindings()) {
    if (has_extra && name == binding->name) return InstantiateBinding(context, *binding);
  }
  for (const BindingSpec* binding : kModules) {
    if (name == binding->name) return InstantiateBinding(context, *binding);
  }
  return {};
}

v8::Local<v8::Object> InstantiateBinding(v8::Local<v8::Context> context, const BindingSpec& spec) {
  v8::EscapableHandleScope scope(context->GetIsolate());
  v8::Local<v8::Object> object = v8::Object::New(context->GetIsolate());
  FillBinding(context, spec, object);
  return scope.Escape(object);
}

void FillBinding(v8::Local<v8::Context> context, const BindingSpec& binding, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::HandleScope scope(isolate);
  for (const FunctionSpec& spec : binding.functions) {
    v8::Local<v8::Function> function = v8::Function::New(context, spec.callback, {}, 0, v8::ConstructorBehavior::kThrow).ToLocalChecked();
    v8::Local<v8::String> key = Internalized(isolate, spec.name);
    function->SetName(key);
    target->Set(context, key, function).Check();
  }
  for (const ConstantSpec& spec : binding.constants) {
    target->Set(context, Internalized(isolate, spec.name), v8::Number::New(isolate, static_cast<double>(spec.value))).Check();
  }
  for (const ClassSpec& spec : binding.classes) {
    target->Set(context, Internalized(isolate, spec.name), MakeClass(context, spec)).Check();
  }
  if (binding.init != nullptr) binding.init(Environment::From(isolate), target);
}

}  // namespace dv8
