#include "runtime/payload/dotenv.h"

#include <algorithm>

namespace dv8 {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\v\f\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string WithLineBreaks(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    const bool is_break = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n';
    out += is_break ? '\n' : text[i];
    i += is_break ? 1 : 0;
  }
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> ParseDotenv(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> entries;
  while (!(text = Trimmed(text)).empty()) {
    const size_t line_end = std::min(text.find('\n'), text.size());
    const size_t equals = text.find('=');
    if (text[0] == '#' || equals == std::string_view::npos || equals > line_end) {
      text.remove_prefix(line_end);
      continue;
    }
    std::string_view name = Trimmed(text.substr(0, equals));
    constexpr std::string_view kExport = "export ";
    if (name.starts_with(kExport)) name = Trimmed(name.substr(kExport.size()));
    text.remove_prefix(equals + 1);
    const size_t begin = std::min(text.find_first_not_of(" \t\r\v\f"), text.size());
    text.remove_prefix(begin);
    const char quote = text.empty() ? '\n' : text[0];
    const bool is_quoted = quote == '"' || quote == '\'' || quote == '`';
    const size_t close = is_quoted ? text.find(quote, 1) : std::string_view::npos;
    if (close != std::string_view::npos) {
      const std::string_view value = text.substr(1, close - 1);
      entries.emplace_back(name, quote == '"' ? WithLineBreaks(value) : std::string(value));
      text.remove_prefix(close + 1);
      text.remove_prefix(std::min(text.find('\n'), text.size()));
      continue;
    }
    const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
    entries.emplace_back(name, Trimmed(line.substr(0, line.find('#'))));
    text.remove_prefix(line.size());
  }
  return entries;
}

}  // namespace dv8
