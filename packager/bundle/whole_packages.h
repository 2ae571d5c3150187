// Packages of node_modules whose code computes what it loads or reads: where no name can be followed, all that a
// package could mean belongs to the program, its own files and the packages that it declares.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

// Whether `source`, which lies at `file`, builds names of files from its own place (__dirname, __filename,
// import.meta.url and the like) that are not literal.
bool ComputesPaths(std::string_view source, const std::string& file);

struct WholePackage {
  std::string folder;              // Absolute.
  std::vector<std::string> files;  // Absolute.
  uint64_t size = 0;               // Bytes.
};

// Larger ones are not taken.
inline constexpr uint64_t kLargestPackage = 64 << 20;

// The files of the package in `folder` that its code may read: not those of node_modules and its own hidden folders, its tests
// and its documentation, source maps, nor declarations beside the code that they describe.
WholePackage ReadPackage(const std::string& folder);

// The names of the packages that the package.json in `folder` declares as dependencies, optional and peer ones too (also
// by peerDependenciesMeta alone), and that can be found from there.
std::set<std::string> DeclaredPackages(const std::string& folder);

}  // namespace dv8
