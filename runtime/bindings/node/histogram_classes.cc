// The JavaScript classes of perf_hooks' histograms.
#include "runtime/bindings/node/histogram.h"

#include <uv.h>

namespace dv8::node {
namespace {

constexpr size_t kMostBuckets = size_t{1} << 24;  // What a Map holds.

// A clone shares the histogram, with whatever thread gets it.
class HistogramData final : public TransferData {
 public:
  explicit HistogramData(std::shared_ptr<Histogram> histogram) : histogram_(std::move(histogram)) {}
  v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context>) override;

 private:
  std::shared_ptr<Histogram> histogram_;
};

class RecordableHistogram final : public NativeObject, public Transferable {
 public:
  DV8_NATIVE_CLASS(RecordableHistogram, NativeObject)
  RecordableHistogram(Environment* env, v8::Local<v8::Object> object, std::shared_ptr<Histogram> histogram)
      : NativeObject(env, object), histogram_(std::move(histogram)) {}
  Histogram* histogram() const { return histogram_.get(); }
  void set_histogram(std::shared_ptr<Histogram> histogram) { histogram_ = std::move(histogram); }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return kCloneable; }
  std::unique_ptr<TransferData> CloneForMessaging() override { return std::make_unique<HistogramData>(histogram_); }

 private:
  std::shared_ptr<Histogram> histogram_;
};

v8::MaybeLocal<v8::Object> HistogramData::Deserialize(Environment* env, v8::Local<v8::Context>) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, 1), v8::Integer::New(isolate, 2), v8::Integer::New(isolate, 1)};
  v8::Local<v8::Object> object;
  if (!NewInstance(env, "performance", "Histogram", 3, argv).ToLocal(&object)) return {};
  NativeObject::Cast<RecordableHistogram>(object)->set_histogram(histogram_);
  return object;
}

// What watches the loop for a delay histogram: handles that outlive the JavaScript object until they are closed.
class LoopWatch {
 public:
  virtual ~LoopWatch() = default;
  virtual void Start() = 0;
  virtual void Stop() = 0;
  // Closes the handles, then deletes itself.
  void Close() {
    Stop();
    for (uv_handle_t* handle : handles_) {
      uv_close(handle, [](uv_handle_t* closed) {
        auto* self = static_cast<LoopWatch*>(closed->data);
        if (++self->closed_ == self->handles_.size()) delete self;
      });
    }
  }

 protected:
  explicit LoopWatch(std::shared_ptr<Histogram> histogram) : histogram_(std::move(histogram)) {}
  // `handle` is initialised. It keeps no program running.
  void Own(uv_handle_t* handle) {
    handle->data = this;
    uv_unref(handle);
    handles_.push_back(handle);
  }
  Histogram* histogram() const { return histogram_.get(); }

 private:
  std::shared_ptr<Histogram> histogram_;
  std::vector<uv_handle_t*> handles_;
  size_t closed_ = 0;
};

// Records the time between two expiries of a timer.
class IntervalWatch final : public LoopWatch {
 public:
  IntervalWatch(uv_loop_t* loop, std::shared_ptr<Histogram> histogram, int32_t interval)
      : LoopWatch(std::move(histogram)), interval_(static_cast<uint64_t>(interval)) {
    uv_timer_init(loop, &timer_);
    Own(reinterpret_cast<uv_handle_t*>(&timer_));
  }
  void Start() override {
    const auto tick = [](uv_timer_t* timer) {
      static_cast<IntervalWatch*>(static_cast<LoopWatch*>(timer->data))->histogram()->RecordDelta();
    };
    uv_timer_start(&timer_, tick, interval_, interval_);
  }
  void Stop() override { uv_timer_stop(&timer_); }

 private:
  uv_timer_t timer_;
  uint64_t interval_;
};

// Records in each turn of the loop what it spent on callbacks, and what it overslept.
class IterationWatch final : public LoopWatch {
 public:
  IterationWatch(uv_loop_t* loop, std::shared_ptr<Histogram> histogram) : LoopWatch(std::move(histogram)) {
    uv_prepare_init(loop, &prepare_);
    uv_check_init(loop, &check_);
    Own(reinterpret_cast<uv_handle_t*>(&prepare_));
    Own(reinterpret_cast<uv_handle_t*>(&check_));
  }
  void Start() override {
    polled_at_ = woken_at_ = uv_hrtime();
    timeout_ = 0;
    uv_check_start(&check_, [](uv_check_t* check) { Self(check->data)->AfterPoll(); });
    uv_prepare_start(&prepare_, [](uv_prepare_t* prepare) { Self(prepare->data)->BeforePoll(prepare->loop); });
  }
  void Stop() override {
    uv_check_stop(&check_);
    uv_prepare_stop(&prepare_);
  }

 private:
  static IterationWatch* Self(void* data) { return static_cast<IterationWatch*>(static_cast<LoopWatch*>(data)); }
  void BeforePoll(const uv_loop_t* loop) {
    polled_at_ = uv_hrtime();
    timeout_ = uv_backend_timeout(loop);
  }
  void AfterPoll() {
    constexpr uint64_t kNanosPerMilli = 1000000;
    const uint64_t now = uv_hrtime();
    uint64_t delay = polled_at_ - woken_at_;
    if (timeout_ >= 0) {
      const uint64_t allowed = static_cast<uint64_t>(timeout_) * kNanosPerMilli;
      if (now - polled_at_ > allowed) delay += now - polled_at_ - allowed;
    }
    histogram()->Record(std::max(static_cast<int64_t>(delay), int64_t{1}));
    woken_at_ = now;
  }

  uv_prepare_t prepare_;
  uv_check_t check_;
  uint64_t polled_at_ = 0;
  uint64_t woken_at_ = 0;
  int timeout_ = 0;  // Milliseconds that the poll may take; negative: as long as it likes.
};

class DelayHistogram final : public AsyncWrap, public Transferable {
 public:
  DV8_NATIVE_CLASS(DelayHistogram, AsyncWrap)
  DelayHistogram(Environment* env, v8::Local<v8::Object> object) : AsyncWrap(env, object, Provider::ELDHISTOGRAM) {}
  ~DelayHistogram() override { CloseNow(); }
  void Watch(std::shared_ptr<Histogram> histogram, LoopWatch* watch) {
    histogram_ = std::move(histogram);
    watch_ = watch;
  }
  Histogram* histogram() const { return histogram_.get(); }

  void Start(bool reset) {
    if (started_ || watch_ == nullptr) return;
    started_ = true;
    if (reset) histogram_->Reset();
    watch_->Start();
  }
  void Stop() {
    if (!started_ || watch_ == nullptr) return;
    started_ = false;
    watch_->Stop();
  }
  void CloseNow() override {
    if (LoopWatch* watch = std::exchange(watch_, nullptr)) watch->Close();
  }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return kCloneable; }
  std::unique_ptr<TransferData> CloneForMessaging() override { return std::make_unique<HistogramData>(histogram_); }

 private:
  std::shared_ptr<Histogram> histogram_;
  LoopWatch* watch_ = nullptr;
  bool started_ = false;
};

Histogram* HistogramOf(v8::Local<v8::Value> value) {
  if (auto* recordable = NativeObject::Cast<RecordableHistogram>(value)) return recordable->histogram();
  if (auto* delay = NativeObject::Cast<DelayHistogram>(value)) return delay->histogram();
  return nullptr;
}

Histogram* Receiver(const CallInfo& info) {
  Histogram* histogram = HistogramOf(info.This());
  if (histogram == nullptr) {
    ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_THIS", "Illegal invocation");
  }
  return histogram;
}

Histogram* OtherArgument(const CallInfo& info) {
  Histogram* histogram = HistogramOf(info[0]);
  if (histogram == nullptr) ThrowInvalidArgument(info.GetIsolate(), 0, "an instance of Histogram", info[0]);
  return histogram;
}

bool ReadNumber(const CallInfo& info, int index, double* number) {
  return ArgumentReader<double>::Read(info.GetIsolate(), info[index], index, number);
}

// As C++ converts, but defined for all numbers.
int64_t Saturated(double number) {
  if (!(number > -9.2e18)) return number != number ? 0 : INT64_MIN;
  return number < 9.2e18 ? static_cast<int64_t>(number) : INT64_MAX;
}

// A number or a BigInt of at least 1.
bool ReadPositive(const CallInfo& info, int index, const char* name, int64_t* value) {
  v8::Local<v8::Value> argument = info[index];
  bool lossless = true;
  if (argument->IsBigInt()) {
    *value = argument.As<v8::BigInt>()->Int64Value(&lossless);
  } else if (argument->IsNumber()) {
    *value = Saturated(argument.As<v8::Number>()->Value());
  } else {
    ThrowInvalidArgument(info.GetIsolate(), index, "of type number or bigint", argument);
    return false;
  }
  if (lossless && *value >= 1) return true;
  ThrowCoded(info.GetIsolate(), ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", std::string(name) + " is out of range");
  return false;
}

void ReturnNumbers(const CallInfo& info, const std::vector<double>& numbers) {
  std::vector<v8::Local<v8::Value>> values;
  for (const double number : numbers) values.push_back(v8::Number::New(info.GetIsolate(), number));
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), values.data(), values.size()));
}

// Sets the pairs in the Map that lib gives.
void FillMap(const CallInfo& info, v8::Local<v8::Value> argument, const HdrHistogram::Pairs& pairs, histogram::As as) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (!argument->IsMap()) return ThrowInvalidArgument(isolate, 0, "an instance of Map", argument);
  for (const auto& [key, value] : pairs) {
    v8::HandleScope scope(isolate);
    v8::Local<v8::Value> number = v8::Number::New(isolate, static_cast<double>(value));
    if (as == histogram::As::kBigInt) number = v8::BigInt::New(isolate, value);
    if (argument.As<v8::Map>()->Set(context, v8::Number::New(isolate, key), number).IsEmpty()) return;
  }
}

// Nothing came of values that there are: too many buckets.
bool CheckBuckets(const CallInfo& info, Histogram* histogram, const HdrHistogram::Pairs& pairs) {
  if (!pairs.empty() || histogram->Count() == 0) return true;
  ThrowRangeError(info.GetIsolate(), "Map maximum size exceeded");
  return false;
}

}  // namespace

void ConstructHistogram(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info.IsConstructCall()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED", "Cannot call constructor without `new`");
  }
  HistogramOptions options;
  if (!ReadPositive(info, 0, "options.lowest", &options.lowest) || !ReadPositive(info, 1, "options.highest", &options.highest) ||
      !ArgumentReader<int32_t>::Read(isolate, info[2], 2, &options.figures)) {
    return;
  }
  if (info[3]->IsNumber()) options.half_life = info[3].As<v8::Number>()->Value();
  if (info[4]->IsNumber()) options.threshold = Saturated(info[4].As<v8::Number>()->Value());
  if (!HdrHistogram::IsPossible(options.lowest, options.highest, options.figures)) {
    return ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", "options.lowest, highest and figures do not go together");
  }
  std::shared_ptr<Histogram> histogram = Histogram::Make(options);
  if (histogram == nullptr) {
    return ThrowCoded(isolate, ErrorKind::kError, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
  }
  new RecordableHistogram(Environment::From(info), info.This(), std::move(histogram));
}

void ConstructDelayHistogram(const CallInfo& info) {
  if (!info.IsConstructCall()) return RefuseConstruction(info);
  new DelayHistogram(Environment::From(info), info.This());
}

v8::MaybeLocal<v8::Object> CreateEldHistogram(Environment* env, InRange<int32_t, 1, 2147483647> interval, bool per_iteration) {
  constexpr int64_t kLowestDelay = 1000;  // Nanoseconds.
  v8::Local<v8::Object> object;
  if (!NewInstance(env, "performance", "DelayHistogram").ToLocal(&object)) return {};
  std::shared_ptr<Histogram> histogram = Histogram::Make({.lowest = per_iteration ? 1 : kLowestDelay});
  if (histogram == nullptr) {
    ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    return {};
  }
  LoopWatch* watch;
  if (per_iteration) {
    watch = new IterationWatch(env->loop(), histogram);
  } else {
    watch = new IntervalWatch(env->loop(), histogram, interval);
  }
  NativeObject::Cast<DelayHistogram>(object)->Watch(std::move(histogram), watch);
  return object;
}

namespace histogram {

void Reset(const CallInfo& info) {
  if (Histogram* self = Receiver(info)) self->Reset();
}

void Record(const CallInfo& info) {
  int64_t value;
  Histogram* self = Receiver(info);
  if (self != nullptr && ReadPositive(info, 0, "value", &value)) self->Record(value);
}

void RecordDelta(const CallInfo& info) {
  if (Histogram* self = Receiver(info)) self->RecordDelta();
}

void RecordCorrected(const CallInfo& info) {
  int64_t value, interval;
  Histogram* self = Receiver(info);
  if (self != nullptr && ReadPositive(info, 0, "value", &value) && ReadPositive(info, 1, "expected_interval", &interval)) {
    self->RecordCorrected(value, interval);
  }
}

void Add(const CallInfo& info) {
  Histogram* self = Receiver(info);
  Histogram* other = self == nullptr ? nullptr : OtherArgument(info);
  if (other != nullptr) info.GetReturnValue().Set(self->Add(other));
}

void Subtract(const CallInfo& info) {
  Histogram* self = Receiver(info);
  Histogram* other = self == nullptr ? nullptr : OtherArgument(info);
  if (other != nullptr) info.GetReturnValue().Set(self->Subtract(other));
}

void Start(const CallInfo& info) {
  if (auto* self = NativeObject::Cast<DelayHistogram>(info.This())) self->Start(info[0]->IsTrue());
}

void Stop(const CallInfo& info) {
  if (auto* self = NativeObject::Cast<DelayHistogram>(info.This())) self->Stop();
}

template <auto kGet, As kAs>
void Get(const CallInfo& info) {
  Histogram* self = Receiver(info);
  if (self == nullptr) return;
  const auto value = (self->*kGet)();
  if constexpr (kAs == As::kBigInt) {
    info.GetReturnValue().Set(v8::BigInt::New(info.GetIsolate(), value));
  } else {
    info.GetReturnValue().Set(static_cast<double>(value));
  }
}

template <As kAs>
void Percentile(const CallInfo& info) {
  double percentile;
  Histogram* self = Receiver(info);
  if (self == nullptr || !ReadNumber(info, 0, &percentile)) return;
  if (!(percentile > 0 && percentile <= 100)) return ThrowOutOfRange(info.GetIsolate(), 0, "> 0 && <= 100", info[0]);
  const int64_t value = self->Percentile(percentile);
  if constexpr (kAs == As::kBigInt) {
    info.GetReturnValue().Set(v8::BigInt::New(info.GetIsolate(), value));
  } else {
    info.GetReturnValue().Set(static_cast<double>(value));
  }
}

template <As kAs>
void Percentiles(const CallInfo& info) {
  if (Histogram* self = Receiver(info)) FillMap(info, info[0], self->Percentiles(), kAs);
}

// percentilesAt(map, Float64Array)
void PercentilesAt(const CallInfo& info) {
  Histogram* self = Receiver(info);
  if (self == nullptr) return;
  if (!info[1]->IsFloat64Array()) return ThrowInvalidArgument(info.GetIsolate(), 1, "an instance of Float64Array", info[1]);
  std::vector<double> percentiles(info[1].As<v8::Float64Array>()->Length());
  info[1].As<v8::Float64Array>()->CopyContents(percentiles.data(), percentiles.size() * sizeof(double));
  FillMap(info, info[0], self->PercentilesAt(std::move(percentiles)), As::kNumber);
}

void Cdf(const CallInfo& info) {
  double value;
  Histogram* self = Receiver(info);
  if (self != nullptr && ReadNumber(info, 0, &value)) info.GetReturnValue().Set(self->Cdf(Saturated(value)));
}

void CountAt(const CallInfo& info) {
  double value;
  Histogram* self = Receiver(info);
  if (self != nullptr && ReadNumber(info, 0, &value)) {
    info.GetReturnValue().Set(static_cast<double>(self->CountAt(Saturated(value))));
  }
}

// linearBuckets(step, map)
void LinearBuckets(const CallInfo& info) {
  int64_t step;
  Histogram* self = Receiver(info);
  if (self == nullptr || !ReadPositive(info, 0, "stepSize", &step)) return;
  const HdrHistogram::Pairs pairs = self->LinearBuckets(step, kMostBuckets);
  if (CheckBuckets(info, self, pairs)) FillMap(info, info[1], pairs, As::kNumber);
}

// logBuckets(first, base, map)
void LogBuckets(const CallInfo& info) {
  int64_t first;
  double base;
  Histogram* self = Receiver(info);
  if (self == nullptr || !ReadPositive(info, 0, "firstBucket", &first) || !ReadNumber(info, 1, &base)) return;
  if (!(base > 1)) return ThrowOutOfRange(info.GetIsolate(), 1, "> 1", info[1]);
  const HdrHistogram::Pairs pairs = self->LogBuckets(first, base, kMostBuckets);
  if (CheckBuckets(info, self, pairs)) FillMap(info, info[2], pairs, As::kNumber);
}

template <auto kCompare>
void Compare(const CallInfo& info) {
  Histogram* self = Receiver(info);
  Histogram* other = self == nullptr ? nullptr : OtherArgument(info);
  if (other != nullptr) info.GetReturnValue().Set((self->*kCompare)(other));
}

void Welch(const CallInfo& info) {
  double confidence;
  Histogram* self = Receiver(info);
  Histogram* other = self == nullptr ? nullptr : OtherArgument(info);
  if (other != nullptr && ReadNumber(info, 1, &confidence)) ReturnNumbers(info, self->Welch(other, confidence));
}

void MannWhitney(const CallInfo& info) {
  Histogram* self = Receiver(info);
  Histogram* other = self == nullptr ? nullptr : OtherArgument(info);
  if (other != nullptr) ReturnNumbers(info, self->MannWhitney(other));
}

void PercentileInterval(const CallInfo& info) {
  double percentile, confidence;
  Histogram* self = Receiver(info);
  if (self == nullptr || !ReadNumber(info, 0, &percentile) || !ReadNumber(info, 1, &confidence)) return;
  if (!(percentile > 0 && percentile <= 100)) return ThrowOutOfRange(info.GetIsolate(), 0, "> 0 && <= 100", info[0]);
  ReturnNumbers(info, self->PercentileInterval(percentile, confidence));
}

#define DV8_INSTANCES(kAs)                        \
  template void Percentile<kAs>(const CallInfo&); \
  template void Percentiles<kAs>(const CallInfo&);
DV8_INSTANCES(As::kNumber)
DV8_INSTANCES(As::kBigInt)
#undef DV8_INSTANCES
template void Get<&Histogram::Count, As::kNumber>(const CallInfo&);
template void Get<&Histogram::Count, As::kBigInt>(const CallInfo&);
template void Get<&Histogram::Exceeds, As::kNumber>(const CallInfo&);
template void Get<&Histogram::Exceeds, As::kBigInt>(const CallInfo&);
template void Get<&Histogram::Min, As::kNumber>(const CallInfo&);
template void Get<&Histogram::Min, As::kBigInt>(const CallInfo&);
template void Get<&Histogram::Max, As::kNumber>(const CallInfo&);
template void Get<&Histogram::Max, As::kBigInt>(const CallInfo&);
template void Get<&Histogram::Mean, As::kNumber>(const CallInfo&);
template void Get<&Histogram::StdDev, As::kNumber>(const CallInfo&);
template void Get<&Histogram::Skewness, As::kNumber>(const CallInfo&);
template void Get<&Histogram::Kurtosis, As::kNumber>(const CallInfo&);
template void Get<&Histogram::EwmaMean, As::kNumber>(const CallInfo&);
template void Get<&Histogram::EwmaStdDev, As::kNumber>(const CallInfo&);
template void Get<&Histogram::EwmaErrorRate, As::kNumber>(const CallInfo&);
template void Compare<&Histogram::KolmogorovSmirnov>(const CallInfo&);
template void Compare<&Histogram::CohensD>(const CallInfo&);
template void Compare<&Histogram::CliffsDelta>(const CallInfo&);

}  // namespace histogram

}  // namespace dv8::node
