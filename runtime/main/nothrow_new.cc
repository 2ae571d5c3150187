// operator new (std::nothrow) without exceptions. libstdc++'s own calls the one that throws and catches,
// which needs the tables that the templates are linked without (no_unwind.ld). V8 collects garbage and
// tries again when it gets nothing.
#include <cstdlib>
#include <new>

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}

void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}

void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  const std::size_t bytes = static_cast<std::size_t>(alignment);
  void* memory = nullptr;
  return posix_memalign(&memory, bytes < sizeof(void*) ? sizeof(void*) : bytes, size) == 0 ? memory
                                                                                            : nullptr;
}

void* operator new[](std::size_t size, std::align_val_t alignment,
                     const std::nothrow_t& tag) noexcept {
  return operator new(size, alignment, tag);
}
