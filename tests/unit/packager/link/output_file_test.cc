#include "packager/link/output_file.h"

#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "packager/process/files.h"

namespace dv8 {
namespace {

class OutputFileTest : public testing::Test {
 protected:
  ~OutputFileTest() override { umask(old_umask_); }

  std::string At(const std::string& name) { return folder_.value().path() + "/" + name; }

  std::string Write(const std::string& path, const std::string& text = "new") {
    const Result<Done> written = WriteOutput(path, AsBytes(text), OutputKind::kExecutable);
    return written.ok() ? "" : written.error().ToString();
  }

  std::string Contents(const std::string& name) {
    const Result<std::string> file = ReadFile(At(name));
    return file.ok() ? file.value() : file.error().ToString();
  }

  // An existing file.
  void Make(const std::string& name, mode_t mode) {
    ASSERT_TRUE(WriteFile(At(name), "old").ok());
    ASSERT_EQ(chmod(At(name).c_str(), mode), 0);
  }

  mode_t Mode(const std::string& name) {
    struct stat info;
    return stat(At(name).c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
  }

  size_t Files() {
    size_t count = 0;
    DIR* folder = opendir(folder_.value().path().c_str());
    while (readdir(folder) != nullptr) count++;
    closedir(folder);
    return count - 2;
  }

  Result<TempDir> folder_ = TempDir::Make();
  mode_t old_umask_ = umask(022);
};

TEST_F(OutputFileTest, NewFileFollowsTheUmask) {
  for (const mode_t mask : {0022, 0077, 0002}) {
    umask(mask);
    const std::string name = "app" + std::to_string(mask);
    EXPECT_EQ(Write(At(name)), "");
    EXPECT_EQ(Mode(name), 0777 & ~mask);
    EXPECT_EQ(Contents(name), "new");
  }
}

TEST_F(OutputFileTest, ExistingFileKeepsItsPermissions) {
  for (const mode_t mode : {0700, 0750, 0755, 0711, 0777}) {
    Make("app", mode);
    EXPECT_EQ(Write(At("app")), "");
    EXPECT_EQ(Mode("app"), mode);
    EXPECT_EQ(Contents("app"), "new");
  }
}

TEST_F(OutputFileTest, WhoMayReadTheExistingFileMayRunTheNewOne) {
  Make("app", 0644);
  EXPECT_EQ(Write(At("app")), "");
  EXPECT_EQ(Mode("app"), 0755u);
  Make("private", 0600);
  EXPECT_EQ(Write(At("private")), "");
  EXPECT_EQ(Mode("private"), 0700u);
}

TEST_F(OutputFileTest, NewContentsAreNotSetUserId) {
  Make("app", 06755);
  EXPECT_EQ(Write(At("app")), "");
  EXPECT_EQ(Mode("app"), 0755u);
}

TEST_F(OutputFileTest, OtherNamesOfTheOldFileStayAsTheyAre) {
  Make("app", 0755);
  ASSERT_EQ(link(At("app").c_str(), At("other").c_str()), 0);
  EXPECT_EQ(Write(At("app")), "");
  EXPECT_EQ(Contents("other"), "old");
}

TEST_F(OutputFileTest, LinkIsWrittenThrough) {
  Make("real", 0755);
  ASSERT_EQ(symlink("real", At("app").c_str()), 0);
  EXPECT_EQ(Write(At("app")), "");
  EXPECT_EQ(Contents("real"), "new");
  struct stat info;
  ASSERT_EQ(lstat(At("app").c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
}

TEST_F(OutputFileTest, LinkToNothingMakesTheFile) {
  ASSERT_EQ(symlink("second", At("app").c_str()), 0);
  ASSERT_EQ(symlink(At("real").c_str(), At("second").c_str()), 0);
  EXPECT_EQ(Write(At("app")), "");
  EXPECT_EQ(Contents("real"), "new");
  EXPECT_EQ(Files(), 3u);
}

TEST_F(OutputFileTest, CircleOfLinks) {
  ASSERT_EQ(symlink("app", At("app").c_str()), 0);
  EXPECT_EQ(Write(At("app")), At("app") + ": error: cannot write the output: Too many levels of symbolic links");
}

TEST_F(OutputFileTest, Directory) {
  ASSERT_EQ(mkdir(At("app").c_str(), 0755), 0);
  EXPECT_EQ(Write(At("app")), At("app") +
                                  ": error: the output is a directory\n"
                                  "  hint: name a file with -o");
}

TEST_F(OutputFileTest, FolderThatIsNotThere) {
  EXPECT_EQ(Write(At("missing/app")), At("missing/app") + ": error: cannot write the output: No such file or directory");
}

TEST_F(OutputFileTest, FileAsFolder) {
  Make("file", 0644);
  EXPECT_EQ(Write(At("file/app")), At("file/app") + ": error: cannot write the output: Not a directory");
}

TEST_F(OutputFileTest, SpecialFiles) {
  EXPECT_EQ(Write("/dev/null"), "/dev/null: error: the output is not a regular file");
  ASSERT_EQ(mkfifo(At("pipe").c_str(), 0644), 0);
  EXPECT_EQ(Write(At("pipe")), At("pipe") + ": error: the output is not a regular file");
}

TEST_F(OutputFileTest, LongestName) {
  const std::string name(255, 'n');
  EXPECT_EQ(Write(At(name)), "");
  EXPECT_EQ(Contents(name), "new");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, NamesOfOthersAreLeftAlone) {
  const std::string taken = ".app." + std::to_string(getpid());
  Make(taken, 0644);
  EXPECT_EQ(Write(At("app")), "");
  EXPECT_EQ(Contents(taken), "old");
  EXPECT_EQ(Contents("app"), "new");
  EXPECT_EQ(Files(), 2u);
}

// The limit of a file's size stands in for a full disk: the write ends half-way.
TEST_F(OutputFileTest, FailedWriteLeavesTheOldFileAndNothingElse) {
  Make("app", 0755);
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  const struct rlimit small{1000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string error = Write(At("app"), std::string(5000, 'n'));
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(error, At("app") + ": error: cannot write the output: File too large");
  EXPECT_EQ(Contents("app"), "old");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, CheckSaysItBeforeTheWork) {
  EXPECT_TRUE(CheckOutputPath(At("app")).ok());
  EXPECT_FALSE(CheckOutputPath(folder_.value().path()).ok());
  EXPECT_FALSE(CheckOutputPath(At("missing/app")).ok());
  EXPECT_EQ(Files(), 0u);
}

}  // namespace
}  // namespace dv8
