#include "bazel/third_party/libc_cpuid.h"

#include <string.h>
#include <sys/platform/x86.h>

int dv8_cpuid_from_libc(unsigned leaf, unsigned subleaf, unsigned registers[4]) {
  static const struct {
    unsigned leaf, subleaf, index;
  } kept[] = {
      {1, 0, CPUID_INDEX_1},
      {7, 0, CPUID_INDEX_7},
      {7, 1, CPUID_INDEX_7_ECX_1},
      {0x80000001, 0, CPUID_INDEX_80000001},
      {0x80000007, 0, CPUID_INDEX_80000007},
      {0x80000008, 0, CPUID_INDEX_80000008},
  };
  for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
    if (kept[i].leaf != leaf || kept[i].subleaf != subleaf) continue;
    memcpy(registers, __x86_get_cpuid_feature_leaf(kept[i].index)->cpuid_array, 4 * sizeof(unsigned));
    return 1;
  }
  return 0;
}
