// What LinkPayload and FindPayloadInFile refuse.
#include <elf.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>

#include "packager/link/elf_writer.h"
#include "packager/process/files.h"
#include "runtime/payload/payload_writer.h"

namespace dv8 {
namespace {

std::vector<std::byte> SmallPayload() {
  PayloadWriter writer(Fingerprint{});
  writer.AddManifest({});
  return writer.Finish();
}

// The template, whose headers can be changed.
class ElfDamageTest : public testing::Test {
 protected:
  ElfDamageTest() {
    const Result<std::string> file = ReadFile(getenv("TEMPLATE"));
    EXPECT_TRUE(file.ok());
    const std::span<const std::byte> bytes = AsBytes(file.value());
    elf_.assign(bytes.begin(), bytes.end());
  }

  template <typename F>
  void ChangeHeader(F change) {
    Elf64_Ehdr header;
    std::memcpy(&header, elf_.data(), sizeof(header));
    change(header);
    std::memcpy(elf_.data(), &header, sizeof(header));
  }

  template <typename F>
  void ChangeSegments(F change) {
    Elf64_Ehdr header;
    std::memcpy(&header, elf_.data(), sizeof(header));
    for (int i = 0; i < header.e_phnum; i++) {
      std::byte* at = elf_.data() + header.e_phoff + i * sizeof(Elf64_Phdr);
      Elf64_Phdr segment;
      std::memcpy(&segment, at, sizeof(segment));
      change(segment);
      std::memcpy(at, &segment, sizeof(segment));
    }
  }

  template <typename F>
  void ChangeSections(F change) {
    Elf64_Ehdr header;
    std::memcpy(&header, elf_.data(), sizeof(header));
    for (int i = 0; i < header.e_shnum; i++) {
      std::byte* at = elf_.data() + header.e_shoff + i * sizeof(Elf64_Shdr);
      Elf64_Shdr section;
      std::memcpy(&section, at, sizeof(section));
      change(section, i == header.e_shstrndx);
      std::memcpy(at, &section, sizeof(section));
    }
  }

  std::string Refusal() {
    const Result<std::vector<std::byte>> app = LinkPayload(elf_, SmallPayload());
    return app.ok() ? "accepted" : app.error().text;
  }

  std::vector<std::byte> elf_;
};

TEST_F(ElfDamageTest, UnchangedTemplateIsAccepted) { EXPECT_EQ(Refusal(), "accepted"); }

TEST_F(ElfDamageTest, TooShort) {
  elf_.resize(63);
  EXPECT_EQ(Refusal(), "not an executable: too short");
}

TEST_F(ElfDamageTest, NotElf) {
  elf_[0] = std::byte{'#'};
  EXPECT_EQ(Refusal(), "not an ELF executable");
}

TEST_F(ElfDamageTest, OtherMachine) {
  ChangeHeader([](Elf64_Ehdr& header) { header.e_machine = EM_AARCH64; });
  EXPECT_EQ(Refusal(), "not an executable for x86-64");
}

TEST_F(ElfDamageTest, ThirtyTwoBits) {
  elf_[EI_CLASS] = std::byte{ELFCLASS32};
  EXPECT_EQ(Refusal(), "not an executable for x86-64");
}

TEST_F(ElfDamageTest, TruncatedAnywhere) {
  const std::vector<std::byte> whole = elf_;
  for (size_t size = whole.size() - 1; size > 1000; size -= 997) {
    elf_.assign(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(Refusal(), "the executable is truncated or damaged: its header tables are not in it");
  }
}

TEST_F(ElfDamageTest, TablesOutOfBounds) {
  const std::vector<std::byte> whole = elf_;
  for (const uint64_t offset : {uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{0} - 100}) {
    elf_ = whole;
    ChangeHeader([&](Elf64_Ehdr& header) { header.e_phoff = offset; });
    EXPECT_EQ(Refusal(), "the executable is truncated or damaged: its header tables are not in it");
    elf_ = whole;
    ChangeHeader([&](Elf64_Ehdr& header) { header.e_shoff = offset; });
    EXPECT_EQ(Refusal(), "the executable is truncated or damaged: its header tables are not in it");
  }
}

TEST_F(ElfDamageTest, SegmentOutOfBounds) {
  ChangeSegments([](Elf64_Phdr& segment) { segment.p_offset = ~uint64_t{0}; });
  EXPECT_EQ(Refusal(), "the executable is truncated: a segment is not in it");
}

TEST_F(ElfDamageTest, SegmentAtAnImpossibleAddress) {
  ChangeSegments([](Elf64_Phdr& segment) { segment.p_vaddr = ~uint64_t{0} - 10; });
  EXPECT_EQ(Refusal(), "the executable is damaged: a segment's address is impossible");
}

TEST_F(ElfDamageTest, NoAddressesLeft) {
  ChangeSegments([](Elf64_Phdr& segment) {
    if (segment.p_type == PT_LOAD) segment.p_memsz = (uint64_t{1} << 47) - segment.p_vaddr;
  });
  EXPECT_EQ(Refusal(), "the runtime leaves no addresses for a payload");
}

TEST_F(ElfDamageTest, SectionOutOfBounds) {
  ChangeSections([](Elf64_Shdr& section, bool) {
    if (section.sh_type == SHT_PROGBITS) section.sh_size = ~uint64_t{0};
  });
  EXPECT_EQ(Refusal(), "the executable is truncated: a section is not in it");
}

TEST_F(ElfDamageTest, SectionNamesThatAreNotInTheFile) {
  ChangeSections([](Elf64_Shdr& section, bool is_names) {
    if (is_names) {
      section.sh_type = SHT_NOBITS;
      section.sh_offset = ~uint64_t{0} / 2;
    }
  });
  EXPECT_EQ(Refusal(), "the runtime has no note .note.dv8pack: it is not a template for apps");
}

TEST_F(ElfDamageTest, NoSectionNames) {
  ChangeHeader([](Elf64_Ehdr& header) { header.e_shstrndx = 0xfff0; });
  EXPECT_EQ(Refusal(), "the runtime has no note .note.dv8pack: it is not a template for apps");
}

TEST_F(ElfDamageTest, NoNoteSegment) {
  ChangeSegments([](Elf64_Phdr& segment) {
    if (segment.p_type == PT_NOTE) segment.p_type = PT_NULL;
  });
  EXPECT_EQ(Refusal(), "the runtime has no note .note.dv8pack: it is not a template for apps");
}

TEST_F(ElfDamageTest, AppIsNoTemplate) {
  Result<std::vector<std::byte>> app = LinkPayload(elf_, SmallPayload());
  ASSERT_TRUE(app.ok());
  elf_ = std::move(app.value());
  EXPECT_EQ(Refusal(), "the runtime has no note .note.dv8pack: it is not a template for apps");
}

TEST_F(ElfDamageTest, DamagedPayloadIsNotLinked) {
  std::vector<std::byte> payload = SmallPayload();
  payload[20] ^= std::byte{1};
  const Result<std::vector<std::byte>> app = LinkPayload(elf_, payload);
  ASSERT_FALSE(app.ok());
  EXPECT_TRUE(app.error().text.starts_with("the payload is damaged: ")) << app.error().text;
}

TEST_F(ElfDamageTest, FileWithoutPayload) {
  const auto found = FindPayloadInFile(elf_);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().text, "not made by dv8pack: there is no payload in it");
}

TEST_F(ElfDamageTest, FileThatIsNoExecutable) {
  const auto found = FindPayloadInFile(AsBytes(std::string(100, 'x')));
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().text, "not an ELF executable");
}

// Whatever a byte of the headers says, nothing outside the file is read or written: what the
// sanitizers see of it under --config=asan.
TEST_F(ElfDamageTest, EveryByteOfTheHeaders) {
  const std::vector<std::byte> payload = SmallPayload();
  Elf64_Ehdr header;
  std::memcpy(&header, elf_.data(), sizeof(header));
  const auto flip = [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
      for (const int mask : {0x01, 0x80, 0xff}) {
        elf_[i] ^= static_cast<std::byte>(mask);
        (void)LinkPayload(elf_, payload);
        (void)FindPayloadInFile(elf_);
        elf_[i] ^= static_cast<std::byte>(mask);
      }
    }
  };
  flip(0, sizeof(header));
  flip(header.e_phoff, header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr));
  const size_t names = header.e_shoff + header.e_shstrndx * sizeof(Elf64_Shdr);
  flip(names, names + sizeof(Elf64_Shdr));
}

}  // namespace
}  // namespace dv8
