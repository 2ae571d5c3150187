// What libuv calls in the place of abort(), which it does where the system refuses what it cannot work
// without: a thread of its pool above all.
#include <unistd.h>

void uv_no_abort(void) {
  static const char line[] =
      "fatal: the system refuses a thread, memory or a descriptor that the event loop needs\n";
  enum { kAborted = 134 };  // The shell's number for a process that abort() ended.
  (void)!write(STDERR_FILENO, line, sizeof(line) - 1);
  _exit(kAborted);
}
