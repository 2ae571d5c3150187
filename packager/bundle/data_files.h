// Files of data that esbuild has no reader for: JSON with comments, and TOML. Imported, they are what they say, as
// JSON is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

// The endings of their names, with the dot.
std::vector<std::string> DataEndings();

// A regular expression of those paths that `loaders` (.ext=loader) leaves to us; empty for none.
std::string DataFilter(const std::vector<std::string>& loaders);

// The file as JSON; the text itself when it cannot be read, so that esbuild shows the place. Nothing for other files.
std::optional<std::string> DataAsJson(const std::string& file);

// Takes the comments out of `text`, and commas behind a last member. Places stay.
std::string JsonWithoutComments(std::string_view text);

}  // namespace dv8
