// What other bindings ask about the embedded files.
#pragma once

#include <string_view>

#include "runtime/bindings/spec.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {

// The embedded files; null when the program has none.
const AssetIndex* EmbeddedAssets(Environment* env);

// Whether some embedded file's path goes through `path`, which is absolute and normalized.
bool IsEmbeddedFolder(const CallInfo& info, std::string_view path);

}  // namespace dv8
