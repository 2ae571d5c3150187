// What runs before libc: brings the image's writable pages in with one call a segment, and relocates them.
//
// libc's start-up would do both one page and one bit at a time. It may use neither libc nor any address
// that needs relocation.
#include <elf.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

enum { kPage = 4096 };

static void Advise(unsigned long address, unsigned long size) {
  long result;
  // Kernels before 5.14 do not know the advice: the pages then come by faults, as ever.
  __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_madvise), "D"(address), "S"(size), "d"(MADV_POPULATE_WRITE) : "rcx", "r11", "memory");
}

// Adds `base` to the words that a table of relative relocations names (gABI, DT_RELR): an even entry
// is a word's address, an odd one has a bit for each of the 63 words that follow.
static void Relocate(unsigned long base, const Elf64_Relr* entry, const Elf64_Relr* end) {
  unsigned long* next = NULL;
  for (; entry < end; entry++) {
    if ((*entry & 1) == 0) {
      next = (unsigned long*)(base + *entry);
      *next++ += base;
      continue;
    }
    for (unsigned long words = *entry >> 1; words != 0; words &= words - 1) {
      next[__builtin_ctzl(words)] += base;
    }
    next += 63;
  }
}

// Does libc's part of it, and leaves libc an empty table.
static void RelocateAll(unsigned long base, Elf64_Dyn* dynamic) {
  const Elf64_Relr* table = NULL;
  for (Elf64_Dyn* entry = dynamic; entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_RELR) table = (const Elf64_Relr*)(base + entry->d_un.d_ptr);
  }
  for (Elf64_Dyn* entry = dynamic; table != NULL && entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag != DT_RELRSZ) continue;
    Relocate(base, table, table + entry->d_un.d_val / sizeof(*table));
    entry->d_un.d_val = 0;
  }
}

__attribute__((visibility("hidden"))) void dv8_before_libc(void) {
  const unsigned long base = (unsigned long)__ehdr_start;
  const Elf64_Ehdr* elf = (const Elf64_Ehdr*)__ehdr_start;
  const Elf64_Phdr* segments = (const Elf64_Phdr*)(__ehdr_start + elf->e_phoff);
  for (const Elf64_Phdr* segment = segments; segment < segments + elf->e_phnum; segment++) {
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_W)) continue;
    const unsigned long begin = base + segment->p_vaddr;
    const unsigned long page = begin & ~(unsigned long)(kPage - 1);
    Advise(page, begin + segment->p_filesz - page);
  }
  for (const Elf64_Phdr* segment = segments; segment < segments + elf->e_phnum; segment++) {
    if (segment->p_type == PT_DYNAMIC) RelocateAll(base, (Elf64_Dyn*)(base + segment->p_vaddr));
  }
}
