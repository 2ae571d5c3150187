// The full template, dv8-runtime-full: bindings that bring libraries or servers along. A program
// that uses one of them is made from it; all others do not carry them.
#include "runtime/bindings/registry.h"

#include "runtime/bindings/node/abort_scope.h"
#include "runtime/bindings/node/command_line.h"
#include "runtime/bindings/node/report.h"
#include "runtime/bindings/node/self_child.h"

namespace dv8 {

// One line a binding, here and in kExtra, sorted by name.
extern const BindingSpec kDv8Debugger;
extern const BindingSpec kDv8Digest;
extern const BindingSpec kDv8Dns;
extern const BindingSpec kDv8Http;
extern const BindingSpec kDv8Libz;
extern const BindingSpec kDv8PicoHttp;
extern const BindingSpec kDv8Serve;
extern const BindingSpec kDv8Tls;
extern const BindingSpec kRepl;

#define DV8_NODE_BINDING(name)   \
  namespace node {               \
  extern const BindingSpec name; \
  }
#include "runtime/bindings/node/bindings.def"
#undef DV8_NODE_BINDING

namespace {

constexpr const BindingSpec* kExtra[] = {
    &kDv8Debugger, &kDv8Digest, &kDv8Dns, &kDv8Http, &kDv8Libz, &kDv8PicoHttp, &kDv8Serve, &kDv8Tls, &kRepl,
};

constexpr const BindingSpec* kNode[] = {
#define DV8_NODE_BINDING(name) &node::name,
#include "runtime/bindings/node/bindings.def"
#undef DV8_NODE_BINDING
};

}  // namespace

std::span<const BindingSpec* const> ExtraBindings() { return kExtra; }
std::span<const BindingSpec* const> NodeBindings() { return kNode; }

const NodeHooks* HooksOfNode() {
  static constexpr NodeHooks hooks{node::TakeSelfChildToken, node::TakeCommandLine, node::ApplyCommandLine, node::CheckExecArgv,
                                   node::ApplyExecArgv,      node::MayAbort,        node::ReportFatalError};
  return &hooks;
}

}  // namespace dv8
