#include "runtime/bindings/node/spawn_request.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include "runtime/bindings/node/command_line.h"
#include "runtime/bindings/node/process_arguments.h"
#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

ReadResult ReadTexts(Environment* env, v8::Local<v8::Value> value, std::vector<std::string>* texts) {
  if (!value->IsArray()) return ReadResult::kWrongType;
  v8::Local<v8::Array> list = value.As<v8::Array>();
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> item;
    v8::Local<v8::String> text;
    if (!list->Get(env->context(), i).ToLocal(&item) || !item->ToString(env->context()).ToLocal(&text)) {
      return ReadResult::kException;
    }
    texts->emplace_back(Utf8(env->isolate(), text).view());
  }
  return ReadResult::kRead;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::optional<VirtualRoot::Entry> EmbeddedFile(const VirtualRoot& root, const std::string& path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::optional<VirtualRoot::Entry> entry = root.FindOnly(path);
  return entry && !entry->is_folder() ? entry : std::nullopt;
}

bool HasNodesInterpreter(std::string_view text) {
  return text.starts_with("#!") && text.substr(0, text.find('\n')).find("node") != std::string_view::npos;
}

std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Whether the command line has node run an embedded file, which only this program can as node: the file's own place,
// and what lies beside it, are here.
bool RunsEmbeddedByNode(const VirtualRoot& root, const std::string& file, const std::vector<std::string>& arguments) {
  if (BaseName(file) != "node" || arguments.size() < 2) return false;
  CommandLine line;
  ReadOptions({arguments.begin() + 1, arguments.end()}, OptionSource::kArguments, &line);
  return line.error.empty() && !line.arguments.empty() && EmbeddedFile(root, line.arguments[0]);
}

// The text of a shell with `executable` in place of each "node" that would run an embedded file.
std::string WithoutNode(const VirtualRoot& root, const std::string& text, const std::string& executable) {
  static constexpr std::string_view kNode = "node", kBlanks = " \t", kQuotes = "'\"", kBefore = " \t\n;&|(";
  std::string result;
  size_t done = 0;
  for (size_t at = text.find(kNode); at != std::string::npos; at = text.find(kNode, at + kNode.size())) {
    if (at > 0 && kBefore.find(text[at - 1]) == std::string_view::npos) continue;
    size_t next = text.find_first_not_of(kBlanks, at + kNode.size());
    if (next == at + kNode.size()) continue;
    while (next < text.size() && text[next] == '-') next = text.find_first_not_of(kBlanks, text.find_first_of(kBlanks, next));
    if (next >= text.size()) continue;
    const bool is_quoted = kQuotes.find(text[next]) != std::string_view::npos;
    const size_t start = is_quoted ? next + 1 : next;
    const size_t end = is_quoted ? text.find(text[next], start) : text.find_first_of(" \t\n;&|)<>", start);
    if (!EmbeddedFile(root, text.substr(start, end - start))) continue;
    result.append(text, done, at - done).append("'").append(executable).append("'");
    done = at + kNode.size();
  }
  return result.append(text, done);
}

}  // namespace

FilesForChild::~FilesForChild() {
  for (const int fd : descriptors_) close(fd);
}

int FilesForChild::Replace(const VirtualRoot& root, std::string* text) {
  if (!EmbeddedFile(root, *text)) return 0;
  const int sealed = root.Open(*text, O_RDONLY).value_or(UV_ENOENT);
  if (sealed < 0) return sealed;
  fchmod(sealed, 0755);
  // Behind what the child's stdio takes.
  const int fd = fcntl(sealed, F_DUPFD, kSelfChildFd + 1);
  const int error = errno;
  close(sealed);
  if (fd < 0) return -error;
  descriptors_.push_back(fd);
  *text = "/proc/self/fd/" + std::to_string(fd);
  return 0;
}

int SpawnRequest::TakeEmbedded(Environment* env, FilesForChild* files) {
  const VirtualRoot* root = VirtualRoot::Of(env);
  if (root == nullptr) return 0;
  const auto entry = EmbeddedFile(*root, file_);
  if (entry && HasNodesInterpreter(root->ReadText(*entry))) {
    // The program runs it as node would.
    if (!std::exchange(has_arguments_, true)) arguments_ = {file_};
    arguments_.insert(arguments_.begin() + (arguments_.empty() ? 0 : 1), file_);
    file_ = ExecPath(env);
    return 0;
  }
  if (has_arguments_ && RunsEmbeddedByNode(*root, file_, arguments_)) {
    file_ = ExecPath(env);
    return 0;
  }
  if (arguments_.size() == 3 && arguments_[1] == "-c" && BaseName(file_).ends_with("sh")) {
    arguments_[2] = WithoutNode(*root, arguments_[2], ExecPath(env));
  }
  if (NamesThisExecutable(file_.c_str(), Pointers(arguments_).data(), has_variables_ ? Pointers(variables_).data() : nullptr) !=
      SelfChild::kNo)
    return 0;
  if (const int rc = files->Replace(*root, &file_); rc < 0) return rc;
  for (size_t i = 1; i < arguments_.size(); i++) {
    if (const int rc = files->Replace(*root, &arguments_[i]); rc < 0) return rc;
  }
  return 0;
}

ReadResult SpawnRequest::ReadFile(Environment* env, v8::Local<v8::Value> value) {
  if (!value->IsString()) return ReadResult::kWrongType;
  file_ = Utf8(env->isolate(), value).view();
  return ReadResult::kRead;
}

ReadResult SpawnRequest::ReadArguments(Environment* env, v8::Local<v8::Value> value) {
  has_arguments_ = true;
  return ReadTexts(env, value, &arguments_);
}

ReadResult SpawnRequest::ReadVariables(Environment* env, v8::Local<v8::Value> value) {
  has_variables_ = true;
  return ReadTexts(env, value, &variables_);
}

ReadResult SpawnRequest::ReadCwd(Environment* env, v8::Local<v8::Value> value) {
  if (!value->IsString()) return ReadResult::kWrongType;
  cwd_ = Utf8(env->isolate(), value).view();
  return ReadResult::kRead;
}

ReadResult SpawnRequest::ReadUser(v8::Local<v8::Value> value) {
  if (value->IsNullOrUndefined()) return ReadResult::kRead;
  if (!value->IsInt32()) return ReadResult::kWrongType;
  flags_ |= UV_PROCESS_SETUID;
  uid_ = static_cast<uv_uid_t>(value.As<v8::Int32>()->Value());
  return ReadResult::kRead;
}

ReadResult SpawnRequest::ReadGroup(v8::Local<v8::Value> value) {
  if (value->IsNullOrUndefined()) return ReadResult::kRead;
  if (!value->IsInt32()) return ReadResult::kWrongType;
  flags_ |= UV_PROCESS_SETGID;
  gid_ = static_cast<uv_gid_t>(value.As<v8::Int32>()->Value());
  return ReadResult::kRead;
}

int SpawnRequest::Spawn(Environment* env, uv_loop_t* loop, uv_process_t* process, uv_exit_cb on_exit,
                        std::vector<uv_stdio_container_t> stdio) {
  // Descriptors that the program's own parent left open are not for its children.
  static std::once_flag once;
  std::call_once(once, [] {
    // Kernels before 5.11 do not have it; libuv looks at the first descriptors one by one.
    if (syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) != 0) uv_disable_stdio_inheritance();
  });
  FilesForChild embedded;
  if (const int rc = TakeEmbedded(env, &embedded); rc < 0) return rc;
  std::vector<char*> arguments = Pointers(arguments_), variables = Pointers(variables_);
  if (!has_arguments_) arguments.insert(arguments.begin(), file_.data());
  uv_process_options_t options{};
  options.exit_cb = on_exit;
  options.file = file_.c_str();
  options.args = arguments.data();
  options.env = has_variables_ ? variables.data() : nullptr;
  options.cwd = cwd_.empty() ? nullptr : cwd_.c_str();
  options.flags = flags_;
  options.uid = uid_;
  options.gid = gid_;
  SelfChildToken token;
  if (const int rc = token.AddTo(env, options, &stdio); rc < 0) return rc;
  options.stdio = stdio.data();
  options.stdio_count = static_cast<int>(stdio.size());
  return uv_spawn(loop, process, &options);
}

const char* SignalName(int number) {
  switch (number) {
#define V(name) \
  case name: return #name;
    // clang-format off
    V(SIGHUP) V(SIGINT) V(SIGQUIT) V(SIGILL) V(SIGTRAP) V(SIGABRT) V(SIGBUS) V(SIGFPE) V(SIGKILL) V(SIGUSR1) V(SIGSEGV)
    V(SIGUSR2) V(SIGPIPE) V(SIGALRM) V(SIGTERM) V(SIGCHLD) V(SIGSTKFLT) V(SIGCONT) V(SIGSTOP) V(SIGTSTP) V(SIGTTIN)
    V(SIGTTOU) V(SIGURG) V(SIGXCPU) V(SIGXFSZ) V(SIGVTALRM) V(SIGPROF) V(SIGWINCH) V(SIGIO) V(SIGPWR) V(SIGSYS)
    // clang-format on
#undef V
                default : return "";
  }
}

}  // namespace dv8::node
