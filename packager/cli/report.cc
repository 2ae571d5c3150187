#include "packager/cli/report.h"

#include "packager/bundle/json.h"
#include "packager/cli/inspect.h"

namespace dv8 {

std::string ErrorJson(const Diagnostic& error) {
  const Diagnostic& first = error.causes.empty() ? error : error.causes[0];
  return "{\"error\":{\"message\":" + QuoteJson(first.text) + ",\"file\":" + QuoteJson(first.path) +
         ",\"line\":" + std::to_string(first.line) + ",\"column\":" + std::to_string(first.col) + ",\"hint\":" + QuoteJson(error.hint) +
         "}}\n";
}

std::string ResultJson(const std::string& output, size_t size, const PackedApp& app, const std::string& kind, const std::string& more,
                       long milliseconds) {
  const Result<std::string> sections = SectionsJson(app.executable);
  JsonObject result;
  result.AddString("output", output).AddRaw("size", std::to_string(size)).AddRaw("ms", std::to_string(milliseconds));
  if (!more.empty()) result.AddRaw(kind, more);
  return result.AddRaw("sections", sections.ok() ? sections.value() : "[]")
      .AddRaw("modules", JsonStrings(app.modules))
      .AddRaw("inputs", JsonStrings(app.inputs))
      .Text();
}

std::string TemplatesJson(const std::vector<TemplateInfo>& templates) {
  std::vector<std::string> list;
  for (const TemplateInfo& one : templates) list.push_back(JsonObject().AddString("name", one.name).AddString("title", one.title).Text());
  return JsonObject().AddRaw("templates", JsonArray(list)).Text() + "\n";
}

std::string InitJson(const std::string& folder, const std::vector<std::string>& files) {
  return JsonObject().AddString("folder", folder).AddRaw("files", JsonStrings(files)).Text() + "\n";
}

}  // namespace dv8
