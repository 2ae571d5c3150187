// internalBinding('performance'): clocks, milestones and metrics of the loop.
#include "runtime/bindings/node/performance.h"

#include <algorithm>

#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/fast_functions.h"
#include "runtime/bindings/node/histogram.h"
#include "runtime/core/start_times.h"

namespace dv8::node {
namespace {

constexpr double kNanosPerMilli = 1e6;
constexpr const char* kEntryTypes[] = {"gc", "http", "http2", "net", "dns", "quic"};
constexpr char kObserversCallback[] = "performance.observersCallback";

bool IsRunning(Environment* env) { return env->mode() == Environment::Mode::kRun; }

// Microseconds of the wall clock at the process's start. Read once, for all threads: the clock may be set.
double TimeOriginTimestamp() {
  static const double timestamp = [] {
    uv_timeval64_t now;
    uv_gettimeofday(&now);
    const double since = static_cast<double>(uv_hrtime() - ProcessStart()) / 1e3;
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_usec) - since;
  }();
  return timestamp;
}

struct Milestones {
  explicit Milestones(Environment*) {}
  uint64_t bootstrap_complete = 0;
  uint64_t loop_start = 0;  // Of a thread.
};

uint64_t StartOf(Environment* env, Milestone milestone) {
  switch (milestone) {
    case Milestone::kTimeOrigin: return PhaseStart(Phase::kProcess);
    case Milestone::kNodeStart: return PhaseStart(Phase::kMain);
    case Milestone::kV8Start: return PhaseStart(Phase::kEngine);
    case Milestone::kEnvironment: return PhaseStart(Phase::kEnvironment);
    case Milestone::kLoopStart: return env->is_thread() ? env->State<Milestones>().loop_start : PhaseStart(Phase::kLoop);
    case Milestone::kLoopExit: return PhaseStart(Phase::kLoopEnd);
    default: return env->State<Milestones>().bootstrap_complete;
  }
}

// -1 while it has not come.
double MilestoneAt(Environment* env, Milestone milestone) {
  if (!IsRunning(env)) return -1;
  if (milestone == Milestone::kTimeOriginTimestamp) return TimeOriginTimestamp();
  const uint64_t start = StartOf(env, milestone);
  return start == 0 ? -1 : static_cast<double>(start);
}

template <Milestone kMilestone>
double ReadMilestone(Environment* env) {
  return MilestoneAt(env, kMilestone);
}

// Milliseconds since the process began.
double Now(Environment* env) {
  if (!IsRunning(env)) return 0;
  return static_cast<double>(uv_hrtime() - ProcessStart()) / kNanosPerMilli;
}

double FastNow(v8::Local<v8::Value>, v8::FastApiCallbackOptions& options) { return Now(Environment::From(options.isolate)); }

constexpr FastFunction kFastFunctions[] = {{"now", Typed<Now>("").callback, Fast<FastNow>}};

void MarkBootstrapComplete(Environment* env) {
  if (IsRunning(env)) env->State<Milestones>().bootstrap_complete = uv_hrtime();
}

void SetupObservers(Environment* env, v8::Local<v8::Function> callback) { env->Keep(kObserversCallback, callback); }

SharedUint32 ObserverCounts(Environment* env) { return SharedUint32(env, "performance.observerCounts", std::size(kEntryTypes)); }

void Notify(Environment* env, std::string type, v8::Local<v8::Value> entry) {
  const auto found = std::find(std::begin(kEntryTypes), std::end(kEntryTypes), type);
  if (found == std::end(kEntryTypes) || ObserverCounts(env)[static_cast<size_t>(found - kEntryTypes)] == 0) return;
  v8::Local<v8::Value> callback = env->Kept(kObserversCallback);
  if (!callback->IsFunction()) return;
  (void)callback.As<v8::Function>()->Call(env->context(), v8::Undefined(env->isolate()), 1, &entry);
}

// Milliseconds that the loop has waited for events.
double LoopIdleTime(Environment* env) {
  if (!env->has_loop()) return 0;
  return static_cast<double>(uv_metrics_idle_time(env->loop())) / kNanosPerMilli;
}

// [loop count, events, events that waited]
v8::Local<v8::Value> UvMetricsInfo(Environment* env) {
  uv_metrics_t metrics{};
  if (env->has_loop()) uv_metrics_info(env->loop(), &metrics);
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> values[] = {v8::Number::New(isolate, static_cast<double>(metrics.loop_count)),
                                   v8::Number::New(isolate, static_cast<double>(metrics.events)),
                                   v8::Number::New(isolate, static_cast<double>(metrics.events_waiting))};
  return v8::Array::New(isolate, values, std::size(values));
}

void TellNow(Environment* env, EntryType type, const char* name, uint64_t start, uint64_t end, v8::Local<v8::Object> details) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Value> callback = env->Kept(kObserversCallback);
  if (!callback->IsFunction()) return;
  v8::Local<v8::Value> argv[] = {Internalized(isolate, name), Internalized(isolate, kEntryTypes[static_cast<size_t>(type)]),
                                 v8::Number::New(isolate, static_cast<double>(start - ProcessStart()) / kNanosPerMilli),
                                 v8::Number::New(isolate, static_cast<double>(end - start) / kNanosPerMilli), details};
  env->Callback(callback.As<v8::Function>(), v8::Undefined(isolate), std::size(argv), argv);
}

// Notes collections, for observers of 'gc' entries.
class GcTracking {
 public:
  explicit GcTracking(Environment* env) : env_(env) {}
  ~GcTracking() { Remove(); }
  void Install() {
    if (installed_) return;
    installed_ = true;
    current_ = 0;
    env_->isolate()->AddGCPrologueCallback(Before, this);
    env_->isolate()->AddGCEpilogueCallback(After, this);
  }
  void Remove() {
    if (!installed_) return;
    installed_ = false;
    env_->isolate()->RemoveGCPrologueCallback(Before, this);
    env_->isolate()->RemoveGCEpilogueCallback(After, this);
  }

 private:
  static void Before(v8::Isolate*, v8::GCType type, v8::GCCallbackFlags, void* data) {
    auto* self = static_cast<GcTracking*>(data);
    if (self->current_ != 0) return;  // A collection within another one.
    self->current_ = type;
    self->began_at_ = uv_hrtime();
  }
  static void After(v8::Isolate*, v8::GCType type, v8::GCCallbackFlags flags, void* data) {
    auto* self = static_cast<GcTracking*>(data);
    if (self->current_ != static_cast<int>(type)) return;
    self->current_ = 0;
    if (!HasObservers(self->env_, EntryType::kGc) || self->env_->stopping()) return;
    // JavaScript cannot run now.
    self->env_->SetImmediate(
        [env = self->env_, start = self->began_at_, end = uv_hrtime(), type, flags] { Tell(env, start, end, type, flags); });
  }
  static void Tell(Environment* env, uint64_t start, uint64_t end, int kind, int flags) {
    v8::Isolate* isolate = env->isolate();
    v8::Local<v8::Context> context = env->context();
    v8::Local<v8::Object> details = v8::Object::New(isolate);
    details->CreateDataProperty(context, Internalized(isolate, "kind"), v8::Integer::New(isolate, kind)).Check();
    details->CreateDataProperty(context, Internalized(isolate, "flags"), v8::Integer::New(isolate, flags)).Check();
    TellNow(env, EntryType::kGc, "gc", start, end, details);
  }

  Environment* env_;
  bool installed_ = false;
  int current_ = 0;  // The collection under way.
  uint64_t began_at_ = 0;
};

void InstallGarbageCollectionTracking(Environment* env) { env->State<GcTracking>().Install(); }
void RemoveGarbageCollectionTracking(Environment* env) { env->State<GcTracking>().Remove(); }

constexpr FunctionSpec kFunctions[] = {
    Typed<CreateEldHistogram>("createELDHistogram"),
    Typed<InstallGarbageCollectionTracking>("installGarbageCollectionTracking"),
    Typed<LoopIdleTime>("loopIdleTime"),
    Typed<MarkBootstrapComplete>("markBootstrapComplete"),
    Typed<Notify>("notify"),
    Typed<Now>("now"),
    Typed<RemoveGarbageCollectionTracking>("removeGarbageCollectionTracking"),
    Typed<SetupObservers>("setupObservers"),
    Typed<UvMetricsInfo>("uvMetricsInfo"),
};

// `milestones[i]` is read when it is asked for: an array would keep the builder's times in the snapshot, or
// cost each start its writing.
constexpr AccessorSpec kMilestoneAccessors[] = {
    {"0", Typed<ReadMilestone<Milestone::kTimeOriginTimestamp>>("").callback},
    {"1", Typed<ReadMilestone<Milestone::kTimeOrigin>>("").callback},
    {"2", Typed<ReadMilestone<Milestone::kEnvironment>>("").callback},
    {"3", Typed<ReadMilestone<Milestone::kNodeStart>>("").callback},
    {"4", Typed<ReadMilestone<Milestone::kV8Start>>("").callback},
    {"5", Typed<ReadMilestone<Milestone::kLoopStart>>("").callback},
    {"6", Typed<ReadMilestone<Milestone::kLoopExit>>("").callback},
    {"7", Typed<ReadMilestone<Milestone::kBootstrapComplete>>("").callback},
};
static_assert(std::size(kMilestoneAccessors) == kMilestoneCount);
void ConstructMilestones(const CallInfo&) {}

constexpr ConstantSpec kShownConstants[] = {
    {"NODE_PERFORMANCE_GC_MAJOR", v8::GCType::kGCTypeMarkSweepCompact},
    {"NODE_PERFORMANCE_GC_MINOR", v8::GCType::kGCTypeScavenge},
    {"NODE_PERFORMANCE_GC_MINOR_MARK_SWEEP", v8::GCType::kGCTypeMinorMarkSweep},
    {"NODE_PERFORMANCE_GC_INCREMENTAL", v8::GCType::kGCTypeIncrementalMarking},
    {"NODE_PERFORMANCE_GC_WEAKCB", v8::GCType::kGCTypeProcessWeakCallbacks},
    {"NODE_PERFORMANCE_GC_FLAGS_NO", v8::GCCallbackFlags::kNoGCCallbackFlags},
    {"NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED", v8::GCCallbackFlags::kGCCallbackFlagConstructRetainedObjectInfos},
    {"NODE_PERFORMANCE_GC_FLAGS_FORCED", v8::GCCallbackFlags::kGCCallbackFlagForced},
    {"NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING", v8::GCCallbackFlags::kGCCallbackFlagSynchronousPhantomCallbackProcessing},
    {"NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE", v8::GCCallbackFlags::kGCCallbackFlagCollectAllAvailableGarbage},
    {"NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY", v8::GCCallbackFlags::kGCCallbackFlagCollectAllExternalMemory},
    {"NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE", v8::GCCallbackFlags::kGCCallbackScheduleIdleGarbageCollection},
};
// Not enumerable: perf_hooks.constants shows the others only.
constexpr ConstantSpec kHiddenConstants[] = {
    {"NODE_PERFORMANCE_ENTRY_TYPE_GC", 0},
    {"NODE_PERFORMANCE_ENTRY_TYPE_HTTP", 1},
    {"NODE_PERFORMANCE_ENTRY_TYPE_HTTP2", 2},
    {"NODE_PERFORMANCE_ENTRY_TYPE_NET", 3},
    {"NODE_PERFORMANCE_ENTRY_TYPE_DNS", 4},
    {"NODE_PERFORMANCE_ENTRY_TYPE_QUIC", 5},
    {"NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP", 0},
    {"NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN", 1},
    {"NODE_PERFORMANCE_MILESTONE_ENVIRONMENT", 2},
    {"NODE_PERFORMANCE_MILESTONE_NODE_START", 3},
    {"NODE_PERFORMANCE_MILESTONE_V8_START", 4},
    {"NODE_PERFORMANCE_MILESTONE_LOOP_START", 5},
    {"NODE_PERFORMANCE_MILESTONE_LOOP_EXIT", 6},
    {"NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE", 7},
};

constexpr ClassSpec kClasses[] = {
    {"Histogram", ConstructHistogram, histogram::kMethods},
    {"DelayHistogram", ConstructDelayHistogram, histogram::kDelayMethods, 1, {}, &kAsyncWrapClass},
    {"Milestones", ConstructMilestones, {}, 0, kMilestoneAccessors},
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Object> constants = v8::Object::New(isolate);
  const auto define = [&](const ConstantSpec& constant, int attributes) {
    constants
        ->DefineOwnProperty(context, Internalized(isolate, constant.name), v8::Integer::New(isolate, static_cast<int>(constant.value)),
                            static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontDelete | attributes))
        .Check();
  };
  for (const ConstantSpec& constant : kShownConstants) define(constant, v8::None);
  for (const ConstantSpec& constant : kHiddenConstants) define(constant, v8::DontEnum);
  target->Set(context, Internalized(isolate, "constants"), constants).Check();
  target->Set(context, Internalized(isolate, "observerCounts"), ObserverCounts(env).Get()).Check();
  v8::Local<v8::Value> milestones = target->Get(context, Internalized(isolate, "Milestones")).ToLocalChecked();
  target->Set(context, Internalized(isolate, "milestones"), milestones.As<v8::Function>()->NewInstance(context).ToLocalChecked()).Check();
  SetFastFunctions(env, target, kFastFunctions);
}

void References(std::vector<intptr_t>* list) { AppendFastReferences(kFastFunctions, list); }

}  // namespace

bool HasObservers(Environment* env, EntryType type) { return ObserverCounts(env)[static_cast<size_t>(type)] != 0; }

void TellObservers(Environment* env, EntryType type, const char* name, uint64_t start, uint64_t end, v8::Local<v8::Object> details) {
  auto kept = std::make_shared<v8::Global<v8::Object>>(env->isolate(), details);
  env->SetImmediate([env, type, name, start, end, kept] {
    v8::HandleScope scope(env->isolate());
    v8::Context::Scope context_scope(env->context());
    if (HasObservers(env, type)) TellNow(env, type, name, start, end, kept->Get(env->isolate()));
    kept->Reset();
  });
}

void SetLoopStart(Environment* env, uint64_t time) { env->State<Milestones>().loop_start = time; }

extern const BindingSpec kNodePerformance;
constexpr BindingSpec kNodePerformance{"performance", kFunctions, {}, kClasses, Init, References};

}  // namespace dv8::node
