#include "runtime/bindings/node/histogram.h"

#include <uv.h>

#include <algorithm>
#include <cmath>

#include "runtime/bindings/node/distributions.h"

namespace dv8::node {
namespace {

constexpr std::vector<double> kNoDifference() { return {0, 0, 1, 0, 0}; }

double Square(double x) { return x * x; }

// The variance of a sample, of which the histogram gives that of a population.
double SampleVariance(const HdrHistogram& counts) { return counts.CentralMoment(2) / static_cast<double>(counts.total() - 1); }

// Pairs of values, one of each histogram, by which is greater.
struct Pairing {
  double greater = 0;
  double equal = 0;
};
Pairing PairUp(const HdrHistogram& a, const HdrHistogram& b) {
  Pairing pairing;
  double below = 0;  // Of b.
  for (size_t i = 0; i < std::max(a.size(), b.size()); i++) {
    const auto of_a = static_cast<double>(a.CountOfIndex(i));
    const auto of_b = static_cast<double>(b.CountOfIndex(i));
    pairing.greater += of_a * below;
    pairing.equal += of_a * of_b;
    below += of_b;
  }
  return pairing;
}

}  // namespace

std::shared_ptr<Histogram> Histogram::Make(const HistogramOptions& options) {
  auto histogram = std::make_shared<Histogram>();
  if (!histogram->counts_.Init(options.lowest, options.highest, options.figures)) return nullptr;
  // A value's weight halves with each `half_life` values that follow.
  if (options.half_life > 0) histogram->alpha_ = 1 - std::exp2(-1 / options.half_life);
  histogram->threshold_ = options.threshold;
  return histogram;
}

// Locks both, of which neither can be locked first: two threads may compare crosswise.
template <typename Function>
auto Histogram::WithBoth(Histogram* other, Function function) {
  if (other == this) {
    std::lock_guard lock(mutex_);
    return function();
  }
  std::scoped_lock lock(mutex_, other->mutex_);
  return function();
}

void Histogram::Reset() {
  std::lock_guard lock(mutex_);
  counts_.Reset();
  exceeds_ = 0;
  last_delta_at_ = 0;
  has_ewma_ = false;
  ewma_mean_ = ewma_variance_ = ewma_error_rate_ = 0;
}

// The moving averages of a value that was recorded, or one more that was out of range.
void Histogram::Note(bool recorded, int64_t value) {
  if (!recorded) {
    exceeds_++;
    return;
  }
  if (alpha_ <= 0) return;
  const auto number = static_cast<double>(value);
  const double is_error = threshold_ > 0 && value > threshold_ ? 1 : 0;
  if (!has_ewma_) {
    has_ewma_ = true;
    ewma_mean_ = number;
    ewma_error_rate_ = is_error;
    return;
  }
  const double difference = number - ewma_mean_;
  ewma_mean_ += alpha_ * difference;
  ewma_variance_ = (1 - alpha_) * (ewma_variance_ + alpha_ * difference * difference);
  ewma_error_rate_ += alpha_ * (is_error - ewma_error_rate_);
}

void Histogram::Record(int64_t value) {
  std::lock_guard lock(mutex_);
  Note(counts_.Record(value), value);
}

void Histogram::RecordCorrected(int64_t value, int64_t interval) {
  std::lock_guard lock(mutex_);
  Note(counts_.RecordCorrected(value, interval), value);
}

void Histogram::RecordDelta() {
  std::lock_guard lock(mutex_);
  const uint64_t now = uv_hrtime();
  if (last_delta_at_ != 0) {
    const auto delta = static_cast<int64_t>(now - last_delta_at_);
    Note(counts_.Record(delta), delta);
  }
  last_delta_at_ = now;
}

double Histogram::Add(Histogram* other) {
  return WithBoth(other, [&] {
    exceeds_ += other->exceeds_;
    last_delta_at_ = std::max(last_delta_at_, other->last_delta_at_);
    return static_cast<double>(counts_.Add(other->counts_));
  });
}

double Histogram::Subtract(Histogram* other) {
  return WithBoth(other, [&] {
    exceeds_ = std::max(exceeds_ - other->exceeds_, int64_t{0});
    return static_cast<double>(counts_.Subtract(other->counts_));
  });
}

#define DV8_LOCKED(type, name, expression) \
  type Histogram::name {                   \
    std::lock_guard lock(mutex_);          \
    return expression;                     \
  }
DV8_LOCKED(int64_t, Count(), counts_.total())
DV8_LOCKED(int64_t, Exceeds(), exceeds_)
DV8_LOCKED(int64_t, Min(), counts_.Min())
DV8_LOCKED(int64_t, Max(), counts_.Max())
DV8_LOCKED(double, Mean(), counts_.Mean())
DV8_LOCKED(double, StdDev(), counts_.StdDev())
DV8_LOCKED(double, EwmaMean(), ewma_mean_)
DV8_LOCKED(double, EwmaStdDev(), std::sqrt(ewma_variance_))
DV8_LOCKED(double, EwmaErrorRate(), ewma_error_rate_)
DV8_LOCKED(int64_t, Percentile(double percentile), counts_.Percentile(percentile))
DV8_LOCKED(double, Cdf(int64_t value), counts_.Cdf(value))
DV8_LOCKED(int64_t, CountAt(int64_t value), counts_.CountAt(value))
DV8_LOCKED(HdrHistogram::Pairs, Percentiles(), counts_.Percentiles())
DV8_LOCKED(HdrHistogram::Pairs, LinearBuckets(int64_t step, size_t limit), counts_.LinearBuckets(step, limit))
DV8_LOCKED(HdrHistogram::Pairs, LogBuckets(int64_t first, double base, size_t limit), counts_.LogBuckets(first, base, limit))
#undef DV8_LOCKED

double Histogram::Skewness() {
  std::lock_guard lock(mutex_);
  const auto n = static_cast<double>(counts_.total());
  const double variance = n < 3 ? 0 : counts_.CentralMoment(2) / n;
  return variance == 0 ? 0 : counts_.CentralMoment(3) / n / (variance * std::sqrt(variance));
}

double Histogram::Kurtosis() {
  std::lock_guard lock(mutex_);
  constexpr double kOfNormal = 3;
  const auto n = static_cast<double>(counts_.total());
  const double variance = n < 4 ? 0 : counts_.CentralMoment(2) / n;
  return variance == 0 ? 0 : counts_.CentralMoment(4) / n / (variance * variance) - kOfNormal;
}

HdrHistogram::Pairs Histogram::PercentilesAt(std::vector<double> percentiles) {
  std::lock_guard lock(mutex_);
  HdrHistogram::Pairs pairs;
  for (const double percentile : percentiles) pairs.emplace_back(percentile, counts_.Percentile(percentile));
  return pairs;
}

// The greatest distance of the two cumulative distributions.
double Histogram::KolmogorovSmirnov(Histogram* other) {
  return WithBoth(other, [&]() -> double {
    const HdrHistogram& a = counts_;
    const HdrHistogram& b = other->counts_;
    if (this == other || a.total() == 0 || b.total() == 0) return 0;
    double distance = 0;
    int64_t seen_a = 0;
    int64_t seen_b = 0;
    for (size_t i = 0; i < std::max(a.size(), b.size()); i++) {
      seen_a += a.CountOfIndex(i);
      seen_b += b.CountOfIndex(i);
      const double share_a = static_cast<double>(seen_a) / static_cast<double>(a.total());
      const double share_b = static_cast<double>(seen_b) / static_cast<double>(b.total());
      distance = std::max(distance, std::fabs(share_a - share_b));
    }
    return distance;
  });
}

// Welch's t-test: {t, degrees of freedom, p, lower, upper bound of the difference of the means}.
std::vector<double> Histogram::Welch(Histogram* other, double confidence) {
  return WithBoth(other, [&]() -> std::vector<double> {
    const HdrHistogram& a = counts_;
    const HdrHistogram& b = other->counts_;
    if (this == other || a.total() < 2 || b.total() < 2) return kNoDifference();
    const auto n_a = static_cast<double>(a.total());
    const auto n_b = static_cast<double>(b.total());
    const double error_a = SampleVariance(a) / n_a;
    const double error_b = SampleVariance(b) / n_b;
    const double error = error_a + error_b;
    if (error == 0) return kNoDifference();
    const double difference = a.Mean() - b.Mean();
    const double t = difference / std::sqrt(error);
    const double degrees = Square(error) / (Square(error_a) / (n_a - 1) + Square(error_b) / (n_b - 1));
    const double margin = StudentQuantile(1 - (1 - confidence) / 2, degrees) * std::sqrt(error);
    return {t, degrees, 2 * StudentCdf(-std::fabs(t), degrees), difference - margin, difference + margin};
  });
}

// Mann and Whitney's test, by the normal approximation with a correction for ties: {U, z, p}.
std::vector<double> Histogram::MannWhitney(Histogram* other) {
  return WithBoth(other, [&]() -> std::vector<double> {
    const HdrHistogram& a = counts_;
    const HdrHistogram& b = other->counts_;
    if (this == other || a.total() == 0 || b.total() == 0) return {0, 0, 1};
    const auto n_a = static_cast<double>(a.total());
    const auto n_b = static_cast<double>(b.total());
    const double n = n_a + n_b;
    const Pairing pairing = PairUp(a, b);
    const double u = pairing.greater + pairing.equal / 2;
    double ties = 0;
    for (size_t i = 0; i < std::max(a.size(), b.size()); i++) {
      const auto tied = static_cast<double>(a.CountOfIndex(i) + b.CountOfIndex(i));
      if (tied > 1) ties += tied * tied * tied - tied;
    }
    const double variance = n_a * n_b / 12 * (n + 1 - ties / (n * (n - 1)));
    if (!(variance > 0)) return {u, 0, 1};
    const double z = (u - n_a * n_b / 2) / std::sqrt(variance);
    return {u, z, 2 * NormalCdf(-std::fabs(z))};
  });
}

// The difference of the means in units of the pooled standard deviation.
double Histogram::CohensD(Histogram* other) {
  return WithBoth(other, [&]() -> double {
    const HdrHistogram& a = counts_;
    const HdrHistogram& b = other->counts_;
    if (this == other || a.total() < 2 || b.total() < 2) return 0;
    const double squares = a.CentralMoment(2) + b.CentralMoment(2);
    const double pooled = std::sqrt(squares / static_cast<double>(a.total() + b.total() - 2));
    return pooled == 0 ? 0 : (a.Mean() - b.Mean()) / pooled;
  });
}

double Histogram::CliffsDelta(Histogram* other) {
  return WithBoth(other, [&]() -> double {
    const double pairs = static_cast<double>(counts_.total()) * static_cast<double>(other->counts_.total());
    if (this == other || pairs == 0) return 0;
    const Pairing pairing = PairUp(counts_, other->counts_);
    const double less = pairs - pairing.greater - pairing.equal;
    return (pairing.greater - less) / pairs;
  });
}

// Ranks between which the percentile lies, by the binomial distribution.
std::vector<double> Histogram::PercentileInterval(double percentile, double confidence) {
  std::lock_guard lock(mutex_);
  const int64_t n = counts_.total();
  const auto value = static_cast<double>(counts_.Percentile(percentile));
  if (n < 2) return {value, value, value};
  const double share = percentile / 100;
  const double tail = (1 - confidence) / 2;
  // The first rank from 0 to n + 1 at which the distribution is above (or at) `level`.
  const auto rank = [&](double level, bool or_at) {
    int64_t low = 0;
    int64_t high = n + 1;
    while (low < high) {
      const int64_t middle = low + (high - low) / 2;
      const double below = BinomialCdf(middle - 1, n, share);
      if (below > level || (or_at && below == level)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  };
  const auto value_at = [&](int64_t place) {
    return static_cast<double>(counts_.Percentile(static_cast<double>(place) / static_cast<double>(n) * 100));
  };
  return {value, value_at(std::max(rank(tail, false) - 1, int64_t{0})), value_at(std::min(rank(1 - tail, true), n))};
}

}  // namespace dv8::node
