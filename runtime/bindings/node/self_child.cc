#include "runtime/bindings/node/self_child.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

#include "runtime/bindings/node/command_line.h"
#include "runtime/bindings/node/coverage.h"
#include "runtime/core/engine.h"
#include "runtime/payload/payload.h"

namespace dv8::node {
namespace {

constexpr std::string_view kMagic{"dv8pack self as node\0", 21};
constexpr char kForked = 'f', kNamed = 'n';
constexpr char kCovered = 'c', kPlain = '-';
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

// The executable's path as the system knows it; empty without /proc.
std::string Executable() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  std::string_view text(path, size > 0 ? static_cast<size_t>(size) : 0);
  // A program that was replaced while it runs: the new one is meant.
  constexpr std::string_view kDeleted = " (deleted)";
  if (text.ends_with(kDeleted)) text.remove_suffix(kDeleted.size());
  return std::string(text);
}

bool IsSameFile(const struct stat& file, const char* path) {
  struct stat other;
  return stat(path, &other) == 0 && S_ISREG(other.st_mode) && other.st_dev == file.st_dev && other.st_ino == file.st_ino;
}

std::string_view ValueOf(char* const* variables, std::string_view name) {
  for (; variables != nullptr && *variables != nullptr; variables++) {
    const std::string_view entry(*variables);
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) return entry.substr(name.size() + 1);
  }
  return {};
}

// Whether execvp() would run the file `self` for `name`.
bool IsExecutable(const struct stat& self, const char* name, char* const* variables) {
  if (std::strchr(name, '/') != nullptr) return IsSameFile(self, name);
  std::string_view path = ValueOf(variables, "PATH");
  while (!path.empty()) {
    const size_t end = std::min(path.find(':'), path.size());
    const std::string candidate = std::string(path.substr(0, end)) + "/" + name;
    path.remove_prefix(std::min(end + 1, path.size()));
    if (access(candidate.c_str(), X_OK) == 0) return IsSameFile(self, candidate.c_str());
  }
  return false;
}

bool IsFile(const std::string& path) {
  struct stat file;
  return stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode);
}

bool HasScriptExtension(std::string_view path) {
  constexpr std::string_view kExtensions[] = {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"};
  return std::ranges::any_of(kExtensions, [path](std::string_view extension) { return path.ends_with(extension); });
}

// The first bytes of a file, at most `size`.
std::string StartOf(const std::string& path, size_t size) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return "";
  std::string start(size, '\0');
  const ssize_t count = IsFile(path) ? pread(fd, start.data(), size, 0) : 0;
  close(fd);
  start.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return start;
}

// Whether the file's first line says that node runs it.
bool HasNodesInterpreter(const std::string& path) {
  std::string line = StartOf(path, 128);
  line.resize(std::min(line.find('\n'), line.size()));
  return line.starts_with("#!") && line.find("node") != std::string::npos;
}

// Whether a file is a script that names `part`.
bool IsScriptWith(const std::string& path, std::string_view part) {
  const std::string start = StartOf(path, 4096);
  return start.starts_with("#!") && start.find(part) != std::string::npos;
}

// What a program that means node gives it first: a packed file, a script by its name, or one without an extension.
bool IsScript(const std::string& path) {
  return path.starts_with("/app/") || HasScriptExtension(path) || IsFile(path + ".js") || HasNodesInterpreter(path);
}

// Whether the command line is one that node can run: options that are node's, and a script, unless the options say
// what to do. Those of V8's in it are left in `v8_flags`.
bool NamesCode(int argc, char* const* argv, std::vector<std::string>* v8_flags) {
  CommandLine line;
  ReadOptions({argv + std::min(argc, 1), argv + argc}, OptionSource::kArguments, &line);
  if (!line.error.empty()) return false;
  *v8_flags = std::move(line.v8_flags);
  const auto evaluates = [](const auto& option) { return option.first == FindOption("[has_eval_string]"); };
  return line.arguments.empty() ? !line.exec_arguments.empty()
                                : std::ranges::any_of(line.options, evaluates) || IsScript(line.arguments[0]);
}

bool IsNode(Environment* env) { return env->payload() != nullptr && env->payload()->Manifest("command-line") == "node"; }

bool AnyContains(char* const* texts, std::string_view part) {
  // Shells set "_" to the program that they start: it says nothing of what the child will do.
  for (; texts != nullptr && *texts != nullptr; texts++) {
    const std::string_view text(*texts);
    if (!text.starts_with("_=") && text.find(part) != std::string_view::npos) return true;
  }
  return false;
}

// Whether the child finds another "node" by its PATH than this program: one that leads here, as package managers make it
// for what they start. It is a link, or a script with the executable's path.
bool FindsItselfAsNode(const struct stat& self, const std::string& path, char* const* variables) {
  std::string_view folders = ValueOf(variables, "PATH");
  if (folders == ValueOf(environ, "PATH")) return false;
  while (!folders.empty()) {
    const size_t end = std::min(folders.find(':'), folders.size());
    const std::string node = std::string(folders.substr(0, end)) + "/node";
    folders.remove_prefix(std::min(end + 1, folders.size()));
    if (access(node.c_str(), X_OK) == 0) return IsSameFile(self, node.c_str()) || IsScriptWith(node, path);
  }
  return false;
}

}  // namespace

SelfChild NamesThisExecutable(const char* file, char* const* arguments, char* const* variables) {
  if (variables == nullptr) variables = environ;
  const std::string path = Executable();
  struct stat self;
  const bool is_known = stat("/proc/self/exe", &self) == 0;
  if (is_known && IsExecutable(self, file, variables)) {
    return ValueOf(variables, "NODE_CHANNEL_FD").empty() ? SelfChild::kNamed : SelfChild::kForked;
  }
  if (path.empty()) return SelfChild::kNo;
  const bool is_named = path == file || AnyContains(arguments, path) || AnyContains(variables, path) ||
                        (is_known && FindsItselfAsNode(self, path, variables));
  return is_named ? SelfChild::kNamed : SelfChild::kNo;
}

SelfChildToken::~SelfChildToken() {
  if (fd_ >= 0) close(fd_);
}

int SelfChildToken::Open(SelfChild kind, char* const* variables) {
  const bool is_covered = IsCoverageOrder(ValueOf(variables == nullptr ? environ : variables, "NODE_V8_COVERAGE"));
  const std::string text =
      std::string(kMagic) + (kind == SelfChild::kForked ? kForked : kNamed) + (is_covered ? kCovered : kPlain) + Executable();
  fd_ = memfd_create("dv8pack", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd_ < 0) return -errno;
  if (write(fd_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) return UV_EIO;
  return fcntl(fd_, F_ADD_SEALS, kSeals) < 0 ? -errno : 0;
}

int SelfChildToken::AddTo(Environment* env, const uv_process_options_t& options, std::vector<uv_stdio_container_t>* stdio) {
  if (IsNode(env) || stdio->size() > kSelfChildFd) return 0;
  const SelfChild kind = NamesThisExecutable(options.file, options.args, options.env);
  if (kind == SelfChild::kNo) return 0;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= kSelfChildFd) {
    // The child could not have the number, and would start itself again, without end.
    int count = 0;
    while (options.args != nullptr && options.args[count] != nullptr) count++;
    // Whether V8 knows its flags is not asked: the question sets them, and this is not the child.
    std::vector<std::string> v8_flags;
    return kind == SelfChild::kForked || NamesCode(count, options.args, &v8_flags) ? UV_EMFILE : 0;
  }
  if (const int rc = Open(kind, options.env); rc < 0) return rc;
  uv_stdio_container_t none{};
  none.flags = UV_IGNORE;
  // The first three would be opened as /dev/null where they are ignored, all others left alone.
  stdio->resize(kSelfChildFd, none);
  uv_stdio_container_t token{};
  token.flags = UV_INHERIT_FD;
  token.data.fd = fd_;
  stdio->push_back(token);
  return 0;
}

int SelfChildToken::Install(Environment* env, const char* file, char* const* arguments, char* const* variables) {
  const SelfChild kind = IsNode(env) ? SelfChild::kNo : NamesThisExecutable(file, arguments, variables);
  if (kind == SelfChild::kNo) return 0;
  if (const int rc = Open(kind, variables); rc < 0) return rc;
  return dup2(fd_, kSelfChildFd) < 0 ? -errno : 0;
}

bool TakeSelfChildToken(int argc, char* const* argv) {
  if (fcntl(kSelfChildFd, F_GET_SEALS) != kSeals) return false;
  char text[kMagic.size() + 2 + PATH_MAX];
  const ssize_t size = pread(kSelfChildFd, text, sizeof(text), 0);
  if (size <= static_cast<ssize_t>(kMagic.size()) + 1) return false;
  std::string_view content(text, static_cast<size_t>(size));
  if (!content.starts_with(kMagic)) return false;
  content.remove_prefix(kMagic.size());
  // Another packed program, started somewhere below the one that the descriptor is for.
  close(kSelfChildFd);
  if (content.substr(2) != Executable()) return false;
  if (content[1] == kCovered) TakeCoverageOrders();
  std::vector<std::string> v8_flags;
  return content[0] == kForked ||
         (NamesCode(argc, argv, &v8_flags) && std::ranges::all_of(v8_flags, [](const auto& flag) { return CheckFlags(flag).empty(); }));
}

}  // namespace dv8::node
