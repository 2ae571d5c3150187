#include "runtime/bindings/registry.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/engine.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

std::set<intptr_t> References() {
  std::set<intptr_t> references;
  for (const intptr_t* at = ExternalReferences(); *at != 0; at++) references.insert(*at);
  return references;
}

TEST(RegistryTest, NamesAreSortedAndNoneIsTwice) {
  std::set<std::string> names;
  for (const auto bindings : {BaseBindings(), ExtraBindings()}) {
    std::string last;
    for (const BindingSpec* binding : bindings) {
      EXPECT_LT(last, binding->name);
      last = binding->name;
      EXPECT_TRUE(names.insert(last).second) << last;
    }
    EXPECT_FALSE(last.empty());
  }
  EXPECT_EQ(names.size() + ModuleBindings().size() + NodeBindings().size(), AllBindings().size());
  names.clear();
  for (const auto bindings : {ModuleBindings(), NodeBindings()}) {
    for (const BindingSpec* binding : bindings) EXPECT_TRUE(names.insert(binding->name).second) << binding->name;
  }
}

// A callback that V8 does not find in the list is a crash when a snapshot is made.
TEST(RegistryTest, EveryCallbackIsAnExternalReference) {
  const std::set<intptr_t> references = References();
  const auto has = [&](v8::FunctionCallback callback) { return references.count(reinterpret_cast<intptr_t>(callback)) == 1; };
  for (const BindingSpec* binding : AllBindings()) {
    for (const FunctionSpec& function : binding->functions) {
      EXPECT_TRUE(has(function.callback)) << binding->name << "." << function.name;
    }
    for (const ClassSpec& type : binding->classes) {
      EXPECT_TRUE(has(type.constructor)) << binding->name << "." << type.name;
      for (const FunctionSpec& method : type.methods) {
        EXPECT_TRUE(has(method.callback)) << type.name << "." << method.name;
      }
    }
  }
}

TEST(RegistryTest, HashIsTheSameEachTime) { EXPECT_EQ(RegistryHash(), RegistryHash()); }

class BindingTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    StartEngine(EngineMode::kRun, "");
    isolate_ = v8::Isolate::New(IsolateParams());
  }

  static v8::Isolate* isolate_;
};
v8::Isolate* BindingTest::isolate_ = nullptr;

TEST_F(BindingTest, EachHasWhatItsTablesName) {
  v8::Isolate::Scope isolate_scope(isolate_);
  v8::HandleScope scope(isolate_);
  v8::Local<v8::Context> context = v8::Context::New(isolate_);
  v8::Context::Scope context_scope(context);
  // Those of Node's library have an Environment in their contexts.
  std::vector<const BindingSpec*> bindings(BaseBindings().begin(), BaseBindings().end());
  bindings.insert(bindings.end(), ExtraBindings().begin(), ExtraBindings().end());
  for (const BindingSpec* binding : bindings) {
    v8::Local<v8::Object> object;
    ASSERT_TRUE(InstantiateBinding(context, binding->name).ToLocal(&object)) << binding->name;
    const auto get = [&](const char* name) { return object->Get(context, Internalized(isolate_, name)).ToLocalChecked(); };
    for (const FunctionSpec& spec : binding->functions) {
      EXPECT_TRUE(get(spec.name)->IsFunction()) << binding->name << "." << spec.name;
    }
    for (const ConstantSpec& spec : binding->constants) {
      EXPECT_EQ(get(spec.name).As<v8::Number>()->Value(), static_cast<double>(spec.value)) << binding->name << "." << spec.name;
    }
    for (const ClassSpec& spec : binding->classes) {
      EXPECT_TRUE(get(spec.name).As<v8::Function>()->IsConstructor()) << spec.name;
    }
  }
}

TEST_F(BindingTest, NamesMatchExactly) {
  v8::Isolate::Scope isolate_scope(isolate_);
  v8::HandleScope scope(isolate_);
  v8::Local<v8::Context> context = v8::Context::New(isolate_);
  for (const char* name : {"f", "fss", "", "FS", "internal:fs"}) {
    EXPECT_TRUE(InstantiateBinding(context, name).IsEmpty()) << name;
  }
}

TEST_F(BindingTest, UvErrorsReadLikeNodes) {
  v8::Isolate::Scope isolate_scope(isolate_);
  v8::HandleScope scope(isolate_);
  v8::Local<v8::Context> context = v8::Context::New(isolate_);
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Object> error = UvError(isolate_, UV_ENOENT, "open", "/nope", nullptr).As<v8::Object>();
  const auto text = [&](const char* key) {
    return std::string(Utf8(isolate_, error->Get(context, Internalized(isolate_, key)).ToLocalChecked()).view());
  };
  EXPECT_EQ(text("message"), "ENOENT: no such file or directory, open '/nope'");
  EXPECT_EQ(text("code"), "ENOENT");
  EXPECT_EQ(text("errno"), "-2");
  EXPECT_EQ(text("syscall"), "open");
  EXPECT_EQ(text("path"), "/nope");
}

}  // namespace
}  // namespace dv8
