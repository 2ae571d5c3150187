// internalBinding('permission'): Node's permission model, which is off: everything is granted, for good.
#include <algorithm>

#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

constexpr std::string_view kScopes[] = {"fs",     "fs.read", "fs.write",  "child", "wasi",
                                        "worker", "net",     "inspector", "addon", "openssl.store"};

bool Has(std::string scope) { return std::ranges::find(kScopes, scope) != std::end(kScopes); }

void Drop(Environment* env, std::string scope) {
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
             "permission.drop('" + scope + "'): there is no permission model");
}

constexpr FunctionSpec kFunctions[] = {Typed<Drop>("drop"), Typed<Has>("has")};

}  // namespace

extern const BindingSpec kNodePermission;
constexpr BindingSpec kNodePermission{"permission", kFunctions};

}  // namespace dv8::node
