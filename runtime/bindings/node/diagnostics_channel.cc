// runtime/bindings/node/diagnostics_channel.cc: internalBinding('diagnostics_channel'): how many listen to the
// channels that C++ publishes to. None of ours do yet: the array is there for lib's bookkeeping.
#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

constexpr size_t kChannels = 16;

void LinkNativeChannel(Environment* env, v8::Local<v8::Function> link) { env->Keep("diagnostics_channel.link", link); }

constexpr FunctionSpec kFunctions[] = {Typed<LinkNativeChannel>("linkNativeChannel")};

void Init(Environment* env, v8::Local<v8::Object> target) {
  target
      ->Set(env->context(), Internalized(env->isolate(), "subscribers"),
            SharedUint32(env, "diagnostics_channel.subscribers", kChannels).Get())
      .Check();
}

}  // namespace

extern const BindingSpec kNodeDiagnosticsChannel;
constexpr BindingSpec kNodeDiagnosticsChannel{"diagnostics_channel", kFunctions, {}, {}, Init};

}  // namespace dv8::node
