// The options, once: for the parser, for suggestions and for finding the entry.
#pragma once

#include <span>
#include <string_view>

namespace dv8 {

struct OptionSpec {
  enum class Kind {
    kFlag,
    kOptional,  // --name or --name=value.
    kValue,   // --name=value or --name value; the last one counts.
    kList,    // Likewise, each one counts; also --name:value, as esbuild writes it.
    kEsbuild, // --name=value, handed to esbuild as it is.
    kEsbuildFlag,
    kEsbuildList, // --name:value, handed on as it is.
  };
  std::string_view name;  // "--minify"
  Kind kind;
  char letter = 0;
};

std::span<const OptionSpec> OptionTable();

// The option that `word` ("--define:K=V", "-o") names, or null.
const OptionSpec* FindOption(std::string_view word);

bool TakesValue(OptionSpec::Kind kind);

}  // namespace dv8
