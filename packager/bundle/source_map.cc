#include "packager/bundle/source_map.h"

#include <array>

#include "packager/bundle/json.h"

namespace dv8 {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> MakeDigits() {
  std::array<int8_t, 256> digits{};
  for (auto& digit : digits) digit = -1;
  for (size_t i = 0; i < kBase64.size(); i++) digits[static_cast<uint8_t>(kBase64[i])] = i;
  return digits;
}
constexpr std::array<int8_t, 256> kDigits = MakeDigits();

// Walks over the segments of a "mappings" string.
class SegmentReader {
 public:
  explicit SegmentReader(std::string_view mappings) : text_(mappings) {}

  // Moves to the next segment. False at the end, or at what is no mapping.
  bool Next() {
    while (at_ < text_.size()) {
      if (text_[at_] == ';') {
        place_.line++;
        place_.column = 0;
        at_++;
      } else if (text_[at_] == ',') {
        at_++;
      } else {
        return ReadSegment();
      }
    }
    return false;
  }

  const GeneratedPlace& place() const { return place_; }
  int source() const { return has_source_ ? source_ : -1; }
  Mapping mapping() const {
    return {place_, source(), static_cast<uint32_t>(line_), static_cast<uint32_t>(column_),
            has_name_ ? name_ : -1};
  }

 private:
  bool ReadSegment() {
    int32_t field;
    if (!ReadVlq(&field)) return false;
    place_.column += field;
    has_source_ = ReadVlq(&field);
    if (has_source_) source_ += field;
    if (ReadVlq(&field)) line_ += field;
    if (ReadVlq(&field)) column_ += field;
    has_name_ = ReadVlq(&field);
    if (has_name_) name_ += field;
    return at_ >= text_.size() || text_[at_] == ',' || text_[at_] == ';';
  }

  bool ReadVlq(int32_t* value) {
    uint32_t bits = 0;
    for (int shift = 0; shift <= 30 && at_ < text_.size(); shift += 5) {
      const int digit = kDigits[static_cast<uint8_t>(text_[at_])];
      if (digit < 0) return false;
      at_++;
      bits |= static_cast<uint32_t>(digit & 31) << shift;
      if ((digit & 32) == 0) {
        *value = (bits & 1) != 0 ? -static_cast<int32_t>(bits >> 1)
                                 : static_cast<int32_t>(bits >> 1);
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  GeneratedPlace place_;
  int32_t source_ = 0, line_ = 0, column_ = 0, name_ = 0;
  bool has_source_ = false;
  bool has_name_ = false;
};

bool IsAfter(const GeneratedPlace& a, const GeneratedPlace& b) {
  return a.line != b.line ? a.line > b.line : a.column > b.column;
}

}  // namespace

std::optional<SourceMap> SourceMap::Parse(std::string_view json) {
  const std::optional<Json> root = Json::Parse(json);
  if (!root) return std::nullopt;
  const Json* sources = root->Find("sources");
  const Json* mappings = root->Find("mappings");
  if (sources == nullptr || mappings == nullptr || mappings->raw().size() < 2) {
    return std::nullopt;
  }
  SourceMap map;
  for (const Json& source : sources->items()) map.sources_.push_back(source.String());
  map.contents_.assign(map.sources_.size(), "null");
  if (const Json* contents = root->Find("sourcesContent"); contents != nullptr) {
    for (size_t i = 0; i < contents->items().size() && i < map.contents_.size(); i++) {
      map.contents_[i] = contents->items()[i].raw();
    }
  }
  const Json* names = root->Find("names");
  map.names_ = names == nullptr ? "[]" : names->raw();
  // Base64 digits, commas and semicolons need no escape.
  map.mappings_ = mappings->raw().substr(1, mappings->raw().size() - 2);
  return map;
}

std::vector<int> SourceMap::SourcesOf(const std::vector<GeneratedPlace>& places) const {
  std::vector<int> found;
  if (places.empty()) return found;
  SegmentReader reader(mappings_);
  int source = -1;
  while (found.size() < places.size()) {
    const bool more = reader.Next();
    while (found.size() < places.size() &&
           (!more || IsAfter(reader.place(), places[found.size()]))) {
      found.push_back(source);
    }
    if (more && reader.source() >= 0) source = reader.source();
  }
  for (int& index : found) {
    if (index >= static_cast<int>(sources_.size())) index = -1;
  }
  return found;
}

std::vector<std::string> SourceMap::names() const {
  std::vector<std::string> names;
  if (const std::optional<Json> list = Json::Parse(names_)) {
    for (const Json& name : list->items()) names.push_back(name.String());
  }
  return names;
}

void SourceMap::ForEach(const std::function<void(const Mapping&)>& visit) const {
  for (SegmentReader reader(mappings_); reader.Next();) visit(reader.mapping());
}

std::string SourceMap::Rewritten(const std::vector<std::string>& names, int lines) const {
  size_t size = mappings_.size() + names_.size() + 256;
  for (const std::string& content : contents_) size += content.size() + 2;
  std::string out;
  out.reserve(size);
  out += "{\"version\":3,\"sources\":[";
  for (size_t i = 0; i < names.size(); i++) {
    if (i > 0) out += ',';
    out += QuoteJson(names[i]);
  }
  out += "],\"sourcesContent\":[";
  for (size_t i = 0; i < contents_.size(); i++) {
    if (i > 0) out += ',';
    out += names[i].starts_with("dv8:") ? "null" : std::string_view(contents_[i]);
  }
  out += "],\"mappings\":\"";
  out.append(static_cast<size_t>(lines), ';');
  out += mappings_;
  out += "\",\"names\":";
  out += names_;
  out += '}';
  return out;
}

}  // namespace dv8
