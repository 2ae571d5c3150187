#include "packager/cli/watch.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>
#include <tuple>

#include "packager/cli/run.h"
#include "packager/process/process.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Files are asked for often enough that nobody waits, and rarely enough that nobody pays.
constexpr std::chrono::milliseconds kPoll(100);
constexpr std::chrono::seconds kPatience(3);
// Below a root with more folders than these, what is missing is not waited for.
constexpr size_t kMostFolders = 5000;

// What tells one state of a file from another: an editor that renames a new file over it changes the inode.
using Stamp = std::tuple<int64_t, int64_t, int64_t, uint64_t>;
using Stamps = std::map<std::string, Stamp>;

Stamp StampOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return {};
  return {info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino};
}

bool IsLeftOut(const fs::path& name) { return name == "node_modules" || name == ".git"; }

// Adds the files, or only the folders, below `folder`, and it itself.
void AddBelow(const std::string& folder, bool only_folders, Stamps* stamps) {
  (*stamps)[folder] = StampOf(folder);
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    if (stamps->size() > kMostFolders && only_folders) return;
    const bool is_folder = at->is_directory(error);
    if (is_folder && IsLeftOut(at->path().filename())) {
      at.disable_recursion_pending();
    } else if (is_folder || !only_folders) {
      (*stamps)[at->path().string()] = StampOf(at->path().string());
    }
  }
}

// The app's process, and the terminal that it may leave as it should not.
class Child {
 public:
  Child() { has_terminal_ = tcgetattr(STDIN_FILENO, &terminal_) == 0; }

  bool is_running() const { return pid_ > 0; }

  void Start(const PackedApp& app, const Watched& watched) {
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ != 0) return;
    // Whatever ends dv8pack ends the app.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);
    const Diagnostic error = RunExecutable(app.executable, watched.name, watched.arguments);
    std::fprintf(stderr, "%s\n", error.ToString().c_str());
    _exit(1);
  }

  // Whether it has ended meanwhile; `how` says in which way.
  bool HasEnded(std::string* how) {
    int status = 0;
    if (!is_running() || waitpid(pid_, &status, WNOHANG) != pid_) return false;
    *how = WIFSIGNALED(status) ? "by signal " + std::to_string(WTERMSIG(status)) : "with code " + std::to_string(WEXITSTATUS(status));
    pid_ = 0;
    if (has_terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &terminal_);
    return true;
  }

  // Ends it by `signal`, unless it has that already, and by stronger ones when it does not mind.
  void End(int signal, bool has_signal) {
    if (is_running() && !has_signal) kill(pid_, signal);
    for (const int next : {SIGTERM, SIGKILL}) {
      if (WaitFor(kPatience)) return;
      kill(pid_, next);
    }
    WaitFor(std::chrono::hours(1));
  }

 private:
  bool WaitFor(std::chrono::seconds time) {
    std::string how;
    for (const auto end = Clock::now() + time; is_running() && Clock::now() < end;) {
      if (!HasEnded(&how)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return !is_running();
  }

  pid_t pid_ = 0;
  bool has_terminal_ = false;
  termios terminal_{};
};

class Watcher {
 public:
  Watcher(const Watched& watched, const std::function<Result<PackedApp>()>& pack) : watched_(watched), pack_(pack) {}

  void Run() {
    while (Interrupted() == 0) {
      PackAndStart();
      const std::string changed = WaitForChange();
      if (Interrupted() != 0) break;
      Say(changed + " has changed");
      child_.End(SIGTERM, false);
    }
    // The terminal gives its signals to all programs in front.
    const bool is_in_front = tcgetpgrp(STDIN_FILENO) == getpgrp() && Interrupted() != SIGTERM;
    child_.End(Interrupted(), is_in_front);
  }

 private:
  void Say(const std::string& text) const {
    if (!watched_.is_quiet) std::fprintf(stderr, "dv8pack: %s\n", text.c_str());
  }

  void PackAndStart() {
    // A file that changes while it is packed has a later stamp than this.
    timespec start;
    clock_gettime(CLOCK_REALTIME, &start);
    const Result<PackedApp> app = pack_();
    if (Interrupted() != 0) return;
    if (app.ok()) files_ = app.value().input_files;
    stamps_.clear();
    for (const std::string& file : files_) stamps_[file] = StampOf(file);
    for (const std::string& file : watched_.files) AddBelow(file, false, &stamps_);
    for (auto& [file, stamp] : stamps_) {
      const auto& [seconds, nanoseconds, size, inode] = stamp;
      if (std::pair(seconds, nanoseconds) > std::pair<int64_t, int64_t>(start.tv_sec, start.tv_nsec)) stamp = {};
    }
    if (app.ok()) {
      child_.Start(app.value(), watched_);
      return;
    }
    // It may be a file that is not there yet.
    for (const Diagnostic& cause : app.error().causes) stamps_[cause.path] = StampOf(cause.path);
    AddBelow(watched_.root, true, &stamps_);
    Say("waiting for a change");
  }

  // The file that has changed. Until then the app may end.
  std::string WaitForChange() {
    std::string how;
    while (Interrupted() == 0) {
      std::this_thread::sleep_for(kPoll);
      if (child_.HasEnded(&how)) Say(watched_.name + " has ended " + how + ", waiting for a change");
      for (const auto& [file, stamp] : stamps_) {
        if (StampOf(file) == stamp) continue;
        Settle(file);
        return file;
      }
    }
    return "";
  }

  // Waits until a file is whole again.
  static void Settle(const std::string& file) {
    Stamp before = StampOf(file);
    for (int polls = 0; polls < 50; polls++) {
      std::this_thread::sleep_for(kPoll / 2);
      const Stamp now = StampOf(file);
      if (now == before && now != Stamp()) return;
      before = now;
    }
  }

  const Watched& watched_;
  const std::function<Result<PackedApp>()>& pack_;
  std::vector<std::string> files_;
  Stamps stamps_;
  Child child_;
};

}  // namespace

void RunWatching(const Watched& watched, const std::function<Result<PackedApp>()>& pack) { Watcher(watched, pack).Run(); }

}  // namespace dv8
