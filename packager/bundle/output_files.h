// Reading what esbuild gives: its metafile, its texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/bundle/json.h"

namespace dv8 {

// The bundled files, absolute.
std::vector<std::string> InputsOf(const Json& meta, const std::string& root);

// Whether all of the app's modules are ECMAScript modules: then the script can be strict as
// they are. CommonJS modules may rely on not being so.
bool IsAllStrict(const Json& meta);

// Whether some of the app's files are ECMAScript modules.
bool HasEsModules(const Json& meta);

// Whether a WebAssembly file is imported by import(): what the program then asks of it is not known.
bool ImportsWasmLate(const Json& meta);

// How many of the app's files are code.
size_t CountCode(const Json& meta);

// Whether `text` deletes a bare name, which strict code must not. It is what esbuild's folding of constants leaves of
// `delete (null ?? a.b)`.
bool DeletesName(std::string_view text);

// Whether esbuild's output requires or imports by a pattern, such as './parts/' + name.
bool HasPatterns(std::string_view text);

std::string DecodePercent(std::string_view text);

}  // namespace dv8
