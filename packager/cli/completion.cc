#include "packager/cli/completion.h"

#include <string_view>
#include <vector>

#include "packager/cli/option_table.h"

namespace dv8 {
namespace {

std::string Joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

// `text` with a backslash before each of `special`.
std::string Escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// In single quotes, for shells that have no escape in them.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string Names(const OptionSpec& option, std::string_view separator) {
  std::string names;
  if (option.letter != 0) names.append("-").append(1, option.letter).append(separator);
  return names.append(option.name);
}

std::vector<std::string_view> CommandNames() {
  std::vector<std::string_view> names;
  for (const CommandSpec& command : CommandTable()) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return names;
}

// Bash parts words at "=", too: it is a word of its own.
std::string Bash() {
  std::string names, values;
  for (const OptionSpec& option : OptionTable()) {
    names.append(names.empty() ? "" : " ").append(Names(option, " "));
    if (!TakesValue(option.kind)) continue;
    const std::string choices = Joined(Choices(option));
    values += "    " + Names(option, "|") + ") ";
    if (!choices.empty()) values += "words='" + choices + "' files= ;;\n";
    else values += IsPath(option) ? "words= ;;\n" : "return ;;\n";
  }
  return "# bash completion for dv8pack: source <(dv8pack completion bash)\n"
         "_dv8pack() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} words files=yes\n"
         "  if [[ $current == = ]]; then current=; elif [[ $option == = ]]; then option=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  case $option in\n" +
         values +
         "    completion) words='bash zsh fish' files= ;;\n"
         "    *)\n"
         "      if [[ $current == -* ]]; then words='" +
         names +
         "' files=\n"
         "      elif ((COMP_CWORD == 1)); then words='" +
         Joined(CommandNames()) +
         "'; fi ;;\n"
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"; [[ -z $files ]] || compgen -f -- \"$current\")\n"
         "  [[ -z $files ]] || compopt -o filenames 2>/dev/null\n"
         "}\n"
         "complete -F _dv8pack dv8pack\n";
}

std::string ZshOption(const OptionSpec& option) {
  const bool takes_value = TakesValue(option.kind);
  std::string action;
  if (takes_value) {
    const std::string choices = Joined(Choices(option));
    action = ":" + Escaped(option.value, ":[]") + ":" + (IsPath(option) ? "_files" : choices.empty() ? " " : "(" + choices + ")");
  }
  const std::string text = "[" + Escaped(option.text, "[]:\\") + "]" + action;
  const std::string many = IsList(option.kind) ? "*" : "";
  std::string line;
  if (option.letter != 0) line += "    " + Quoted(many + "-" + option.letter + (takes_value ? "+" : "") + text) + " \\\n";
  return line + "    " + Quoted(many + std::string(option.name) + (takes_value ? "=" : "") + text) + " \\\n";
}

std::string Zsh() {
  std::string options, commands;
  for (const OptionSpec& option : OptionTable()) options += ZshOption(option);
  for (const CommandSpec& command : CommandTable()) {
    if (!command.name.empty()) commands += " " + Quoted(std::string(command.name) + ":" + Escaped(command.text, ":"));
  }
  return "#compdef dv8pack\n"
         "# zsh completion for dv8pack: source <(dv8pack completion zsh), behind compinit\n"
         "_dv8pack_first() {\n"
         "  local -a commands=(" +
         commands +
         " )\n"
         "  _describe -t commands command commands\n"
         "  _files\n"
         "}\n"
         "_dv8pack() {\n"
         "  if [[ $words[2] == completion ]]; then _values shell bash zsh fish; return; fi\n"
         "  _arguments -s -S \\\n" +
         options +
         "    '1: :_dv8pack_first' '*: :_files'\n"
         "}\n"
         "if [[ $funcstack[1] == _dv8pack ]]; then _dv8pack \"$@\"; else compdef _dv8pack dv8pack; fi\n";
}

std::string Fish() {
  std::string script = "# fish completion for dv8pack: dv8pack completion fish | source\n";
  const auto quoted = [](std::string_view text) { return "'" + Escaped(text, "'\\") + "'"; };
  for (const CommandSpec& command : CommandTable()) {
    if (command.name.empty()) continue;
    script += "complete -c dv8pack -n __fish_use_subcommand -a " + std::string(command.name) + " -d " + quoted(command.text) + "\n";
  }
  script += "complete -c dv8pack -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
  for (const OptionSpec& option : OptionTable()) {
    script += "complete -c dv8pack -l " + std::string(option.name.substr(2));
    if (option.letter != 0) script.append(" -s ").append(1, option.letter);
    if (TakesValue(option.kind)) {
      const std::string choices = Joined(Choices(option));
      script += IsPath(option) ? " -r -F" : choices.empty() ? " -x" : " -x -a " + quoted(choices);
    }
    script += " -d " + quoted(option.text) + "\n";
  }
  return script;
}

}  // namespace

Result<std::string> CompletionScript(const std::string& shell) {
  if (shell == "bash") return Bash();
  if (shell == "zsh") return Zsh();
  if (shell == "fish") return Fish();
  return Diagnostic{"completion is for bash, zsh or fish, not '" + shell + "'"};
}

}  // namespace dv8
