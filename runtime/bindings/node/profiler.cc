// runtime/bindings/node/profiler.cc: internalBinding('profiler'), coverage as files.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>

#include "runtime/binding/typed.h"
#include "runtime/bindings/inspector.h"
#include "runtime/bindings/node/coverage.h"
#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/text_file.h"
#include "runtime/bindings/node/worker_thread.h"

namespace dv8::node {
namespace {

bool takes_all_orders = false;           // Written before there is a second thread.
Environment* covered_process = nullptr;  // The first thread's, when it is covered.

class Coverage {
 public:
  explicit Coverage(Environment* env) : env_(env) {}

  bool is_started() const { return session_ != nullptr; }
  void set_folder(std::string folder) { folder_ = std::move(folder); }
  void set_source_maps(v8::Local<v8::Function> getter) { source_maps_.Reset(env_->isolate(), getter); }

  void Start() {
    session_ = InspectorSession::Connect(Inspector::Get(env_), [this](const InspectorSession::Text& text) {
      if (is_taking_) Write(ToUtf8(env_->isolate(), text));
    });
    Ask(R"({"id":1,"method":"Profiler.enable"})");
    Ask(R"({"id":1,"method":"Profiler.startPreciseCoverage","params":{"callCount":true,"detailed":true}})");
  }
  void Take() {
    is_taking_ = true;
    Ask(R"({"id":1,"method":"Profiler.takePreciseCoverage"})");
    is_taking_ = false;
  }
  void Stop() { Ask(R"({"id":1,"method":"Profiler.stopPreciseCoverage"})"); }
  void End() {
    if (!std::exchange(has_ended_, true)) Take();
  }
  void Close() { std::exchange(session_, nullptr)->Close(); }

 private:
  void Ask(const char* message) {
    v8::HandleScope scope(env_->isolate());
    session_->Dispatch(v8::String::NewFromUtf8(env_->isolate(), message).ToLocalChecked());
  }
  // The folder is made here: a program that removes it while it runs, as tests do, gets it again.
  void Write(std::string_view answer);
  // `json` with the source maps that the library has kept; false when there is none to write.
  bool AddSourceMaps(std::string* json);

  Environment* env_;
  std::shared_ptr<InspectorSession> session_;
  std::string folder_;
  v8::Global<v8::Function> source_maps_;
  bool is_taking_ = false;
  bool has_ended_ = false;
};

void Report(int rc, const char* what, const std::string& path) {
  std::fprintf(stderr, "%s: Failed to %s %s\n", uv_err_name(rc), what, path.c_str());
}

bool Coverage::AddSourceMaps(std::string* json) {
  v8::Isolate* isolate = env_->isolate();
  v8::Local<v8::Context> context = env_->context();
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> maps;
  if (!source_maps_.Get(isolate)->Call(context, v8::Undefined(isolate), 0, nullptr).ToLocal(&maps)) return false;
  if (maps->IsUndefined()) return true;
  v8::Local<v8::String> text;
  v8::Local<v8::Value> coverage;
  if (!FromUtf8(isolate, *json).ToLocal(&text) || !v8::JSON::Parse(context, text).ToLocal(&coverage) || !coverage->IsObject() ||
      coverage.As<v8::Object>()->Set(context, Internalized(isolate, "source-map-cache"), maps).IsNothing() ||
      !v8::JSON::Stringify(context, coverage).ToLocal(&text)) {
    return false;
  }
  *json = Utf8(isolate, text).view();
  return true;
}

void Coverage::Write(std::string_view answer) {
  constexpr std::string_view kStart = R"({"id":1,"result":)";
  // Without a folder nobody has asked for files.
  if (!answer.starts_with(kStart) || folder_.empty() || source_maps_.IsEmpty()) return;
  answer.remove_prefix(kStart.size());
  answer.remove_suffix(1);
  std::string json(answer);
  if (!AddSourceMaps(&json)) return;
  std::string first;
  if (const int rc = MakeFolders(nullptr, folder_, 0777, &first); rc < 0) return Report(rc, "create coverage profile directory", folder_);
  using std::chrono::system_clock, std::chrono::milliseconds;
  const auto now = std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  const std::string path =
      folder_ + "/coverage-" + std::to_string(getpid()) + "-" + std::to_string(now) + "-" + std::to_string(ThreadId(env_)) + ".json";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return Report(-errno, "write file", path);
  if (const int rc = WriteAll(fd, json.data(), json.size()); rc < 0) Report(rc, "write file", path);
  close(fd);
}

void EndForExit() {
  if (covered_process->isolate() == v8::Isolate::TryGetCurrent()) EndCoverage(covered_process);
}

void StartCoverage(Environment* env) {
  Coverage& coverage = env->State<Coverage>();
  if (coverage.is_started() || env->mode() != Environment::Mode::kRun || env->State<NodeOptions>().starts_others_only()) return;
  coverage.Start();
  if (env->is_thread()) return;
  covered_process = env;
  Environment::AddBeforeExitNow(EndForExit);
}
void TakeCoverage(Environment* env) {
  if (Coverage& coverage = env->State<Coverage>(); coverage.is_started()) coverage.Take();
}
void StopCoverage(Environment* env) {
  if (Coverage& coverage = env->State<Coverage>(); coverage.is_started()) coverage.Stop();
}
// endCoverage(): takes it a last time.
void EndByProgram(Environment* env) {
  if (Coverage& coverage = env->State<Coverage>(); coverage.is_started()) coverage.End();
}
void SetCoverageDirectory(Environment* env, std::string folder) { env->State<Coverage>().set_folder(std::move(folder)); }
void SetSourceMapCacheGetter(Environment* env, v8::Local<v8::Function> getter) { env->State<Coverage>().set_source_maps(getter); }
// isOrder(value)
bool IsOrder(std::string value) { return IsCoverageOrder(value); }

constexpr FunctionSpec kFunctions[] = {
    Typed<EndByProgram>("endCoverage"),
    Typed<IsOrder>("isOrder"),
    Typed<SetCoverageDirectory>("setCoverageDirectory"),
    Typed<SetSourceMapCacheGetter>("setSourceMapCacheGetter"),
    Typed<StartCoverage>("startCoverage"),
    Typed<StopCoverage>("stopCoverage"),
    Typed<TakeCoverage>("takeCoverage"),
};

}  // namespace

bool IsCoverageOrder(std::string_view value) {
  if (value.empty()) return false;
  if (takes_all_orders) return true;
  const std::variant<int, std::string> start = ReadTextFile("/proc/self/environ");
  const std::string* text = std::get_if<std::string>(&start);
  if (text == nullptr) return false;
  constexpr std::string_view kName = "NODE_V8_COVERAGE=";
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    if (entry.starts_with(kName)) return entry.substr(kName.size()) != value;
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
  }
  return true;
}

void TakeCoverageOrders() { takes_all_orders = true; }

void EndCoverage(Environment* env) {
  Coverage& coverage = env->State<Coverage>();
  if (!coverage.is_started()) return;
  v8::HandleScope scope(env->isolate());
  v8::Context::Scope context_scope(env->context());
  coverage.End();
  coverage.Close();
}

extern const BindingSpec kNodeProfiler;
constexpr BindingSpec kNodeProfiler{"profiler", kFunctions};

}  // namespace dv8::node
