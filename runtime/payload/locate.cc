#include "runtime/payload/locate.h"

#include <elf.h>

#include <cstring>

#include "runtime/payload/payload.h"

// The linker puts this at the first byte of the image.
extern "C" const char __ehdr_start[] __attribute__((visibility("hidden")));

namespace dv8 {

std::span<const std::byte> FindPayload() {
  const char* base = __ehdr_start;
  Elf64_Ehdr elf;
  std::memcpy(&elf, base, sizeof(elf));
  for (int i = 0; i < elf.e_phnum; i++) {
    Elf64_Phdr segment;
    std::memcpy(&segment, base + elf.e_phoff + i * sizeof(segment), sizeof(segment));
    if (segment.p_type != PT_LOAD || segment.p_filesz < sizeof(PayloadHeader)) continue;
    const char* start = base + segment.p_vaddr;
    if (std::memcmp(start, kPayloadMagic, sizeof(kPayloadMagic)) == 0) {
      return {reinterpret_cast<const std::byte*>(start), segment.p_filesz};
    }
  }
  return {};
}

}  // namespace dv8
