// Files for --asset.
#pragma once

#include <string>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/bundle/glob.h"
#include "runtime/payload/asset_index.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Reads the files and, through folders, everything below them, in the order of their virtual paths. `root` is the
// folder that becomes /app. Symbolic links that lead out of a folder are followed, but not in circles; those inside
// stay links. Folders are read without what is called .git, temporary folders of dv8pack, and `output` when that is
// an app of dv8pack; another file there that the output would replace is an error, as is what is neither a file nor
// a folder.
Result<std::vector<EmbeddedFile>> ReadAssets(const std::vector<std::string>& paths, const std::string& root, const std::string& output,
                                             const Excluded& excluded);

// Sorts `files`, and gives each of them once, as the payload has them. The views are of `files`.
std::vector<AssetFile> SortAssets(std::vector<EmbeddedFile>* files);

}  // namespace dv8
