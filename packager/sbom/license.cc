#include "packager/sbom/license.h"

#include <algorithm>
#include <string_view>

namespace dv8 {
namespace {

constexpr std::string_view kIdentifiers[] = {
    "0BSD",
    "AFL-2.1",
    "AFL-3.0",
    "AGPL-3.0",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-1.1",
    "Apache-2.0",
    "Artistic-1.0",
    "Artistic-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-2-Clause-Patent",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "BSD-4-Clause",
    "BSL-1.0",
    "BUSL-1.1",
    "BlueOak-1.0.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "CDDL-1.0",
    "CPAL-1.0",
    "ECL-2.0",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.1",
    "EUPL-1.2",
    "GPL-1.0-or-later",
    "GPL-2.0",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "HPND",
    "ICU",
    "ISC",
    "LGPL-2.0-or-later",
    "LGPL-2.1",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MITNFA",
    "MPL-1.1",
    "MPL-2.0",
    "MS-PL",
    "MulanPSL-2.0",
    "NCSA",
    "OFL-1.1",
    "OSL-3.0",
    "OpenSSL",
    "PostgreSQL",
    "Python-2.0",
    "SSPL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "UPL-1.0",
    "Vim",
    "W3C",
    "W3C-20150513",
    "WTFPL",
    "X11",
    "Zlib",
    "ZPL-2.1",
};
constexpr std::string_view kExceptions[] = {"Classpath-exception-2.0", "GCC-exception-3.1", "LLVM-exception", "Autoconf-exception-3.0"};

template <size_t kSize>
bool IsAmong(std::string_view word, const std::string_view (&list)[kSize]) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Reads an expression from left to right.
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  bool IsExpression() { return Compound() && Next().empty(); }

 private:
  std::string_view Next() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    return rest_.substr(0, rest_.starts_with('(') || rest_.starts_with(')') ? 1 : rest_.find_first_of(" ()"));
  }
  bool Take(std::string_view word) {
    if (Next() != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool Compound() {
    do {
      if (!Simple()) return false;
    } while (Take("AND") || Take("OR"));
    return true;
  }
  bool Simple() {
    if (Take("(")) return Compound() && Take(")");
    std::string_view word = Next();
    rest_.remove_prefix(word.size());
    if (word.ends_with('+')) word.remove_suffix(1);
    if (!IsAmong(word, kIdentifiers)) return false;
    if (!Take("WITH")) return true;
    const std::string_view exception = Next();
    rest_.remove_prefix(exception.size());
    return IsAmong(exception, kExceptions);
  }

  std::string_view rest_;
};

}  // namespace

bool IsSpdxIdentifier(const std::string& text) { return IsAmong(text, kIdentifiers); }

bool IsSpdxExpression(const std::string& text) { return Parser(text).IsExpression(); }

}  // namespace dv8
