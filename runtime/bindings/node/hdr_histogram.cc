#include "runtime/bindings/node/hdr_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace dv8::node {
namespace {

constexpr int kMaxFigures = 5;
constexpr int kMaxMagnitude = 61;  // A bucket's width must be an int64_t.

struct Layout {
  int unit_magnitude;
  int half_magnitude;
};

Layout LayoutOf(int64_t lowest, int figures) {
  const auto single_units = static_cast<uint64_t>(2 * std::pow(10, figures));
  const auto magnitude = static_cast<int>(std::bit_width(single_units - 1));
  return {static_cast<int>(std::bit_width(static_cast<uint64_t>(lowest))) - 1, magnitude - 1};
}

}  // namespace

bool HdrHistogram::IsPossible(int64_t lowest, int64_t highest, int figures) {
  if (lowest < 1 || figures < 1 || figures > kMaxFigures || lowest > highest / 2) return false;
  const Layout layout = LayoutOf(lowest, figures);
  return layout.unit_magnitude + layout.half_magnitude <= kMaxMagnitude;
}

bool HdrHistogram::Init(int64_t lowest, int64_t highest, int figures) {
  if (!IsPossible(lowest, highest, figures)) return false;
  const Layout layout = LayoutOf(lowest, figures);
  highest_ = highest;
  unit_magnitude_ = layout.unit_magnitude;
  half_magnitude_ = layout.half_magnitude;
  sub_buckets_ = int64_t{2} << half_magnitude_;
  mask_ = (sub_buckets_ - 1) << unit_magnitude_;
  size_t buckets = 1;
  for (int64_t beyond = sub_buckets_ << unit_magnitude_; beyond <= highest; beyond <<= 1) {
    buckets++;
    if (beyond > std::numeric_limits<int64_t>::max() / 2) break;
  }
  size_ = (buckets + 1) << half_magnitude_;
  counts_.reset(static_cast<int64_t*>(std::calloc(size_, sizeof(int64_t))));
  return counts_ != nullptr;
}

int HdrHistogram::BucketOf(int64_t value) const {
  const auto magnitude = static_cast<int>(std::bit_width(static_cast<uint64_t>(value | mask_)));
  return magnitude - unit_magnitude_ - (half_magnitude_ + 1);
}

size_t HdrHistogram::IndexOf(int64_t value) const {
  const int bucket = BucketOf(value);
  const int64_t part = value >> (bucket + unit_magnitude_);
  return (static_cast<size_t>(bucket + 1) << half_magnitude_) + static_cast<size_t>(part - sub_buckets_ / 2);
}

int64_t HdrHistogram::ValueOfIndex(size_t index) const {
  int bucket = static_cast<int>(index >> half_magnitude_) - 1;
  const int64_t half = sub_buckets_ / 2;
  int64_t part = (static_cast<int64_t>(index) & (half - 1)) + half;
  if (bucket < 0) {
    bucket = 0;
    part -= half;
  }
  return static_cast<int64_t>(static_cast<uint64_t>(part) << (bucket + unit_magnitude_));
}

int64_t HdrHistogram::LowestEquivalent(int64_t value) const {
  const int shift = BucketOf(value) + unit_magnitude_;
  return (value >> shift) << shift;
}

int64_t HdrHistogram::WidthAt(int64_t value) const { return int64_t{1} << (BucketOf(value) + unit_magnitude_); }

bool HdrHistogram::RecordMany(int64_t value, int64_t count) {
  if (value < 0 || value > highest_) return false;
  const size_t index = IndexOf(value);
  counts_[index] += count;
  total_ += count;
  if (value != 0) min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  return true;
}

// The hidden values are value - interval, value - 2 * interval, ..., down to interval. They are counted bucket by
// bucket: their number may be anything.
bool HdrHistogram::RecordCorrected(int64_t value, int64_t interval) {
  if (!Record(value)) return false;
  if (interval <= 0 || value <= interval || value - interval < interval) return true;
  const int64_t highest = value - interval;
  const int64_t lowest = interval + highest % interval;
  for (size_t index = IndexOf(lowest), last = IndexOf(highest); index <= last; index++) {
    const int64_t from = std::max(ValueOfIndex(index), lowest);
    const int64_t to = std::min(HighestEquivalent(ValueOfIndex(index)), highest);
    const int64_t first = from + (interval - (from - lowest) % interval) % interval;
    if (first > to) continue;
    const int64_t count = (to - first) / interval + 1;
    counts_[index] += count;
    total_ += count;
    min_ = std::min(min_, first);
  }
  return true;
}

int64_t HdrHistogram::Add(const HdrHistogram& other) {
  int64_t dropped = 0;
  for (size_t index = 0; index < other.size_; index++) {
    const int64_t count = other.counts_[index];
    if (count != 0 && !RecordMany(other.ValueOfIndex(index), count)) dropped += count;
  }
  return dropped;
}

int64_t HdrHistogram::Subtract(const HdrHistogram& other) {
  int64_t dropped = 0;
  for (size_t index = 0; index < std::min(size_, other.size_); index++) {
    const int64_t count = counts_[index] - other.counts_[index];
    if (count < 0) dropped -= count;
    counts_[index] = std::max(count, int64_t{0});
  }
  Recount();
  return dropped;
}

void HdrHistogram::Recount() {
  total_ = 0;
  min_ = std::numeric_limits<int64_t>::max();
  max_ = 0;
  for (size_t index = 0; index < size_; index++) {
    if (counts_[index] == 0) continue;
    total_ += counts_[index];
    if (index != 0) min_ = std::min(min_, ValueOfIndex(index));
    max_ = HighestEquivalent(ValueOfIndex(index));
  }
}

void HdrHistogram::Reset() {
  std::fill(counts_.get(), counts_.get() + size_, 0);
  total_ = 0;
  min_ = std::numeric_limits<int64_t>::max();
  max_ = 0;
}

int64_t HdrHistogram::CountAt(int64_t value) const { return value < 0 ? 0 : CountOfIndex(IndexOf(value)); }

int64_t HdrHistogram::Min() const {
  if (counts_[0] > 0) return 0;
  if (min_ == std::numeric_limits<int64_t>::max()) return min_;
  return LowestEquivalent(min_);
}

double HdrHistogram::Mean() const {
  double sum = 0;
  int64_t seen = 0;
  for (size_t index = 0; seen < total_; index++) {
    if (counts_[index] == 0) continue;
    seen += counts_[index];
    sum += static_cast<double>(counts_[index]) * static_cast<double>(MedianEquivalent(ValueOfIndex(index)));
  }
  return sum / static_cast<double>(total_);
}

double HdrHistogram::CentralMoment(int power) const {
  const double mean = Mean();
  double sum = 0;
  int64_t seen = 0;
  for (size_t index = 0; seen < total_; index++) {
    if (counts_[index] == 0) continue;
    seen += counts_[index];
    const double deviation = static_cast<double>(MedianEquivalent(ValueOfIndex(index))) - mean;
    double product = static_cast<double>(counts_[index]);
    for (int i = 0; i < power; i++) product *= deviation;
    sum += product;
  }
  return sum;
}

double HdrHistogram::StdDev() const { return std::sqrt(CentralMoment(2) / static_cast<double>(total_)); }

double HdrHistogram::Cdf(int64_t value) const {
  if (total_ == 0) return 0;
  int64_t seen = 0;
  for (size_t index = 0; seen < total_; index++) {
    seen += counts_[index];
    if (HighestEquivalent(ValueOfIndex(index)) >= value) return static_cast<double>(seen) / static_cast<double>(total_);
  }
  return 1;
}

int64_t HdrHistogram::Percentile(double percentile) const {
  const double share = std::min(percentile, 100.0) / 100;
  const int64_t wanted = std::max(static_cast<int64_t>(share * static_cast<double>(total_) + 0.5), int64_t{1});
  int64_t seen = 0;
  int64_t value = 0;
  for (size_t index = 0; index < size_ && seen < total_; index++) {
    seen += counts_[index];
    if (seen < wanted) continue;
    value = ValueOfIndex(index);
    break;
  }
  return percentile == 0 ? LowestEquivalent(value) : HighestEquivalent(value);
}

HdrHistogram::Pairs HdrHistogram::Percentiles() const {
  Pairs pairs;
  double next = 0;
  int64_t seen = 0;
  int64_t value = 0;
  for (size_t index = 0; seen < total_; index++) {
    if (counts_[index] == 0) continue;
    seen += counts_[index];
    value = ValueOfIndex(index);
    const double reached = 100.0 * static_cast<double>(seen) / static_cast<double>(total_);
    while (next <= reached) {
      pairs.emplace_back(next, value);
      if (seen == total_) break;  // The last value: 100 follows.
      const int64_t halves = static_cast<int64_t>(std::log(100 / (100.0 - next)) / std::log(2)) + 1;
      next += 100.0 / std::pow(2, static_cast<double>(halves));
    }
  }
  pairs.emplace_back(100.0, value);
  return pairs;
}

template <typename Next>
HdrHistogram::Pairs HdrHistogram::Buckets(int64_t first, size_t limit, Next next) const {
  Pairs pairs;
  int64_t level = first;
  int64_t level_begin = LowestEquivalent(level);
  int64_t added = 0;
  int64_t seen = 0;
  size_t index = 0;  // Of the next counts: the last value seen is that before it.
  int64_t value = 0;
  const auto more_to_come = [&] { return seen < total_ || (index < size_ && ValueOfIndex(index) > level_begin); };
  while (more_to_come()) {
    if (pairs.size() >= limit) return {};
    added = 0;
    while (value < level_begin && index < size_) {
      value = ValueOfIndex(index);
      added += counts_[index];
      seen += counts_[index];
      index++;
    }
    pairs.emplace_back(static_cast<double>(value), added);
    if (value < level_begin) break;
    level = next(level);
    level_begin = LowestEquivalent(level);
  }
  return pairs;
}

HdrHistogram::Pairs HdrHistogram::LinearBuckets(int64_t step, size_t limit) const {
  return Buckets(step, limit, [step](int64_t level) {
    return level > std::numeric_limits<int64_t>::max() - step ? std::numeric_limits<int64_t>::max() : level + step;
  });
}

HdrHistogram::Pairs HdrHistogram::LogBuckets(int64_t first, double base, size_t limit) const {
  const auto factor = static_cast<int64_t>(std::min(base, 1e18));
  return Buckets(first, limit, [factor](int64_t level) {
    if (level > std::numeric_limits<int64_t>::max() / factor) return std::numeric_limits<int64_t>::max();
    return std::max(level + 1, level * factor);
  });
}

}  // namespace dv8::node
