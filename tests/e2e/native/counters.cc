#include <dv8/module.h>
#include <stdexcept>
#include <string>

namespace {
int made = 0;

struct Handle final : dv8::NativeObject {
  Handle(dv8::Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) { made++; }
  ~Handle() override { made--; }
  static void New(const dv8::CallInfo& info) { new Handle(dv8::Environment::From(info), info.This()); }
  static void Name(const dv8::CallInfo& info) { dv8::ReturnUtf8(info, "a handle"); }
};

void Made(const dv8::CallInfo& info) { info.GetReturnValue().Set(made); }

// A library's exception, caught before V8's frames.
void Parse(const dv8::CallInfo& info) {
  try {
    info.GetReturnValue().Set(std::stoi(std::string(dv8::Utf8(info.GetIsolate(), info[0]).view())));
  } catch (const std::exception& error) {
    dv8::ThrowTypeError(info.GetIsolate(), std::string("not a number: ") + error.what());
  }
}

constexpr dv8::FunctionSpec kMethods[] = {{"name", Handle::Name}};
constexpr dv8::FunctionSpec kFunctions[] = {{"made", Made}, {"parse", Parse}};
constexpr dv8::ConstantSpec kConstants[] = {{"ANSWER", 42}};
constexpr dv8::ClassSpec kClasses[] = {{"Handle", Handle::New, kMethods}};
constexpr dv8::BindingSpec kModule = {"counters", kFunctions, kConstants, kClasses};
DV8_MODULE(kModule);
}  // namespace
