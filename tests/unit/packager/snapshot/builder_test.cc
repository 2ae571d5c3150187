// The ways a snapshot builder can end, played by shell scripts.
#include "packager/snapshot/builder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "packager/process/files.h"

namespace dv8 {
namespace {

std::string Text(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

class BuilderTest : public ::testing::Test {
 protected:
  Result<Snapshot> Run(const std::string& script) {
    const std::string builder = temp_.value().path() + "/builder";
    std::ofstream(builder) << "#!/bin/sh\nfor a in \"$@\"; do case $a in --out=*) out=${a#--out=};; "
                              "--heap-image=*) image=${a#--heap-image=};; "
                              "--heap-image-for-threads=*) image=${a#--heap-image-for-threads=};; "
                              "--sandbox-image=*) sandbox=${a#--sandbox-image=};; esac; done\n"
                           << script << "\n";
    chmod(builder.c_str(), 0755);
    AppBundle app;
    app.entry = "/app/main.js";
    return MakeSnapshot(builder, temp_.value().path(), app, Script(), options_, &messages_);
  }

  Result<TempDir> temp_ = TempDir::Make();
  SnapshotOptions options_;
  std::string messages_;
};

TEST_F(BuilderTest, ReadsFingerprintBlobAndHeapImage) {
  const auto snapshot = Run("printf '13.6%076d%s' 0 blob > $out; printf pages > $image");
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().ToString();
  EXPECT_EQ(std::string(snapshot.value().fingerprint.v8_version, 4), "13.6");
  EXPECT_EQ(Text(snapshot.value().blob), "blob");
  EXPECT_EQ(Text(snapshot.value().heap_image.bytes()), "pages");
}

TEST_F(BuilderTest, AsksForTheImagesOfThreads) {
  options_.has_threads = options_.has_sandboxes = true;
  const auto snapshot = Run("printf '13.6%076d%s' 0 blob > $out; printf pages > $image; printf others > $sandbox");
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().ToString();
  EXPECT_EQ(Text(snapshot.value().heap_image.bytes()), "pages");
  EXPECT_EQ(Text(snapshot.value().sandbox_image.bytes()), "others");
}

TEST_F(BuilderTest, AsksForNoHeapImageUnlessItIsWanted) {
  options_.heap_image = false;
  options_.has_sandboxes = true;
  const auto snapshot = Run("printf '13.6%076d%s' 0 blob > $out; [ -z \"$image$sandbox\" ]");
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().ToString();
  EXPECT_EQ(Text(snapshot.value().heap_image.bytes()), "");
}

TEST_F(BuilderTest, PassesOnWhatTheAppSays) {
  options_.mode = SnapshotMode::kApp;
  const auto snapshot = Run("echo 'TypeError: x' >&2; exit 1");
  ASSERT_FALSE(snapshot.ok());
  EXPECT_EQ(messages_, "TypeError: x\n");
  EXPECT_EQ(snapshot.error().ToString(), "/app/main.js: error: the app's top level failed while its snapshot was made");
}

TEST_F(BuilderTest, StopsAtTheTimeLimit) {
  options_.mode = SnapshotMode::kApp;
  options_.time_limit = std::chrono::seconds(1);
  const auto snapshot = Run("while :; do :; done");
  ASSERT_FALSE(snapshot.ok());
  EXPECT_EQ(snapshot.error().text, "making the snapshot took longer than 1 s and was stopped");
}

TEST_F(BuilderTest, NamesACrash) { EXPECT_EQ(Run("kill -SEGV $$").error().text, "the snapshot builder crashed (Segmentation fault)"); }

TEST_F(BuilderTest, NamesAnObjectWithANativePart) {
  const auto snapshot =
      Run("echo 'global handle not serialized: 0x1'; "
          "echo CheckGlobalAndEternalHandles failed >&2; kill -TRAP $$");
  ASSERT_FALSE(snapshot.ok());
  EXPECT_TRUE(snapshot.error().text.starts_with("the app's top level made an object with a native part")) << snapshot.error().text;
  EXPECT_EQ(messages_, "");
}

TEST_F(BuilderTest, NamesASnapshotThatIsTooLarge) {
  EXPECT_EQ(Run("echo '# Check failed: std::numeric_limits<int>::max() >= length_.' >&2; kill -TRAP $$").error().text,
            "the snapshot would be larger than 2 GiB");
  EXPECT_EQ(messages_, "");
}

TEST_F(BuilderTest, NamesWhatTheKernelDoesWithoutMemory) {
  EXPECT_EQ(Run("kill -KILL $$").error().text, "the snapshot builder was killed, as it happens when the machine has no memory left");
}

TEST_F(BuilderTest, NamesOutOfMemory) {
  EXPECT_EQ(Run("echo 'dv8: out of memory' >&2; exit 134").error().text, "out of memory while the snapshot was made");
}

TEST_F(BuilderTest, RefusesATruncatedFile) {
  EXPECT_EQ(Run("echo x > $out").error().text, "dv8pack is at fault: the snapshot builder's file is truncated");
}

}  // namespace
}  // namespace dv8
