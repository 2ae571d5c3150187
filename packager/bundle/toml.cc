#include "packager/bundle/toml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "packager/bundle/json.h"

namespace dv8 {
namespace {

constexpr int kDeepest = 100;

// A table, an array, or a value that is JSON already.
struct Node {
  enum class Kind { kValue, kTable, kArray };
  Kind kind = Kind::kTable;
  std::string json;
  bool is_closed = false;   // Written in one place: a table in braces, an array in brackets.
  bool is_defined = false;  // By a [header] of its own.
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> members;  // An array's have no names.

  Node* Find(std::string_view key) {
    for (auto& [name, node] : members) {
      if (name == key) return node.get();
    }
    return nullptr;
  }
  Node* Add(std::string key, Kind of) {
    members.emplace_back(std::move(key), std::make_unique<Node>());
    members.back().second->kind = of;
    return members.back().second.get();
  }
  std::string Text() const {
    if (kind == Kind::kValue) return json;
    std::string text;
    for (const auto& [name, node] : members) {
      text += text.empty() ? "" : ",";
      if (kind == Kind::kTable) text += QuoteJson(name) + ":";
      text += node->Text();
    }
    return kind == Kind::kTable ? "{" + text + "}" : "[" + text + "]";
  }
};

void AppendUtf8(uint32_t point, std::string* out) {
  const int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static constexpr uint32_t kFirst[] = {0, 0xC0, 0xE0, 0xF0};
  *out += static_cast<char>(kFirst[more] | point >> (6 * more));
  for (int i = more - 1; i >= 0; i--) *out += static_cast<char>(0x80 | (point >> (6 * i) & 0x3F));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBareKey(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '_' || c == '-'; }
bool IsWord(char c) { return IsBareKey(c) || c == '+' || c == '.' || c == ':'; }

// A word that is neither a string nor brackets.
bool ReadScalar(std::string word, std::string* json) {
  if (word == "true" || word == "false") {
    *json = word;
    return true;
  }
  const bool is_date = word.size() >= 10 && IsDigit(word[0]) && word[4] == '-' && word[7] == '-';
  if (is_date || (word.size() >= 5 && IsDigit(word[0]) && word[2] == ':')) {
    *json = QuoteJson(word);
    return true;
  }
  const std::string_view plain = std::string_view(word).substr(word.starts_with('+') || word.starts_with('-') ? 1 : 0);
  if (plain == "inf" || plain == "nan") {
    *json = plain == "nan" ? "null" : word[0] == '-' ? "-1e999" : "1e999";
    return true;
  }
  for (size_t i = 0; i < word.size(); i++) {
    if (word[i] != '_') continue;
    const auto is_digit = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
    if (i == 0 || i + 1 == word.size() || !is_digit(word[i - 1]) || !is_digit(word[i + 1])) return false;
  }
  std::erase(word, '_');
  for (const auto& [prefix, base] : {std::pair("0x", 16), std::pair("0o", 8), std::pair("0b", 2)}) {
    if (!word.starts_with(prefix)) continue;
    uint64_t number = 0;
    const char* end_of_word = word.data() + word.size();
    const auto [end, error] = std::from_chars(word.data() + 2, end_of_word, number, base);
    if (error != std::errc() || end != end_of_word) return false;
    *json = std::to_string(number);
    return true;
  }
  if (word.starts_with('+')) word.erase(0, 1);
  // What is left is JSON's own syntax of numbers.
  const std::optional<Json> number = Json::Parse(word);
  if (!number || number->kind() != Json::Kind::kNumber) return false;
  *json = std::move(word);
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { Take("\xEF\xBB\xBF"); }

  std::optional<std::string> Parse() {
    Node* table = &root_;
    for (SkipLines(); at_ < text_.size(); SkipLines()) {
      if (Peek() == '[') {
        table = ReadHeader();
      } else if (!ReadMember(table, 0)) {
        table = nullptr;
      }
      if (table == nullptr || !EndLine()) return std::nullopt;
    }
    return root_.Text();
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool IsAt(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  bool Take(std::string_view word) {
    if (!IsAt(word)) return false;
    at_ += word.size();
    return true;
  }
  void SkipBlanks() {
    while (Peek() == ' ' || Peek() == '\t') at_++;
  }
  bool EndLine() {
    SkipBlanks();
    if (Peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
    return at_ == text_.size() || Take("\n") || Take("\r\n");
  }
  void SkipLines() {
    for (size_t before = at_;; before = at_) {
      if (at_ == text_.size() || !EndLine() || at_ == before) return;
    }
  }

  bool ReadKey(std::vector<std::string>* parts) {
    do {
      SkipBlanks();
      std::string part;
      if (Peek() == '"' || Peek() == '\'') {
        if (IsAt("\"\"\"") || IsAt("'''") || !ReadString(&part)) return false;
      } else {
        while (IsBareKey(Peek())) part += text_[at_++];
        if (part.empty()) return false;
      }
      parts->push_back(std::move(part));
      SkipBlanks();
    } while (Take("."));
    return true;
  }

  // The table that `keys` lead to from `table`. The key of an array of tables means its last one.
  static Node* Descend(Node* table, const std::vector<std::string>& keys, bool by_header) {
    for (const std::string& key : keys) {
      Node* next = table->Find(key);
      if (next == nullptr) next = table->Add(key, Node::Kind::kTable);
      if (next->is_closed || (!by_header && next->is_defined)) return nullptr;
      if (next->kind == Node::Kind::kArray) next = next->members.back().second.get();
      table = next;
    }
    return table;
  }

  Node* ReadHeader() {
    const bool is_array = Take("[[") || !Take("[");
    std::vector<std::string> keys;
    if (!ReadKey(&keys) || !Take(is_array ? "]]" : "]")) return nullptr;
    const std::string last = std::move(keys.back());
    keys.pop_back();
    Node* table = Descend(&root_, keys, true);
    if (table == nullptr) return nullptr;
    Node* found = table->Find(last);
    const Node::Kind kind = is_array ? Node::Kind::kArray : Node::Kind::kTable;
    if (found == nullptr) found = table->Add(last, kind);
    if (found->kind != kind || found->is_closed) return nullptr;
    if (is_array) return found->Add("", Node::Kind::kTable);
    return std::exchange(found->is_defined, true) ? nullptr : found;
  }

  bool ReadMember(Node* table, int depth) {
    std::vector<std::string> keys;
    if (!ReadKey(&keys) || !Take("=")) return false;
    const std::string last = std::move(keys.back());
    keys.pop_back();
    table = Descend(table, keys, false);
    if (table == nullptr || table->Find(last) != nullptr) return false;
    SkipBlanks();
    return ReadValue(table->Add(last, Node::Kind::kValue), depth);
  }

  bool ReadValue(Node* node, int depth) {
    if (depth > kDeepest) return false;
    if (Peek() == '"' || Peek() == '\'') {
      std::string text;
      node->is_closed = true;
      if (!ReadString(&text)) return false;
      node->json = QuoteJson(text);
      return true;
    }
    if (Take("[")) {
      node->kind = Node::Kind::kArray;
      for (SkipSpace(); !Take("]"); SkipSpace()) {
        if (!ReadValue(node->Add("", Node::Kind::kValue), depth + 1)) return false;
        SkipSpace();
        if (!Take(",") && Peek() != ']') return false;
      }
      node->is_closed = true;
      return true;
    }
    if (Take("{")) {
      node->kind = Node::Kind::kTable;
      SkipBlanks();
      if (!Take("}")) {
        do {
          if (!ReadMember(node, depth + 1)) return false;
          SkipBlanks();
        } while (Take(","));
        if (!Take("}")) return false;
      }
      node->is_closed = true;
      return true;
    }
    node->is_closed = true;
    const size_t start = at_;
    while (IsWord(Peek())) at_++;
    // 1979-05-27 07:32:00
    if (at_ - start == 10 && text_[start + 4] == '-' && at_ + 3 < text_.size() && Peek() == ' ' && text_[at_ + 3] == ':') {
      for (at_++; IsWord(Peek());) at_++;
    }
    return ReadScalar(std::string(text_.substr(start, at_ - start)), &node->json);
  }

  // Blanks, comments and ends of lines in an array.
  void SkipSpace() {
    while (at_ < text_.size()) {
      if (std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
        at_++;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  bool ReadString(std::string* out) {
    const char quote = text_[at_];
    const std::string three(3, quote);
    const bool is_long = Take(three);
    if (!is_long) at_++;
    if (is_long && !Take("\n")) Take("\r\n");
    for (; at_ < text_.size(); at_++) {
      if (is_long && Take(three)) {
        for (int i = 0; i < 2 && Peek() == quote; i++) *out += text_[at_++];  // Up to two belong to the text.
        return true;
      }
      if (!is_long && text_[at_] == quote) {
        at_++;
        return true;
      }
      if (!is_long && text_[at_] == '\n') return false;
      if (quote == '"' && text_[at_] == '\\') {
        if (!ReadEscape(is_long, out)) return false;
      } else {
        *out += text_[at_];
      }
    }
    return false;
  }

  // From a backslash to the last character of what it stands for.
  bool ReadEscape(bool is_long, std::string* out) {
    static constexpr std::string_view kLetters = "btnfre\"\\", kMeant = "\b\t\n\f\r\x1B\"\\";
    if (++at_ == text_.size()) return false;
    const char c = text_[at_];
    if (const size_t found = kLetters.find(c); found != std::string_view::npos) {
      *out += kMeant[found];
      return true;
    }
    if (c == 'u' || c == 'U') {
      const std::string_view hex = text_.substr(at_ + 1, c == 'u' ? 4 : 8);
      uint32_t point = 0;
      const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), point, 16);
      if (hex.size() < (c == 'u' ? 4u : 8u) || error != std::errc() || end != hex.data() + hex.size()) return false;
      if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
      AppendUtf8(point, out);
      at_ += hex.size();
      return true;
    }
    // At a line's end it takes the blanks up to the next text with it.
    const size_t next = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    if (!is_long || text_.substr(at_, next - at_).find('\n') == std::string_view::npos) return false;
    at_ = next - 1;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  Node root_;
};

}  // namespace

std::optional<std::string> TomlAsJson(std::string_view text) { return Parser(text).Parse(); }

}  // namespace dv8
