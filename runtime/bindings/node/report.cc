// runtime/bindings/node/report.cc: internalBinding('report'), process.report.
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/options.h"
#include "runtime/bindings/node/report.h"
#include "runtime/bindings/node/report_content.h"
#include "runtime/bindings/node/worker_thread.h"

namespace dv8::node {
namespace {

// What process.report has been told; at first what the options say.
struct ReportSettings {
  explicit ReportSettings(Environment* env) {
    const NodeOptions& options = env->State<NodeOptions>();
    const auto text = [&options](const char* name) {
      const OptionSpec* option = FindOption(name);
      return option == nullptr ? std::string() : options.Get(*option).at(0);
    };
    directory = text("--report-dir");
    filename = text("--report-filename");
    signal = text("--report-signal");
    if (signal.empty()) signal = "SIGUSR2";
    compact = options.IsTrue("--report-compact");
    exclude_network = options.IsTrue("--report-exclude-network");
    exclude_env = options.IsTrue("--report-exclude-env");
    on_fatal_error = options.IsTrue("--report-on-fatalerror");
    on_signal = options.IsTrue("--report-on-signal");
    on_uncaught_exception = options.IsTrue("--report-uncaught-exception");
  }
  std::string directory, filename, signal;
  bool compact, exclude_network, exclude_env, on_fatal_error, on_signal, on_uncaught_exception;
  int sequence = 0;
};

template <auto kMember>
auto Get(Environment* env) {
  return env->State<ReportSettings>().*kMember;
}
template <std::string ReportSettings::* kMember>
void SetText(Environment* env, std::string value) {
  env->State<ReportSettings>().*kMember = std::move(value);
}
template <bool ReportSettings::* kMember>
void SetFlag(Environment* env, bool value) {
  env->State<ReportSettings>().*kMember = value;
}

// "report.20260102.030405.1234.0.001.json": local time, process, thread, sequence.
std::string DefaultName(Environment* env, ReportSettings& settings) {
  const time_t now = time(nullptr);
  struct tm local{};
  localtime_r(&now, &local);
  char stamp[32], name[96];
  strftime(stamp, sizeof(stamp), "%Y%m%d.%H%M%S", &local);
  std::snprintf(name, sizeof(name), "report.%s.%d.%llu.%03d.json", stamp, getpid(), static_cast<unsigned long long>(ThreadId(env)),
                ++settings.sequence);
  return name;
}

ReportRequest RequestOf(const ReportSettings& settings) {
  ReportRequest request;
  request.compact = settings.compact;
  request.exclude_network = settings.exclude_network;
  request.exclude_env = settings.exclude_env;
  return request;
}

// The stream that the report goes to, by name; null with a line on stderr when it cannot be opened.
std::FILE* Open(const ReportSettings& settings, const std::string& name) {
  if (name == "stdout") return stdout;
  if (name == "stderr") return stderr;
  const std::string path = settings.directory.empty() ? name : settings.directory + "/" + name;
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) {
    const std::string folder = settings.directory.empty() ? "" : " directory: " + settings.directory;
    std::fprintf(stderr, "\nFailed to open Node.js report file: %s%s (errno: %d)\n", name.c_str(), folder.c_str(), errno);
    return nullptr;
  }
  std::fprintf(stderr, "\nWriting Node.js report to file: %s", name.c_str());
  return file;
}

// Gives the file's name; "" when it cannot be written.
std::string Write(Environment* env, ReportRequest request) {
  ReportSettings& settings = env->State<ReportSettings>();
  if (request.filename.empty()) request.filename = settings.filename;
  if (request.filename.empty()) request.filename = DefaultName(env, settings);
  const std::string text = ReportContent(env, request) + "\n";
  std::FILE* file = Open(settings, request.filename);
  if (file == nullptr) return "";
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
  if (file != stdout && file != stderr) std::fclose(file);
  if (file != stderr) std::fprintf(stderr, "\nNode.js report completed\n");
  return request.filename;
}

// writeReport(event, trigger, file name or undefined, error) → the file's name.
std::string WriteReport(Environment* env, std::string event, std::string trigger, v8::Local<v8::Value> name, v8::Local<v8::Value> error) {
  if (RefuseWhileBuilding(env, "process.report")) return "";
  ReportRequest request = RequestOf(env->State<ReportSettings>());
  request.event = std::move(event);
  request.trigger = std::move(trigger);
  request.error = error;
  if (name->IsString()) request.filename = Utf8(env->isolate(), name).view();
  return Write(env, std::move(request));
}

std::string GetReport(Environment* env, v8::Local<v8::Value> error) {
  if (RefuseWhileBuilding(env, "process.report")) return "";
  ReportRequest request = RequestOf(env->State<ReportSettings>());
  request.compact = false;
  request.event = "JavaScript API";
  request.trigger = "GetReport";
  request.error = error;
  return ReportContent(env, request);
}

constexpr FunctionSpec kFunctions[] = {
    Typed<Get<&ReportSettings::compact>>("getCompact"),
    Typed<Get<&ReportSettings::directory>>("getDirectory"),
    Typed<Get<&ReportSettings::exclude_env>>("getExcludeEnv"),
    Typed<Get<&ReportSettings::exclude_network>>("getExcludeNetwork"),
    Typed<Get<&ReportSettings::filename>>("getFilename"),
    Typed<GetReport>("getReport"),
    Typed<Get<&ReportSettings::signal>>("getSignal"),
    Typed<SetFlag<&ReportSettings::compact>>("setCompact"),
    Typed<SetText<&ReportSettings::directory>>("setDirectory"),
    Typed<SetFlag<&ReportSettings::exclude_env>>("setExcludeEnv"),
    Typed<SetFlag<&ReportSettings::exclude_network>>("setExcludeNetwork"),
    Typed<SetText<&ReportSettings::filename>>("setFilename"),
    Typed<SetFlag<&ReportSettings::on_fatal_error>>("setReportOnFatalError"),
    Typed<SetFlag<&ReportSettings::on_signal>>("setReportOnSignal"),
    Typed<SetFlag<&ReportSettings::on_uncaught_exception>>("setReportOnUncaughtException"),
    Typed<SetText<&ReportSettings::signal>>("setSignal"),
    Typed<Get<&ReportSettings::on_fatal_error>>("shouldReportOnFatalError"),
    Typed<Get<&ReportSettings::on_signal>>("shouldReportOnSignal"),
    Typed<Get<&ReportSettings::on_uncaught_exception>>("shouldReportOnUncaughtException"),
    Typed<WriteReport>("writeReport"),
};

}  // namespace

void ReportFatalError(Environment* env, const char* event, const char* trigger) {
  if (IsBuilding(env) || !env->State<ReportSettings>().on_fatal_error) return;
  ReportRequest request = RequestOf(env->State<ReportSettings>());
  request.event = event;
  request.trigger = trigger;
  request.has_room = false;
  Write(env, std::move(request));
}

extern const BindingSpec kNodeReport;
constexpr BindingSpec kNodeReport{"report", kFunctions};

}  // namespace dv8::node
