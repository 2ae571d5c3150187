#include "runtime/binding/typed.h"

namespace dv8 {

void RefuseConstruction(const CallInfo& info) {
  ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
}

}  // namespace dv8
