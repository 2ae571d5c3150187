// From a server's start to its first answer: first_response PORT CORE PROGRAM [ARGUMENT...].
//
// Starts PROGRAM on the core CORE, asks http://127.0.0.1:PORT/ until "200" comes, and prints the milliseconds
// since the fork and the kilobytes that are then resident (VmRSS). The port is tried every 50 microseconds, which
// costs the server nothing while this program is on another core.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kPauseNanoseconds = 50'000;
constexpr double kPatienceMs = 10'000;

double Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// True when the server has answered 200.
bool Ask(const sockaddr_in& address) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  char answer[64] = "";
  bool ok = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  if (ok) {
    constexpr char kRequest[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    ok = write(fd, kRequest, sizeof(kRequest) - 1) > 0 && read(fd, answer, sizeof(answer) - 1) > 0 &&
         std::strncmp(answer, "HTTP/1.1 200", 12) == 0;
  }
  close(fd);
  return ok;
}

long ResidentKilobytes(pid_t pid) {
  char path[64], line[256];
  std::snprintf(path, sizeof(path), "/proc/%d/status", pid);
  long kilobytes = -1;
  FILE* file = std::fopen(path, "re");
  while (file != nullptr && std::fgets(line, sizeof(line), file) != nullptr) {
    if (std::sscanf(line, "VmRSS: %ld", &kilobytes) == 1) break;
  }
  if (file != nullptr) std::fclose(file);
  return kilobytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: first_response PORT CORE PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::atoi(argv[1])));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  cpu_set_t core;
  CPU_ZERO(&core);
  CPU_SET(static_cast<size_t>(std::atoi(argv[2])), &core);
  const double start = Now();
  const pid_t pid = fork();
  if (pid == 0) {
    sched_setaffinity(0, sizeof(core), &core);
    execv(argv[3], argv + 3);
    _exit(127);
  }
  bool answered = false;
  while (!(answered = Ask(address)) && Now() - start < kPatienceMs) {
    const timespec pause = {0, kPauseNanoseconds};
    nanosleep(&pause, nullptr);
  }
  const double took = Now() - start;
  const long resident = ResidentKilobytes(pid);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  if (!answered) {
    std::fprintf(stderr, "first_response: no answer\n");
    return 1;
  }
  std::printf("%.3f %ld\n", took, resident);
  return 0;
}
