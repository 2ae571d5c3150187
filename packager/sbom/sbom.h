// Bills of materials: what a program is made of, as CycloneDX 1.6 or SPDX 2.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "packager/sbom/npm_packages.h"
#include "runtime/payload/result.h"

namespace dv8 {

enum class SbomFormat { kCycloneDx, kSpdx };

// By the name's end, ".cdx.json" or ".spdx.json".
std::optional<SbomFormat> SbomFormatOf(const std::string& file);
const char* SbomMediaType(SbomFormat format);

// A part of the engine.
struct EnginePart {
  std::string name;
  std::string version;
  std::string license;  // An expression of SPDX's.
};

enum class EngineKind { kSmall, kFull };

// The parts of programs of a kind, as `builder`, dv8-snapshot, tells them.
Result<std::vector<EnginePart>> ReadEngineParts(const std::string& builder, EngineKind kind, bool has_node_library);

struct Bill {
  std::string name;  // Of the program, where its package.json has none.
  std::string dv8pack_version;
  std::string sha256;  // Of the executable.
  int64_t time = 0;
  NpmPackage program;
  std::vector<NpmPackage> packages;
  std::vector<EnginePart> engine;
};

// The same text for the same bill.
std::string WriteSbom(const Bill& bill, SbomFormat format);

}  // namespace dv8
