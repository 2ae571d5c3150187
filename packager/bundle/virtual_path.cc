#include "packager/bundle/virtual_path.h"

#include <unistd.h>

#include <vector>

namespace dv8 {
namespace {

constexpr std::string_view kModules = "/node_modules/";

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty()) parts.push_back(part);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

}  // namespace

std::string Dirname(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string FindRoot(const std::string& entry) {
  if (const size_t modules = entry.find(kModules); modules != std::string::npos) {
    return modules == 0 ? "/" : entry.substr(0, modules);
  }
  const std::string own = Dirname(entry);
  for (std::string folder = own;; folder = Dirname(folder)) {
    const std::string file = folder == "/" ? "/package.json" : folder + "/package.json";
    if (access(file.c_str(), F_OK) == 0) return folder;
    if (folder == "/") return own;
  }
}

std::string AbsolutePath(std::string_view folder, std::string_view path) {
  std::vector<std::string_view> parts;
  if (path.empty() || path[0] != '/') parts = Split(folder);
  std::vector<std::string_view> kept;
  for (const std::string_view part : Split(path)) parts.push_back(part);
  for (const std::string_view part : parts) {
    if (part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : kept) out.append("/").append(part);
  return out.empty() ? "/" : out;
}

std::string VirtualPath(std::string_view root, std::string_view path) {
  const std::vector<std::string_view> base = Split(root);
  const std::vector<std::string_view> parts = Split(path);
  size_t shared = 0;
  while (shared < base.size() && shared < parts.size() && base[shared] == parts[shared]) shared++;
  std::string out = kVirtualRoot;
  if (shared < base.size()) out += "/_up" + std::to_string(base.size() - shared);
  for (size_t i = shared; i < parts.size(); i++) out.append("/").append(parts[i]);
  return out;
}

std::string FileUrl(std::string_view path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || std::string_view("\"#<>?`{}%\\^|").find(c) != std::string_view::npos) {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace dv8
