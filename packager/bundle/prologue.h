// What a script begins with: its shebang, comments and directives; and what --banner puts behind them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "packager/bundle/bundle.h"
#include "runtime/payload/result.h"

namespace dv8 {

struct Prologue {
  size_t end = 0;                // Where the first statement begins, or the last directive has ended.
  bool is_strict = false;        // 'use strict' is among the directives.
  bool needs_semicolon = false;  // The last directive has none.
};

Prologue ReadPrologue(std::string_view source);

// The text of a file of the program whose entry is `entry`, with the banner when it is that one. The banner is in the
// line of what it stands before, so that lines keep their numbers.
Result<std::string> ReadSource(const BundleOptions& options, const std::string& entry, const std::string& file);

// `banner` in one line, without comments. The error is its syntax.
Result<std::string> OneLine(const std::string& banner, Esbuild* esbuild);

}  // namespace dv8
