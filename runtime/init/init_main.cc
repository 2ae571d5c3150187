// dv8-init: the first process of a virtual machine that `dv8pack vm` made. It mounts what a program needs, loads the drivers
// in /lib/modules, sets the network up, runs the program as the machine's only one, adopts and reaps what that leaves behind,
// tells its exit code and turns the machine off.
//
// /etc/dv8-vm says what there is to do, in records that end with a zero byte: "run=PATH", "ip=dhcp|none|ADDRESS",
// "env=NAME=VALUE". What stands on the kernel's command line as NAME=VALUE and is not the kernel's own comes as the
// environment and has precedence: "ip" is meant for this program, "exit_port" is the port of QEMU's isa-debug-exit.
// What stands there behind "--" is the program's arguments.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "runtime/init/network.h"

namespace dv8 {
namespace {

[[gnu::format(printf, 1, 2)]] void Say(const char* format, ...) {
  std::fputs("dv8-vm: ", stdout);
  va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
  std::putchar('\n');
  std::fflush(stdout);
}

std::string ReadWhole(const char* path) {
  std::string text;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  char buffer[4096];
  for (ssize_t size; (size = read(fd, buffer, sizeof(buffer))) > 0;) text.append(buffer, static_cast<size_t>(size));
  close(fd);
  return text;
}

void MountAll() {
  struct Mount {
    const char* type;
    const char* path;
    unsigned long flags;
    const char* options;
  };
  constexpr unsigned long kData = MS_NOSUID | MS_NODEV;
  constexpr Mount kMounts[] = {
      {"devtmpfs", "/dev", MS_NOSUID, "mode=755"},   {"devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "ptmxmode=666"},
      {"tmpfs", "/dev/shm", kData, "mode=1777"},     {"proc", "/proc", kData | MS_NOEXEC, nullptr},
      {"sysfs", "/sys", kData | MS_NOEXEC, nullptr}, {"tmpfs", "/run", kData, "mode=755"},
      {"tmpfs", "/tmp", kData, "mode=1777"},
  };
  for (const Mount& one : kMounts) {
    mkdir(one.path, 0755);
    if (mount(one.type, one.path, one.type, one.flags, one.options) != 0) Say("cannot mount %s: %s", one.path, strerror(errno));
  }
}

// In the order of their names, which is that of their dependencies.
void LoadModules() {
  constexpr char kFolder[] = "/lib/modules/";
  std::vector<std::string> names;
  DIR* folder = opendir(kFolder);
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  closedir(folder);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const int fd = open((kFolder + name).c_str(), O_RDONLY | O_CLOEXEC);
    if (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST) Say("cannot load %s: %s", name.c_str(), strerror(errno));
    close(fd);
  }
}

struct Config {
  std::string program;
  std::string ip;
  std::vector<std::string> env;
};

Config ReadConfig() {
  Config config;
  const std::string text = ReadWhole("/etc/dv8-vm");
  for (size_t at = 0; at < text.size();) {
    const std::string record = text.substr(at, text.find('\0', at) - at);
    at += record.size() + 1;
    if (record.starts_with("run=")) config.program = record.substr(4);
    if (record.starts_with("ip=")) config.ip = record.substr(3);
    if (record.starts_with("env=")) config.env.push_back(record.substr(4));
  }
  return config;
}

void Renew(const std::string& interface, Lease lease) {
  constexpr uint32_t kShortest = 60;
  for (;;) {
    // Half of it, as RFC 2131 has it.
    timespec time{std::max(lease.seconds / 2, kShortest), 0};
    while (nanosleep(&time, &time) != 0) {
    }
    if (const auto next = AskForLease(interface)) {
      lease = *next;
      (void)UseLease(interface, lease);
    } else {
      lease.seconds = 2 * kShortest;
    }
  }
}

void StartNetwork(const std::string& ip) {
  StartLoopback();
  if (ip == "none") return;
  const std::string interface = StartInterface();
  if (interface.empty()) return Say("there is no network device");
  const std::optional<Lease> lease = ip == "dhcp" ? AskForLease(interface) : ParseStaticAddress(ip);
  if (!lease) return ip == "dhcp" ? Say("no DHCP server answers on %s", interface.c_str()) : Say("ip=%s is no address", ip.c_str());
  if (const std::string problem = UseLease(interface, *lease); !problem.empty()) return Say("cannot set %s", problem.c_str());
  constexpr uint32_t kForever = 0xffffffff;
  if (ip == "dhcp" && lease->seconds != kForever && fork() == 0) Renew(interface, *lease);
}

pid_t g_program = 0;

// Ctrl-Alt-Del, which hypervisors send, and what programs of the machine send us.
void AskToEnd(int) {
  if (g_program > 0) kill(g_program, SIGTERM);
}

// What the kernel calls its first process's environment, over the records.
void SetEnvironment(const Config& config) {
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
  for (const std::string& variable : config.env) {
    const size_t equals = variable.find('=');
    setenv(variable.substr(0, equals).c_str(), variable.c_str() + equals + 1, 0);
  }
}

pid_t Start(const Config& config, char** argv) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  argv[0] = const_cast<char*>(config.program.c_str());
  execv(argv[0], argv);
  Say("cannot start %s: %s", argv[0], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

// The exit code of `program` as a shell tells it. Its orphans are reaped on the way.
int WaitFor(pid_t program) {
  for (;;) {
    int status = 0;
    const pid_t pid = wait(&status);
    if (pid < 0 && errno != EINTR) return 126;
    if (pid != program) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

[[noreturn]] void TurnOff(int code, const std::string& exit_port) {
  kill(-1, SIGTERM);
  sync();
  std::fflush(stdout);
  if (const unsigned long port = strtoul(exit_port.c_str(), nullptr, 0); port > 0 && port < 0x10000 && iopl(3) == 0) {
    outb(static_cast<unsigned char>(code), static_cast<unsigned short>(port));
  }
  // Machines without ACPI, such as Firecracker's, end by a restart, whose way "reboot=" tells the kernel.
  const std::string line = ReadWhole("/proc/cmdline");
  reboot((" " + line).find(" reboot=") != std::string::npos ? RB_AUTOBOOT : RB_POWER_OFF);
  for (;;) pause();
}

std::string TakeVariable(const char* name) {
  const char* value = getenv(name);
  std::string out = value == nullptr ? "" : value;
  unsetenv(name);
  return out;
}

int Main(char** argv) {
  if (getpid() != 1) {
    std::fputs("dv8-init: is the first process of a virtual machine and nothing else\n", stderr);
    return 2;
  }
  MountAll();
  LoadModules();
  Config config = ReadConfig();
  const std::string exit_port = TakeVariable("exit_port");
  if (const std::string ip = TakeVariable("ip"); !ip.empty()) config.ip = ip;
  SetEnvironment(config);
  reboot(RB_DISABLE_CAD);
  struct sigaction ask{};
  ask.sa_handler = AskToEnd;
  sigaction(SIGINT, &ask, nullptr);
  sigaction(SIGTERM, &ask, nullptr);
  StartNetwork(config.ip);
  g_program = Start(config, argv);
  const int code = WaitFor(g_program);
  Say("exit code %d", code);
  TurnOff(code, exit_port);
}

}  // namespace
}  // namespace dv8

int main(int, char** argv) { return dv8::Main(argv); }
