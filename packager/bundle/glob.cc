#include "packager/bundle/glob.h"

#include <fnmatch.h>

#include <algorithm>
#include <span>

#include "packager/bundle/virtual_path.h"

namespace dv8 {
namespace {

std::vector<std::string> NamesOf(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

bool MatchesName(const std::string& pattern, const std::string& name) { return fnmatch(pattern.c_str(), name.c_str(), 0) == 0; }

bool MatchesNames(std::span<const std::string> pattern, std::span<const std::string> names) {
  if (pattern.empty()) return names.empty();
  if (pattern[0] == "**") {
    for (size_t skipped = 0; skipped <= names.size(); skipped++) {
      if (MatchesNames(pattern.subspan(1), names.subspan(skipped))) return true;
    }
    return false;
  }
  return !names.empty() && MatchesName(pattern[0], names[0]) && MatchesNames(pattern.subspan(1), names.subspan(1));
}

}  // namespace

bool MatchesGlob(std::string_view pattern, std::string_view path) { return MatchesNames(NamesOf(pattern), NamesOf(path)); }

Excluded::Excluded(const std::vector<std::string>& patterns, const std::string& folder) {
  for (std::string pattern : patterns) {
    while (pattern.size() > 1 && pattern.ends_with('/')) pattern.pop_back();
    const bool is_name = pattern.find('/') == std::string::npos;
    (is_name ? names_ : paths_).push_back(is_name ? pattern : AbsolutePath(folder, pattern));
  }
}

bool Excluded::Contains(std::string_view file, std::string_view root) const {
  if (!names_.empty()) {
    // Without kVirtualRoot, the first of them.
    const std::vector<std::string> names = NamesOf(VirtualPath(root, file));
    for (const std::string& pattern : names_) {
      if (std::any_of(names.begin() + 1, names.end(), [&](const std::string& name) { return MatchesName(pattern, name); })) {
        return true;
      }
    }
  }
  for (const std::string& pattern : paths_) {
    if (MatchesGlob(pattern, file) || MatchesGlob(pattern + "/**", file)) return true;
  }
  return false;
}

}  // namespace dv8
