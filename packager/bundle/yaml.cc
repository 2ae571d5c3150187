#include "packager/bundle/yaml.h"

// LibYAML: the reader that Debian has as a static library.
#include <yaml.h>

#include <cstdlib>
#include <set>
#include <vector>

#include "packager/bundle/json.h"

namespace dv8 {
namespace {

constexpr size_t kLargest = 64 << 20;  // Bytes of JSON: aliases can make more of a small file.
constexpr int kDeepest = 200;

std::string_view TextOf(const yaml_node_t& node) {
  return {reinterpret_cast<const char*>(node.data.scalar.value), node.data.scalar.length};
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

bool AreDigits(std::string_view text, std::string_view digits) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

// A plain scalar that is a number, as JSON writes it; empty when it is none.
std::string NumberOf(std::string_view text) {
  constexpr std::string_view kDecimal = "0123456789";
  if (text.starts_with("0x") && AreDigits(text.substr(2), "0123456789abcdefABCDEF") && text.size() <= 18) {
    return std::to_string(strtoull(std::string(text.substr(2)).c_str(), nullptr, 16));
  }
  if (text.starts_with("0o") && AreDigits(text.substr(2), "01234567") && text.size() <= 23) {
    return std::to_string(strtoull(std::string(text.substr(2)).c_str(), nullptr, 8));
  }
  const std::string sign = text.starts_with('-') ? "-" : "";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  // What JSON cannot say, its readers take from numbers that are too large.
  if (IsOneOf(text, {".inf", ".Inf", ".INF"})) return sign + "1e999";
  const std::string_view whole = text.substr(0, text.find_first_not_of(kDecimal));
  text.remove_prefix(whole.size());
  std::string_view fraction;
  if (text.starts_with('.')) {
    fraction = text.substr(1, text.find_first_not_of(kDecimal, 1) - 1);
    text.remove_prefix(1 + fraction.size());
  }
  if (whole.empty() && fraction.empty()) return "";
  std::string number = sign + (whole.empty() ? "0" : std::string(whole.substr(std::min(whole.find_first_not_of('0'), whole.size() - 1))));
  if (!fraction.empty()) number.append(".").append(fraction);
  if (text.empty()) return number;
  if (text[0] != 'e' && text[0] != 'E') return "";
  std::string_view exponent = text.substr(1);
  if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
  return AreDigits(exponent, kDecimal) ? number.append(text) : "";
}

class Writer {
 public:
  explicit Writer(yaml_document_t* document) : document_(document) {}

  // False when the document is not to be written.
  bool Append(int index, int depth, std::string* json) {
    const yaml_node_t* node = yaml_document_get_node(document_, index);
    if (node == nullptr || depth > kDeepest || json->size() > kLargest) return false;
    switch (node->type) {
      case YAML_SCALAR_NODE: AppendScalar(*node, json); return true;
      case YAML_SEQUENCE_NODE: return AppendSequence(*node, depth, json);
      case YAML_MAPPING_NODE: {
        std::set<std::string> keys;
        *json += '{';
        if (!AppendMembers(*node, depth, &keys, json)) return false;
        *json += '}';
        return true;
      }
      default: return false;
    }
  }

 private:
  static void AppendScalar(const yaml_node_t& node, std::string* json) {
    const std::string_view text = TextOf(node);
    const std::string_view tag = node.tag == nullptr ? "" : reinterpret_cast<const char*>(node.tag);
    // LibYAML gives this tag to what has none, too.
    if (tag == YAML_STR_TAG && node.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
      *json += QuoteJson(std::string(text));
    } else if (IsOneOf(text, {"", "~", "null", "Null", "NULL", ".nan", ".NaN", ".NAN"})) {
      *json += "null";
    } else if (IsOneOf(text, {"true", "True", "TRUE"})) {
      *json += "true";
    } else if (IsOneOf(text, {"false", "False", "FALSE"})) {
      *json += "false";
    } else if (const std::string number = NumberOf(text); !number.empty()) {
      *json += number;
    } else {
      *json += QuoteJson(std::string(text));
    }
  }

  bool AppendSequence(const yaml_node_t& node, int depth, std::string* json) {
    *json += '[';
    for (const yaml_node_item_t* item = node.data.sequence.items.start; item < node.data.sequence.items.top; item++) {
      if (item != node.data.sequence.items.start) *json += ',';
      if (!Append(*item, depth + 1, json)) return false;
    }
    *json += ']';
    return true;
  }

  // The members of a mapping that `keys` does not have, then those that it merges.
  bool AppendMembers(const yaml_node_t& node, int depth, std::set<std::string>* keys, std::string* json) {
    if (depth > kDeepest) return false;
    std::vector<int> merged;
    for (const yaml_node_pair_t* pair = node.data.mapping.pairs.start; pair < node.data.mapping.pairs.top; pair++) {
      const yaml_node_t* key = yaml_document_get_node(document_, pair->key);
      if (key == nullptr || key->type != YAML_SCALAR_NODE) return false;
      if (TextOf(*key) == "<<" && key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        merged.push_back(pair->value);
        continue;
      }
      if (!keys->emplace(TextOf(*key)).second) continue;
      if (json->back() != '{') *json += ',';
      *json += QuoteJson(std::string(TextOf(*key))) + ":";
      if (!Append(pair->value, depth + 1, json)) return false;
    }
    for (const int index : merged) {
      if (!AppendMerged(index, depth + 1, keys, json)) return false;
    }
    return true;
  }

  bool AppendMerged(int index, int depth, std::set<std::string>* keys, std::string* json) {
    const yaml_node_t* node = yaml_document_get_node(document_, index);
    if (node == nullptr) return false;
    if (node->type == YAML_MAPPING_NODE) return AppendMembers(*node, depth, keys, json);
    if (node->type != YAML_SEQUENCE_NODE || depth > kDeepest) return false;
    for (const yaml_node_item_t* item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
      if (!AppendMerged(*item, depth + 1, keys, json)) return false;
    }
    return true;
  }

  yaml_document_t* document_;
};

}  // namespace

std::optional<std::string> YamlAsJson(std::string_view text) {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) return std::nullopt;
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::vector<std::string> documents;
  bool is_good = true;
  for (bool more = true; more && is_good;) {
    yaml_document_t document;
    is_good = yaml_parser_load(&parser, &document) != 0;
    if (!is_good) break;
    more = yaml_document_get_root_node(&document) != nullptr;
    if (more) is_good = Writer(&document).Append(1, 0, &documents.emplace_back());
    yaml_document_delete(&document);
  }
  yaml_parser_delete(&parser);
  if (!is_good) return std::nullopt;
  if (documents.empty()) return "null";
  if (documents.size() == 1) return documents[0];
  std::string list = "[";
  for (const std::string& document : documents) list += (list.size() > 1 ? "," : "") + document;
  return list + "]";
}

}  // namespace dv8
