#include "runtime/bindings/node/worker_options.h"

#include <algorithm>
#include <optional>

#include "runtime/bindings/node/command_line.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

// Those that are one for all threads.
constexpr std::string_view kOfTheProcess[] = {
    "--build-snapshot",
    "--build-snapshot-config",
    "--completion-bash",
    "--debug-arraybuffer-allocations",
    "--disable-proto",
    "--enable-fips",
    "--experimental-sea-config",
    "--force-fips",
    "--help",
    "--icu-data-dir",
    "--node-memory-debug",
    "--node-snapshot",
    "--openssl-config",
    "--openssl-legacy-provider",
    "--openssl-shared-config",
    "--report-compact",
    "--report-dir",
    "--report-filename",
    "--report-on-fatalerror",
    "--run",
    "--secure-heap",
    "--secure-heap-min",
    "--security-revert",
    "--snapshot-blob",
    "--title",
    "--tls-cipher-list",
    "--trace-event-categories",
    "--trace-event-file-pattern",
    "--trace-sigint",
    "--use-bundled-ca",
    "--use-largepages",
    "--use-openssl-ca",
    "--v8-options",
    "--v8-pool-size",
    "--zero-fill-buffers",
};
static_assert(std::ranges::is_sorted(kOfTheProcess));

bool IsOfTheProcess(std::string_view name) { return std::ranges::binary_search(kOfTheProcess, name); }

bool ReadTexts(Environment* env, v8::Local<v8::Array> list, std::vector<std::string>* texts) {
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> value;
    v8::Local<v8::String> text;
    if (!list->Get(env->context(), i).ToLocal(&value) || !value->ToString(env->context()).ToLocal(&text)) return false;
    texts->emplace_back(Utf8(env->isolate(), text).view());
  }
  return true;
}

bool ReadVariables(Environment* env, v8::Local<v8::Object> object, WorkerVariables* variables) {
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Array> names;
  if (!object->GetOwnPropertyNames(context).ToLocal(&names)) return false;
  for (uint32_t i = 0; i < names->Length(); i++) {
    v8::Local<v8::Value> name, value;
    v8::Local<v8::String> text;
    if (!names->Get(context, i).ToLocal(&name) || !object->Get(context, name).ToLocal(&value) || !value->ToString(context).ToLocal(&text)) {
      return false;
    }
    variables->values[std::string(Utf8(env->isolate(), name).view())] = Utf8(env->isolate(), text).view();
  }
  return true;
}

std::optional<std::string> ValueOf(const WorkerVariables* variables, Environment* env, const char* name) {
  if (variables == nullptr) return GetEnv(env, name);
  const auto found = variables->values.find(std::string_view(name));
  return found == variables->values.end() ? std::nullopt : std::optional(found->second);
}

// What variables set, for a program that behaves as node. Options of the process are taken where NODE_OPTIONS is the
// program's own.
void ApplyVariables(Environment* env, bool has_own_variables, WorkerOptions* out) {
  const auto get = [&](const char* name) { return ValueOf(out->variables.get(), env, name); };
  CommandLine line;
  ReadOptionVariables(get, &line);
  for (const auto& [option, value] : std::exchange(line.options, {})) out->options.Set(*option, value);
  const std::optional<std::string> text = get("NODE_OPTIONS");
  if (!text) return;
  const std::vector<std::string> words = SplitNodeOptions(*text, &line.error);
  if (line.error.empty()) ReadOptions(words, OptionSource::kEnvironment, &line);
  const bool is_the_programs = GetEnv(env, "NODE_OPTIONS") == text;
  for (const auto& [option, value] : line.options) {
    if (!is_the_programs && IsOfTheProcess(option->name)) {
      line.error = std::string(option->name) + " is not allowed in NODE_OPTIONS";
    } else {
      out->options.Set(*option, value);
    }
  }
  if (line.error.empty() || !has_own_variables) return;
  out->invalid = {line.error};
  out->invalid_in = "invalidNodeOptions";
}

}  // namespace

bool ReadWorkerOptions(Environment* env, v8::Local<v8::Value> variables, v8::Local<v8::Value> exec_argv, WorkerOptions* out) {
  const bool has_own_variables = variables->IsObject();
  if (variables->IsNull()) {
    out->variables = CopyVariables(env);
  } else if (has_own_variables) {
    out->variables = std::make_shared<WorkerVariables>();
    if (!ReadVariables(env, variables.As<v8::Object>(), out->variables.get())) return false;
  } else {
    out->variables = env->State<EnvironmentVariables>().own;
  }
  const ProcessArguments& arguments = env->State<ProcessArguments>();
  if (!has_own_variables && !exec_argv->IsArray()) {
    out->options = env->State<NodeOptions>();
    out->exec_argv = arguments.exec_argv;
    return true;
  }
  if (arguments.is_node) ApplyVariables(env, has_own_variables, out);
  if (!out->invalid.empty()) return true;
  std::vector<std::string> words = arguments.exec_argv;
  if (exec_argv->IsArray()) {
    words.clear();
    if (!ReadTexts(env, exec_argv.As<v8::Array>(), &words)) return false;
  }
  CommandLine line;
  ReadOptions(words, OptionSource::kArguments, &line);
  out->exec_argv = line.exec_arguments;
  for (const auto& [option, value] : line.options) {
    out->options.Set(*option, value);
    if (IsOfTheProcess(option->name)) line.v8_flags.emplace_back(option->name);
  }
  if (!line.error.empty()) {
    out->invalid = {line.error};
  } else if (exec_argv->IsArray()) {
    out->invalid = line.v8_flags;
  }
  return true;
}

}  // namespace dv8::node
