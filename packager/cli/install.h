// Where dv8pack's parts lie: beside the program's own file, and nowhere else.
#pragma once

#include <string>

#include "runtime/payload/result.h"

namespace dv8 {

struct Install {
  std::string self;            // bin/dv8pack
  std::string esbuild;         // libexec/esbuild
  std::string snapshot;        // libexec/dv8-snapshot
  std::string runtime;         // libexec/dv8-runtime: the small template.
  std::string full_runtime;    // libexec/dv8-runtime-full: with the extra bindings.
  std::string extra_bindings;  // share/dv8pack/extra_bindings.txt: their names.
  std::string init;            // libexec/dv8-init: the first process of virtual machines.
  std::string repl;            // share/dv8pack/repl.mjs
  std::string stdlib_dir;      // share/dv8pack/stdlib
  std::string node_library;    // share/dv8pack/node.library
  std::string icu_dir;         // share/dv8pack/icu
  std::string sdk_dir;         // sdk: need not be there.
  std::string templates;       // share/dv8pack/templates
  std::string licenses;        // share/dv8pack/LICENSES
  std::string npm_lock;        // share/dv8pack/npm-lock.json: of the packages that Node's library carries.
  std::string certificates;    // share/dv8pack/ca-certificates.crt: Debian's, for images and virtual machines.
};

// Goes from the program's own file, bin/dv8pack. Looks at no variable, PATH neither.
Result<Install> FindInstall();

}  // namespace dv8
