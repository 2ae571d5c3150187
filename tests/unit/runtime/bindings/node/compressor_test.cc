#include "runtime/bindings/node/compressor.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <string_view>

namespace dv8::node {
namespace {

constexpr int kZstdEnd = 2, kBrotliFinish = 2;

std::span<const uint8_t> BytesOf(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// All of `input` through `compressor`, `step` bytes of input at a time; stops at an error.
std::string Pass(Compressor* compressor, std::string_view input, int end, size_t step, CompressionError* error) {
  std::string output;
  size_t at = 0;
  for (int rounds = 0; rounds < 100000; rounds++) {
    uint8_t room[16];
    const std::string_view part = input.substr(at, step);
    const bool last = at + part.size() == input.size();
    compressor->Prepare(last ? end : 0, BytesOf(part), room);
    compressor->Work();
    *error = compressor->Error();
    if (*error) return output;
    output.append(reinterpret_cast<char*>(room), sizeof(room) - compressor->output_left());
    at += part.size() - compressor->input_left();
    if (last && compressor->output_left() > 0) return output;
  }
  ADD_FAILURE() << "does not end";
  return output;
}

ZlibOptions Options(ZlibMode mode) {
  ZlibOptions options;
  options.mode = mode;
  return options;
}

std::string Text() {
  std::string text;
  for (int i = 0; i < 3000; i++) text += std::to_string(i * 7919 % 1000) + ",";
  return text;
}

class CompressorTest : public ::testing::TestWithParam<size_t> {
 protected:
  // What comes back of Text() through both.
  void ExpectRoundTrip(std::unique_ptr<Compressor> there, std::unique_ptr<Compressor> back, int end) {
    ASSERT_NE(there, nullptr);
    ASSERT_NE(back, nullptr);
    CompressionError error;
    const std::string small = Pass(there.get(), Text(), end, GetParam(), &error);
    EXPECT_FALSE(error) << error.message;
    EXPECT_LT(small.size(), Text().size());
    EXPECT_EQ(Pass(back.get(), small, end, GetParam(), &error), Text());
    EXPECT_FALSE(error) << error.message;
    // The same again.
    EXPECT_FALSE(there->Reset());
    EXPECT_FALSE(back->Reset());
    EXPECT_EQ(Pass(back.get(), Pass(there.get(), "once more", end, GetParam(), &error), end, GetParam(), &error), "once more");
    // And cut short.
    EXPECT_FALSE(back->Reset());
    Pass(back.get(), small.substr(0, small.size() / 2), end, GetParam(), &error);
    EXPECT_EQ(error.message, "unexpected end of file");
    EXPECT_EQ(error.code, "Z_BUF_ERROR");
    there.reset();
    back.reset();
    EXPECT_EQ(memory_.TakeDifference(), 0);
  }

  CompressionMemory memory_;
};

TEST_P(CompressorTest, DeflateInflate) {
  ExpectRoundTrip(MakeZlib(Options(ZlibMode::kDeflate), &memory_), MakeZlib(Options(ZlibMode::kInflate), &memory_), Z_FINISH);
}
TEST_P(CompressorTest, GzipGunzip) {
  ExpectRoundTrip(MakeZlib(Options(ZlibMode::kGzip), &memory_), MakeZlib(Options(ZlibMode::kGunzip), &memory_), Z_FINISH);
}
TEST_P(CompressorTest, RawFormat) {
  ExpectRoundTrip(MakeZlib(Options(ZlibMode::kDeflateRaw), &memory_), MakeZlib(Options(ZlibMode::kInflateRaw), &memory_), Z_FINISH);
}
TEST_P(CompressorTest, UnzipRecognizesGzip) {
  ExpectRoundTrip(MakeZlib(Options(ZlibMode::kGzip), &memory_), MakeZlib(Options(ZlibMode::kUnzip), &memory_), Z_FINISH);
}
TEST_P(CompressorTest, Brotli) {
  CompressionError error;
  auto encoder = MakeBrotliEncoder({}, &memory_, &error);
  ExpectRoundTrip(std::move(encoder), MakeBrotliDecoder({}, &memory_, &error), kBrotliFinish);
}
TEST_P(CompressorTest, Zstd) {
  CompressionError error;
  auto compressor = MakeZstdCompressor(kUnknownSize, {}, &memory_, &error);
  ExpectRoundTrip(std::move(compressor), MakeZstdDecompressor({}, &memory_, &error), kZstdEnd);
}

TEST_P(CompressorTest, GunzipReadsAllMembersAndIgnoresZerosBehindThem) {
  CompressionError error;
  std::string members;
  for (const char* text : {"one ", "two ", "three"}) {
    members += Pass(MakeZlib(Options(ZlibMode::kGzip), &memory_).get(), text, Z_FINISH, GetParam(), &error);
  }
  const auto gunzip = MakeZlib(Options(ZlibMode::kGunzip), &memory_);
  EXPECT_EQ(Pass(gunzip.get(), members, Z_FINISH, 4096, &error), "one two three");
  const auto padded = MakeZlib(Options(ZlibMode::kGunzip), &memory_);
  uint8_t room[64];
  members += std::string(10, '\0');
  padded->Prepare(Z_FINISH, BytesOf(members), room);
  padded->Work();
  EXPECT_FALSE(padded->Error());
  EXPECT_EQ(padded->input_left(), 10u);
}

INSTANTIATE_TEST_SUITE_P(Steps, CompressorTest, ::testing::Values(1, 3, 64));

TEST(CompressorErrorTest, TellsADictionaryThatIsMissingFromAWrongOne) {
  CompressionMemory memory;
  CompressionError error;
  ZlibOptions deflate = Options(ZlibMode::kDeflate);
  deflate.dictionary = {'a', 'b', 'c', 'd', 'e', 'f'};
  const std::string small = Pass(MakeZlib(deflate, &memory).get(), "abcdefabcdef", Z_FINISH, 64, &error);
  ZlibOptions inflate = Options(ZlibMode::kInflate);
  Pass(MakeZlib(inflate, &memory).get(), small, Z_FINISH, 64, &error);
  EXPECT_EQ(error.message, "Missing dictionary");
  inflate.dictionary = {'x'};
  Pass(MakeZlib(inflate, &memory).get(), small, Z_FINISH, 64, &error);
  EXPECT_EQ(error.message, "Bad dictionary");
  inflate.dictionary = deflate.dictionary;
  EXPECT_EQ(Pass(MakeZlib(inflate, &memory).get(), small, Z_FINISH, 64, &error), "abcdefabcdef");
}

TEST(CompressorErrorTest, NamesWhatIsWrongWithTheInput) {
  CompressionMemory memory;
  CompressionError error;
  Pass(MakeZlib(Options(ZlibMode::kInflate), &memory).get(), "this is no zlib stream", Z_FINISH, 64, &error);
  EXPECT_EQ(error.message, "incorrect header check");
  EXPECT_EQ(error.code, "Z_DATA_ERROR");
  Pass(MakeBrotliDecoder({}, &memory, &error).get(), "this is no Brotli stream", kBrotliFinish, 64, &error);
  EXPECT_EQ(error.message, "Decompression failed");
  EXPECT_EQ(error.code.substr(0, 10), "ERR__ERROR");
  Pass(MakeZstdDecompressor({}, &memory, &error).get(), "this is no zstd stream", kZstdEnd, 64, &error);
  EXPECT_EQ(error.code, "ZSTD_error_prefix_unknown");
}

TEST(CompressorErrorTest, ZstdHoldsTheProgramToTheSizeItPledged) {
  CompressionMemory memory;
  CompressionError error;
  const auto compressor = MakeZstdCompressor(100, {}, &memory, &error);
  Pass(compressor.get(), "less than that", kZstdEnd, 64, &error);
  EXPECT_EQ(error.code, "ZSTD_error_srcSize_wrong");
}

TEST(CompressorErrorTest, RefusesParametersThatTheLibraryDoesNotKnow) {
  CompressionMemory memory;
  CompressionError error;
  EXPECT_EQ(MakeBrotliEncoder({}, &memory, &error)->SetParameter(99, 1).code, "ERR_BROTLI_PARAM_SET_FAILED");
  EXPECT_EQ(MakeZstdCompressor(kUnknownSize, {}, &memory, &error)->SetParameter(99, 1).code, "ERR_ZSTD_PARAM_SET_FAILED");
}

}  // namespace
}  // namespace dv8::node
