#include "packager/process/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packager/process/files.h"
#include "runtime/payload/mapped_file.h"

namespace dv8 {
namespace {

// What `check` gives in a process of its own.
template <typename Check>
bool InChild(Check check) {
  const pid_t pid = fork();
  if (pid == 0) _exit(check() ? 0 : 1);
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Command Shell(const std::string& script) { return {.args = {"/bin/sh", "-c", script}}; }

TEST(ProcessTest, TalksToTheProgramWhateverDescriptorsAreFree) {
  for (const int kept : {0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110}) {
    EXPECT_TRUE(InChild([kept] {
      for (int fd = 0; fd < 3; fd++) {
        if ((kept >> fd & 1) == 0) close(fd);
      }
      Command command = Shell("cat; echo err >&2; exit 3");
      command.input = "in";
      const Result<Outcome> outcome = RunProcess(command);
      return outcome.ok() && outcome.value().out == "in" && outcome.value().err == "err\n" && outcome.value().exit_code == 3;
    })) << kept;
  }
}

TEST(ProcessTest, OpensTheStandardStreams) {
  EXPECT_TRUE(InChild([] {
    close(0);
    close(2);
    PrepareProcess();
    return fcntl(0, F_GETFD) == 0 && fcntl(2, F_GETFD) == 0 && open("/", O_RDONLY) > 2;
  }));
}

TEST(ProcessTest, DoesNotTakeAnUnknownEndForSuccess) {
  EXPECT_TRUE(InChild([] {
    signal(SIGCHLD, SIG_IGN);
    return !RunProcess(Shell("exit 3")).ok();
  }));
  EXPECT_TRUE(InChild([] {
    signal(SIGCHLD, SIG_IGN);
    PrepareProcess();
    const Result<Outcome> outcome = RunProcess(Shell("exit 3"));
    return outcome.ok() && outcome.value().exit_code == 3;
  }));
}

TEST(ProcessTest, LimitsMemory) {
  if (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer)) {
    GTEST_SKIP() << "a sanitizer's shadow memory has no limit";
  }
  EXPECT_GE(MemoryLimit(), uint64_t{1} << 30);
  const Result<Outcome> outcome = RunProcess(Shell("ulimit -d"));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(strtoull(outcome.value().out.c_str(), nullptr, 10), MemoryLimit() / 1024);
}

TEST(FilesTest, ReadsFilesThatDoNotSayTheirSize) {
  const Result<std::string> status = ReadFile("/proc/self/status");
  ASSERT_TRUE(status.ok());
  EXPECT_NE(status.value().find("Threads:"), std::string::npos);
}

TEST(ProcessTest, KillsWhatNobodyWaitsFor) {
  Result<std::unique_ptr<ToolSession>> session = ToolSession::Start(Shell("trap '' TERM INT; cat"));
  ASSERT_TRUE(session.ok());
  session.value()->Kill();
  const Result<Outcome> outcome = session.value()->End();
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.value().signal, SIGKILL);
}

TEST(FilesTest, MapsWhatWasWrittenInPieces) {
  const Result<TempDir> temp = TempDir::Make();
  ASSERT_TRUE(temp.ok());
  const std::string path = temp.value().path() + "/file";
  const std::span<const std::byte> pieces[] = {AsBytes("one "), AsBytes(""), AsBytes("two")};
  ASSERT_TRUE(WriteFile(path, pieces).ok());
  const Result<MappedFile> file = MappedFile::Open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.value().bytes().data()), file.value().bytes().size()), "one two");
  ASSERT_TRUE(WriteFile(path, "").ok());
  const Result<MappedFile> empty = MappedFile::Open(path);
  ASSERT_TRUE(empty.ok());
  EXPECT_TRUE(empty.value().bytes().empty());
  EXPECT_EQ(MappedFile::Open(path + "-2").error().ToString(), path + "-2: error: cannot be read: No such file or directory");
}

}  // namespace
}  // namespace dv8
