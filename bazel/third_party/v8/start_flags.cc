#include "bazel/third_party/v8/start_flags.h"

#include <cstddef>
#include <cstdint>

#include "include/v8-initialization.h"
#include "src/flags/flags.h"

namespace dv8 {
namespace {

struct ImpliedByte {
  uint16_t offset;  // In V8's struct of all flags.
  uint8_t value;
};
constexpr ImpliedByte kImplied[] = {
#include "implied_flags.inc"
};

bool implied_flags_are_set = false;

}  // namespace

void SetStartFlags(std::string_view flags) {
  // v8.setFlagsFromString() changes them later, as Node lets it; protecting them costs each start a system call.
  v8::internal::v8_flags.freeze_flags_after_init = false;
  v8::internal::v8_flags.rehash_snapshot = true;
  v8::internal::v8_flags.reuse_scope_infos = false;
  if (!flags.empty()) {
    v8::V8::SetFlagsFromString(flags.data(), flags.size());
    return;
  }
  auto* bytes = reinterpret_cast<uint8_t*>(&v8::internal::v8_flags);
  for (const ImpliedByte& implied : kImplied) bytes[implied.offset] = implied.value;
  implied_flags_are_set = true;
}

bool ImpliedFlagsAreSet() { return implied_flags_are_set; }

}  // namespace dv8
