#include "packager/bundle/esbuild.h"

#include <set>

namespace dv8 {
namespace {

// Without the colours that a terminal gets.
std::string Plain(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      while (i < text.size() && text[i] != 'm') i++;
    } else {
      out += text[i];
    }
  }
  return out;
}

// "name" of "name/sub/path", "@scope/name" of "@scope/name/sub".
std::string PackageName(std::string_view specifier) {
  size_t slash = specifier.find('/');
  if (!specifier.empty() && specifier[0] == '@' && slash != std::string_view::npos) {
    slash = specifier.find('/', slash + 1);
  }
  return std::string(specifier.substr(0, slash));
}

bool IsPackage(std::string_view specifier) {
  return !specifier.empty() && specifier[0] != '.' && specifier[0] != '/' &&
         specifier[0] != '#' && specifier.find(':') == std::string_view::npos;
}

}  // namespace

Result<Outcome> RunEsbuild(const std::string& esbuild, const std::string& cwd,
                           const std::string& input, const std::vector<std::string>& args) {
  Command command;
  command.args.push_back(esbuild);
  command.args.insert(command.args.end(), args.begin(), args.end());
  command.cwd = cwd;
  command.input = input;
  return RunProcess(command);
}

std::string EsbuildHint(std::string_view messages) {
  const std::string text = Plain(messages);
  static constexpr std::string_view kUnresolved = "Could not resolve \"";
  std::set<std::string> packages;
  for (size_t at = text.find(kUnresolved); at != std::string::npos;
       at = text.find(kUnresolved, at + 1)) {
    const size_t start = at + kUnresolved.size();
    const std::string specifier = text.substr(start, text.find('"', start) - start);
    if (IsPackage(specifier)) packages.insert(PackageName(specifier));
  }
  std::string hint;
  if (!packages.empty()) {
    hint = "npm install";
    for (const std::string& package : packages) hint += " " + package;
  }
  const auto add = [&hint](std::string_view line) {
    if (!hint.empty()) hint += "\n  hint: ";
    hint += line;
  };
  if (text.find("[unsupported-require-call]") != std::string::npos ||
      text.find("[unsupported-dynamic-import]") != std::string::npos) {
    add("--allow-dynamic leaves such calls to the run time, which knows only the modules that "
        "are packed in");
  }
  if (text.find("No loader is configured for \".node\"") != std::string::npos) {
    add("native addons cannot be a part of a static executable");
  } else if (text.find("No loader is configured for \"") != std::string::npos) {
    add("--loader:.ext=text, =binary, =file, … says how such files are to be read");
  }
  return hint;
}

}  // namespace dv8
