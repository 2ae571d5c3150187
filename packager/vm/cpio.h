// Archives of cpio's "newc" format, as the kernel unpacks them into the first file system of a machine
// (Documentation/driver-api/early-userspace/buffer-format.rst).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dv8 {

class CpioWriter {
 public:
  // All entries get `time`, seconds since 1970, and are root's. Folders come before what is in them.
  explicit CpioWriter(int64_t time) : time_(time) {}

  // Paths without a leading slash; `mode` is the permissions.
  void AddFolder(std::string_view path, uint32_t mode);
  void AddFile(std::string_view path, uint32_t mode, std::span<const std::byte> bytes);
  void AddCharacterDevice(std::string_view path, uint32_t mode, uint32_t major, uint32_t minor);
  std::vector<std::byte> Finish();

 private:
  struct Device {
    uint32_t major = 0;
    uint32_t minor = 0;
  };
  void Add(std::string_view path, uint32_t mode, std::span<const std::byte> bytes, Device device);
  void Pad();

  int64_t time_;
  uint32_t inode_ = 0;
  std::vector<std::byte> out_;
};

}  // namespace dv8
