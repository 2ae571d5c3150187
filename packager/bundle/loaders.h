// How esbuild reads a file, by the ending of its name: as JavaScript where nothing else is said.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "packager/bundle/bundle.h"

namespace dv8 {

// ".md" -> "text".
using LoadersByEnding = std::map<std::string, std::string, std::less<>>;

// Those of scripts, and --loader's.
LoadersByEnding ScriptLoaders(const BundleOptions& options);
// Those of all files.
LoadersByEnding FileLoaders(const BundleOptions& options);

// The longest ending that fits counts.
std::string LoaderOf(std::string_view file, const LoadersByEnding& loaders);

// Whether one fits.
bool HasLoader(std::string_view file, const LoadersByEnding& loaders);

// esbuild's options for the loaders that it does not have by itself.
std::vector<std::string> LoaderFlags(const BundleOptions& options);

}  // namespace dv8
