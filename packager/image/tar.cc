#include "packager/image/tar.h"

#include <algorithm>
#include <span>

namespace dv8 {
namespace {

constexpr size_t kBlock = 512;
constexpr uint64_t kLargestOctal = 077777777777;  // Eleven digits.
constexpr size_t kName = 100, kPrefix = 155;
constexpr size_t kChecksumAt = 148, kTypeAt = 156, kMagicAt = 257;

void PutText(std::byte* at, size_t size, std::string_view text) { std::ranges::copy(std::as_bytes(std::span(text.substr(0, size))), at); }

// `size - 1` octal digits and a zero byte.
void PutOctal(std::byte* at, size_t size, uint64_t value) {
  at[size - 1] = std::byte{0};
  for (size_t i = size - 1; i-- > 0; value >>= 3) at[i] = static_cast<std::byte>('0' + (value & 7));
}

// The sum of a header's bytes, those of the checksum being spaces.
uint64_t Checksum(const char* header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kBlock; i++) {
    sum += i >= kChecksumAt && i < kChecksumAt + 8 ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

// A number of octal digits after spaces, or GNU's big-endian one; false when it is none.
bool ReadNumber(std::string_view field, uint64_t* value) {
  *value = 0;
  if (static_cast<unsigned char>(field[0]) == 0x80) {
    for (const char c : field.substr(field.size() - 8)) *value = *value << 8 | static_cast<unsigned char>(c);
    return true;
  }
  const size_t start = field.find_first_not_of(' ');
  for (size_t i = start; i < field.size() && field[i] != 0 && field[i] != ' '; i++) {
    if (field[i] < '0' || field[i] > '7') return false;
    *value = *value * 8 + static_cast<uint64_t>(field[i] - '0');
  }
  return true;
}

std::string_view Text(std::string_view field) { return field.substr(0, field.find('\0')); }

// "LENGTH KEY=VALUE\n", whose length counts its own digits.
std::string PaxRecord(std::string_view key, std::string_view value) {
  const std::string rest = " " + std::string(key) + "=" + std::string(value) + "\n";
  size_t length = rest.size();
  while (std::to_string(length).size() + rest.size() != length) length = std::to_string(length).size() + rest.size();
  return std::to_string(length) + rest;
}

// Parts `path` at a slash so that both parts fit; false when there is no such slash.
bool Split(std::string_view path, std::string_view* prefix, std::string_view* name) {
  *prefix = {};
  *name = path;
  if (path.size() <= kName) return true;
  const size_t slash = path.find('/', path.size() - kName - 1);
  if (slash == std::string_view::npos || slash == 0 || slash > kPrefix || slash + 1 == path.size()) return false;
  *prefix = path.substr(0, slash);
  *name = path.substr(slash + 1);
  return true;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

void TarWriter::AddPadded(std::span<const std::byte> bytes) {
  out_.insert(out_.end(), bytes.begin(), bytes.end());
  out_.resize((out_.size() + kBlock - 1) / kBlock * kBlock);
}

void TarWriter::AddBlock(std::string_view name, std::string_view prefix, char type, const TarEntry& entry, uint64_t size, int64_t time) {
  const size_t start = out_.size();
  out_.resize(start + kBlock);
  std::byte* header = out_.data() + start;
  PutText(header, kName, name);
  PutOctal(header + 100, 8, entry.mode);
  PutOctal(header + 108, 8, std::min<uint32_t>(entry.uid, 07777777));
  PutOctal(header + 116, 8, std::min<uint32_t>(entry.gid, 07777777));
  PutOctal(header + 124, 12, std::min(size, kLargestOctal));
  PutOctal(header + 136, 12, static_cast<uint64_t>(time));
  header[kTypeAt] = static_cast<std::byte>(type);
  PutText(header + 157, kName, entry.target);
  PutText(header + kMagicAt, 8, std::string_view("ustar\00000", 8));
  PutText(header + 345, kPrefix, prefix);
  PutOctal(header + kChecksumAt, 7, Checksum(reinterpret_cast<const char*>(header)));
  header[kChecksumAt + 7] = static_cast<std::byte>(' ');
}

void TarWriter::AddPax(const std::string& records) {
  AddBlock("pax_header", "", 'x', TarEntry(), records.size(), time_);
  AddPadded(std::as_bytes(std::span(records.data(), records.size())));
}

void TarWriter::Add(std::string_view path, const TarEntry& entry, std::span<const std::byte> bytes) {
  const std::string full = std::string(path) + (entry.type == TarEntry::Type::kFolder ? "/" : "");
  std::string_view prefix, name;
  const bool fits = Split(full, &prefix, &name);
  std::string pax;
  if (!fits || !IsAscii(full)) pax += PaxRecord("path", full);
  if (entry.target.size() > kName || !IsAscii(entry.target)) pax += PaxRecord("linkpath", entry.target);
  if (bytes.size() > kLargestOctal) pax += PaxRecord("size", std::to_string(bytes.size()));
  if (entry.uid > 07777777) pax += PaxRecord("uid", std::to_string(entry.uid));
  if (entry.gid > 07777777) pax += PaxRecord("gid", std::to_string(entry.gid));
  if (!pax.empty()) AddPax(pax);
  if (!fits) name = std::string_view(full).substr(0, kName);
  AddBlock(name, prefix, static_cast<char>(entry.type), entry, bytes.size(), time_);
  AddPadded(bytes);
}

std::vector<std::byte> TarWriter::Finish() {
  out_.resize(out_.size() + 2 * kBlock);
  return std::move(out_);
}

Result<std::map<std::string, std::string_view>> ReadTar(std::string_view archive) {
  std::map<std::string, std::string_view> files;
  if (archive.size() < kBlock) return Diagnostic{"is not a tar archive"};
  bool skips_next = false;  // Its name is in a header of its own, and longer than ours are.
  for (size_t at = 0; at + kBlock <= archive.size();) {
    const std::string_view header = archive.substr(at, kBlock);
    if (header[0] == 0) return files;
    uint64_t sum = 0, size = 0;
    if (!ReadNumber(header.substr(kChecksumAt, 8), &sum) || sum != Checksum(header.data()) || !ReadNumber(header.substr(124, 12), &size)) {
      return Diagnostic{at == 0 ? "is not a tar archive" : "the tar archive is damaged"};
    }
    at += kBlock;
    if (size > archive.size() - at) return Diagnostic{"the tar archive is cut off"};
    const char type = header[kTypeAt];
    std::string path(Text(header.substr(0, kName)));
    if (header.substr(kMagicAt, 6) == std::string_view("ustar\0", 6)) {
      if (const std::string_view prefix = Text(header.substr(345, kPrefix)); !prefix.empty()) path = std::string(prefix) + "/" + path;
    }
    if (path.starts_with("./")) path.erase(0, 2);
    if ((type == '0' || type == 0) && !skips_next) files[path] = archive.substr(at, size);
    skips_next = type == 'L' || (type == 'x' && archive.substr(at, size).find(" path=") != std::string_view::npos);
    at += std::min<uint64_t>((size + kBlock - 1) / kBlock * kBlock, archive.size() - at);
  }
  return files;
}

}  // namespace dv8
