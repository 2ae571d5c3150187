// What programs are made of beside their own code: the engine and the libraries, with the versions that they were compiled
// with. For dv8pack's bills of materials; `dv8-snapshot --list-components=` prints it.
#pragma once

#include <span>
#include <string>

namespace dv8 {

struct Component {
  enum class Part {
    kEvery,  // In every program.
    kFull,   // In those of the full template.
    kNode,   // In those with Node's library.
  };

  Part part;
  const char* name;
  std::string version;
  const char* license;  // An expression of SPDX's.
};

std::span<const Component> Components();

}  // namespace dv8
