#include "packager/vm/cpio.h"

#include <sys/stat.h>

#include <cstdio>

#include "packager/process/files.h"

namespace dv8 {

void CpioWriter::AddFolder(std::string_view path, uint32_t mode) { Add(path, S_IFDIR | mode, {}, {}); }

void CpioWriter::AddFile(std::string_view path, uint32_t mode, std::span<const std::byte> bytes) { Add(path, S_IFREG | mode, bytes, {}); }

void CpioWriter::AddCharacterDevice(std::string_view path, uint32_t mode, uint32_t major, uint32_t minor) {
  Add(path, S_IFCHR | mode, {}, {major, minor});
}

std::vector<std::byte> CpioWriter::Finish() {
  Add("TRAILER!!!", 0, {}, {});
  return std::move(out_);
}

void CpioWriter::Add(std::string_view path, uint32_t mode, std::span<const std::byte> bytes, Device device) {
  // Inode, mode, owner, group, links, time, size, the device it is on, the one it is, the name's size with its zero, a sum
  // that this format does not use.
  char header[111];
  const int size = std::snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ++inode_, mode, 0, 0,
                                 S_ISDIR(mode) ? 2 : 1, static_cast<uint32_t>(time_), static_cast<uint32_t>(bytes.size()), 0, 0,
                                 device.major, device.minor, static_cast<uint32_t>(path.size() + 1), 0);
  const std::span<const std::byte> head = AsBytes(std::string_view(header, static_cast<size_t>(size)));
  out_.insert(out_.end(), head.begin(), head.end());
  out_.insert(out_.end(), AsBytes(path).begin(), AsBytes(path).end());
  out_.push_back(std::byte{0});
  Pad();
  out_.insert(out_.end(), bytes.begin(), bytes.end());
  Pad();
}

void CpioWriter::Pad() { out_.resize((out_.size() + 3) / 4 * 4); }

}  // namespace dv8
