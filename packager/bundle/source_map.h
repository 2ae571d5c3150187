// Source maps (ECMA-426) as esbuild writes them: looked up, and rewritten for the packed app.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

// A place in the generated text, from 0; the column counts UTF-16 code units.
struct GeneratedPlace {
  uint32_t line = 0;
  uint32_t column = 0;
};

// One mapping; the original place is from 0, its column in UTF-16 code units. `source` is an index
// in sources(), -1 for none; `name` one in names(), -1 where the identifier kept its name.
struct Mapping {
  GeneratedPlace place;
  int source = -1;
  uint32_t line = 0;
  uint32_t column = 0;
  int name = -1;
};

class SourceMap {
 public:
  // Nothing when `json` is no source map. Borrows `json`.
  static std::optional<SourceMap> Parse(std::string_view json);

  // As they are written in the map.
  const std::vector<std::string>& sources() const { return sources_; }

  // The sources' texts as JSON, parallel to sources(), in the place of those in the map.
  void set_contents(std::vector<std::string> contents) { contents_ = std::move(contents); }

  // For each of `places`, which are in ascending order, the index in sources() of the file it
  // comes from: that of the last mapping at or before it. -1 when there is none.
  std::vector<int> SourcesOf(const std::vector<GeneratedPlace>& places) const;

  // What identifiers were called that have other names in the generated text.
  std::vector<std::string> names() const;

  // All mappings, in their order.
  void ForEach(const std::function<void(const Mapping&)>& visit) const;

  // The map for a text that has `lines` more in front, with other names for its sources.
  // A source whose name begins with "dv8:" keeps its place in the list, without its text.
  std::string Rewritten(const std::vector<std::string>& names, int lines = 1) const;

 private:
  std::vector<std::string> sources_;
  std::vector<std::string> contents_;  // Raw JSON, parallel to sources_.
  std::string_view names_;                  // Raw JSON.
  std::string_view mappings_;
};

}  // namespace dv8
