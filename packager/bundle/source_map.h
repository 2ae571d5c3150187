// Source maps (ECMA-426) as esbuild writes them, rewritten for the packed app.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

class SourceMap {
 public:
  // Nothing when `json` is no source map. Borrows `json`.
  static std::optional<SourceMap> Parse(std::string_view json);

  // As they are written in the map.
  const std::vector<std::string>& sources() const { return sources_; }

  // The sources' texts as JSON, parallel to sources(), in the place of those in the map.
  void set_contents(std::vector<std::string> contents) { contents_ = std::move(contents); }

  // The map with other names for its sources. A source whose name begins with "dv8:" keeps its place in the list, without
  // its text.
  std::string Rewritten(const std::vector<std::string>& names) const;

 private:
  std::vector<std::string> sources_;
  std::vector<std::string> contents_;  // Raw JSON, parallel to sources_.
  std::string_view names_;             // Raw JSON.
  std::string_view mappings_;
};

}  // namespace dv8
