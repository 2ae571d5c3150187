#include "packager/link/elf_writer.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace dv8 {
namespace {

constexpr size_t kPage = 4096;
// User space on x86-64 ends here.
constexpr uint64_t kAddressLimit = uint64_t{1} << 47;
constexpr char kNoteSection[] = ".note.dv8pack";

size_t AlignUp(size_t value, size_t alignment) { return (value + alignment - 1) / alignment * alignment; }

struct Elf {
  Elf64_Ehdr header;
  std::vector<Elf64_Phdr> segments;
  std::vector<Elf64_Shdr> sections;
  std::span<const std::byte> bytes;

  std::string SectionName(const Elf64_Shdr& section) const {
    if (header.e_shstrndx >= sections.size()) return "";
    const Elf64_Shdr& names = sections[header.e_shstrndx];
    if (names.sh_type != SHT_STRTAB || section.sh_name >= names.sh_size) return "";
    const char* start = reinterpret_cast<const char*>(bytes.data()) + names.sh_offset;
    return {start + section.sh_name, strnlen(start + section.sh_name, names.sh_size - section.sh_name)};
  }
};

bool Inside(std::span<const std::byte> bytes, uint64_t offset, uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

template <typename T>
std::vector<T> Table(std::span<const std::byte> bytes, uint64_t offset, size_t count) {
  std::vector<T> table(count);
  std::ranges::copy(bytes.subspan(offset, count * sizeof(T)), std::as_writable_bytes(std::span(table)).begin());
  return table;
}

Result<Elf> Parse(std::span<const std::byte> bytes) {
  Elf elf;
  elf.bytes = bytes;
  if (bytes.size() < sizeof(elf.header)) return Diagnostic{"not an executable: too short"};
  std::memcpy(&elf.header, bytes.data(), sizeof(elf.header));
  const Elf64_Ehdr& header = elf.header;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return Diagnostic{"not an ELF executable"};
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_X86_64) {
    return Diagnostic{"not an executable for x86-64"};
  }
  // A file without a section table may have 0 as the size of its entries.
  if (header.e_phentsize != sizeof(Elf64_Phdr) || (header.e_shnum != 0 && header.e_shentsize != sizeof(Elf64_Shdr)) ||
      !Inside(bytes, header.e_phoff, uint64_t{header.e_phnum} * sizeof(Elf64_Phdr)) ||
      !Inside(bytes, header.e_shoff, uint64_t{header.e_shnum} * sizeof(Elf64_Shdr))) {
    return Diagnostic{"the executable is truncated or damaged: its header tables are not in it"};
  }
  elf.segments = Table<Elf64_Phdr>(bytes, header.e_phoff, header.e_phnum);
  elf.sections = Table<Elf64_Shdr>(bytes, header.e_shoff, header.e_shnum);
  for (const Elf64_Phdr& segment : elf.segments) {
    if (!Inside(bytes, segment.p_offset, segment.p_filesz)) {
      return Diagnostic{"the executable is truncated: a segment is not in it"};
    }
    if (segment.p_vaddr > kAddressLimit || segment.p_memsz > kAddressLimit - segment.p_vaddr) {
      return Diagnostic{"the executable is damaged: a segment's address is impossible"};
    }
  }
  for (const Elf64_Shdr& section : elf.sections) {
    if (section.sh_type != SHT_NOBITS && !Inside(bytes, section.sh_offset, section.sh_size)) {
      return Diagnostic{"the executable is truncated: a section is not in it"};
    }
  }
  return elf;
}

// Which section of the file a part of the payload belongs to.
const char* FileSection(SectionKind kind) {
  switch (kind) {
    case SectionKind::kManifest: return ".dv8.payload";
    case SectionKind::kSnapshot: return ".dv8.snapshot";
    case SectionKind::kStdlibSource: return ".dv8.source";
    case SectionKind::kSourceMap: return ".dv8.map";
    case SectionKind::kIcuData: return ".dv8.icu";
    case SectionKind::kAssetIndex:
    case SectionKind::kAssetData: return ".dv8.assets";
    case SectionKind::kHeapImage: return ".dv8.heap";
    case SectionKind::kSandboxImage: return ".dv8.sandbox";
    case SectionKind::kLibraryIndex: return ".dv8.library_index";
    case SectionKind::kLibraryData: return ".dv8.library";
    case SectionKind::kLibraryEvaluated: return ".dv8.evaluated";
    case SectionKind::kCertificates: return ".dv8.certificates";
  }
  return ".dv8.other";
}

struct Part {
  std::string name;
  size_t begin;
  size_t end;
};

// The payload's parts in order; neighbours of one name are one part.
std::vector<Part> Parts(const Payload& payload) {
  std::vector<Part> parts{{".dv8.payload", 0, sizeof(PayloadHeader) + payload.sections().size() * sizeof(SectionEntry)}};
  for (const SectionEntry& entry : payload.sections()) {
    if (entry.stored_size == 0) continue;
    const std::string name = FileSection(static_cast<SectionKind>(entry.kind));
    const size_t end = entry.offset + entry.stored_size;
    if (parts.back().name == name) {
      parts.back().end = end;
    } else {
      parts.push_back({name, entry.offset, end});
    }
  }
  return parts;
}

// Where the file's contents end: behind it lie only the section names and the section table.
size_t ContentsEnd(const Elf& elf) {
  size_t end = std::max<size_t>(sizeof(Elf64_Ehdr), elf.header.e_phoff + elf.segments.size() * sizeof(Elf64_Phdr));
  for (const Elf64_Phdr& segment : elf.segments) {
    end = std::max<size_t>(end, segment.p_offset + segment.p_filesz);
  }
  for (size_t i = 0; i < elf.sections.size(); i++) {
    const Elf64_Shdr& section = elf.sections[i];
    if (section.sh_type == SHT_NOBITS || i == elf.header.e_shstrndx) continue;
    end = std::max<size_t>(end, section.sh_offset + section.sh_size);
  }
  return end;
}

// Index of the PT_NOTE that holds our note; the number of segments when there is none.
size_t FindNote(const Elf& elf) {
  for (const Elf64_Shdr& section : elf.sections) {
    if (section.sh_type != SHT_NOTE || elf.SectionName(section) != kNoteSection) continue;
    for (size_t i = 0; i < elf.segments.size(); i++) {
      const Elf64_Phdr& segment = elf.segments[i];
      if (segment.p_type == PT_NOTE && section.sh_offset >= segment.p_offset &&
          section.sh_offset + section.sh_size <= segment.p_offset + segment.p_filesz) {
        return i;
      }
    }
  }
  return elf.segments.size();
}

}  // namespace

Result<std::vector<std::byte>> LinkPayload(std::span<const std::byte> runtime, std::span<const std::byte> payload) {
  Result<Elf> parsed = Parse(runtime);
  if (!parsed.ok()) return parsed.error();
  Elf& elf = parsed.value();
  const Result<Payload> view = Payload::Parse(payload);
  if (!view.ok()) return view.error();
  const size_t note = FindNote(elf);
  if (note == elf.segments.size()) {
    return Diagnostic{"the runtime has no note .note.dv8pack: it is not a template for apps"};
  }
  const std::vector<Part> parts = Parts(view.value());
  if (elf.sections.size() + parts.size() >= SHN_LORESERVE) {
    return Diagnostic{"the runtime has too many sections"};
  }

  size_t address = 0;
  size_t last_load = 0;
  for (size_t i = 0; i < elf.segments.size(); i++) {
    const Elf64_Phdr& segment = elf.segments[i];
    if (segment.p_type != PT_LOAD) continue;
    address = std::max<size_t>(address, segment.p_vaddr + segment.p_memsz);
    last_load = i;
  }
  address = AlignUp(address, kPage);
  if (address + payload.size() > kAddressLimit) {
    return Diagnostic{"the runtime leaves no addresses for a payload"};
  }
  const size_t contents_end = ContentsEnd(elf);
  const size_t offset = AlignUp(contents_end, kPage);

  // The note's header becomes the payload's, moved behind the last PT_LOAD: loaders expect
  // those in the order of their addresses.
  elf.segments.erase(elf.segments.begin() + static_cast<ptrdiff_t>(note));
  if (note < last_load) last_load--;
  elf.segments.insert(elf.segments.begin() + static_cast<ptrdiff_t>(last_load) + 1, Elf64_Phdr{.p_type = PT_LOAD,
                                                                                               .p_flags = PF_R,
                                                                                               .p_offset = offset,
                                                                                               .p_vaddr = address,
                                                                                               .p_paddr = address,
                                                                                               .p_filesz = payload.size(),
                                                                                               .p_memsz = payload.size(),
                                                                                               .p_align = kPage});

  const Elf64_Shdr old_names = elf.sections[elf.header.e_shstrndx];
  std::string names(reinterpret_cast<const char*>(runtime.data()) + old_names.sh_offset, old_names.sh_size);
  std::vector<Elf64_Shdr> sections = elf.sections;
  for (const Part& part : parts) {
    sections.push_back(Elf64_Shdr{.sh_name = static_cast<Elf64_Word>(names.size()),
                                  .sh_type = SHT_PROGBITS,
                                  .sh_flags = SHF_ALLOC,
                                  .sh_addr = address + part.begin,
                                  .sh_offset = offset + part.begin,
                                  .sh_size = part.end - part.begin,
                                  .sh_link = 0,
                                  .sh_info = 0,
                                  .sh_addralign = part.begin % kPage == 0 ? kPage : kSectionAlignment,
                                  .sh_entsize = 0});
    names.append(part.name).push_back('\0');
  }
  const size_t names_offset = offset + payload.size();
  sections[elf.header.e_shstrndx].sh_offset = names_offset;
  sections[elf.header.e_shstrndx].sh_size = names.size();
  elf.header.e_shoff = AlignUp(names_offset + names.size(), alignof(Elf64_Shdr));
  elf.header.e_shnum = static_cast<Elf64_Half>(sections.size());

  const size_t size = elf.header.e_shoff + sections.size() * sizeof(Elf64_Shdr);
  // Appended, not copied over zeros.
  std::vector<std::byte> app;
  app.reserve(size);
  app.insert(app.end(), runtime.begin(), runtime.begin() + static_cast<ptrdiff_t>(contents_end));
  app.resize(offset);
  app.insert(app.end(), payload.begin(), payload.end());
  app.resize(size);
  std::memcpy(app.data(), &elf.header, sizeof(elf.header));
  std::memcpy(app.data() + elf.header.e_phoff, elf.segments.data(), elf.segments.size() * sizeof(Elf64_Phdr));
  std::memcpy(app.data() + names_offset, names.data(), names.size());
  std::memcpy(app.data() + elf.header.e_shoff, sections.data(), sections.size() * sizeof(Elf64_Shdr));
  return app;
}

Result<std::span<const std::byte>> FindPayloadInFile(std::span<const std::byte> executable) {
  const Result<Elf> parsed = Parse(executable);
  if (!parsed.ok()) return parsed.error();
  for (const Elf64_Phdr& segment : parsed.value().segments) {
    const std::span<const std::byte> bytes = executable.subspan(segment.p_offset, segment.p_filesz);
    if (segment.p_type == PT_LOAD && bytes.size() >= sizeof(PayloadHeader) &&
        std::memcmp(bytes.data(), kPayloadMagic, sizeof(kPayloadMagic)) == 0) {
      return bytes;
    }
  }
  return Diagnostic{"not made by dv8pack: there is no payload in it"};
}

}  // namespace dv8
