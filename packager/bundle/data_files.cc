#include "packager/bundle/data_files.h"

#include <algorithm>

#include "packager/bundle/esbuild.h"
#include "packager/bundle/toml.h"
#include "packager/bundle/yaml.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

struct Format {
  std::string_view ending;
  std::string (*convert)(std::string_view text);
};

std::string TomlOrText(std::string_view text) { return TomlAsJson(text).value_or(std::string(text)); }
std::string YamlOrText(std::string_view text) { return YamlAsJson(text).value_or(std::string(text)); }

constexpr Format kFormats[] = {{".jsonc", JsonWithoutComments}, {".toml", TomlOrText}, {".yaml", YamlOrText}, {".yml", YamlOrText}};

}  // namespace

std::vector<std::string> DataEndings() {
  std::vector<std::string> endings;
  for (const Format& format : kFormats) endings.emplace_back(format.ending);
  return endings;
}

std::string DataFilter(const std::vector<std::string>& loaders) {
  std::string filter;
  for (const Format& format : kFormats) {
    const std::string own = std::string(format.ending) + "=";
    if (std::any_of(loaders.begin(), loaders.end(), [&](const auto& loader) { return loader.starts_with(own); })) continue;
    filter += (filter.empty() ? "" : "|") + QuoteRegexp(format.ending) + "$";
  }
  return filter;
}

std::optional<std::string> DataAsJson(const std::string& file) {
  for (const Format& format : kFormats) {
    if (!file.ends_with(format.ending)) continue;
    const Result<std::string> text = ReadFile(file);
    return text.ok() ? std::optional(format.convert(text.value())) : std::nullopt;
  }
  return std::nullopt;
}

std::string JsonWithoutComments(std::string_view text) {
  std::string json(text);
  size_t comma = std::string::npos;  // Behind which only blanks have come.
  for (size_t i = 0; i < json.size(); i++) {
    const char c = json[i];
    if (c == '"') {
      for (i++; i < json.size() && json[i] != '"'; i++) i += json[i] == '\\';
      comma = std::string::npos;
    } else if (json.compare(i, 2, "//") == 0) {
      for (; i < json.size() && json[i] != '\n'; i++) json[i] = ' ';
    } else if (json.compare(i, 2, "/*") == 0) {
      const size_t end = std::min(json.find("*/", i + 2), json.size() - 2) + 2;
      for (; i < end; i++) json[i] = json[i] == '\n' ? '\n' : ' ';
      i--;
    } else if (c == ',') {
      comma = i;
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      if ((c == '}' || c == ']') && comma != std::string::npos) json[comma] = ' ';
      comma = std::string::npos;
    }
  }
  return json;
}

}  // namespace dv8
