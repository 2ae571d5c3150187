// The users and groups of /etc/passwd and /etc/group, read from the files themselves: libc's look-up
// would load the host's name service modules into a static program. Used by credentials.cc and os.cc.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dv8::node {

struct User {
  std::string name;
  uid_t uid;
  gid_t gid;
  std::string home;
  std::string shell;
};

std::optional<User> UserById(uid_t uid);
std::optional<User> UserByName(std::string_view name);
std::optional<gid_t> GroupByName(std::string_view name);
// The groups that list `user` as a member.
std::vector<gid_t> GroupsOf(std::string_view user);

}  // namespace dv8::node
