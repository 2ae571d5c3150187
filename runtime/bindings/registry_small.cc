// The small template, dv8-runtime: what most programs need and nothing else.
#include "runtime/bindings/registry.h"

namespace dv8 {

std::span<const BindingSpec* const> ExtraBindings() { return {}; }
std::span<const BindingSpec* const> NodeBindings() { return {}; }
const NodeHooks* HooksOfNode() { return nullptr; }

}  // namespace dv8
