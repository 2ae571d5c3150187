#include "packager/cli/report.h"

#include <vector>

#include "packager/bundle/json.h"
#include "packager/cli/inspect.h"

namespace dv8 {
namespace {

std::string List(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ",") + QuoteJson(item);
  return "[" + out + "]";
}

}  // namespace

std::string ErrorJson(const Diagnostic& error) {
  const Diagnostic& first = error.causes.empty() ? error : error.causes[0];
  return "{\"error\":{\"message\":" + QuoteJson(first.text) + ",\"file\":" + QuoteJson(first.path) +
         ",\"line\":" + std::to_string(first.line) + ",\"column\":" + std::to_string(first.col) +
         ",\"hint\":" + QuoteJson(error.hint) + "}}\n";
}

std::string ResultJson(const std::string& output, const PackedApp& app, long milliseconds) {
  const Result<std::string> sections = SectionsJson(app.executable);
  return "{\"output\":" + QuoteJson(output) + ",\"size\":" + std::to_string(app.executable.size()) +
         ",\"ms\":" + std::to_string(milliseconds) + ",\"sections\":" + (sections.ok() ? sections.value() : "[]") +
         ",\"modules\":" + List(app.modules) + ",\"inputs\":" + List(app.inputs) + "}";
}

}  // namespace dv8
