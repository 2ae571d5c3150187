// Life without exceptions: the templates are linked without the tables that unwinding needs (no_unwind.ld).
//
// What libstdc++ throws ends the program with a line, as it did when nobody caught it. The one thing that
// libstdc++ catches itself is what its operator new (std::nothrow) throws; V8 collects garbage and tries
// again when that gives nothing, so it is written anew.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>
#include <system_error>
#include <typeinfo>

extern "C" [[noreturn]] void __wrap___cxa_throw(void* exception, std::type_info* type, void (*)(void*)) {
  constexpr int kAborted = 134;  // The shell's number for a process that abort() ended.
  const std::string_view name = type->name();
  if (name == "St9bad_alloc") {
    std::fprintf(stderr, "fatal: out of memory\n");
  } else if (name == "St12system_error") {
    std::fprintf(stderr, "fatal: the system refuses a thread or a lock: %s\n", static_cast<std::system_error*>(exception)->what());
  } else {
    std::fprintf(stderr, "fatal: a C++ exception that nobody catches: %s\n", type->name());
  }
  _exit(kAborted);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }

void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept { return operator new(size, tag); }

void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  const std::size_t bytes = static_cast<std::size_t>(alignment);
  void* memory = nullptr;
  return posix_memalign(&memory, bytes < sizeof(void*) ? sizeof(void*) : bytes, size) == 0 ? memory : nullptr;
}

void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t& tag) noexcept {
  return operator new(size, alignment, tag);
}
