// dv8:primes counts primes on libuv's thread pool, so that JavaScript goes on meanwhile.
#include <dv8/module.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace {

uint32_t CountPrimes(uint32_t limit) {
  std::vector<bool> composite(static_cast<size_t>(limit) + 1);
  uint32_t count = 0;
  for (uint64_t n = 2; n <= limit; n++) {
    if (composite[n]) continue;
    count++;
    for (uint64_t multiple = n * n; multiple <= limit; multiple += n) composite[multiple] = true;
  }
  return count;
}

// new PrimeCounter(): counts once at a time.
class PrimeCounter final : public dv8::NativeObject {
 public:
  static void New(const dv8::CallInfo& info) {
    if (!info.IsConstructCall()) {
      dv8::ThrowTypeError(info.GetIsolate(), "PrimeCounter needs new");
      return;
    }
    new PrimeCounter(dv8::Environment::From(info), info.This());  // The collector deletes it.
  }

  // count(limit: number, callback: (count) => void): the primes up to limit, at most 10^8.
  static void Count(const dv8::CallInfo& info) {
    v8::Isolate* isolate = info.GetIsolate();
    auto* self = Unwrap<PrimeCounter>(info);
    if (!info[0]->IsUint32() || info[0].As<v8::Uint32>()->Value() > kMost) {
      return dv8::ThrowRangeError(isolate, "count(limit, callback): limit must be 0 to 100000000");
    }
    if (!info[1]->IsFunction()) {
      return dv8::ThrowTypeError(isolate, "count(limit, callback): callback must be a function");
    }
    if (self->busy_) return dv8::ThrowTypeError(isolate, "count(): the counter is counting");
    self->busy_ = true;
    self->limit_ = info[0].As<v8::Uint32>()->Value();
    self->callback_.Reset(isolate, info[1].As<v8::Function>());
    self->MakeStrong();
    uv_queue_work(self->env()->loop(), &self->request_, Work, Done);
  }

  // shutdown(): what has not begun does not begin; what has ends without a word.
  void CloseNow() override {
    if (busy_) uv_cancel(reinterpret_cast<uv_req_t*>(&request_));
    callback_.Reset();
  }

 private:
  static constexpr uint32_t kMost = 100'000'000;

  PrimeCounter(dv8::Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) { request_.data = this; }

  static void Work(uv_work_t* request) {
    auto* self = static_cast<PrimeCounter*>(request->data);
    self->count_ = CountPrimes(self->limit_);
  }

  static void Done(uv_work_t* request, int) {
    auto* self = static_cast<PrimeCounter*>(request->data);
    v8::Isolate* isolate = self->env()->isolate();
    v8::HandleScope scope(isolate);
    self->busy_ = false;
    self->MakeWeak();
    if (self->callback_.IsEmpty()) return;
    v8::Local<v8::Function> callback = self->callback_.Get(isolate);
    self->callback_.Reset();
    v8::Local<v8::Value> count = v8::Number::New(isolate, self->count_);
    (void)self->env()->Callback(callback, self->object(), 1, &count);
  }

  uv_work_t request_;
  v8::Global<v8::Function> callback_;
  uint32_t limit_ = 0;
  uint32_t count_ = 0;
  bool busy_ = false;
};

constexpr dv8::FunctionSpec kMethods[] = {{"count", PrimeCounter::Count}};
constexpr dv8::ClassSpec kClasses[] = {{"PrimeCounter", PrimeCounter::New, kMethods}};
constexpr dv8::BindingSpec kModule = {.name = "primes", .functions = {}, .classes = kClasses};
DV8_MODULE(kModule);

}  // namespace
