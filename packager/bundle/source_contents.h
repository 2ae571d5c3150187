// The texts of the app's files for its source map.
//
// esbuild would write them itself, but takes memory without end at a file that stops inside a UTF-8
// sequence (a Latin-1 file, a text that was cut off), which Node runs.
#pragma once

#include <string>
#include <vector>

#include "packager/bundle/source_map.h"

namespace dv8 {

// The texts as JSON, parallel to the map's sources; "null" for what is neither among `inputs`
// (absolute paths) nor below `root`: a package's own map may name any file. `folder` is the map's.
std::vector<std::string> ReadSourceContents(const SourceMap& map, const std::string& folder, const std::string& root,
                                            const std::vector<std::string>& inputs);

}  // namespace dv8
