// internalBinding('internal_only_v8'): v8.queryObjects().
#include "runtime/binding/typed.h"
#include "v8-profiler.h"

namespace dv8::node {
namespace {

// Objects of one context with a certain object in their prototype chain.
class HasPrototype final : public v8::QueryObjectPredicate {
 public:
  HasPrototype(v8::Local<v8::Context> context, v8::Local<v8::Object> prototype) : context_(context), prototype_(prototype) {}
  bool Filter(v8::Local<v8::Object> object) override {
    v8::Local<v8::Context> creation;
    if (!object->GetCreationContext().ToLocal(&creation) || creation != context_) return false;
    for (v8::Local<v8::Value> at = object->GetPrototypeV2(); at->IsObject(); at = at.As<v8::Object>()->GetPrototypeV2()) {
      if (at == prototype_) return true;
    }
    return false;
  }

 private:
  v8::Local<v8::Context> context_;
  v8::Local<v8::Object> prototype_;
};

v8::Local<v8::Array> QueryObjects(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsObject()) return v8::Array::New(isolate);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  HasPrototype predicate(context, info[0].As<v8::Object>());
  std::vector<v8::Global<v8::Object>> found;
  isolate->GetHeapProfiler()->QueryObjects(context, &predicate, &found);
  std::vector<v8::Local<v8::Value>> values;
  for (const v8::Global<v8::Object>& object : found) values.push_back(object.Get(isolate));
  return v8::Array::New(isolate, values.data(), values.size());
}

constexpr FunctionSpec kFunctions[] = {Typed<QueryObjects>("queryObjects")};

}  // namespace

extern const BindingSpec kNodeInternalOnlyV8;
constexpr BindingSpec kNodeInternalOnlyV8{"internal_only_v8", kFunctions};

}  // namespace dv8::node
