#include "packager/bundle/source_map.h"

#include "packager/bundle/json.h"

namespace dv8 {
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

std::string SourceMap::Rewritten(const std::vector<std::string>& names) const {
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
  out += mappings_;
  out += "\",\"names\":";
  out += names_;
  out += '}';
  return out;
}

}  // namespace dv8
