#include "packager/cli/option_table.h"

namespace dv8 {
namespace {

using Kind = OptionSpec::Kind;

constexpr OptionSpec kOptions[] = {
    {"--help", Kind::kFlag, 'h'},
    {"--version", Kind::kFlag, 'V'},
    {"--licenses", Kind::kFlag},
    {"--sdk", Kind::kFlag},
    {"--output", Kind::kValue, 'o'},
    {"--minify", Kind::kFlag},
    {"--define", Kind::kList},
    {"--external", Kind::kList},
    {"--alias", Kind::kList},
    {"--loader", Kind::kList},
    {"--tsconfig", Kind::kValue},
    {"--snapshot", Kind::kValue},
    {"--snapshot-timeout", Kind::kValue},
    {"--snapshot-env", Kind::kList},
    {"--compress", Kind::kValue},
    {"--icu", Kind::kValue},
    {"--asset", Kind::kList},
    {"--native", Kind::kList},
    {"--globals", Kind::kValue},
    {"--env", Kind::kValue},
    {"--dv8", Kind::kValue},
    {"--include", Kind::kList},
    {"--strict", Kind::kFlag},
    {"--bundle", Kind::kFlag},
    // What it allowed is the rule now.
    {"--allow-dynamic", Kind::kFlag},
    {"--v8-flags", Kind::kValue},
    {"--allow-v8-flags", Kind::kFlag},
    {"--inspect", Kind::kOptional},
    {"--inspect-brk", Kind::kOptional},
    {"--sourcemap", Kind::kValue},
    {"--json", Kind::kFlag},
    {"--quiet", Kind::kFlag, 'q'},
    {"--verbose", Kind::kFlag, 'v'},
    {"--timing", Kind::kFlag},
    {"--jsx", Kind::kEsbuild},
    {"--jsx-factory", Kind::kEsbuild},
    {"--jsx-fragment", Kind::kEsbuild},
    {"--jsx-import-source", Kind::kEsbuild},
    {"--jsx-dev", Kind::kEsbuildFlag},
    {"--jsx-side-effects", Kind::kEsbuildFlag},
    {"--conditions", Kind::kEsbuild},
    {"--main-fields", Kind::kEsbuild},
    {"--resolve-extensions", Kind::kEsbuild},
    {"--tsconfig-raw", Kind::kEsbuild},
    {"--legal-comments", Kind::kEsbuild},
    {"--keep-names", Kind::kEsbuildFlag},
    {"--drop", Kind::kEsbuildList},
    {"--pure", Kind::kEsbuildList},
};

}  // namespace

std::span<const OptionSpec> OptionTable() { return kOptions; }

const OptionSpec* FindOption(std::string_view word) {
  if (word.size() >= 2 && word[0] == '-' && word[1] != '-') {
    for (const OptionSpec& option : kOptions) {
      if (option.letter == word[1]) return &option;
    }
    return nullptr;
  }
  const std::string_view name = word.substr(0, word.find_first_of("=:"));
  for (const OptionSpec& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

bool TakesValue(OptionSpec::Kind kind) {
  return kind != Kind::kFlag && kind != Kind::kEsbuildFlag && kind != Kind::kOptional;
}

}  // namespace dv8
