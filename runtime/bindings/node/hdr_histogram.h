// Counts of values over a wide range with a relative error that is the same everywhere: the High Dynamic Range
// histogram of Gil Tene (http://hdrhistogram.org). Buckets double in width; each is divided into equal parts.
// Values of one part are "equivalent": they are counted together and reported as the part's highest.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

namespace dv8::node {

class HdrHistogram {
 public:
  // Values from `lowest` to `highest` with `figures` significant decimal digits. False: these do not go
  // together, or there is no memory for them.
  static bool IsPossible(int64_t lowest, int64_t highest, int figures);
  bool Init(int64_t lowest, int64_t highest, int figures);

  // False: out of range.
  bool Record(int64_t value) { return RecordMany(value, 1); }
  bool RecordMany(int64_t value, int64_t count);
  // Records the values that a stall of `value` has hidden, too, where one each `interval` was expected.
  bool RecordCorrected(int64_t value, int64_t interval);
  // Gives how many of the other's counts are out of range here.
  int64_t Add(const HdrHistogram& other);
  // Gives how many more the other had, bucket by bucket.
  int64_t Subtract(const HdrHistogram& other);
  void Reset();

  int64_t total() const { return total_; }
  size_t size() const { return size_; }
  int64_t CountOfIndex(size_t index) const { return index < size_ ? counts_[index] : 0; }
  int64_t ValueOfIndex(size_t index) const;
  int64_t LowestEquivalent(int64_t value) const;
  int64_t HighestEquivalent(int64_t value) const { return LowestEquivalent(value) + (WidthAt(value) - 1); }
  int64_t MedianEquivalent(int64_t value) const { return LowestEquivalent(value) + (WidthAt(value) >> 1); }

  int64_t CountAt(int64_t value) const;
  int64_t Min() const;
  int64_t Max() const { return max_ == 0 ? 0 : HighestEquivalent(max_); }
  double Mean() const;    // NaN when there is nothing.
  double StdDev() const;  // Of the population.
  // The sum of count * (value - mean)^power.
  double CentralMoment(int power) const;
  // Of values up to `value`, from 0 to 1.
  double Cdf(int64_t value) const;
  int64_t Percentile(double percentile) const;

  using Pairs = std::vector<std::pair<double, int64_t>>;
  // (percentile, value), twice as dense at each half of the distance to 100.
  Pairs Percentiles() const;
  // (upper bound, count) in steps that are equal, or grow by `base`. Empty where there would be more than `limit`.
  Pairs LinearBuckets(int64_t step, size_t limit) const;
  Pairs LogBuckets(int64_t first, double base, size_t limit) const;

 private:
  struct Free {
    void operator()(int64_t* memory) const { std::free(memory); }
  };
  template <typename Next>
  Pairs Buckets(int64_t first, size_t limit, Next next) const;
  int BucketOf(int64_t value) const;
  size_t IndexOf(int64_t value) const;
  int64_t WidthAt(int64_t value) const;
  void Recount();

  int64_t highest_ = 0;
  int unit_magnitude_ = 0;
  int half_magnitude_ = 0;
  int64_t sub_buckets_ = 0;
  int64_t mask_ = 0;
  size_t size_ = 0;
  std::unique_ptr<int64_t[], Free> counts_;
  int64_t total_ = 0;
  int64_t min_ = INT64_MAX;  // Without 0.
  int64_t max_ = 0;
};

}  // namespace dv8::node
