#include "packager/image/tar.h"

#include <gtest/gtest.h>

#include "packager/process/files.h"

namespace dv8 {
namespace {

std::string Text(const std::vector<std::byte>& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

TEST(TarTest, ReadsWhatItWrites) {
  TarWriter tar(1700000000);
  tar.Add("folder", {TarEntry::Type::kFolder, 0755});
  tar.Add("folder/a", {}, AsBytes("text"));
  tar.Add("folder/link", {TarEntry::Type::kLink, 0777, 0, 0, "a"});
  tar.Add("empty", {});
  const std::string archive = Text(tar.Finish());
  EXPECT_EQ(archive.size() % 512, 0u);
  const auto files = ReadTar(archive);
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(files.value(), (std::map<std::string, std::string_view>{{"empty", ""}, {"folder/a", "text"}}));
}

TEST(TarTest, PartsLongNamesAtASlash) {
  const std::string path = std::string(90, 'a') + "/" + std::string(90, 'b');
  TarWriter tar(0);
  tar.Add(path, {}, AsBytes("x"));
  const std::string archive = Text(tar.Finish());
  EXPECT_EQ(archive.size(), 4u * 512);
  EXPECT_EQ(ReadTar(archive).value().count(path), 1u);
}

TEST(TarTest, WritesPaxHeadersForWhatDoesNotFit) {
  TarWriter tar(0);
  tar.Add(std::string(300, 'n'), {TarEntry::Type::kFile, 0644, 4294967294u}, AsBytes("x"));
  const std::string archive = Text(tar.Finish());
  EXPECT_NE(archive.find("310 path=" + std::string(300, 'n') + "\n"), std::string::npos);
  EXPECT_NE(archive.find("18 uid=4294967294\n"), std::string::npos);
}

TEST(TarTest, RefusesWhatIsNone) {
  EXPECT_EQ(ReadTar("").error().text, "is not a tar archive");
  EXPECT_EQ(ReadTar(std::string(1024, 'x')).error().text, "is not a tar archive");
  TarWriter tar(0);
  tar.Add("a", {}, AsBytes(std::string(2000, 'x')));
  std::string archive = Text(tar.Finish());
  EXPECT_EQ(ReadTar(std::string_view(archive).substr(0, 1024)).error().text, "the tar archive is cut off");
  archive.resize(5 * 512);
  archive.append(512, 'z');
  EXPECT_EQ(ReadTar(archive).error().text, "the tar archive is damaged");
}

}  // namespace
}  // namespace dv8
