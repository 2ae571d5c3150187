// V8's reservations where the address space is limited (RLIMIT_AS, `ulimit -v`). The linker's --wrap leads mmap,
// mprotect and madvise here.
//
// V8 reserves some GiB, of which it uses little: 8 for its heap alone, whose pointers are offsets in 4 of them. A
// reservation that the system refuses is a range of addresses and nothing more; its pages are mapped when V8 makes them
// accessible, and given back when it makes them inaccessible. Ranges begin far below what the kernel gives by itself.
#include <sys/mman.h>
#include <sys/random.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

extern "C" {
int __real_madvise(void* address, size_t size, int advice);
void* __real_mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset);
int __real_mprotect(void* address, size_t size, int protection);
}

namespace {

constexpr size_t kPage = 4096;
constexpr uintptr_t kAlignment = uintptr_t{1} << 32;  // The most that V8 asks for.
constexpr uintptr_t kFirst = uintptr_t{1} << 44;      // Ranges begin in the 16 TiB above, and
constexpr uintptr_t kEnd = uintptr_t{1} << 46;        // end below these 64: kernels give 128.

std::atomic<uintptr_t> next{0};  // The end of the last range; 0 until a reservation was refused.

uintptr_t First() {
  static const uintptr_t first = [] {
    uint32_t random = 0;
    (void)getrandom(&random, sizeof(random), GRND_NONBLOCK);
    return kFirst + random % (kFirst / kAlignment) * kAlignment;
  }();
  return first;
}

bool IsReservation(int protection, int flags) {
  return protection == PROT_NONE && (flags & MAP_NORESERVE) != 0 && (flags & MAP_FIXED) == 0;
}

bool IsOurs(const void* address) {
  const uintptr_t end = next.load(std::memory_order_relaxed);
  const auto value = reinterpret_cast<uintptr_t>(address);
  return end != 0 && value >= First() && value < end;
}

void* Reserve(size_t size) {
  uintptr_t none = 0;
  next.compare_exchange_strong(none, First());
  const uintptr_t whole = (size + kAlignment - 1) & ~(kAlignment - 1);
  const uintptr_t address = next.fetch_add(whole);
  if (address + whole <= kEnd) return reinterpret_cast<void*>(address);
  errno = ENOMEM;
  return MAP_FAILED;
}

// Maps what is not mapped of the pages. Never over what somebody else has there.
bool MapHoles(char* address, size_t size, int protection) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  void* got = __real_mmap(address, size, protection, kFlags, -1, 0);
  if (got == address) return true;
  if (got != MAP_FAILED) {  // Kernels before 4.17 take the address for a hint.
    munmap(got, size);
    errno = ENOMEM;
    return false;
  }
  if (errno != EEXIST) return false;
  if (size <= kPage) return true;
  const size_t half = size / 2 & ~(kPage - 1);
  return MapHoles(address, half, protection) && MapHoles(address + half, size - half, protection);
}

}  // namespace

extern "C" {

void* __wrap_mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset) {
  if (next.load(std::memory_order_relaxed) != 0) {
    if (address == nullptr && IsReservation(protection, flags)) return Reserve(size);
    if (protection == PROT_NONE && (flags & MAP_FIXED) != 0 && IsOurs(address)) {
      munmap(address, size);
      return address;
    }
  }
  void* result = __real_mmap(address, size, protection, flags, fd, offset);
  if (result != MAP_FAILED || !IsReservation(protection, flags) || errno != ENOMEM) return result;
  return Reserve(size);
}

// Advice on pages that are not mapped has nothing to do.
int __wrap_madvise(void* address, size_t size, int advice) {
  const int result = __real_madvise(address, size, advice);
  return result != 0 && errno == ENOMEM && IsOurs(address) ? 0 : result;
}

int __wrap_mprotect(void* address, size_t size, int protection) {
  if (!IsOurs(address)) return __real_mprotect(address, size, protection);
  if (protection == PROT_NONE) return munmap(address, size);
  if (__real_mprotect(address, size, protection) == 0) return 0;
  return errno == ENOMEM && MapHoles(static_cast<char*>(address), size, protection) ? __real_mprotect(address, size, protection) : -1;
}

}  // extern "C"
