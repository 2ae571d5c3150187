#include "runtime/bindings/node/hdr_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "runtime/bindings/node/distributions.h"

namespace dv8::node {
namespace {

constexpr int64_t kHighest = 9007199254740991;

HdrHistogram Recorded(std::initializer_list<int64_t> values) {
  HdrHistogram histogram;
  EXPECT_TRUE(histogram.Init(1, kHighest, 3));
  for (const int64_t value : values) EXPECT_TRUE(histogram.Record(value));
  return histogram;
}

// What Node 24's createHistogram() gives for the same values.
TEST(HdrHistogramTest, DescribesSmallValuesExactly) {
  const HdrHistogram histogram = Recorded({1, 2, 3, 4, 5});
  EXPECT_EQ(histogram.total(), 5);
  EXPECT_EQ(histogram.Min(), 1);
  EXPECT_EQ(histogram.Max(), 5);
  EXPECT_EQ(histogram.Mean(), 3);
  EXPECT_DOUBLE_EQ(histogram.StdDev(), std::sqrt(2));
  EXPECT_EQ(histogram.Percentile(50), 3);
  const HdrHistogram::Pairs expected = {{0, 1}, {50, 3}, {75, 4}, {87.5, 5}, {100, 5}};
  EXPECT_EQ(histogram.Percentiles(), expected);
}

TEST(HdrHistogramTest, CountsEquivalentValuesTogether) {
  const HdrHistogram histogram = Recorded({kHighest});
  EXPECT_EQ(histogram.Min(), 9002801208229888);
  EXPECT_EQ(histogram.Max(), kHighest);
  EXPECT_EQ(histogram.CountAt(9002801208229889), 1);
}

TEST(HdrHistogramTest, IsEmptyAtFirst) {
  const HdrHistogram histogram = Recorded({});
  EXPECT_EQ(histogram.Min(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(histogram.Max(), 0);
  EXPECT_TRUE(std::isnan(histogram.Mean()));
  EXPECT_EQ(histogram.Cdf(1), 0);
}

TEST(HdrHistogramTest, RefusesWhatIsOutOfRange) {
  HdrHistogram histogram;
  EXPECT_FALSE(histogram.Init(0, 10, 3));
  EXPECT_FALSE(histogram.Init(10, 19, 3));
  EXPECT_FALSE(histogram.Init(1, 10, 6));
  ASSERT_TRUE(histogram.Init(7, 14, 3));
  EXPECT_FALSE(histogram.Record(100));
  EXPECT_FALSE(histogram.Record(-1));
  EXPECT_EQ(histogram.total(), 0);
}

TEST(HdrHistogramTest, CorrectsForValuesThatAStallHid) {
  HdrHistogram histogram = Recorded({});
  EXPECT_TRUE(histogram.RecordCorrected(1000, 10));
  EXPECT_EQ(histogram.total(), 100);
  EXPECT_EQ(histogram.Min(), 10);
  // As many as there are, at once.
  EXPECT_TRUE(histogram.RecordCorrected(kHighest, 1));
  EXPECT_EQ(histogram.total(), 100 + kHighest);
}

TEST(HdrHistogramTest, SubtractsBucketByBucket) {
  HdrHistogram histogram = Recorded({1, 5, 5, 9});
  EXPECT_EQ(histogram.Subtract(Recorded({5, 9, 9})), 1);
  EXPECT_EQ(histogram.total(), 2);
  EXPECT_EQ(histogram.Max(), 5);
}

TEST(HdrHistogramTest, GivesUpWhereThereWouldBeTooManyBuckets) {
  const HdrHistogram histogram = Recorded({kHighest});
  EXPECT_TRUE(histogram.LinearBuckets(1, 1000).empty());
  EXPECT_EQ(histogram.LogBuckets(1, 10, 1000).size(), 17u);
}

TEST(DistributionsTest, AreThoseOfTheTables) {
  EXPECT_NEAR(NormalCdf(1.959964), 0.975, 1e-7);
  EXPECT_NEAR(StudentCdf(2.228139, 10), 0.975, 1e-7);
  EXPECT_NEAR(StudentQuantile(0.975, 10), 2.228139, 1e-6);
  EXPECT_NEAR(BinomialCdf(5, 10, 0.5), 0.623046875, 1e-9);
}

}  // namespace
}  // namespace dv8::node
