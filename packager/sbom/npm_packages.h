// The npm packages that went into a program.
#pragma once

#include <string>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

struct NpmPackage {
  std::string name;
  std::string version;
  std::string license;               // As its package.json has it: most often an expression of SPDX's.
  std::string integrity;             // Of its tarball, "sha512-…", by the lock file; empty where there is none.
  std::string address;               // Its tarball's, likewise.
  std::string folder;                // Absolute; empty for those of Node's library.
  std::vector<size_t> dependencies;  // Those of the others that it asks for, by index.
};

// The program itself: what its package.json says.
struct ProgramPackages {
  NpmPackage program;
  std::vector<NpmPackage> packages;  // By name, version and folder; no two of the same name and version.
};

// `files` are those of the program that starts with `entry`, all absolute. Versions and licences are those of each
// package.json, integrities of package-lock.json, npm-shrinkwrap.json or npm's own file in node_modules.
ProgramPackages FindNpmPackages(const std::string& entry, const std::vector<std::string>& files);

// The packages that a lock file (of npm's version 2 or 3) names and that are no parts of esbuild: those which Node's library
// carries.
Result<std::vector<NpmPackage>> ReadLockedPackages(const std::string& lock_file);

// The notices of `packages`, in the form of share/dv8pack/LICENSES.
std::string NoticesOf(const std::vector<NpmPackage>& packages);

}  // namespace dv8
