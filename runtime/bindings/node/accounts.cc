#include "runtime/bindings/node/accounts.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace dv8::node {
namespace {

using Fields = std::vector<std::string_view>;

Fields Split(std::string_view text, char separator) {
  Fields fields;
  for (size_t end; (end = text.find(separator)) != std::string_view::npos; text.remove_prefix(end + 1)) {
    fields.push_back(text.substr(0, end));
  }
  fields.push_back(text);
  return fields;
}

// Calls visit(fields) for each line of a file of accounts until it returns true.
template <typename Visit>
void ForEachLine(const char* path, const Visit& visit) {
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return;
  char* line = nullptr;
  size_t room = 0;
  for (ssize_t size; (size = getline(&line, &room, file)) >= 0;) {
    std::string_view text(line, static_cast<size_t>(size));
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (visit(Split(text, ':'))) break;
  }
  std::free(line);
  std::fclose(file);
}

// What is no number must not become 0, which is root. 2^32 - 1 is nobody's: the system's calls take it for
// "leave it as it is".
std::optional<uint32_t> ParseId(std::string_view text) {
  uint64_t id = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    id = id * 10 + static_cast<uint64_t>(c - '0');
    if (id >= UINT32_MAX) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  return static_cast<uint32_t>(id);
}

template <typename Matches>
std::optional<User> FindUser(const Matches& matches) {
  std::optional<User> found;
  ForEachLine("/etc/passwd", [&](const Fields& fields) {
    if (fields.size() < 7) return false;
    const std::optional<uint32_t> uid = ParseId(fields[2]), gid = ParseId(fields[3]);
    if (!uid || !gid || !matches(fields[0], *uid)) return false;
    found = User{std::string(fields[0]), *uid, *gid, std::string(fields[5]), std::string(fields[6])};
    return true;
  });
  return found;
}

}  // namespace

std::optional<User> UserById(uid_t uid) {
  return FindUser([uid](std::string_view, uid_t id) { return id == uid; });
}

std::optional<User> UserByName(std::string_view name) {
  return FindUser([name](std::string_view found, uid_t) { return found == name; });
}

std::optional<gid_t> GroupByName(std::string_view name) {
  std::optional<gid_t> found;
  ForEachLine("/etc/group", [&](const Fields& fields) {
    if (fields.size() >= 3 && fields[0] == name) found = ParseId(fields[2]);
    return found.has_value();
  });
  return found;
}

std::vector<gid_t> GroupsOf(std::string_view user) {
  std::vector<gid_t> groups;
  ForEachLine("/etc/group", [&](const Fields& fields) {
    if (fields.size() < 4) return false;
    const std::optional<uint32_t> id = ParseId(fields[2]);
    for (const std::string_view member : Split(fields[3], ',')) {
      if (id && member == user) groups.push_back(*id);
    }
    return false;
  });
  return groups;
}

}  // namespace dv8::node
