#include "runtime/bindings/node/command_line.h"

#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <optional>

#include "runtime/binding/shared_array.h"
#include "runtime/bindings/node/abort_scope.h"
#include "runtime/bindings/node/coverage.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/node/process_object.h"
#include "runtime/bindings/node/text_file.h"
#include "runtime/core/engine.h"
#include "runtime/payload/dotenv.h"

namespace dv8::node {
namespace {

constexpr int kInvalidArgument = 9;
constexpr int kInvalidArgument2 = 12;
constexpr char kVersionText[] = "v24.21.0";

struct Alias {
  std::string_view name;  // "--x=" only with a value in the same word, "--x <arg>" only before one in the next.
  std::vector<std::string_view> words;
};

const std::vector<Alias>& Aliases() {
  static const std::vector<Alias> aliases = {
      {"-C", {"--conditions"}},
      {"-c", {"--check"}},
      {"-e", {"--eval"}},
      {"-h", {"--help"}},
      {"-i", {"--interactive"}},
      {"-p", {"--print"}},
      {"-pe", {"--print", "--eval"}},
      {"-r", {"--require"}},
      {"-v", {"--version"}},
      {"--debug-port", {"--inspect-port"}},
      {"--enable-network-family-autoselection", {"--network-family-autoselection"}},
      {"--es-module-specifier-resolution", {"--experimental-specifier-resolution"}},
      {"--experimental-default-config-file", {"--experimental-config-file"}},
      {"--experimental-require-module", {"--require-module"}},
      {"--experimental-strip-types", {"--strip-types"}},
      {"--experimental-test-isolation", {"--test-isolation"}},
      {"--inspect-brk-node=", {"--inspect-port", "--inspect-brk-node"}},
      {"--inspect-brk=", {"--inspect-port", "--inspect-brk"}},
      {"--inspect-wait=", {"--inspect-port", "--inspect-wait"}},
      {"--inspect=", {"--inspect-port", "--inspect"}},
      {"--loader", {"--experimental-loader"}},
      {"--print <arg>", {"-pe"}},
      {"--prof-process", {"--prof-process", "--"}},
      {"--report-directory", {"--report-dir"}},
      {"--security-reverts", {"--security-revert"}},
      {"--trace-events-enabled", {"--trace-event-categories", "v8,node,node.async_hooks"}},
  };
  return aliases;
}

const Alias* FindAlias(std::string_view name) {
  const auto at = std::ranges::find(Aliases(), name, &Alias::name);
  return at == Aliases().end() ? nullptr : &*at;
}

struct Implication {
  std::string_view name;
  const char* implied;
};
constexpr Implication kImplications[] = {
    {"--env-file", "[has_env_file_string]"},
    {"--env-file-if-exists", "[has_env_file_string]"},
    {"--eval", "[has_eval_string]"},
    {"--experimental-transform-types", "--enable-source-maps"},
    {"--experimental-transform-types", "--strip-types"},
    {"--node-memory-debug", "--debug-arraybuffer-allocations"},
    {"--node-memory-debug", "--verify-base-objects"},
    {"--report-signal", "--report-on-signal"},
    {"--test-random-seed", "[has_test_random_seed]"},
    {"--trace-env-js-stack", "--trace-env"},
    {"--trace-env-native-stack", "--trace-env"},
    {"--watch-path", "--watch"},
};

constexpr bool TakesValue(OptionKind kind) {
  return kind != OptionKind::kBoolean && kind != OptionKind::kNoOp && kind != OptionKind::kV8Option;
}

// The words that are still to be read: of the command line, and before them those that aliases stand for.
class Words {
 public:
  Words(std::vector<std::string> words, std::vector<std::string>* taken) : given_(words.begin(), words.end()), taken_(taken) {}

  bool empty() const { return made_.empty() && given_.empty(); }
  const std::string& first() const { return made_.empty() ? given_.front() : made_.front(); }
  std::string Pop() {
    std::deque<std::string>& from = made_.empty() ? given_ : made_;
    std::string word = from.front();
    from.pop_front();
    if (&from == &given_ && word != "--") taken_->push_back(word);
    return word;
  }
  void Insert(std::span<const std::string_view> words) { made_.insert(made_.begin(), words.begin(), words.end()); }
  std::vector<std::string> Rest() const { return {given_.begin(), given_.end()}; }

 private:
  std::deque<std::string> given_;
  std::deque<std::string> made_;
  std::vector<std::string>* taken_;
};

class OptionReader {
 public:
  OptionReader(std::vector<std::string> words, OptionSource source, CommandLine* out)
      : source_(source), out_(out), words_(std::move(words), &out->exec_arguments) {}

  void Read() {
    while (!words_.empty() && out_->error.empty()) {
      if (words_.first().size() <= 1 || words_.first()[0] != '-') break;
      const std::string word = words_.Pop();
      if (word == "--") {
        if (source_ == OptionSource::kEnvironment) Fail("-- is not allowed in NODE_OPTIONS");
        break;
      }
      ReadOne(word);
    }
    out_->arguments = words_.Rest();
  }

 private:
  void Fail(std::string text) { out_->error = std::move(text); }

  // The option's name without what is behind "=", "_" or "--no-", and without aliases.
  std::string NameOf(const std::string& word, size_t equals, bool* negated) {
    std::string name = word.substr(0, equals);
    std::replace(name.begin() + 2, name.end(), '_', '-');
    *negated = name.starts_with("--no-");
    if (*negated) name.erase(2, 3);
    for (;;) {
      const Alias* alias = FindAlias(name);
      if (alias == nullptr && equals != std::string::npos) alias = FindAlias(name + "=");
      const bool value_follows = !words_.empty() && !words_.first().empty() && words_.first()[0] != '-';
      if (alias == nullptr && value_follows) alias = FindAlias(name + " <arg>");
      if (alias == nullptr) return name;
      words_.Insert(std::span(alias->words).subspan(1));
      if (name == alias->words[0]) return name;
      name = alias->words[0];
    }
  }

  void ReadOne(const std::string& word) {
    const size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    bool negated = false;
    const std::string name = NameOf(word, equals, &negated);
    const std::string written = equals == std::string::npos ? word : word.substr(0, equals + 1);
    const OptionSpec* option = name.starts_with("--") ? FindOption(name) : nullptr;
    if (source_ == OptionSource::kEnvironment && (option == nullptr || !option->in_environment)) {
      return Fail(written + " is not allowed in NODE_OPTIONS");
    }
    if (!negated) Imply(name);
    if (option == nullptr) return out_->v8_flags.push_back(word);
    if (negated && option->kind != OptionKind::kBoolean && option->kind != OptionKind::kV8Option) {
      return Fail(word + " is an invalid negation because it is not a boolean option");
    }
    std::string value = negated ? "false" : "true";
    if (TakesValue(option->kind)) {
      std::optional<std::string> read = Value(word, equals);
      if (!read.has_value()) return Fail(written + " requires an argument");
      value = std::move(*read);
    }
    if (option->kind == OptionKind::kV8Option || name == "--stack-trace-limit") out_->v8_flags.push_back(word);
    if (option->kind >= OptionKind::kV8Option) out_->options.emplace_back(option, std::move(value));
  }

  void Imply(std::string_view name) {
    for (const Implication& implication : kImplications) {
      if (implication.name == name) out_->options.emplace_back(FindOption(implication.implied), "true");
    }
  }

  std::optional<std::string> Value(const std::string& word, size_t equals) {
    if (equals != std::string::npos) {
      if (equals + 1 == word.size()) return std::nullopt;
      return word.substr(equals + 1);
    }
    if (words_.empty()) return std::nullopt;
    std::string value = words_.Pop();
    if (value.starts_with('-')) return std::nullopt;
    if (value.starts_with("\\-")) value.erase(0, 1);
    return value;
  }

  OptionSource source_;
  CommandLine* out_;
  Words words_;
};

// Of the process; written before there is a second thread.
CommandLine& Process() {
  static auto* line = new CommandLine;
  return *line;
}

void AddOption(CommandLine* line, const char* name, std::string value) { line->options.emplace_back(FindOption(name), std::move(value)); }

void ReadEnvironment(CommandLine* line) {
  ReadOptionVariables(
      [](const char* name) {
        const char* value = getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
      },
      line);
  const char* options = getenv("NODE_OPTIONS");
  if (options == nullptr) return;
  CommandLine read;
  const std::vector<std::string> words = SplitNodeOptions(options, &read.error);
  if (read.error.empty()) ReadOptions(words, OptionSource::kEnvironment, &read);
  line->error = read.error;
  line->v8_flags = std::move(read.v8_flags);
  line->options.insert(line->options.end(), read.options.begin(), read.options.end());
}

// The files of --env-file and --env-file-if-exists, wherever they stand: what they set, NODE_OPTIONS among it,
// is there before the options are read. Variables that are set already stay as they are.
void ReadEnvFiles(int argc, char* const* argv, CommandLine* line) {
  std::map<std::string, std::string> variables;  // Later files count.
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; i++) {
    const std::string_view word(argv[i]);
    const size_t equals = std::min(word.find('='), word.size());
    const std::string_view name = word.substr(0, equals);
    if (name != "--env-file" && name != "--env-file-if-exists") continue;
    if (equals == word.size() && ++i == argc) break;
    const std::string path(equals == word.size() ? std::string_view(argv[i]) : word.substr(equals + 1));
    const std::variant<int, std::string> text = ReadTextFile(path);
    if (const int* rc = std::get_if<int>(&text)) {
      if (*rc == UV_EIO || *rc == UV_EISDIR) {
        line->error = path + ": invalid format";
      } else if (name == "--env-file") {
        line->error = path + ": not found";
      } else {
        std::fprintf(stderr, "%s not found. Continuing without it.\n", path.c_str());
      }
      continue;
    }
    for (auto& [key, value] : ParseDotenv(std::get<std::string>(text))) variables[key] = std::move(value);
  }
  for (const auto& [key, value] : variables) setenv(key.c_str(), value.c_str(), 0);
}

const std::string* LastValue(const CommandLine& line, std::string_view name) {
  const std::string* value = nullptr;
  for (const auto& [option, text] : line.options) {
    if (option->name == name) value = &text;
  }
  return value;
}

bool IsTrue(const CommandLine& line, std::string_view name) {
  const std::string* value = LastValue(line, name);
  return value != nullptr && *value == "true";
}

bool IsOneOf(const std::string& value, std::initializer_list<std::string_view> choices) {
  return std::ranges::find(choices, value) != choices.end();
}

// What is wrong with the options together; empty when nothing is.
std::string CheckOptions(const CommandLine& line) {
  const std::string* input = LastValue(line, "--input-type");
  if (input != nullptr && !IsOneOf(*input, {"commonjs", "module", "commonjs-typescript", "module-typescript"})) {
    return "--input-type must be \"module\",\"commonjs\", \"module-typescript\" or \"commonjs-typescript\"";
  }
  const std::string* rejections = LastValue(line, "--unhandled-rejections");
  if (rejections != nullptr && !IsOneOf(*rejections, {"warn-with-error-code", "throw", "strict", "warn", "none"})) {
    return "invalid value for --unhandled-rejections";
  }
  const std::string* trace = LastValue(line, "--trace-require-module");
  if (trace != nullptr && !IsOneOf(*trace, {"all", "no-node-modules"})) {
    return "invalid value for --trace-require-module";
  }
  if (IsTrue(line, "--tls-min-v1.3") && IsTrue(line, "--tls-max-v1.2")) {
    return "either --tls-min-v1.3 or --tls-max-v1.2 can be used, not both";
  }
  if (IsTrue(line, "--debug") || IsTrue(line, "--debug-brk")) {
    return "[DEP0062]: `node --debug` and `node --debug-brk` are invalid. Please use `node --inspect` and `node --inspect-brk` instead.";
  }
  const bool evaluates = IsTrue(line, "[has_eval_string]");
  if (IsTrue(line, "--check") && evaluates) return "either --check or --eval can be used, not both";
  if (IsTrue(line, "--test")) {
    if (IsTrue(line, "--check")) return "either --test or --check can be used, not both";
    if (evaluates) return "either --test or --eval can be used, not both";
    if (IsTrue(line, "--interactive")) return "either --test or --interactive can be used, not both";
  }
  return "";
}

// Appends V8's flags to `flags`, one by one: an error names the one that V8 does not know.
std::string CheckV8Flags(const std::vector<std::string>& words, std::string* flags) {
  for (const std::string& word : words) {
    if (!dv8::CheckFlags(word).empty()) return "bad option: " + word;
    *flags += (flags->empty() ? "" : " ") + word;
  }
  return "";
}

// Options that say what node runs, in place of the program, or have one of dv8pack's.
constexpr std::string_view kNotForPrograms[] = {
    "--build-snapshot",
    "--check",
    "--env-file",
    "--env-file-if-exists",
    "--eval",
    "--experimental-sea-config",
    "--help",
    "--inspect",
    "--inspect-brk",
    "--inspect-wait",
    "--interactive",
    "--print",
    "--run",
    "--test",
    "--version",
    "--watch",
    "--watch-path",
};

CommandLine ReadExecArgv(std::string_view text) {
  CommandLine line;
  const std::vector<std::string> words = SplitNodeOptions(text, &line.error);
  if (!line.error.empty()) {
    line.error = "a quotation mark or an escape has no end";
    return line;
  }
  ReadOptions(words, OptionSource::kArguments, &line);
  if (line.error.empty() && !line.arguments.empty()) line.error = "'" + line.arguments[0] + "' is no option";
  return line;
}

}  // namespace

std::string CheckExecArgv(std::string_view text, std::string* v8_flags) {
  const CommandLine line = ReadExecArgv(text);
  if (!line.error.empty()) return line.error;
  for (const auto& [option, value] : line.options) {
    if (std::ranges::find(kNotForPrograms, option->name) != std::end(kNotForPrograms)) {
      return std::string(option->name) + " is not for packed programs";
    }
  }
  if (std::string error = CheckOptions(line); !error.empty()) return error;
  return CheckV8Flags(line.v8_flags, v8_flags);
}

void ApplyExecArgv(Environment* env, std::string_view text) {
  const CommandLine line = ReadExecArgv(text);
  NodeOptions& options = env->State<NodeOptions>();
  for (const auto& [option, value] : line.options) options.Set(*option, value);
  env->State<ProcessArguments>().exec_argv = line.exec_arguments;
}

void ReadOptionVariables(const std::function<std::optional<std::string>(const char* name)>& get, CommandLine* line) {
  if (get("NODE_NO_WARNINGS") == "1") AddOption(line, "--warnings", "false");
  if (get("NODE_PENDING_DEPRECATION") == "1") AddOption(line, "--pending-deprecation", "true");
  if (get("NODE_PRESERVE_SYMLINKS") == "1") AddOption(line, "--preserve-symlinks", "true");
  if (get("NODE_PRESERVE_SYMLINKS_MAIN") == "1") AddOption(line, "--preserve-symlinks-main", "true");
  if (get("NODE_USE_ENV_PROXY") == "1") AddOption(line, "--use-env-proxy", "true");
  if (const auto redirect = get("NODE_REDIRECT_WARNINGS"); redirect && !redirect->empty()) {
    AddOption(line, "--redirect-warnings", *redirect);
  }
}

bool MayAbort(v8::Isolate* isolate) {
  Environment* env = Environment::From(isolate);
  if (env->is_thread()) return false;
  v8::HandleScope scope(isolate);
  constexpr const char* kToggle = "util.shouldAbortOnUncaughtToggle";
  // A program without Node's library has no toggle.
  const bool is_wanted = !env->Kept(kToggle)->IsUint32Array() || SharedUint32(env, kToggle, 1)[0] != 0;
  return is_wanted && env->State<AbortState>().scopes == 0;
}

bool ExposesGc() {
  return std::ranges::any_of(Process().v8_flags, [](std::string_view flag) { return flag == "--expose-gc" || flag == "--expose_gc"; });
}

void ReadOptions(std::vector<std::string> words, OptionSource source, CommandLine* out) {
  OptionReader(std::move(words), source, out).Read();
}

std::vector<std::pair<std::string_view, std::vector<std::string_view>>> OptionAliases() {
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> list;
  for (const Alias& alias : Aliases()) list.emplace_back(alias.name, alias.words);
  return list;
}

std::vector<std::string> SplitNodeOptions(std::string_view text, std::string* error) {
  std::vector<std::string> words;
  bool quoted = false;
  bool starts = true;
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '\\' && quoted) {
      if (++i == text.size()) {
        *error = "invalid value for NODE_OPTIONS (invalid escape)\n";
        return {};
      }
      c = text[i];
    } else if (c == ' ' && !quoted) {
      starts = true;
      continue;
    } else if (c == '"') {
      quoted = !quoted;
      continue;
    }
    if (starts) words.emplace_back();
    starts = false;
    words.back() += c;
  }
  if (quoted) *error = "invalid value for NODE_OPTIONS (unterminated string)\n";
  return words;
}

std::optional<int> TakeCommandLine(OptionSource from, int* argc, char** argv, std::string* flags) {
  CommandLine& line = Process();
  ReadEnvFiles(*argc, argv, &line);
  if (from == OptionSource::kEnvironment) {
    TakeCoverageOrders();
    if (line.error.empty()) ReadEnvironment(&line);
  }
  if (line.error.empty()) {
    ReadOptions(std::vector<std::string>(argv + std::min(*argc, 1), argv + *argc), OptionSource::kArguments, &line);
  }
  if (line.error.empty()) line.error = CheckOptions(line);
  if (line.error.empty() && IsTrue(line, "--version")) {
    std::puts(kVersionText);
    return 0;
  }
  if (line.error.empty() && IsTrue(line, "--v8-options")) {
    v8::V8::SetFlagsFromString("--help");
    return 0;
  }
  // What node turns on; the command line may turn it off again.
  if (line.error.empty()) line.error = CheckV8Flags({"--js-source-phase-imports"}, flags);
  if (line.error.empty()) line.error = CheckV8Flags(line.v8_flags, flags);
  if (const std::string* revert = LastValue(line, "--security-revert"); line.error.empty() && revert != nullptr) {
    std::fprintf(stderr, "%s: Error: Attempt to revert an unknown CVE [%s]\n", argv[0], revert->c_str());
    return kInvalidArgument2;
  }
  if (!line.error.empty()) {
    std::fprintf(stderr, "%s: %s\n", *argc > 0 ? argv[0] : "node", line.error.c_str());
    return kInvalidArgument;
  }
  const int left = static_cast<int>(line.arguments.size());
  for (int i = 0; i < left; i++) argv[1 + i] = argv[*argc - left + i];
  *argc = std::min(*argc, 1) + left;
  argv[*argc] = nullptr;
  return std::nullopt;
}

void ApplyCommandLine(Environment* env) {
  const CommandLine& line = Process();
  NodeOptions& options = env->State<NodeOptions>();
  for (const auto& [option, value] : line.options) options.Set(*option, value);
  ProcessArguments& process = env->State<ProcessArguments>();
  process.is_node = true;
  process.exec_argv = line.exec_arguments;
  process.argv.assign(env->argv(), env->argv() + env->argc());
  // What is evaluated without a file is told apart from a packed program's files.
  env->set_hook(Hook::kImport, {});
  const auto has = [&line](std::string_view flag) { return std::ranges::find(line.v8_flags, flag) != line.v8_flags.end(); };
  if (const std::string* title = LastValue(line, "--title")) SetProcessTitle(env, *title);
  // A context of a snapshot has what it had when it was made.
  env->isolate()->InstallConditionalFeatures(env->context());
  if (has("--disallow-code-generation-from-strings")) env->context()->AllowCodeGenerationFromStrings(false);
  // What is no Error has no stack of its own.
  constexpr int kFrames = 10;
  if (options.IsTrue("--trace-uncaught")) env->isolate()->SetCaptureStackTraceForUncaughtExceptions(true, kFrames);
}

}  // namespace dv8::node
