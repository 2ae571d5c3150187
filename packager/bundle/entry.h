// The file that an app starts with.
#pragma once

#include <string>

#include "runtime/payload/result.h"

namespace dv8 {

struct Entry {
  std::string file;  // Absolute, without symbolic links.
  std::string link;  // The symbolic link that was named and leads there, absolute; empty when there is none.
  std::string name;  // What the executable is called when nobody says it otherwise.
};

// The entry that `path` names: a file of JavaScript or TypeScript by its extension; one without
// extension, or with a strange one and Node's shebang, which is JavaScript (npm's `bin` files and
// the links and shell scripts that lead to them); or a folder, whose package.json has a `bin`, a
// `main` or `exports`, or which has an index.js.
Result<Entry> FindEntry(const std::string& path);

// Whether a file is JavaScript or TypeScript by its extension.
bool IsScriptName(const std::string& path);

}  // namespace dv8
