#include "packager/image/options.h"

#include <gtest/gtest.h>

namespace dv8 {
namespace {

TEST(ReferenceTest, ReadsNames) {
  for (const auto& [text, name, tag, full] : {
           std::tuple("app", "app", "latest", "docker.io/library/app:latest"),
           std::tuple("team/app:1.0", "team/app", "1.0", "docker.io/team/app:1.0"),
           std::tuple("localhost:5000/app", "localhost:5000/app", "latest", "localhost:5000/app:latest"),
           std::tuple("r.example/a_b/c--d.e:V_1", "r.example/a_b/c--d.e", "V_1", "r.example/a_b/c--d.e:V_1"),
       }) {
    const Result<Reference> reference = ParseReference(text);
    ASSERT_TRUE(reference.ok()) << text;
    EXPECT_EQ(reference.value().name, name);
    EXPECT_EQ(reference.value().tag, tag);
    EXPECT_EQ(reference.value().FullText(), full);
  }
}

TEST(ReferenceTest, RefusesWhatNoRegistryTakes) {
  for (const char* text : {"", "App", "a//b", "/a", "a/", "a:", "a:-x", "-a", "a___b", "a..b", "a b", "a:b/c d", "a@sha256:x"}) {
    const Result<Reference> reference = ParseReference(text);
    ASSERT_FALSE(reference.ok()) << text;
    EXPECT_TRUE(reference.error().is_usage);
  }
}

TEST(ReferenceTest, MakesNamesOfExecutables) {
  EXPECT_EQ(ReferenceFor("My App").Text(), "my-app:latest");
  EXPECT_EQ(ReferenceFor("a.b_c").Text(), "a.b_c:latest");
  EXPECT_EQ(ReferenceFor("-_-").Text(), "app:latest");
}

TEST(ImageOptionsTest, Ports) {
  EXPECT_EQ(ParsePort("80").value(), "80/tcp");
  EXPECT_EQ(ParsePort("65535/udp").value(), "65535/udp");
  for (const char* text : {"", "0", "65536", "-1", "80/", "80/icmp", "80x", "/tcp"}) EXPECT_FALSE(ParsePort(text).ok()) << text;
}

TEST(ImageOptionsTest, Files) {
  EXPECT_EQ(ParseFileToCopy("a:b/c:/etc/c").value().source, "a:b/c");
  EXPECT_EQ(ParseFileToCopy("a/c/:/etc/").value().target, "/etc/c");
  for (const char* text : {"a", "a:b", ":/x", "a:/b/../c", "a:/b//c", "a:/."}) EXPECT_FALSE(ParseFileToCopy(text).ok()) << text;
}

TEST(ImageOptionsTest, Users) {
  EXPECT_EQ(ParseUser("").value().uid, 65532u);
  EXPECT_EQ(ParseUser("root").value().gid, 0u);
  EXPECT_EQ(ParseUser("7").value().gid, 7u);
  EXPECT_EQ(ParseUser("7:8").value().gid, 8u);
  for (const char* text : {"me", "7:", "7:x", "-1", "4294967296"}) EXPECT_FALSE(ParseUser(text).ok()) << text;
}

}  // namespace
}  // namespace dv8
