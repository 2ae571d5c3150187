#include "packager/image/blob.h"

#include <gtest/gtest.h>

#include "packager/process/files.h"

namespace dv8 {
namespace {

TEST(BlobTest, Sha256OfTheStandard) {
  EXPECT_EQ(Sha256(AsBytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(BlobTest, CompressesTheSameWayEachTime) {
  const std::string text(30 << 20, 'a');
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    const auto first = Compress(AsBytes(text), compression);
    ASSERT_TRUE(first.ok());
    EXPECT_LT(first.value().size(), text.size() / 100);
    EXPECT_EQ(first.value(), Compress(AsBytes(text), compression).value());
  }
}

}  // namespace
}  // namespace dv8
