#include "packager/cli/option_parser.h"

#include <CLI/CLI.hpp>

#include "packager/cli/option_table.h"

namespace dv8 {
namespace {

using Kind = OptionSpec::Kind;

// esbuild's way, --define:K=V, as CLI11's, --define=K=V.
std::string Normalized(const std::string& word) {
  const OptionSpec* option = word.starts_with("--") ? FindOption(word) : nullptr;
  if (option == nullptr || word.size() <= option->name.size() || word[option->name.size()] != ':' ||
      (option->kind != Kind::kList && option->kind != Kind::kEsbuildList)) {
    return word;
  }
  std::string out = word;
  out[option->name.size()] = '=';
  return out;
}

ParsedWords Parse(const std::vector<std::string>& args) {
  ParsedWords parsed;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, bool> flags;
  for (const OptionSpec& option : OptionTable()) {
    const std::string name(option.name.substr(2));
    std::string names(option.name);
    if (option.letter != 0) names = std::string("-") + option.letter + "," + names;
    if (TakesValue(option.kind)) {
      app.add_option(names, values[name])->expected(1)->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else {
      app.add_flag(names, flags[name]);
    }
  }
  std::vector<std::string> words;
  bool operands_only = false;
  std::map<std::string, std::vector<std::string>> optional;
  for (const std::string& arg : args) {
    operands_only = operands_only || arg == "--";
    const OptionSpec* option = operands_only || !arg.starts_with("--") ? nullptr : FindOption(arg);
    if (option != nullptr && option->kind == Kind::kOptional) {
      const size_t equals = arg.find('=');
      optional[std::string(option->name.substr(2))].push_back(equals == std::string::npos ? "" : arg.substr(equals + 1));
      continue;
    }
    const bool is_flag = option != nullptr && !TakesValue(option->kind) && option->kind != Kind::kOptional;
    if (const size_t equals = is_flag ? arg.find('=') : std::string::npos; equals != std::string::npos) {
      const std::string value = arg.substr(equals + 1);
      if (value != "true" && value != "false") {
        parsed.error = std::string(option->name) + " is true or false, not '" + value + "'";
        return parsed;
      }
    }
    // CLI11 would take the next word.
    if (option != nullptr && TakesValue(option->kind) &&
        (arg == std::string(option->name) + "=" || arg == std::string(option->name) + ":")) {
      parsed.error = std::string(option->name) + " needs a value";
      return parsed;
    }
    words.push_back(operands_only ? arg : Normalized(arg));
  }
  std::reverse(words.begin(), words.end());
  app.parse(words);
  for (auto& [name, list] : values) {
    if (!list.empty()) parsed.values[name] = list;
  }
  for (const auto& [name, is_set] : flags) {
    if (is_set) parsed.values[name] = {};
  }
  parsed.values.merge(optional);
  bool after_dashes = false;
  for (const std::string& word : app.remaining()) {
    if (word == "--" && !after_dashes) {
      after_dashes = true;
    } else if (word.size() > 1 && word[0] == '-' && !after_dashes) {
      parsed.unknown.push_back(word);
    } else {
      parsed.operands.push_back(word);
    }
  }
  return parsed;
}

}  // namespace

ParsedWords ParseWords(const std::vector<std::string>& args) noexcept {
  ParsedWords failed;
  try {
    return Parse(args);
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    failed.error = text.substr(0, text.find(':')) + " needs a value";
  } catch (const std::exception& error) {
    failed.error = error.what();
  }
  return failed;
}

}  // namespace dv8
