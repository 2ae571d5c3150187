// Reading what esbuild leaves behind: its metafile, its texts, its assets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/bundle/json.h"

namespace dv8 {

// Modules of Node that the app imports and the library does not have: an error at the import;
// for a require(), which a program may catch, a warning in `messages`.
std::optional<Diagnostic> CheckImports(const Json& meta, const StdlibManifest& manifest,
                                       const std::string& root, std::string* messages);

// The bundled files' virtual paths, sorted.
std::vector<std::string> InputsOf(const Json& meta, const std::string& root);

// Whether all of the app's modules are ECMAScript modules: then the script can be strict as
// they are. CommonJS modules may rely on not being so.
bool IsAllStrict(const Json& meta);

// The files of a folder, by name, as /app/assets/<name>. None when there is no folder.
Result<std::vector<EmbeddedFile>> ReadOutputFiles(const std::string& folder);

std::string DecodePercent(std::string_view text);

}  // namespace dv8
