#include "bazel/third_party/v8/start_flags.h"

#include "src/flags/flags.h"

namespace dv8 {

void SetStartFlags() {
  v8::internal::v8_flags.rehash_snapshot = true;
  v8::internal::v8_flags.reuse_scope_infos = false;
}

}  // namespace dv8
