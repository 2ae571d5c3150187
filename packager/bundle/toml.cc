#include "packager/bundle/toml.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

// toml++: the TOML reader that Debian has whose keys know where they stand.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "packager/bundle/json.h"

namespace dv8 {
namespace {

void Append(const toml::node& node, std::string* json);

// In the order of the text.
void AppendTable(const toml::table& table, std::string* json) {
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (auto&& [key, value] : table) entries.emplace_back(&key, &value);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first->source().begin < b.first->source().begin; });
  *json += '{';
  for (const auto& [key, value] : entries) {
    if (json->back() != '{') *json += ',';
    *json += QuoteJson(std::string(key->str())) + ":";
    Append(*value, json);
  }
  *json += '}';
}

template <typename Value>
std::string Printed(const Value& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

void Append(const toml::node& node, std::string* json) {
  if (const toml::table* table = node.as_table()) {
    AppendTable(*table, json);
  } else if (const toml::array* array = node.as_array()) {
    *json += '[';
    for (const toml::node& item : *array) {
      if (json->back() != '[') *json += ',';
      Append(item, json);
    }
    *json += ']';
  } else if (const auto* text = node.as_string()) {
    *json += QuoteJson(text->get());
  } else if (const auto* number = node.as_integer()) {
    *json += std::to_string(number->get());
  } else if (const auto* real = node.as_floating_point()) {
    // JSON has neither infinities nor NaN.
    std::ostringstream out;
    out.precision(17);
    out << real->get();
    *json += std::isfinite(real->get()) ? out.str() : "null";
  } else if (const auto* flag = node.as_boolean()) {
    *json += flag->get() ? "true" : "false";
  } else if (const auto* date = node.as_date()) {
    *json += QuoteJson(Printed(date->get()));
  } else if (const auto* time = node.as_time()) {
    *json += QuoteJson(Printed(time->get()));
  } else if (const auto* moment = node.as_date_time()) {
    *json += QuoteJson(Printed(moment->get()));
  }
}

}  // namespace

std::optional<std::string> TomlAsJson(std::string_view text) {
  const toml::parse_result result = toml::parse(text);
  if (!result) return std::nullopt;
  std::string json;
  AppendTable(result.table(), &json);
  return json;
}

}  // namespace dv8
