// What runs before libc: brings the image's writable pages in with one call a segment.
//
// libc's start-up relocates some 160 pages one fault at a time. This runs before that, so it
// may use neither libc nor any address that needs relocation.
#include <elf.h>
#include <stddef.h>

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

enum { kSysMadvise = 28, kPopulateWrite = 23, kPage = 4096 };

static void Advise(unsigned long address, unsigned long size) {
  long result;
  // Kernels before 5.14 do not know the advice: the pages then come by faults, as ever.
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(kSysMadvise), "D"(address), "S"(size), "d"(kPopulateWrite)
                   : "rcx", "r11", "memory");
}

__attribute__((visibility("hidden"))) void dv8_prefault(void) {
  const Elf64_Ehdr* elf = (const Elf64_Ehdr*)__ehdr_start;
  const Elf64_Phdr* segment = (const Elf64_Phdr*)(__ehdr_start + elf->e_phoff);
  for (int i = 0; i < elf->e_phnum; i++, segment++) {
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_W)) continue;
    const unsigned long begin = (unsigned long)__ehdr_start + segment->p_vaddr;
    const unsigned long page = begin & ~(unsigned long)(kPage - 1);
    Advise(page, begin + segment->p_filesz - page);
  }
}
