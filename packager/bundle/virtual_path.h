// Where the app's files lie in the packed program: under /app, whatever folder it is packed in.
#pragma once

#include <string>
#include <string_view>

namespace dv8 {

inline constexpr char kVirtualRoot[] = "/app";

// The folder that becomes /app: the nearest one above `entry` (absolute, no symbolic links) that
// has a package.json. For an entry inside node_modules, the folder that holds the outermost
// node_modules. Else the entry's own folder.
std::string FindRoot(const std::string& entry);

// `path` (absolute) as the program sees it. What lies outside `root` is put under /app/_up<n>,
// n being the number of folders to go up.
std::string VirtualPath(std::string_view root, std::string_view path);

// The folder of a path: "/app" of "/app/main.js", "/" of "/x".
std::string Dirname(std::string_view path);

// `path` seen from `folder`, which is absolute when `path` is not. Without ".", ".." and "//".
std::string AbsolutePath(std::string_view folder, std::string_view path);

// file: URL of an absolute path (WHATWG URL, path percent-encode set).
std::string FileUrl(std::string_view path);

}  // namespace dv8
