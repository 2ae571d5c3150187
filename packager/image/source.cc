#include "packager/image/source.h"

#include <sys/stat.h>

#include <optional>
#include <sstream>
#include <string_view>

#include "packager/bundle/json.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

std::string Trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "";
  return std::string(text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1));
}

std::string ReadTrimmed(const std::string& path) {
  const Result<std::string> text = ReadFile(path);
  return text.ok() ? Trimmed(text.value()) : "";
}

bool IsFolder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// A git repository's files (gitrepository-layout(5)); git itself need not be there.
class Repository {
 public:
  // The one that `folder` is in.
  static std::optional<Repository> Above(std::string folder) {
    for (;; folder = Dirname(folder)) {
      const std::string git = AbsolutePath(folder, ".git");
      if (IsFolder(git)) return Repository(git);
      // Of a worktree or a submodule: where the repository is.
      if (const std::string text = ReadTrimmed(git); text.starts_with("gitdir:")) {
        return Repository(AbsolutePath(folder, Trimmed(text.substr(7))));
      }
      if (folder == "/") return std::nullopt;
    }
  }

  // The commit that is checked out; empty before the first.
  std::string Head() const {
    std::string head = ReadTrimmed(folder_ + "/HEAD");
    if (head.starts_with("ref:")) head = Resolve(Trimmed(head.substr(4)));
    return head.size() >= 40 && head.find_first_not_of("0123456789abcdef") == std::string::npos ? head : "";
  }

  std::string Origin() const {
    std::istringstream lines(ReadTrimmed(common_ + "/config"));
    bool is_origin = false;
    for (std::string line; std::getline(lines, line);) {
      const std::string text = Trimmed(line);
      if (text.starts_with('[')) is_origin = text == "[remote \"origin\"]";
      const size_t equals = text.find('=');
      if (is_origin && equals != std::string::npos && Trimmed(text.substr(0, equals)) == "url") return Trimmed(text.substr(equals + 1));
    }
    return "";
  }

 private:
  explicit Repository(std::string folder) : folder_(std::move(folder)) {
    const std::string common = ReadTrimmed(folder_ + "/commondir");
    common_ = common.empty() ? folder_ : AbsolutePath(folder_, common);
  }

  std::string Resolve(const std::string& ref) const {
    for (const std::string* folder : {&folder_, &common_}) {
      if (const std::string commit = ReadTrimmed(*folder + "/" + ref); !commit.empty()) return commit;
    }
    std::istringstream lines(ReadTrimmed(common_ + "/packed-refs"));
    for (std::string line; std::getline(lines, line);) {
      if (const size_t space = line.find(' '); space != std::string::npos && line.substr(space + 1) == ref) return line.substr(0, space);
    }
    return "";
  }

  std::string folder_;
  std::string common_;  // What a repository's worktrees share.
};

// An address of a repository, as package.json or git has it, for people: without git's prefix and passwords.
std::string Address(std::string text) {
  for (const auto& [head, instead] : {std::pair("git+", ""), std::pair("github:", "https://github.com/"),
                                      std::pair("gitlab:", "https://gitlab.com/"), std::pair("bitbucket:", "https://bitbucket.org/")}) {
    if (text.starts_with(head)) text = instead + text.substr(std::string_view(head).size());
  }
  const bool is_short = text.find(':') == std::string::npos && text.find('/') != std::string::npos && text.find('/') == text.rfind('/');
  if (is_short && text.front() != '.' && text.front() != '/') text = "https://github.com/" + text;
  // A folder of this machine tells others nothing.
  if (text.starts_with('/') || text.starts_with('.') || text.starts_with("file:")) return "";
  const size_t scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const size_t host = scheme + 3;
  const size_t at = text.substr(0, text.find('/', host)).rfind('@');
  if (at != std::string::npos) {
    const size_t colon = text.substr(0, at).find(':', host);
    const bool is_web = text.starts_with("http");
    if (is_web) text.erase(host, at + 1 - host);
    else if (colon != std::string::npos) text.erase(colon, at - colon);
  }
  if (text.starts_with("http") && text.ends_with(".git")) text.resize(text.size() - 4);
  return text;
}

// A member that is a string or an object with one.
std::string Either(const Json& package, std::string_view key, std::string_view inner) {
  const Json* value = package.Find(key);
  if (value == nullptr) return "";
  return value->kind() == Json::Kind::kString ? value->String() : value->StringAt(inner);
}

std::string Author(const Json& package) {
  const Json* author = package.Find("author");
  if (author == nullptr || author->kind() == Json::Kind::kString) return package.StringAt("author");
  const std::string name = author->StringAt("name"), email = author->StringAt("email");
  if (email.empty()) return name;
  return name.empty() ? email : name + " <" + email + ">";
}

}  // namespace

std::map<std::string, std::string> SourceAnnotations(const std::string& entry, const std::string& name) {
  std::map<std::string, std::string> annotations;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) annotations[std::string("org.opencontainers.image.") + key] = value;
  };
  add("title", name);
  const std::string file = PackageJsonOf(entry);
  const Result<std::string> text = file.empty() ? std::string() : ReadFile(file);
  const std::optional<Json> package = text.ok() ? Json::Parse(text.value()) : std::nullopt;
  const std::optional<Repository> repository = Repository::Above(Dirname(entry));
  if (repository) {
    add("revision", repository->Head());
    add("source", Address(repository->Origin()));
  }
  if (!package) return annotations;
  add("title", package->StringAt("name"));
  add("version", package->StringAt("version"));
  add("description", package->StringAt("description"));
  add("licenses", Either(*package, "license", "type"));
  add("url", package->StringAt("homepage"));
  add("authors", Author(*package));
  add("source", Address(Either(*package, "repository", "url")));
  return annotations;
}

}  // namespace dv8
