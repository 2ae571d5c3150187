#include "packager/image/options.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace dv8 {
namespace {

constexpr size_t kMaxName = 255, kMaxTag = 128;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsNameCharacter(char c) { return IsLower(c) || IsDigit(c); }

// Letters and digits with ".", "_", "__" or dashes between them.
bool IsComponent(std::string_view text) {
  if (text.empty() || !IsNameCharacter(text.front()) || !IsNameCharacter(text.back())) return false;
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    while (i < text.size() && !IsNameCharacter(text[i])) i++;
    const std::string_view between = text.substr(start, i - start);
    if (!between.empty() && between != "." && between != "_" && between != "__" &&
        between.find_first_not_of('-') != std::string_view::npos) {
      return false;
    }
    while (i < text.size() && IsNameCharacter(text[i])) i++;
  }
  return true;
}

bool IsTag(std::string_view text) {
  if (text.empty() || text.size() > kMaxTag || text.front() == '.' || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return IsNameCharacter(c) || IsUpper(c) || c == '_' || c == '.' || c == '-'; });
}

// Whether a name's first part is a registry's host, and not a folder of Docker's own.
bool IsHost(std::string_view part) { return part == "localhost" || part.find_first_of(".:") != std::string_view::npos; }

bool IsHostName(std::string_view host) {
  const size_t colon = host.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? "0" : host.substr(colon + 1);
  const std::string_view name = host.substr(0, colon);
  return !name.empty() && !port.empty() && std::all_of(port.begin(), port.end(), IsDigit) &&
         std::all_of(name.begin(), name.end(), [](char c) { return IsNameCharacter(c) || IsUpper(c) || c == '.' || c == '-'; });
}

template <typename Number>
bool ReadNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string Reference::FullText() const {
  const size_t slash = name.find('/');
  if (slash == std::string::npos) return "docker.io/library/" + Text();
  return (IsHost(name.substr(0, slash)) ? "" : "docker.io/") + Text();
}

Result<Reference> ParseReference(const std::string& text) {
  Reference reference{text, "latest"};
  const size_t colon = text.rfind(':');
  if (colon != std::string::npos && text.find('/', colon) == std::string::npos) {
    reference.name = text.substr(0, colon);
    reference.tag = text.substr(colon + 1);
  }
  std::string_view rest = reference.name;
  bool valid = IsTag(reference.tag) && rest.size() <= kMaxName;
  if (const size_t slash = rest.find('/'); slash != std::string_view::npos && IsHost(rest.substr(0, slash))) {
    valid = valid && IsHostName(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  }
  for (bool more = true; more && valid;) {
    const size_t slash = rest.find('/');
    valid = IsComponent(rest.substr(0, slash));
    more = slash != std::string_view::npos;
    if (more) rest.remove_prefix(slash + 1);
  }
  if (valid) return reference;
  const bool has_capital = std::any_of(text.begin(), text.end(), IsUpper);
  return UsageError("--tag is [HOST[:PORT]/]NAME[:TAG], not '" + text + "'",
                    has_capital ? "names are in lower case" : "such as shop/cart:1.0");
}

Reference ReferenceFor(const std::string& name) {
  std::string text;
  for (const char c : name) {
    const char lower = IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    if (IsNameCharacter(lower)) {
      text += lower;
    } else if (!text.empty() && text.back() != '-') {
      text += c == '.' || c == '_' ? c : '-';
    }
  }
  while (!text.empty() && !IsNameCharacter(text.back())) text.pop_back();
  return {IsComponent(text) ? text : "app", "latest"};
}

Result<std::string> ParsePort(const std::string& text) {
  const size_t slash = text.find('/');
  const std::string protocol = slash == std::string::npos ? "tcp" : text.substr(slash + 1);
  int port = 0;
  if (!ReadNumber(std::string_view(text).substr(0, slash), &port) || port < 1 || port > 65535 ||
      (protocol != "tcp" && protocol != "udp" && protocol != "sctp")) {
    return UsageError("--port is a number from 1 to 65535, with /udp or /sctp behind it when it is not TCP's, not '" + text + "'");
  }
  return std::to_string(port) + "/" + protocol;
}

Result<FileToCopy> ParseFileToCopy(const std::string& text) {
  const size_t colon = text.rfind(":/");
  if (colon == std::string::npos || colon == 0) {
    return UsageError("--file is SOURCE:TARGET with an absolute TARGET, not '" + text + "'");
  }
  FileToCopy file{text.substr(0, colon), text.substr(colon + 1)};
  while (file.source.size() > 1 && file.source.ends_with('/')) file.source.pop_back();
  if (file.target.ends_with('/')) file.target += file.source.substr(file.source.rfind('/') + 1);
  for (const std::string_view part : {"/./", "/../", "//"}) {
    if ((file.target + "/").find(part) != std::string::npos) {
      return UsageError("--file: the target is a path without '.', '..' and empty parts, not '" + file.target + "'");
    }
  }
  return file;
}

Result<std::pair<std::string, std::string>> ParsePair(const std::string& option, const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) return UsageError("--" + option + " is NAME=VALUE, not '" + text + "'");
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

Result<UserIds> ParseUser(const std::string& text) {
  if (text.empty() || text == "nonroot") return UserIds();
  if (text == "root") return UserIds{0, 0};
  UserIds ids;
  const size_t colon = text.find(':');
  bool valid = ReadNumber(std::string_view(text).substr(0, colon), &ids.uid);
  ids.gid = ids.uid;
  if (colon != std::string::npos) valid = valid && ReadNumber(std::string_view(text).substr(colon + 1), &ids.gid);
  if (valid) return ids;
  return UsageError("--user is UID[:GID], root or nonroot in an image without a base, not '" + text + "'");
}

}  // namespace dv8
