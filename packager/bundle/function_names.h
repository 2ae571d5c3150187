// Functions and classes are called what their sources call them. esbuild puts all modules into one
// scope, where two of a name get different ones (`Shape2`), a class that names itself becomes
// `var User = class _User`, and a default export `main_default`. The source map tells which, and
// calls that give them their names back are put where no mapping follows on the line.
#pragma once

#include <functional>
#include <string>

#include "packager/bundle/source_map.h"

namespace dv8 {

// The call is `__dv8_from.name(value, name it has, name it gets)`. `source_text` gives the text of a
// source by its index in the map; empty when it is not known. `text` is esbuild's output, not
// minified. Returns statements that belong in front of it.
std::string RestoreFunctionNames(const SourceMap& map,
                                 const std::function<const std::string&(int source)>& source_text,
                                 std::string* text);

}  // namespace dv8
