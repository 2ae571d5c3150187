// Runs commands in turn and reports what each run cost. Called by bench.py.
//
// A process of its own, small and static: a child's peak memory starts at its parent's, so the
// parent must be smaller than anything it measures.
//
// stdin:  one command a line, fields separated by \x1f:  working folder, KEY=VALUE count, the
//         KEY=VALUEs, argv. measure ROUNDS WARMUP runs all of them ROUNDS times, interleaved, so
//         that a slow moment of the machine meets all competitors; the first WARMUP are not told.
// stdout: one line a run: round, command, wall time in ns, user + system time in µs, peak KiB,
//         minor page faults, exit code (128+n after signal n).

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr int kMaxCommands = 64;
constexpr int kMaxFields = 256;

struct Command {
  char* folder;
  char** environment;
  char** argv;
};

long long Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

[[noreturn]] void Fail(const char* what, const char* name) {
  fprintf(stderr, "measure: %s %s: %s\n", what, name, strerror(errno));
  exit(1);
}

// Cuts `line` in place; the parts live as long as it does.
Command Parse(char* line) {
  line[strcspn(line, "\n")] = '\0';
  char** fields = static_cast<char**>(calloc(kMaxFields + 2, sizeof(char*)));
  int count = 0;
  for (char* field = strsep(&line, "\x1f"); field && count < kMaxFields; field = strsep(&line, "\x1f")) {
    fields[count++] = field;
  }
  const int variables = count > 1 ? atoi(fields[1]) : 0;
  if (count < 3 + variables) Fail("bad command", fields[0]);
  char** environment = static_cast<char**>(calloc(variables + 1, sizeof(char*)));
  memcpy(environment, fields + 2, variables * sizeof(char*));
  return {fields[0], environment, fields + 2 + variables};
}

// Runs one command; its streams are /dev/null.
void Measure(int round, int index, const Command& command, const posix_spawn_file_actions_t* streams) {
  if (chdir(command.folder) != 0) Fail("chdir", command.folder);
  pid_t pid;
  const long long start = Now();
  if (int error = posix_spawn(&pid, command.argv[0], streams, nullptr, command.argv, command.environment)) {
    errno = error;
    Fail("run", command.argv[0]);
  }
  int status;
  rusage usage;
  while (wait4(pid, &status, 0, &usage) < 0) {
    if (errno != EINTR) Fail("wait for", command.argv[0]);
  }
  const long long wall = Now() - start;
  const long long cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (round < 0) return;
  printf("%d %d %lld %lld %ld %ld %d\n", round, index, wall, cpu, usage.ru_maxrss, usage.ru_minflt, code);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int rounds = atoi(argv[1]);
  const int warmup = atoi(argv[2]);
  Command commands[kMaxCommands];
  int count = 0;
  char* line = nullptr;
  size_t capacity = 0;
  while (count < kMaxCommands && getline(&line, &capacity, stdin) > 0) {
    commands[count++] = Parse(line);
    line = nullptr;
    capacity = 0;
  }
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_addopen(&streams, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&streams, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&streams, 2, "/dev/null", O_WRONLY, 0);
  for (int round = -warmup; round < rounds; round++) {
    for (int i = 0; i < count; i++) {
      // Every round starts with another command: none is always behind the same neighbour's caches.
      Measure(round, (i + round + warmup) % count, commands[(i + round + warmup) % count], &streams);
    }
  }
  return 0;
}
