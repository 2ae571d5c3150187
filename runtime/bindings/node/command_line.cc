#include "runtime/bindings/node/command_line.h"

#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <span>

#include "runtime/bindings/node/process_arguments.h"

namespace dv8::node {
namespace {

struct Alias {
  std::string_view name;
  std::vector<std::string> expansion;
};

// "=" at a name's end: only with a value behind "="; " <arg>": only before an argument that is no option.
const std::vector<Alias>& Aliases() {
  static const auto* aliases = new std::vector<Alias>{
      {"--debug-brk=", {"--debug-brk"}},
      {"--debug-port", {"--inspect-port"}},
      {"--debug=", {"--debug"}},
      {"--enable-network-family-autoselection", {"--network-family-autoselection"}},
      {"--es-module-specifier-resolution", {"--experimental-specifier-resolution"}},
      {"--experimental-default-config-file", {"--experimental-config-file"}},
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
      {"-C", {"--conditions"}},
      {"-c", {"--check"}},
      {"-e", {"--eval"}},
      {"-h", {"--help"}},
      {"-i", {"--interactive"}},
      {"-p", {"--print"}},
      {"-pe", {"--print", "--eval"}},
      {"-r", {"--require"}},
      {"-v", {"--version"}},
  };
  return *aliases;
}

const Alias* FindAlias(std::string_view name, std::string_view suffix = "") {
  for (const Alias& alias : Aliases()) {
    if (alias.name.size() == name.size() + suffix.size() && alias.name.starts_with(name) &&
        alias.name.ends_with(suffix)) {
      return &alias;
    }
  }
  return nullptr;
}

// What an option means beside itself. A flag of V8's goes to V8.
constexpr struct {
  std::string_view name, implied;
  const char* value;
} kImplications[] = {
    {"--env-file", "[has_env_file_string]", "true"},
    {"--env-file-if-exists", "[has_env_file_string]", "true"},
    {"--eval", "[has_eval_string]", "true"},
    {"--experimental-require-module", "--require-module", "true"},
    {"--experimental-shadow-realm", "--harmony-shadow-realm", "true"},
    {"--experimental-transform-types", "--enable-source-maps", "true"},
    {"--experimental-transform-types", "--strip-types", "true"},
    {"--harmony-shadow-realm", "--experimental-shadow-realm", "true"},
    {"--inspect-brk", "--inspect", "true"},
    {"--inspect-brk-node", "--inspect", "true"},
    {"--inspect-wait", "--inspect", "true"},
    {"--no-harmony-shadow-realm", "--experimental-shadow-realm", "false"},
    {"--report-signal", "--report-on-signal", "true"},
    {"--test-random-seed", "[has_test_random_seed]", "true"},
    {"--trace-env-js-stack", "--trace-env", "true"},
    {"--trace-env-native-stack", "--trace-env", "true"},
    {"--use-openssl-ca", "[ssl_openssl_cert_store]", "true"},
    {"--use-bundled-ca", "[ssl_openssl_cert_store]", "false"},
    {"--watch-path", "--watch", "true"},
};

bool TakesValue(OptionKind kind) {
  return kind != OptionKind::kBoolean && kind != OptionKind::kNoOp && kind != OptionKind::kV8Option;
}

}  // namespace

class CommandLine::Parser {
 public:
  enum class Source { kCommandLine, kEnvironment };

  Parser(CommandLine* line, Source source, std::vector<std::string> arguments)
      : line_(line), source_(source), arguments_(arguments.begin(), arguments.end()) {}

  // Reads the options and leaves what follows them.
  std::deque<std::string> Run() {
    while (!failed_ && !IsEmpty() && First().size() > 1 && First()[0] == '-') {
      if (!ReadOption()) break;
    }
    return arguments_;
  }

 private:
  bool IsEmpty() const { return expanded_.empty() && arguments_.empty(); }
  const std::string& First() const { return expanded_.empty() ? arguments_.front() : expanded_.front(); }
  // What an alias stands for is not an argument of the command line.
  std::string Take() {
    std::deque<std::string>& from = expanded_.empty() ? arguments_ : expanded_;
    std::string text = std::move(from.front());
    if (&from == &arguments_ && source_ == Source::kCommandLine) line_->exec_argv_.push_back(text);
    from.pop_front();
    return text;
  }
  void Complain(std::string text) {
    line_->complaints_.push_back(std::move(text));
    failed_ = true;
  }

  const Alias* AliasOf(const std::string& name, bool has_value) const {
    if (const Alias* alias = FindAlias(name)) return alias;
    if (const Alias* alias = has_value ? FindAlias(name, "=") : nullptr) return alias;
    const bool argument_follows = !IsEmpty() && !First().empty() && First()[0] != '-';
    return argument_follows ? FindAlias(name, " <arg>") : nullptr;
  }

  std::string Expand(std::string name, bool has_value) {
    while (const Alias* alias = AliasOf(name, has_value)) {
      const std::string before = std::move(name);
      name = alias->expansion.front();
      expanded_.insert(expanded_.begin(), alias->expansion.begin() + 1, alias->expansion.end());
      if (name == before) break;
    }
    return name;
  }

  void Imply(const std::string& name) {
    for (const auto& implication : kImplications) {
      if (implication.name != name) continue;
      const OptionSpec* option = FindOption(implication.implied);
      if (option == nullptr) continue;
      if (option->kind == OptionKind::kV8Option) {
        line_->v8_flags_.emplace_back(option->name);
      } else {
        line_->options_.Set(*option, implication.value);
      }
    }
  }

  // False at "--": options end there.
  bool ReadOption() {
    const std::string argument = Take();
    if (argument == "--") {
      if (source_ == Source::kEnvironment) Complain("-- is not allowed in NODE_OPTIONS");
      return false;
    }
    const size_t equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
    const bool has_value = equals != std::string::npos;
    std::string name = argument.substr(0, equals);
    const std::string shown = name + (has_value ? "=" : "");
    std::replace(name.begin() + 2, name.end(), '_', '-');
    const bool negated = name.starts_with("--no-");
    if (negated) name.erase(2, 3);
    name = Expand(name, has_value);

    const OptionSpec* option = FindOption(name);
    if (source_ == Source::kEnvironment && (option == nullptr || !option->in_environment)) {
      Complain(shown + " is not allowed in NODE_OPTIONS");
      return true;
    }
    Imply(negated ? "--no-" + name.substr(2) : name);
    if (option == nullptr || option->kind == OptionKind::kV8Option) {
      line_->v8_flags_.push_back(argument);
      return true;
    }
    if (negated && option->kind != OptionKind::kBoolean) {
      Complain(argument + " is an invalid negation because it is not a boolean option");
      return true;
    }
    std::optional<std::string> value = has_value ? argument.substr(equals + 1) : std::optional<std::string>();
    if (TakesValue(option->kind) && !TakeValue(&value)) {
      Complain(shown + " requires an argument");
      return true;
    }
    Set(*option, negated, value.value_or(""), argument);
    return true;
  }

  bool TakeValue(std::optional<std::string>* value) {
    if (value->has_value()) return !value->value().empty();
    if (IsEmpty()) return false;
    *value = Take();
    if (value->value().starts_with('-')) return false;
    if (value->value().starts_with("\\-")) value->value().erase(0, 1);
    return true;
  }

  void Set(const OptionSpec& option, bool negated, std::string value, const std::string& argument) {
    switch (option.kind) {
      case OptionKind::kNoOp: return;
      case OptionKind::kBoolean: return line_->options_.Set(option, negated ? "false" : "true");
      case OptionKind::kInteger:
        // V8's, too.
        if (std::string_view(option.name) == "--stack-trace-limit") line_->v8_flags_.push_back(argument);
        return line_->options_.Set(option, std::to_string(std::strtoll(value.c_str(), nullptr, 10)));
      case OptionKind::kUInteger:
        return line_->options_.Set(option, std::to_string(std::strtoull(value.c_str(), nullptr, 10)));
      case OptionKind::kHostPort: return SetHostPort(option, value);
      default: return line_->options_.Set(option, std::move(value));
    }
  }

  // "port", "host" or "host:port"; what is left out stays as it is.
  void SetHostPort(const OptionSpec& option, const std::string& value) {
    const std::string before = line_->options_.Get(option)[0];
    std::string host = before.substr(0, before.rfind(':')), port = before.substr(before.rfind(':') + 1);
    const size_t colon = value.rfind(':');
    const std::string last = colon == std::string::npos ? value : value.substr(colon + 1);
    const bool is_number = !last.empty() && std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (colon != std::string::npos) host = value.substr(0, colon);
    if (colon == std::string::npos && !is_number) host = value;
    if (is_number || colon != std::string::npos) port = last;
    const int number = std::atoi(port.c_str());
    if (port.size() > 5 || (number != 0 && number < 1024) || number > 65535) {
      return Complain(std::string(option.name) + " must be 0 or in range 1024 to 65535.");
    }
    line_->options_.Set(option, host + ":" + port);
  }

  CommandLine* line_;
  Source source_;
  std::deque<std::string> arguments_, expanded_;
  bool failed_ = false;
};

void CommandLine::Read(std::vector<std::string> arguments) {
  if (arguments.empty()) arguments.emplace_back("node");
  argv_.push_back(arguments.front());
  arguments.erase(arguments.begin());
  const std::deque<std::string> rest =
      Parser(this, Parser::Source::kCommandLine, std::move(arguments)).Run();
  argv_.insert(argv_.end(), rest.begin(), rest.end());
}

void CommandLine::ReadNodeOptions(std::string_view text) {
  std::vector<std::string> arguments;
  bool quoted = false, begins = true;
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '\\' && quoted) {
      if (++i == text.size()) return complaints_.push_back("invalid value for NODE_OPTIONS (invalid escape)\n");
      c = text[i];
    } else if (c == ' ' && !quoted) {
      begins = true;
      continue;
    } else if (c == '"') {
      quoted = !quoted;
      continue;
    }
    if (begins) arguments.emplace_back();
    begins = false;
    arguments.back() += c;
  }
  if (quoted) return complaints_.push_back("invalid value for NODE_OPTIONS (unterminated string)\n");
  Parser(this, Parser::Source::kEnvironment, std::move(arguments)).Run();
}

void CommandLine::Check() {
  const auto text = [this](const char* name) {
    const OptionSpec* option = FindOption(name);
    return option == nullptr ? std::string() : options_.Get(*option).at(0);
  };
  const auto one_of = [&](const char* name, std::initializer_list<std::string_view> values, const char* complaint) {
    const std::string value = text(name);
    if (!value.empty() && std::ranges::find(values, value) == values.end()) complaints_.push_back(complaint);
  };
  const auto exclude = [&](const char* name, const char* other, const char* other_shown) {
    if (IsTrue(name) && IsTrue(other)) {
      complaints_.push_back(std::string("either ") + name + " or " + other_shown + " can be used, not both");
    }
  };
  one_of("--input-type", {"commonjs", "module", "commonjs-typescript", "module-typescript"},
         "--input-type must be \"module\",\"commonjs\", \"module-typescript\" or \"commonjs-typescript\"");
  exclude("--check", "[has_eval_string]", "--eval");
  one_of("--unhandled-rejections", {"warn-with-error-code", "throw", "strict", "warn", "none"},
         "invalid value for --unhandled-rejections");
  one_of("--trace-require-module", {"all", "no-node-modules"}, "invalid value for --trace-require-module");
  exclude("--test", "--check", "--check");
  exclude("--test", "[has_eval_string]", "--eval");
  exclude("--test", "--interactive", "--interactive");
  exclude("--watch", "--check", "--check");
  exclude("--watch", "[has_eval_string]", "--eval");
  exclude("--watch", "--interactive", "--interactive");
  if (IsTrue("--debug") || IsTrue("--debug-brk")) {
    complaints_.push_back(
        "[DEP0062]: `node --debug` and `node --debug-brk` are invalid. Please use `node --inspect` and "
        "`node --inspect-brk` instead.");
  }
}

const char* CommandLine::MainScript() const {
  const std::string first = argv_.size() > 1 ? argv_[1] : "";
  if (IsTrue("--help")) return "internal/main/print_help";
  if (IsTrue("[has_eval_string]") && !IsTrue("--interactive")) return "internal/main/eval_string";
  if (IsTrue("--check")) return "internal/main/check_syntax";
  if (IsTrue("--test")) return "internal/main/test_runner";
  if (IsTrue("--watch")) return "internal/main/watch_mode";
  if (!first.empty() && first != "-") return "internal/main/run_main_module";
  const bool interactive = IsTrue("--interactive") || uv_guess_handle(STDIN_FILENO) == UV_TTY;
  return interactive ? "internal/main/repl" : "internal/main/eval_stdin";
}

void CommandLine::Apply(Environment* env) const {
  env->State<NodeOptions>() = options_;
  ProcessArguments& arguments = env->State<ProcessArguments>();
  arguments.argv = argv_;
  arguments.exec_argv = exec_argv_;
}

}  // namespace dv8::node
