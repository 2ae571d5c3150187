// runtime/bindings/node/config.cc: internalBinding('config'), what this build has of Node's options.
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

// As Intl has it: what POSIX calls "C" is en-US.
std::string GetDefaultLocale(Environment* env) { return env->isolate()->GetDefaultLocale(); }

constexpr FunctionSpec kFunctions[] = {Typed<GetDefaultLocale>("getDefaultLocale")};

void Init(Environment* env, v8::Local<v8::Object> target) {
  static constexpr struct {
    const char* name;
    bool value;
  } kFeatures[] = {
      {"fipsMode", false},       {"hasCrypto", true},         {"hasInspector", true},        {"hasIntl", true},
      {"hasNodeOptions", false}, {"hasOpenSSL", true},        {"hasSmallICU", false},        {"hasTracing", false},
      {"isDebugBuild", false},   {"noBrowserGlobals", false}, {"openSSLIsBoringSSL", false},
  };
  for (const auto& feature : kFeatures) {
    target->Set(env->context(), Internalized(env->isolate(), feature.name), v8::Boolean::New(env->isolate(), feature.value)).Check();
  }
  target->Set(env->context(), Internalized(env->isolate(), "bits"), v8::Integer::New(env->isolate(), 64)).Check();
}

}  // namespace

extern const BindingSpec kNodeConfig;
constexpr BindingSpec kNodeConfig{"config", kFunctions, {}, {}, Init};

}  // namespace dv8::node
