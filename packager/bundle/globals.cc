#include "packager/bundle/globals.h"

#include "packager/bundle/identifier.h"

namespace dv8 {
namespace {

constexpr std::string_view kPlaceholder = "__dv8_g_";

}  // namespace

std::vector<std::string> GlobalDefines(const std::set<std::string>& globals) {
  std::vector<std::string> arguments;
  for (const std::string& name : globals) {
    const std::string placeholder = std::string(kPlaceholder) + name;
    arguments.push_back("--define:" + name + "=" + placeholder);
    arguments.push_back("--define:globalThis." + name + "=globalThis." + placeholder);
    arguments.push_back("--define:global." + name + "=global." + placeholder);
  }
  return arguments;
}

std::set<std::string> GlobalsIn(std::string_view output, const std::set<std::string>& globals) {
  std::set<std::string> named;
  for (size_t at = output.find(kPlaceholder); at != std::string_view::npos; at = output.find(kPlaceholder, at + 1)) {
    std::string name(Identifier(output.substr(at + kPlaceholder.size())));
    if (globals.contains(name)) named.insert(std::move(name));
  }
  return named;
}

std::string WithoutPlaceholders(std::string_view output) {
  std::string text;
  text.reserve(output.size());
  for (size_t at; (at = output.find(kPlaceholder)) != std::string_view::npos; output.remove_prefix(at + kPlaceholder.size())) {
    text.append(output.substr(0, at));
  }
  return text.append(output);
}

bool CallsUnasked(std::string_view output, std::string_view name) {
  constexpr size_t kNear = 200;
  const std::string placeholder = std::string(kPlaceholder) + std::string(name);
  size_t before = std::string_view::npos;
  for (size_t at = output.find(placeholder); at != std::string_view::npos; at = output.find(placeholder, at + 1)) {
    const bool is_call = output.substr(at + placeholder.size()).starts_with('(');
    if (is_call && (before == std::string_view::npos || at - before > kNear)) return true;
    before = at;
  }
  return false;
}

}  // namespace dv8
