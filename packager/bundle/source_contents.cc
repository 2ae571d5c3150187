#include "packager/bundle/source_contents.h"

#include <set>

#include "packager/bundle/imports.h"
#include "packager/bundle/json.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {

std::vector<std::string> ReadSourceContents(const SourceMap& map, const std::string& folder, const std::string& root,
                                            const std::vector<std::string>& inputs) {
  const std::set<std::string> bundled(inputs.begin(), inputs.end());
  std::vector<std::string> contents;
  for (const std::string& source : map.sources()) {
    const std::string path = AbsolutePath(folder, DecodePercent(source));
    const bool is_ours = !IsStub(source) && (bundled.contains(path) || path.starts_with(root + "/"));
    const Result<std::string> text = is_ours ? ReadFile(path) : Result<std::string>(Diagnostic{""});
    contents.push_back(text.ok() ? QuoteJson(text.value()) : "null");
  }
  return contents;
}

}  // namespace dv8
