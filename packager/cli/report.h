// What dv8pack says as JSON (--json): one object on standard output, of a shape that stays.
#pragma once

#include <string>
#include <vector>

#include "packager/cli/init.h"
#include "packager/cli/pack.h"
#include "runtime/payload/result.h"

namespace dv8 {

// The error, or the first of its causes: {"error":{"message","file","line","column","hint"}}. Line and column count from
// 1, 0 stands for none; texts that are not there are empty.
std::string ErrorJson(const Diagnostic& error);

// {"output","size","ms","sections","modules","inputs"} of an executable. `more`, an object or empty, is what
// `dv8pack image` or `dv8pack vm` made of it, as the member `kind`; `size` is that of the output.
std::string ResultJson(const std::string& output, size_t size, const PackedApp& app, const std::string& kind, const std::string& more,
                       long milliseconds);

// {"templates":[{"name","title"}]} and {"folder","files"} of `dv8pack init`.
std::string TemplatesJson(const std::vector<TemplateInfo>& templates);
std::string InitJson(const std::string& folder, const std::vector<std::string>& files);

}  // namespace dv8
