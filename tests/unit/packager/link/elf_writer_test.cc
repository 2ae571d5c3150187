// Payloads in a real static-pie program, which is run before and after strip and objcopy.
#include "packager/link/elf_writer.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <cstring>

#include "packager/link/output_file.h"
#include "packager/process/files.h"
#include "runtime/payload/payload_writer.h"

namespace dv8 {
namespace {

std::vector<std::byte> PayloadOf(size_t source_size) {
  PayloadWriter writer(Fingerprint{});
  writer.AddManifest({{"entry", "/app/main.js"}});
  const std::string snapshot(10'000, 'b');
  writer.Add(SectionKind::kSnapshot, AsBytes(snapshot), Packing::kNone);
  writer.Add(SectionKind::kStdlibSource, AsBytes(std::string(source_size, 'a')), Packing::kLz4);
  writer.Add(SectionKind::kSourceMap, AsBytes(std::string(3'000, 'm')), Packing::kLz4);
  writer.Add(SectionKind::kIcuData, AsBytes("icu"), Packing::kNone);
  writer.Add(SectionKind::kAssetIndex, AsBytes("index"), Packing::kNone);
  writer.Add(SectionKind::kAssetData, AsBytes("data"), Packing::kNone);
  return writer.Finish();
}

std::string Template() {
  const Result<std::string> file = ReadFile(getenv("TEMPLATE"));
  EXPECT_TRUE(file.ok());
  return file.value();
}

struct Ran {
  int status;
  std::string out;
};

// Standard output and standard error of a shell command.
Ran Shell(const std::string& command) {
  std::FILE* pipe = popen(("LC_ALL=C exec 2>&1; " + command).c_str(), "r");
  Ran ran{};
  char buffer[4096];
  while (const size_t size = std::fread(buffer, 1, sizeof(buffer), pipe)) {
    ran.out.append(buffer, size);
  }
  ran.status = pclose(pipe);
  return ran;
}

class ElfWriterTest : public testing::Test {
 protected:
  // The template with a payload in it, at path_.
  void SetUp() override {
    payload_ = PayloadOf(5'000);
    Result<std::vector<std::byte>> app = LinkPayload(AsBytes(Template()), payload_);
    ASSERT_TRUE(app.ok()) << app.error().text;
    app_ = std::move(app.value());
    path_ = folder_.value().path() + "/app";
    ASSERT_TRUE(WriteOutput(path_, app_, OutputKind::kExecutable).ok());
    expected_ = std::to_string(payload_.size()) + " bytes, entry /app/main.js, source 5000, snapshot on a page\n";
  }

  void ExpectRuns(const std::string& path) {
    const Ran ran = Shell(path);
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.out, expected_);
  }

  // `command` may say $APP for the app's path.
  void ExpectRunsAfter(const std::string& command) {
    const Ran ran = Shell("APP=" + path_ + "; " + command);
    EXPECT_EQ(ran.status, 0) << command;
    EXPECT_EQ(ran.out, "") << command;
    ExpectRuns(path_);
  }

  Result<TempDir> folder_ = TempDir::Make();
  std::vector<std::byte> payload_;
  std::vector<std::byte> app_;
  std::string path_;
  std::string expected_;
};

TEST_F(ElfWriterTest, TemplateAloneHasNoPayload) { EXPECT_EQ(Shell(getenv("TEMPLATE")).out, "no payload\n"); }

TEST_F(ElfWriterTest, ProgramFindsItsPayload) { ExpectRuns(path_); }

TEST_F(ElfWriterTest, SameInputGivesTheSameBytes) {
  const Result<std::vector<std::byte>> again = LinkPayload(AsBytes(Template()), payload_);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again.value(), app_);
}

TEST_F(ElfWriterTest, RunsAfterStripAndObjcopy) {
  for (const char* command : {"strip $APP", "strip -s $APP", "strip --strip-unneeded $APP", "strip --strip-debug $APP",
                              "objcopy $APP $APP.new && mv $APP.new $APP", "objcopy --strip-debug $APP $APP.new && mv $APP.new $APP",
                              "objcopy --strip-all $APP"}) {
    SCOPED_TRACE(command);
    ExpectRunsAfter(command);
    ASSERT_TRUE(WriteOutput(path_, app_, OutputKind::kExecutable).ok());
  }
  // One after the other, too.
  ExpectRunsAfter("strip $APP && objcopy $APP && strip -s $APP");
}

// What llvm-objcopy --strip-sections leaves.
TEST_F(ElfWriterTest, RunsWithoutASectionTable) {
  Elf64_Ehdr header;
  std::memcpy(&header, app_.data(), sizeof(header));
  app_.resize(header.e_shoff);
  header.e_shoff = header.e_shnum = header.e_shentsize = header.e_shstrndx = 0;
  std::memcpy(app_.data(), &header, sizeof(header));
  ASSERT_TRUE(WriteOutput(path_, app_, OutputKind::kExecutable).ok());
  ExpectRuns(path_);
  EXPECT_TRUE(FindPayloadInFile(app_).ok());
}

TEST_F(ElfWriterTest, ReadelfNamesTheParts) {
  const Ran listing = Shell("readelf -lSW " + path_);
  EXPECT_EQ(listing.status, 0);
  EXPECT_EQ(listing.out.find("Warning"), std::string::npos) << listing.out;
  EXPECT_EQ(listing.out.find("Error"), std::string::npos) << listing.out;
  for (const char* name : {".dv8.payload", ".dv8.snapshot", ".dv8.source", ".dv8.map", ".dv8.icu", ".dv8.assets", ".note.dv8pack"}) {
    EXPECT_NE(listing.out.find(std::string(" ") + name + " "), std::string::npos) << name;
  }
}

TEST_F(ElfWriterTest, LoadSegmentsRiseAndDoNotOverlap) {
  Elf64_Ehdr header;
  std::memcpy(&header, app_.data(), sizeof(header));
  uint64_t address = 0, offset = 0;
  Elf64_Phdr last{};
  for (int i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr segment;
    std::memcpy(&segment, app_.data() + header.e_phoff + i * sizeof(segment), sizeof(segment));
    if (segment.p_type != PT_LOAD) continue;
    EXPECT_GE(segment.p_vaddr, address);
    EXPECT_GE(segment.p_offset, offset);
    EXPECT_EQ(segment.p_vaddr % 4096, segment.p_offset % 4096);
    address = segment.p_vaddr + segment.p_memsz;
    offset = segment.p_offset + segment.p_filesz;
    last = segment;
  }
  EXPECT_EQ(last.p_flags, static_cast<uint32_t>(PF_R));
  EXPECT_EQ(last.p_filesz, payload_.size());
}

TEST_F(ElfWriterTest, PayloadIsFoundInTheFile) {
  const Result<std::span<const std::byte>> found = FindPayloadInFile(app_);
  ASSERT_TRUE(found.ok()) << found.error().text;
  EXPECT_TRUE(std::equal(found.value().begin(), found.value().end(), payload_.begin(), payload_.end()));
}

TEST_F(ElfWriterTest, StrippedTemplateTakesAPayload) {
  const std::string stripped = folder_.value().path() + "/stripped";
  ASSERT_EQ(Shell(std::string("strip -o ") + stripped + " " + getenv("TEMPLATE")).status, 0);
  const Result<std::string> file = ReadFile(stripped);
  ASSERT_TRUE(file.ok());
  const Result<std::vector<std::byte>> app = LinkPayload(AsBytes(file.value()), payload_);
  ASSERT_TRUE(app.ok()) << app.error().text;
  ASSERT_TRUE(WriteOutput(path_, app.value(), OutputKind::kExecutable).ok());
  ExpectRuns(path_);
}

TEST_F(ElfWriterTest, LargePayload) {
  payload_ = PayloadOf(30'000'000);
  const Result<std::vector<std::byte>> app = LinkPayload(AsBytes(Template()), payload_);
  ASSERT_TRUE(app.ok());
  ASSERT_TRUE(WriteOutput(path_, app.value(), OutputKind::kExecutable).ok());
  expected_ = std::to_string(payload_.size()) + " bytes, entry /app/main.js, source 30000000, snapshot on a page\n";
  ExpectRuns(path_);
}

}  // namespace
}  // namespace dv8
