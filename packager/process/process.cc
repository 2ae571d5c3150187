#include "packager/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "packager/process/files.h"

namespace dv8 {
namespace {

using Clock = std::chrono::steady_clock;

volatile sig_atomic_t interrupt_signal = 0;
constexpr int kInterrupts[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr uint64_t kLeastMemory = uint64_t{1} << 30;
constexpr int kPipeSize = 1 << 20;
constexpr int kFirstFree = 3;  // Behind the standard streams.

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  bool Open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = Lift(ends[0]);
    write_end = Lift(ends[1]);
    return read_end >= 0 && write_end >= 0;
  }
  void CloseRead() { Close(&read_end); }
  void CloseWrite() { Close(&write_end); }
  static void Close(int* fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
  }

 private:
  // The same end under a number that the child's standard streams do not take.
  static int Lift(int fd) {
    if (fd >= kFirstFree) return fd;
    const int lifted = fcntl(fd, F_DUPFD_CLOEXEC, kFirstFree);
    close(fd);
    return lifted;
  }
};

// A file's first number; 0 when there is none ("max").
uint64_t NumberIn(const std::string& path) {
  char text[64] = {};
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t got = read(fd, text, sizeof(text) - 1);
  close(fd);
  return got <= 0 ? 0 : strtoull(text, nullptr, 10);
}

// The lowest limit of this process's cgroup (version 2) and those above it; 0 when there is none.
uint64_t CgroupLimit() {
  const Result<std::string> own = ReadFile("/proc/self/cgroup");
  if (!own.ok()) return 0;
  const size_t at = own.value().find("0::/");
  if (at == std::string::npos) return 0;
  std::string group = own.value().substr(at + 3, own.value().find('\n', at) - at - 3);
  uint64_t lowest = 0;
  while (true) {
    const uint64_t limit = NumberIn("/sys/fs/cgroup" + group + "/memory.max");
    if (limit != 0 && (lowest == 0 || limit < lowest)) lowest = limit;
    if (group.empty() || group == "/") return lowest;
    group.resize(group.rfind('/'));
  }
}

// RLIMIT_DATA counts what is private and can be written, and so neither V8's cages nor Go's arenas
// before they are used, as RLIMIT_AS would. The sanitizers' shadow memory it does count.
void LimitMemory(uint64_t bytes) {
  constexpr bool kIsSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
  rlimit limit;
  if (kIsSanitized || getrlimit(RLIMIT_DATA, &limit) != 0) return;
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_DATA, &limit);
}

// What the child does before it becomes the program; only calls that are safe after fork.
// Returns when something fails, with errno.
void BecomeProgram(const Command& command, const Pipe& in, const Pipe& out, const Pipe& err, pid_t parent, uint64_t memory,
                   char* const* argv, char* const* env) {
  // A killed dv8pack takes the tool along. posix_spawn has no such attribute.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setpgid(0, 0) != 0) return;
  if (getppid() != parent) _exit(1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : kInterrupts) signal(number, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  LimitMemory(memory);
  if (dup2(in.read_end, 0) < 0 || dup2(out.write_end, 1) < 0 || dup2(err.write_end, 2) < 0) return;
  if (!command.cwd.empty() && chdir(command.cwd.c_str()) != 0) return;
  execve(argv[0], argv, env);
}

// Starts the program with the pipes as its standard streams. Returns an errno, also when it
// was the child that failed: the pipe to tell closes by itself when the program starts.
int Spawn(const Command& command, const Pipe& in, const Pipe& out, const Pipe& err, pid_t* pid) {
  std::vector<char*> argv;
  for (const std::string& arg : command.args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> env;
  for (const std::string& variable : command.env) env.push_back(const_cast<char*>(variable.c_str()));
  env.push_back(nullptr);
  Pipe failure;
  if (!failure.Open()) return errno;
  const pid_t parent = getpid();
  const uint64_t memory = MemoryLimit();
  *pid = fork();
  if (*pid < 0) return errno;
  if (*pid == 0) {
    BecomeProgram(command, in, out, err, parent, memory, argv.data(), env.data());
    const int error = errno;
    (void)!write(failure.write_end, &error, sizeof(error));
    _exit(127);
  }
  failure.CloseWrite();
  int error = 0;
  ssize_t got;
  do {
    got = read(failure.read_end, &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  if (got != sizeof(error)) return 0;
  waitpid(*pid, nullptr, 0);
  return error;
}

// Appends what there is to read. Closes the pipe at its end.
void Drain(Pipe* pipe, std::string* text) {
  char chunk[kPipeSize / 4];
  const ssize_t got = read(pipe->read_end, chunk, sizeof(chunk));
  if (got > 0) {
    text->append(chunk, got);
  } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
    pipe->CloseRead();
  }
}

// Reaps the program and fills in how it ended; an errno when that cannot be known. One that has
// closed its streams and lives on is killed at the limit too.
int Reap(const Command& command, Clock::time_point deadline, pid_t pid, bool killed, Outcome* outcome) {
  int status = 0;
  while (true) {
    const pid_t reaped = waitpid(pid, &status, killed ? 0 : WNOHANG);
    if (reaped == pid) {
      if (WIFEXITED(status)) outcome->exit_code = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) outcome->signal = WTERMSIG(status);
      return 0;
    }
    if (reaped < 0 && errno != EINTR) return errno;
    if (killed) continue;
    const bool late = command.time_limit.count() > 0 && Clock::now() >= deadline;
    if (late || interrupt_signal != 0) {
      outcome->timed_out = late;
      kill(-pid, SIGKILL);
      killed = true;
      continue;
    }
    const timespec nap{0, 200'000};
    nanosleep(&nap, nullptr);
  }
}

void OnInterrupt(int signal) { interrupt_signal = signal; }

// The running program with its streams, for RunProcess and ToolSession alike.
class Tool : public ToolSession {
 public:
  explicit Tool(const Command& command) : command_(command), deadline_(Clock::now() + command.time_limit) {}
  ~Tool() override {
    if (pid_ > 0) (void)End();
  }

  Result<Done> Spawn() {
    if (!in_.Open() || !out_.Open() || !err_.Open()) {
      return Diagnostic{std::string("cannot open a pipe: ") + strerror(errno)};
    }
    if (const int error = dv8::Spawn(command_, in_, out_, err_, &pid_); error != 0) {
      pid_ = 0;
      return Diagnostic{std::string("cannot be run: ") + strerror(error), command_.args[0]};
    }
    in_.CloseRead();
    out_.CloseWrite();
    err_.CloseWrite();
    for (const int end : {in_.write_end, out_.read_end, err_.read_end}) fcntl(end, F_SETFL, O_NONBLOCK);
    // Fewer turns for what is megabytes long; where the system allows less, it stays as it is.
    fcntl(out_.read_end, F_SETPIPE_SZ, kPipeSize);
    return Done{};
  }

  bool Write(std::string_view bytes) override {
    while (!bytes.empty() && in_.write_end >= 0 && Step(&bytes)) {
    }
    return bytes.empty();
  }

  bool Read(std::string* bytes) override {
    std::string_view nothing;
    while (outcome_.out.empty() && out_.read_end >= 0 && Step(&nothing)) {
    }
    const bool got = !outcome_.out.empty();
    bytes->append(outcome_.out);
    outcome_.out.clear();
    return got;
  }

  void Kill() override {
    to_kill_ = true;
    kill(-pid_, SIGKILL);
  }

  Result<Outcome> End() override {
    in_.CloseWrite();
    std::string_view nothing;
    while ((out_.read_end >= 0 || err_.read_end >= 0) && Step(&nothing)) {
    }
    if (to_kill_) kill(-pid_, SIGKILL);
    const int error = Reap(command_, deadline_, pid_, to_kill_, &outcome_);
    pid_ = 0;
    if (error != 0) {
      return Diagnostic{std::string("cannot be waited for: ") + strerror(error), command_.args[0]};
    }
    return std::move(outcome_);
  }

 private:
  // Waits until bytes can be moved and moves them: off the front of `input`, and from the
  // program's output to the outcome. False when the program is to be killed.
  bool Step(std::string_view* input) {
    if (interrupt_signal != 0) to_kill_ = true;
    int wait = -1;
    if (command_.time_limit.count() > 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0) to_kill_ = outcome_.timed_out = true;
      wait = static_cast<int>(std::min<int64_t>(left, 1 << 30));
    }
    if (to_kill_) return false;
    pollfd fds[] = {{out_.read_end, POLLIN, 0}, {err_.read_end, POLLIN, 0}, {input->empty() ? -1 : in_.write_end, POLLOUT, 0}};
    if (poll(fds, 3, wait) < 0) return true;
    if (fds[0].revents != 0) Drain(&out_, &outcome_.out);
    if (fds[1].revents != 0) Drain(&err_, &outcome_.err);
    if (fds[2].revents != 0) {
      const ssize_t put = write(in_.write_end, input->data(), input->size());
      if (put > 0) input->remove_prefix(static_cast<size_t>(put));
      if (put < 0 && errno != EINTR && errno != EAGAIN) in_.CloseWrite();
    }
    return true;
  }

  const Command command_;
  const Clock::time_point deadline_;
  Pipe in_, out_, err_;
  pid_t pid_ = 0;
  bool to_kill_ = false;
  Outcome outcome_;
};

}  // namespace

Result<Outcome> RunProcess(const Command& command) {
  Tool tool(command);
  if (Result<Done> started = tool.Spawn(); !started.ok()) return started.error();
  tool.Write(command.input);
  return tool.End();
}

Result<std::unique_ptr<ToolSession>> ToolSession::Start(const Command& command) {
  auto tool = std::make_unique<Tool>(command);
  if (Result<Done> started = tool->Spawn(); !started.ok()) return started.error();
  return std::unique_ptr<ToolSession>(std::move(tool));
}

uint64_t MemoryLimit() {
  static const uint64_t limit = [] {
    uint64_t memory = uint64_t{1} * sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    if (const uint64_t group = CgroupLimit(); group != 0) memory = std::min(memory, group);
    memory = std::max(memory / 4 * 3, kLeastMemory);
    for (const auto resource : {RLIMIT_DATA, RLIMIT_AS}) {
      rlimit own;
      if (getrlimit(resource, &own) == 0) memory = std::min<uint64_t>(memory, own.rlim_cur);
    }
    return memory;
  }();
  return limit;
}

std::string MemoryLimitText() {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f GiB", static_cast<double>(MemoryLimit()) / (1 << 30));
  return text;
}

void PrepareProcess() {
  for (int fd = 0; fd < kFirstFree; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest free number is this one. In a bare chroot the root takes the place of /dev/null.
    if (open("/dev/null", O_RDWR) < 0) open("/", O_RDONLY | O_DIRECTORY);
  }
  signal(SIGCHLD, SIG_DFL);
  signal(SIGXFSZ, SIG_IGN);
}

void CatchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;
  for (int signal : kInterrupts) {
    struct sigaction before;
    // nohup's SIG_IGN stays.
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      sigaction(signal, &action, nullptr);
    }
  }
  signal(SIGPIPE, SIG_IGN);
}

int Interrupted() { return interrupt_signal; }

void EndByInterrupt() {
  signal(interrupt_signal, SIG_DFL);
  raise(interrupt_signal);
  _exit(128 + interrupt_signal);
}

}  // namespace dv8
