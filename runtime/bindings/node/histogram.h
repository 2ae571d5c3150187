// perf_hooks' histograms: the JavaScript classes of internalBinding('performance') over HdrHistogram.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/hdr_histogram.h"
#include "runtime/bindings/node/transferable.h"

namespace dv8::node {

struct HistogramOptions {
  int64_t lowest = 1;
  int64_t highest = INT64_MAX;
  int figures = 3;
  double half_life = 0;   // Of the moving averages, in values; 0: none.
  int64_t threshold = 0;  // Above it a value counts as an error; 0: none.
};

// A histogram that several threads may share: a clone of one is the same one. Each call locks.
class Histogram {
 public:
  // Null when the options do not go together, or memory lacks.
  static std::shared_ptr<Histogram> Make(const HistogramOptions& options);

  void Reset();
  void Record(int64_t value);
  void RecordCorrected(int64_t value, int64_t interval);
  // Records the nanoseconds since the call before.
  void RecordDelta();
  double Add(Histogram* other);
  double Subtract(Histogram* other);

  int64_t Count();
  int64_t Exceeds();
  int64_t Min();
  int64_t Max();
  double Mean();
  double StdDev();
  double Skewness();
  double Kurtosis();
  double EwmaMean();
  double EwmaStdDev();
  double EwmaErrorRate();
  int64_t Percentile(double percentile);
  double Cdf(int64_t value);
  int64_t CountAt(int64_t value);
  HdrHistogram::Pairs Percentiles();
  HdrHistogram::Pairs PercentilesAt(std::vector<double> percentiles);
  // Empty, too, when there would be more than `limit`.
  HdrHistogram::Pairs LinearBuckets(int64_t step, size_t limit);
  HdrHistogram::Pairs LogBuckets(int64_t first, double base, size_t limit);

  // Comparisons with another histogram; results in the order that lib takes.
  double KolmogorovSmirnov(Histogram* other);
  std::vector<double> Welch(Histogram* other, double confidence);
  std::vector<double> MannWhitney(Histogram* other);
  double CohensD(Histogram* other);
  double CliffsDelta(Histogram* other);
  // {value, lower, upper}
  std::vector<double> PercentileInterval(double percentile, double confidence);

 private:
  void Note(bool recorded, int64_t value);
  template <typename Function>
  auto WithBoth(Histogram* other, Function function);

  std::mutex mutex_;
  HdrHistogram counts_;
  uint64_t last_delta_at_ = 0;
  int64_t exceeds_ = 0;
  double alpha_ = 0;  // Weight of a new value in the moving averages.
  bool has_ewma_ = false;
  double ewma_mean_ = 0;
  double ewma_variance_ = 0;
  double ewma_error_rate_ = 0;
  int64_t threshold_ = 0;
};

// `new Histogram(lowest, highest, figures, halfLife, threshold)`: createHistogram()'s.
void ConstructHistogram(const CallInfo& info);
// monitorEventLoopDelay()'s: C++ makes them. createELDHistogram(interval, samplePerIteration)
void ConstructDelayHistogram(const CallInfo& info);
v8::MaybeLocal<v8::Object> CreateEldHistogram(Environment* env, InRange<int32_t, 1, 2147483647> interval, bool per_iteration);

// The methods. A receiver of another class does not get here: V8 compares signatures.
namespace histogram {
void Reset(const CallInfo& info);
void Record(const CallInfo& info);
void RecordDelta(const CallInfo& info);
void RecordCorrected(const CallInfo& info);
void Add(const CallInfo& info);
void Subtract(const CallInfo& info);
void Start(const CallInfo& info);
void Stop(const CallInfo& info);
enum class As { kNumber, kBigInt };
template <auto kGet, As kAs = As::kNumber>
void Get(const CallInfo& info);
template <As kAs>
void Percentile(const CallInfo& info);
template <As kAs>
void Percentiles(const CallInfo& info);
void PercentilesAt(const CallInfo& info);
void Cdf(const CallInfo& info);
void CountAt(const CallInfo& info);
void LinearBuckets(const CallInfo& info);
void LogBuckets(const CallInfo& info);
template <auto kCompare>
void Compare(const CallInfo& info);
void Welch(const CallInfo& info);
void MannWhitney(const CallInfo& info);
void PercentileInterval(const CallInfo& info);

#define DV8_HISTOGRAM_READERS                                                                                                            \
  {"count", Get<&Histogram::Count>}, {"countBigInt", Get<&Histogram::Count, As::kBigInt>}, {"exceeds", Get<&Histogram::Exceeds>},        \
      {"exceedsBigInt", Get<&Histogram::Exceeds, As::kBigInt>}, {"min", Get<&Histogram::Min>},                                           \
      {"minBigInt", Get<&Histogram::Min, As::kBigInt>}, {"max", Get<&Histogram::Max>}, {"maxBigInt", Get<&Histogram::Max, As::kBigInt>}, \
      {"mean", Get<&Histogram::Mean>}, {"stddev", Get<&Histogram::StdDev>}, {"skewness", Get<&Histogram::Skewness>},                     \
      {"kurtosis", Get<&Histogram::Kurtosis>}, {"ewmaMean", Get<&Histogram::EwmaMean>}, {"ewmaStddev", Get<&Histogram::EwmaStdDev>},     \
      {"ewmaErrorRate", Get<&Histogram::EwmaErrorRate>}, {"percentile", Percentile<As::kNumber>},                                        \
      {"percentileBigInt", Percentile<As::kBigInt>}, {"percentiles", Percentiles<As::kNumber>},                                          \
      {"percentilesBigInt", Percentiles<As::kBigInt>}, {"percentilesAt", PercentilesAt}, {"cdf", Cdf}, {"countAt", CountAt},             \
      {"linearBuckets", LinearBuckets}, {"logBuckets", LogBuckets}, {"ksTest", Compare<&Histogram::KolmogorovSmirnov>},                  \
      {"cohensD", Compare<&Histogram::CohensD>}, {"cliffsD", Compare<&Histogram::CliffsDelta>}, {"welchTest", Welch},                    \
      {"mannWhitneyTest", MannWhitney}, {"percentileCI", PercentileInterval}, {                                                          \
    "reset", Reset                                                                                                                       \
  }

inline constexpr FunctionSpec kMethods[] = {
    DV8_HISTOGRAM_READERS, {"record", Record},     {"recordDelta", RecordDelta}, {"recordCorrected", RecordCorrected},
    {"add", Add},          {"subtract", Subtract},
};
inline constexpr FunctionSpec kDelayMethods[] = {DV8_HISTOGRAM_READERS, {"start", Start}, {"stop", Stop}};
#undef DV8_HISTOGRAM_READERS
}  // namespace histogram

}  // namespace dv8::node
