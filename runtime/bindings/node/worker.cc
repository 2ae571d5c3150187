// internalBinding('worker'): what the program's first thread is. Threads of worker_threads are not there.
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

void ConstructWorker(const CallInfo& info) {
  ThrowCoded(info.GetIsolate(), ErrorKind::kError, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
             "worker_threads has no Worker in this version of dv8pack; dv8:thread has threads");
}

// The port to the thread that started this one: the first has none.
void GetEnvMessagePort() {}

constexpr FunctionSpec kFunctions[] = {Typed<GetEnvMessagePort>("getEnvMessagePort")};

constexpr ConstantSpec kConstants[] = {
    {"kMaxYoungGenerationSizeMb", 0}, {"kMaxOldGenerationSizeMb", 1}, {"kCodeRangeSizeMb", 2},
    {"kStackSizeMb", 3},              {"kTotalResourceLimitCount", 4}, {"threadId", 0},
};

constexpr ClassSpec kClasses[] = {{"Worker", ConstructWorker, {}}};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    target->Set(env->context(), Internalized(isolate, name), value).Check();
  };
  set("isMainThread", v8::True(isolate));
  set("isInternalThread", v8::False(isolate));
  set("ownsProcessState", v8::True(isolate));
  set("threadName", Internalized(isolate, "main"));
}

}  // namespace

extern const BindingSpec kNodeWorker;
constexpr BindingSpec kNodeWorker{"worker", kFunctions, kConstants, kClasses, Init};

}  // namespace dv8::node
