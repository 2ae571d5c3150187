#include "packager/bundle/json.h"

namespace dv8 {
namespace {

constexpr int kMaxDepth = 200;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void AppendUtf8(uint32_t c, std::string* out) {
  if (c < 0x80) {
    *out += static_cast<char>(c);
  } else if (c < 0x800) {
    *out += static_cast<char>(0xC0 | c >> 6);
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out += static_cast<char>(0xE0 | c >> 12);
    *out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | c >> 18);
    *out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    *out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// Four hexadecimal digits at `at`; the parser has checked that they are there.
uint32_t Unit(std::string_view text, size_t at) {
  uint32_t unit = 0;
  for (size_t i = at; i < at + 4; i++) unit = unit * 16 + HexValue(text[i]);
  return unit;
}

std::string Unescape(std::string_view quoted) {
  std::string out;
  out.reserve(quoted.size());
  for (size_t i = 1; i + 1 < quoted.size(); i++) {
    if (quoted[i] != '\\') {
      out += quoted[i];
      continue;
    }
    switch (const char c = quoted[++i]) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        uint32_t point = Unit(quoted, i + 1);
        i += 4;
        if (point >> 10 == 0x36 && i + 6 < quoted.size() && quoted[i + 1] == '\\' && quoted[i + 2] == 'u' &&
            Unit(quoted, i + 3) >> 10 == 0x37) {
          point = 0x10000 + ((point & 0x3FF) << 10) + (Unit(quoted, i + 3) & 0x3FF);
          i += 6;
        }
        AppendUtf8(point, &out);
        break;
      }
      default: out += c;
    }
  }
  return out;
}

}  // namespace

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  bool ParseDocument(Json* value) {
    if (!ParseValue(value, 0)) return false;
    SkipSpace();
    return at_ == text_.size();
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) at_++;
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }

  // A string from its opening quote on.
  bool ParseString(std::string_view* raw) {
    const size_t start = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') {
        *raw = text_.substr(start, at_ - start);
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') continue;
      if (at_ >= text_.size()) return false;
      const char kind = text_[at_++];
      if (std::string_view("\"\\/bfnrtu").find(kind) == std::string_view::npos) return false;
      if (kind != 'u') continue;
      if (text_.size() - at_ < 4) return false;
      for (int i = 0; i < 4; i++) {
        if (HexValue(text_[at_++]) < 0) return false;
      }
    }
    return false;
  }

  bool ParseWord(Json* value) {
    const size_t start = at_;
    while (at_ < text_.size() && !IsSpace(text_[at_]) && std::string_view(",]}:\"").find(text_[at_]) == std::string_view::npos) {
      at_++;
    }
    value->raw_ = text_.substr(start, at_ - start);
    if (value->raw_ == "true" || value->raw_ == "false") {
      value->kind_ = Json::Kind::kBool;
    } else if (value->raw_ != "null") {
      value->kind_ = Json::Kind::kNumber;
      return !value->raw_.empty() && value->raw_.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    }
    return true;
  }

  bool ParseArray(Json* value, int depth) {
    value->kind_ = Json::Kind::kArray;
    at_++;
    if (Take(']')) return true;
    do {
      if (!ParseValue(&value->items_.emplace_back(), depth + 1)) return false;
    } while (Take(','));
    return Take(']');
  }

  bool ParseObject(Json* value, int depth) {
    value->kind_ = Json::Kind::kObject;
    at_++;
    if (Take('}')) return true;
    do {
      SkipSpace();
      std::string_view key;
      if (at_ >= text_.size() || text_[at_] != '"' || !ParseString(&key) || !Take(':')) {
        return false;
      }
      auto& member = value->members_.emplace_back(Unescape(key), Json());
      if (!ParseValue(&member.second, depth + 1)) return false;
    } while (Take(','));
    return Take('}');
  }

  bool ParseValue(Json* value, int depth) {
    SkipSpace();
    if (at_ >= text_.size() || depth > kMaxDepth) return false;
    const size_t start = at_;
    bool ok;
    switch (text_[at_]) {
      case '{': ok = ParseObject(value, depth); break;
      case '[': ok = ParseArray(value, depth); break;
      case '"': value->kind_ = Json::Kind::kString; return ParseString(&value->raw_);
      default: return ParseWord(value);
    }
    value->raw_ = text_.substr(start, at_ - start);
    return ok;
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::optional<Json> Json::Parse(std::string_view text) {
  Json value;
  if (!JsonParser(text).ParseDocument(&value)) return std::nullopt;
  return value;
}

std::string Json::String() const { return kind_ == Kind::kString ? Unescape(raw_) : std::string(); }

const Json* Json::Find(std::string_view key) const {
  for (const auto& [name, value] : members_) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string Json::StringAt(std::string_view key) const {
  const Json* value = Find(key);
  return value == nullptr ? std::string() : value->String();
}

std::string QuoteJson(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  out.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += "\\u00";
          out += kHex[c >> 4 & 15];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string QuoteJs(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (size_t i = 0; i < text.size(); i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[i];
    } else if (byte >= 0x20 && byte < 0x7F) {
      out += text[i];
    } else {
      // A UTF-8 sequence as \u{…}; a byte that is none stands for itself.
      const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
      uint32_t point = more == 0 ? byte : byte & (0x3F >> more);
      for (int k = 0; k < more && i + 1 < text.size(); k++) {
        point = point << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F);
      }
      std::string digits;
      for (; point != 0; point >>= 4) digits.insert(digits.begin(), kHex[point & 15]);
      out += "\\u{" + (digits.empty() ? "0" : digits) + "}";
    }
  }
  return out + "\"";
}

JsonObject& JsonObject::AddRaw(std::string_view key, std::string_view json) {
  text_.append(text_.empty() ? "" : ",").append(QuoteJson(key)).append(":").append(json);
  return *this;
}

std::string JsonArray(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ",") + value;
  return "[" + out + "]";
}

std::string JsonStrings(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ",") + QuoteJson(text);
  return "[" + out + "]";
}

}  // namespace dv8
