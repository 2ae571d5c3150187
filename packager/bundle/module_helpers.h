// esbuild's output has helpers of its own for what modules are made of. Where Node does otherwise, ours
// take their place, in texts that are as long, so that the source map stays right.
#pragma once

#include <string>
#include <string_view>

#include "packager/bundle/bundle.h"
#include "packager/bundle/esbuild.h"

namespace dv8 {

// esbuild makes the `module` of a CommonJS file in one place of its output, beside the call of the
// file's function: `(0, cb[…])((mod = { exports: {} }).exports, mod)`. Ours, made of `cb`, takes
// that place, in a text that is as long. `make` is the function that makes it. Returns what the
// wrapper declares.
std::string MakeModules(const std::string& make, std::string* text);

// In dv8 `module` is a function. UMD packages look for an object, so it is one in bundled files that
// do not call it; until v0.0.5 it was a function in each. Returns what the wrapper declares.
std::string MakeModulesCallable(const std::string& vintage, std::string* text);

// Whether esbuild's `text` requires or imports by a pattern, such as './parts/' + name.
bool HasPatterns(std::string_view text);

// esbuild's helper for patterns (`globImport_x = __glob({…})`) knows whole names only, and throws
// where an import() rejects: ours take its place, under names that are as long. Returns what the
// wrapper declares.
std::string ResolvePatternsAsNode(std::string* text);

// esbuild's helper for a require() of an ES module copies the namespace; ours, whose text is as long,
// gives what Node 24 does.
void RequireModulesAsNode(std::string* text);

// The script, a function in parentheses, with shorter names. As a statement of its own esbuild would
// drop it, so it is assigned for a moment.
Result<EsbuildScript> Minify(const std::string& script, const std::string& map,
                             const BundleOptions& options, Esbuild* esbuild);

}  // namespace dv8
