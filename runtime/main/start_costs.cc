// Calls that V8 makes at start, answered more cheaply. The linker's --wrap leads them here.
#include "runtime/main/start_costs.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "bazel/third_party/v8/start_flags.h"

namespace {

// What a program has taken from malloc when its first line runs, measured on hello.
constexpr size_t kStartHeap = 352 << 10;

}  // namespace

extern "C" {

// v8::internal::FlagList::EnforceFlagImplications()
void __real__ZN2v88internal8FlagList23EnforceFlagImplicationsEv();
void __wrap__ZN2v88internal8FlagList23EnforceFlagImplicationsEv() {
  if (!dv8::ImpliedFlagsAreSet()) __real__ZN2v88internal8FlagList23EnforceFlagImplicationsEv();
}

int __real_pthread_getattr_np(pthread_t thread, pthread_attr_t* attributes);
// For the main thread glibc reads /proc/self/maps, where there is one; V8 takes an error as
// well and uses __libc_stack_end then.
int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t* attributes) {
  if (gettid() == getpid()) return ENOSYS;
  return __real_pthread_getattr_np(thread, attributes);
}

// libc asks where the program lies, for libraries to load from there: nothing is ever loaded.
const char* __wrap__dl_get_origin() { return reinterpret_cast<const char*>(-1); }

}  // extern "C"

namespace dv8 {

void PrepareHeap() {
  // One brk instead of nine. Setting one threshold ends glibc's own tuning of all of them, so
  // the others get what it would arrive at in a busy program.
  mallopt(M_TOP_PAD, kStartHeap);
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  void* volatile start = std::malloc(kStartHeap);
  // Kernels before 5.14 refuse the advice; the pages then come one fault at a time.
  madvise(reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(start) & ~uintptr_t{4095}), kStartHeap, MADV_POPULATE_WRITE);
  errno = 0;
  std::free(start);
}

}  // namespace dv8
