// A file's bytes where the page cache has them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "runtime/payload/result.h"

namespace dv8 {

// Nobody may cut the file shorter while its bytes are in use: for files of the distribution and of a temporary folder.
class MappedFile {
 public:
  MappedFile() = default;
  // The error names the path and the reason.
  static Result<MappedFile> Open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::span<const std::byte> bytes_;
};

}  // namespace dv8
