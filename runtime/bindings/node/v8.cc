// internalBinding('v8'): figures of the heap, flags of the engine, profiles.
#include <string>

#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/heap_utils.h"
#include "runtime/bindings/node/json_writer.h"
#include "runtime/bindings/node/profiles.h"
#include "v8-profiler.h"

namespace dv8::node {
namespace {

// The numbers of lib's k...Index constants, in their order.
using HeapNumber = size_t (v8::HeapStatistics::*)();
constexpr HeapNumber kHeapNumbers[] = {
    &v8::HeapStatistics::total_heap_size,
    &v8::HeapStatistics::total_heap_size_executable,
    &v8::HeapStatistics::total_physical_size,
    &v8::HeapStatistics::total_available_size,
    &v8::HeapStatistics::used_heap_size,
    &v8::HeapStatistics::heap_size_limit,
    &v8::HeapStatistics::malloced_memory,
    &v8::HeapStatistics::peak_malloced_memory,
    &v8::HeapStatistics::does_zap_garbage,
    &v8::HeapStatistics::number_of_native_contexts,
    &v8::HeapStatistics::number_of_detached_contexts,
    &v8::HeapStatistics::total_global_handles_size,
    &v8::HeapStatistics::used_global_handles_size,
    &v8::HeapStatistics::external_memory,
};
using SpaceNumber = size_t (v8::HeapSpaceStatistics::*)();
constexpr SpaceNumber kSpaceNumbers[] = {
    &v8::HeapSpaceStatistics::space_size,
    &v8::HeapSpaceStatistics::space_used_size,
    &v8::HeapSpaceStatistics::space_available_size,
    &v8::HeapSpaceStatistics::physical_space_size,
};
using CodeNumber = size_t (v8::HeapCodeStatistics::*)();
constexpr CodeNumber kCodeNumbers[] = {
    &v8::HeapCodeStatistics::code_and_metadata_size,
    &v8::HeapCodeStatistics::bytecode_and_metadata_size,
    &v8::HeapCodeStatistics::external_script_source_size,
    &v8::HeapCodeStatistics::cpu_profiler_metadata_size,
};

struct V8State {
  explicit V8State(Environment* env)
      : heap(env, "v8.heapStatisticsBuffer", std::size(kHeapNumbers)),
        spaces(env, "v8.heapSpaceStatisticsBuffer", std::size(kSpaceNumbers)),
        code(env, "v8.heapCodeStatisticsBuffer", std::size(kCodeNumbers)) {}

  SharedFloat64 heap;
  SharedFloat64 spaces;
  SharedFloat64 code;
};

uint32_t CachedDataVersionTag() { return v8::ScriptCompiler::CachedDataVersionTag(); }

void UpdateHeapStatisticsBuffer(Environment* env) {
  v8::HeapStatistics statistics;
  env->isolate()->GetHeapStatistics(&statistics);
  V8State& state = env->State<V8State>();
  for (size_t i = 0; i < std::size(kHeapNumbers); i++) state.heap[i] = static_cast<double>((statistics.*kHeapNumbers[i])());
}

void UpdateHeapSpaceStatisticsBuffer(Environment* env, uint32_t index) {
  v8::HeapSpaceStatistics statistics;
  if (!env->isolate()->GetHeapSpaceStatistics(&statistics, index)) return;
  V8State& state = env->State<V8State>();
  for (size_t i = 0; i < std::size(kSpaceNumbers); i++) {
    state.spaces[i] = static_cast<double>((statistics.*kSpaceNumbers[i])());
  }
}

void UpdateHeapCodeStatisticsBuffer(Environment* env) {
  v8::HeapCodeStatistics statistics;
  env->isolate()->GetHeapCodeAndMetadataStatistics(&statistics);
  V8State& state = env->State<V8State>();
  for (size_t i = 0; i < std::size(kCodeNumbers); i++) state.code[i] = static_cast<double>((statistics.*kCodeNumbers[i])());
}

// Objects of C++ that V8's other heap manages: this runtime makes none. {committed_size_bytes, ...}
v8::MaybeLocal<v8::Object> GetCppHeapStatistics(Environment* env, uint32_t) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Object> result = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    result->CreateDataProperty(env->context(), Internalized(isolate, name), value).Check();
  };
  set("committed_size_bytes", v8::Integer::New(isolate, 0));
  set("resident_size_bytes", v8::Integer::New(isolate, 0));
  set("used_size_bytes", v8::Integer::New(isolate, 0));
  set("space_statistics", v8::Array::New(isolate));
  set("type_names", v8::Array::New(isolate));
  return result;
}

void SetFlagsFromString(std::string flags) { v8::V8::SetFlagsFromString(flags.data(), flags.size()); }

bool IsStringOneByteRepresentation(v8::Local<v8::String> text) { return text->IsOneByte(); }

v8::Local<v8::BigInt> GetHashSeed(Environment* env) { return v8::BigInt::NewFromUnsigned(env->isolate(), env->isolate()->GetHashSeed()); }

v8::Local<v8::Value> JsStartCpuProfile(Environment* env) {
  const v8::CpuProfilingResult result = StartCpuProfile(env);
  if (result.status == v8::CpuProfilingStatus::kErrorTooManyProfilers) {
    ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_CPU_PROFILE_TOO_MANY", "There are too many CPU profiles");
    return {};
  }
  return v8::Number::New(env->isolate(), result.id);
}

v8::MaybeLocal<v8::String> JsStopCpuProfile(Environment* env, uint32_t id) {
  const std::optional<std::string> profile = StopCpuProfile(env, id);
  if (profile) return FromUtf8(env->isolate(), *profile);
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_CPU_PROFILE_NOT_STARTED", "CPU profile not started");
  return {};
}

const char* NameOf(v8::GCType type) {
  switch (type) {
    case v8::GCType::kGCTypeScavenge: return "Scavenge";
    case v8::GCType::kGCTypeMinorMarkSweep: return "MinorMarkSweep";
    case v8::GCType::kGCTypeMarkSweepCompact: return "MarkSweepCompact";
    case v8::GCType::kGCTypeIncrementalMarking: return "IncrementalMarking";
    case v8::GCType::kGCTypeProcessWeakCallbacks: return "ProcessWeakCallbacks";
    default: return "Unknown";
  }
}

void WriteHeapFigures(JsonWriter* json, v8::Isolate* isolate) {
  v8::HeapStatistics heap;
  isolate->GetHeapStatistics(&heap);
  json->BeginObject("heapStatistics");
  json->Add("totalHeapSize", heap.total_heap_size());
  json->Add("totalHeapSizeExecutable", heap.total_heap_size_executable());
  json->Add("totalPhysicalSize", heap.total_physical_size());
  json->Add("totalAvailableSize", heap.total_available_size());
  json->Add("totalGlobalHandlesSize", heap.total_global_handles_size());
  json->Add("usedGlobalHandlesSize", heap.used_global_handles_size());
  json->Add("usedHeapSize", heap.used_heap_size());
  json->Add("heapSizeLimit", heap.heap_size_limit());
  json->Add("mallocedMemory", heap.malloced_memory());
  json->Add("externalMemory", heap.external_memory());
  json->Add("peakMallocedMemory", heap.peak_malloced_memory());
  json->EndObject();
  json->BeginArray("heapSpaceStatistics");
  for (size_t i = 0; i < isolate->NumberOfHeapSpaces(); i++) {
    v8::HeapSpaceStatistics space;
    isolate->GetHeapSpaceStatistics(&space, i);
    json->BeginObject();
    json->Add("spaceName", std::string_view(space.space_name()));
    json->Add("spaceSize", space.space_size());
    json->Add("spaceUsedSize", space.space_used_size());
    json->Add("spaceAvailableSize", space.space_available_size());
    json->Add("physicalSpaceSize", space.physical_space_size());
    json->EndObject();
  }
  json->EndArray();
}

double WallClockMillis() {
  uv_timeval64_t now{};
  uv_gettimeofday(&now);
  return static_cast<double>(now.tv_sec * 1000 + now.tv_usec / 1000);
}

// v8.GCProfiler: notes the heap's figures around each collection. JavaScript does not run meanwhile.
class GcProfiler final : public NativeObject {
 public:
  static constexpr ClassTag kClass{"GCProfiler", &NativeObject::kClass};
  const ClassTag* class_tag() const override { return &kClass; }
  GcProfiler(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  ~GcProfiler() override { Unhook(); }

  void Start() {
    if (state_ != State::kMade) return;
    state_ = State::kStarted;
    json_.BeginObject();
    json_.Add("version", size_t{1});
    json_.Add("startTime", WallClockMillis());
    json_.BeginArray("statistics");
    env()->isolate()->AddGCPrologueCallback(Before, this);
    env()->isolate()->AddGCEpilogueCallback(After, this);
  }
  v8::MaybeLocal<v8::Value> Stop() {
    if (state_ != State::kStarted) return v8::Undefined(env()->isolate()).As<v8::Value>();
    Unhook();
    json_.EndArray();
    json_.Add("endTime", WallClockMillis());
    json_.EndObject();
    v8::Local<v8::String> text;
    if (!FromUtf8(env()->isolate(), json_.text()).ToLocal(&text)) return {};
    return text.As<v8::Value>();
  }

 private:
  enum class State { kMade, kStarted, kStopped };
  void Unhook() {
    if (state_ != State::kStarted) return;
    state_ = State::kStopped;
    env()->isolate()->RemoveGCPrologueCallback(Before, this);
    env()->isolate()->RemoveGCEpilogueCallback(After, this);
  }
  static void Before(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags, void* data) {
    auto* self = static_cast<GcProfiler*>(data);
    if (self->current_ != 0) return;  // A collection within another one.
    self->current_ = type;
    self->json_.BeginObject();
    self->json_.Add("gcType", std::string_view(NameOf(type)));
    self->json_.BeginObject("beforeGC");
    WriteHeapFigures(&self->json_, isolate);
    self->json_.EndObject();
    self->started_at_ = uv_hrtime();
  }
  static void After(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags, void* data) {
    auto* self = static_cast<GcProfiler*>(data);
    if (self->current_ != static_cast<int>(type)) return;
    self->current_ = 0;
    self->json_.Add("cost", static_cast<double>(uv_hrtime() - self->started_at_) / 1e3);
    self->json_.BeginObject("afterGC");
    WriteHeapFigures(&self->json_, isolate);
    self->json_.EndObject();
    self->json_.EndObject();
  }

  State state_ = State::kMade;
  int current_ = 0;  // The collection under way.
  uint64_t started_at_ = 0;
  JsonWriter json_;
};

constexpr FunctionSpec kFunctions[] = {
    Typed<CachedDataVersionTag>("cachedDataVersionTag"),
    Typed<GetCppHeapStatistics>("getCppHeapStatistics"),
    Typed<GetHashSeed>("getHashSeed"),
    Typed<IsStringOneByteRepresentation>("isStringOneByteRepresentation"),
    Typed<SetFlagsFromString>("setFlagsFromString"),
    Typed<SetHeapSnapshotNearHeapLimit>("setHeapSnapshotNearHeapLimit"),
    Typed<JsStartCpuProfile>("startCpuProfile"),
    Typed<JsStopCpuProfile>("stopCpuProfile"),
    Typed<UpdateHeapCodeStatisticsBuffer>("updateHeapCodeStatisticsBuffer"),
    Typed<UpdateHeapSpaceStatisticsBuffer>("updateHeapSpaceStatisticsBuffer"),
    Typed<UpdateHeapStatisticsBuffer>("updateHeapStatisticsBuffer"),
};

constexpr ConstantSpec kConstants[] = {
    {"kTotalHeapSizeIndex", 0},
    {"kTotalHeapSizeExecutableIndex", 1},
    {"kTotalPhysicalSizeIndex", 2},
    {"kTotalAvailableSize", 3},
    {"kUsedHeapSizeIndex", 4},
    {"kHeapSizeLimitIndex", 5},
    {"kMallocedMemoryIndex", 6},
    {"kPeakMallocedMemoryIndex", 7},
    {"kDoesZapGarbageIndex", 8},
    {"kNumberOfNativeContextsIndex", 9},
    {"kNumberOfDetachedContextsIndex", 10},
    {"kTotalGlobalHandlesSizeIndex", 11},
    {"kUsedGlobalHandlesSizeIndex", 12},
    {"kExternalMemoryIndex", 13},
    {"kSpaceSizeIndex", 0},
    {"kSpaceUsedSizeIndex", 1},
    {"kSpaceAvailableSizeIndex", 2},
    {"kPhysicalSpaceSizeIndex", 3},
    {"kCodeAndMetadataSizeIndex", 0},
    {"kBytecodeAndMetadataSizeIndex", 1},
    {"kExternalScriptSourceSizeIndex", 2},
    {"kCPUProfilerMetaDataSizeIndex", 3},
};

constexpr FunctionSpec kProfilerMethods[] = {Method<&GcProfiler::Start>("start"), Method<&GcProfiler::Stop>("stop")};
constexpr ClassSpec kClasses[] = {{"GCProfiler", Constructor<GcProfiler>(), kProfilerMethods}};

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  const auto set = [&](const char* name, v8::Local<v8::Value> value) { target->Set(context, Internalized(isolate, name), value).Check(); };
  V8State& state = env->State<V8State>();
  set("heapStatisticsBuffer", state.heap.Get());
  set("heapSpaceStatisticsBuffer", state.spaces.Get());
  set("heapCodeStatisticsBuffer", state.code.Get());
  std::vector<v8::Local<v8::Value>> spaces;
  for (size_t i = 0; i < isolate->NumberOfHeapSpaces(); i++) {
    v8::HeapSpaceStatistics statistics;
    isolate->GetHeapSpaceStatistics(&statistics, i);
    spaces.push_back(Internalized(isolate, statistics.space_name()));
  }
  set("kHeapSpaces", v8::Array::New(isolate, spaces.data(), spaces.size()));
  v8::Local<v8::Object> levels = v8::Object::New(isolate);
  levels->Set(context, Internalized(isolate, "DETAILED"), v8::Integer::New(isolate, 0)).Check();
  levels->Set(context, Internalized(isolate, "BRIEF"), v8::Integer::New(isolate, 1)).Check();
  set("detailLevel", levels);
}

}  // namespace

extern const BindingSpec kNodeV8;
constexpr BindingSpec kNodeV8{"v8", kFunctions, kConstants, kClasses, Init};

}  // namespace dv8::node
