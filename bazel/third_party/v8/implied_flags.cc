// Prints what V8's flags imply at a program's start, as {offset, value} a byte of its struct of
// flags, for start_flags.cc.
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "src/flags/flags.h"

int main() {
  using v8::internal::v8_flags;
  v8_flags.rehash_snapshot = true;
  v8_flags.reuse_scope_infos = false;
  static uint8_t before[sizeof(v8_flags)];
  static_assert(sizeof(v8_flags) <= UINT16_MAX);
  std::memcpy(before, &v8_flags, sizeof(v8_flags));
  v8::internal::FlagList::EnforceFlagImplications();
  const auto* after = reinterpret_cast<const uint8_t*>(&v8_flags);
  for (size_t i = 0; i < sizeof(v8_flags); i++) {
    if (after[i] != before[i]) std::printf("{%zu, %u},\n", i, after[i]);
  }
  return 0;
}
