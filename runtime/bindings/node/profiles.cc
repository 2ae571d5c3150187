#include "runtime/bindings/node/profiles.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "runtime/bindings/node/heap_utils.h"
#include "runtime/bindings/node/json_writer.h"
#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

struct Profiles {
  explicit Profiles(Environment*) {}
  ~Profiles() {
    if (profiler == nullptr) return;
    for (const v8::ProfilerId id : ids) {  // V8 does not expect them.
      if (v8::CpuProfile* profile = profiler->Stop(id)) profile->Delete();
    }
    profiler->Dispose();
  }
  v8::CpuProfiler* profiler = nullptr;  // From the first StartCpuProfile() on.
  std::vector<v8::ProfilerId> ids;      // Of those under way.
};

void WriteNode(v8::Isolate* isolate, const v8::AllocationProfile::Node* node, JsonWriter* json) {
  size_t size = 0;
  for (const auto& allocation : node->allocations) size += allocation.size * allocation.count;
  json->Add("selfSize", size);
  json->Add("id", node->node_id);
  json->BeginObject("callFrame");
  json->Add("scriptId", node->script_id);
  json->Add("lineNumber", node->line_number - 1);
  json->Add("columnNumber", node->column_number - 1);
  json->Add("functionName", Utf8(isolate, node->name).view());
  json->Add("url", Utf8(isolate, node->script_name).view());
  json->EndObject();
  json->BeginArray("children");
  for (const v8::AllocationProfile::Node* child : node->children) {
    json->BeginObject();
    WriteNode(isolate, child, json);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace

v8::CpuProfilingResult StartCpuProfile(Environment* env) {
  v8::HandleScope scope(env->isolate());
  Profiles& profiles = env->State<Profiles>();
  if (profiles.profiler == nullptr) profiles.profiler = v8::CpuProfiler::New(env->isolate());
  const v8::CpuProfilingResult result = profiles.profiler->Start(v8::CpuProfilingOptions());
  if (result.status == v8::CpuProfilingStatus::kStarted) profiles.ids.push_back(result.id);
  return result;
}

std::optional<std::string> StopCpuProfile(Environment* env, v8::ProfilerId id) {
  v8::HandleScope scope(env->isolate());
  Profiles& profiles = env->State<Profiles>();
  if (std::erase(profiles.ids, id) == 0) return std::nullopt;
  v8::CpuProfile* profile = profiles.profiler->Stop(id);
  if (profile == nullptr) return std::nullopt;
  TextStream stream;
  profile->Serialize(&stream, v8::CpuProfile::kJSON);
  profile->Delete();
  return std::move(stream.text);
}

bool StartHeapProfile(Environment* env) { return env->isolate()->GetHeapProfiler()->StartSamplingHeapProfiler(); }

std::optional<std::string> StopHeapProfile(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::HeapProfiler* profiler = isolate->GetHeapProfiler();
  const std::unique_ptr<v8::AllocationProfile> profile(profiler->GetAllocationProfile());
  if (profile == nullptr) return std::nullopt;
  profiler->StopSamplingHeapProfiler();
  JsonWriter json;
  json.BeginObject();
  json.BeginArray("samples");
  for (const v8::AllocationProfile::Sample& sample : profile->GetSamples()) {
    json.BeginObject();
    json.Add("size", sample.size * sample.count);
    json.Add("nodeId", sample.node_id);
    json.Add("ordinal", sample.sample_id);
    json.EndObject();
  }
  json.EndArray();
  json.BeginObject("head");
  WriteNode(isolate, profile->GetRootNode(), &json);
  json.EndObject();
  json.EndObject();
  return json.text();
}

}  // namespace dv8::node
