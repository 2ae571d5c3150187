// What differs from source file to source file although all of them are in one script:
// __dirname, __filename, import.meta, require.main, and the require() and import() of what was not
// bundled; and which of the library's globals the code names.
//
// esbuild's --define puts placeholders for these, at free identifiers only; for what was not bundled
// it has a helper of its own. The source map says which file a placeholder in the output comes from. It is then replaced by text of the same
// length, so that the map stays right.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "packager/bundle/source_map.h"

namespace dv8 {

// The arguments for esbuild. `globals` are names like "URL".
std::vector<std::string> FileNameDefines(const std::vector<std::string>& globals);

struct FileNames {
  // Statements that belong in front of the text, on the same line as the wrapper's head.
  std::string declarations;
  // The globals of `globals` that the text names.
  std::set<std::string> globals;
  // Whether the text does more with a require() of what was not bundled than call it with a name.
  bool computes = false;
};

// Replaces the placeholders in `text`. `sources` are the virtual paths of the map's sources,
// `entry` that of the app's entry.
FileNames ReplacePlaceholders(const SourceMap& map, const std::vector<std::string>& sources,
                              const std::string& entry, const std::set<std::string>& globals,
                              std::string* text);

// `text` as a string literal of ASCII characters.
std::string QuoteJs(std::string_view text);

}  // namespace dv8
