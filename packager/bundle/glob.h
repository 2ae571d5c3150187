// The patterns of --exclude.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

// Whether `path` matches `pattern`, name by name: "*" and "?" stand for characters of a name, "**" for any number of
// names. Both are without a slash at their ends.
bool MatchesGlob(std::string_view pattern, std::string_view path);

// Files that stay out of the app, by patterns that mean what they mean in a .gitignore file: one without a slash is for
// the names of files and folders anywhere below the app's root, another one for paths from the folder it is written for.
// What matches a folder is for all in it.
class Excluded {
 public:
  // `folder` is absolute, without symbolic links.
  Excluded(const std::vector<std::string>& patterns, const std::string& folder);

  bool empty() const { return names_.empty() && paths_.empty(); }
  // `file` is absolute, `root` what becomes /app.
  bool Contains(std::string_view file, std::string_view root) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> paths_;
};

}  // namespace dv8
