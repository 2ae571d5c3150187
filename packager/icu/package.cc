#include "packager/icu/package.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

#include "runtime/payload/compress.h"
#include "runtime/payload/icu_item.h"
#include "runtime/payload/lz4_block.h"

namespace dv8 {
namespace {

constexpr size_t kAlignment = 16;
constexpr std::byte kPadding{0xAA};

uint16_t Read16(std::span<const std::byte> bytes, size_t at) {
  uint16_t value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

uint32_t Read32(std::span<const std::byte> bytes, size_t at) {
  uint32_t value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

void Put32(std::vector<std::byte>* out, size_t at, size_t value) {
  const auto word = static_cast<uint32_t>(value);
  std::memcpy(out->data() + at, &word, sizeof(word));
}

void Pad(std::vector<std::byte>* out, size_t from) {
  while ((out->size() - from) % kAlignment != 0) out->push_back(kPadding);
}

// The head of an item that is packed.
std::optional<PackedIcuItem> PackedHead(std::span<const std::byte> stored) {
  PackedIcuItem head;
  if (stored.size() < sizeof(head)) return std::nullopt;
  std::memcpy(&head, stored.data(), sizeof(head));
  if (head.no_header != 0 || head.mark != PackedIcuItem::kMark || head.packed_size > stored.size() - sizeof(head)) return std::nullopt;
  return head;
}

// What an item is stored as: itself, when packing does not make a tenth of it go.
std::vector<std::byte> Pack(std::span<const std::byte> item) {
  const std::vector<std::byte> block = Compress(item);
  if (block.empty() || block.size() > item.size() - item.size() / 10) return {item.begin(), item.end()};
  const PackedIcuItem head{.size = static_cast<uint32_t>(item.size()), .packed_size = static_cast<uint32_t>(block.size())};
  std::vector<std::byte> packed(sizeof(head) + block.size());
  std::memcpy(packed.data(), &head, sizeof(head));
  std::copy(block.begin(), block.end(), packed.begin() + sizeof(head));
  return packed;
}

std::vector<std::byte> Unpack(const PackedIcuItem& head, std::span<const std::byte> stored) {
  constexpr uint32_t kMostOfOne = 64 << 20;
  std::vector<std::byte> item;
  if (head.size > kMostOfOne) return item;
  item.resize(head.size);
  if (!UnpackBlock(stored.subspan(sizeof(head), head.packed_size), item)) item.clear();
  return item;
}

}  // namespace

Result<IcuPackage> IcuPackage::Parse(std::span<const std::byte> bytes) {
  const Diagnostic damaged{"the ICU data is damaged"};
  if (bytes.size() < 32) return damaged;
  const size_t header_size = Read16(bytes, 0);
  // UDataInfo begins at 4: little-endian at 8, the format at 12, its version at 16.
  if (Read16(bytes, 2) != 0x27DA || bytes[8] != std::byte{0} || std::memcmp(bytes.data() + 12, "CmnD\1", 5) != 0) {
    return Diagnostic{"is no little-endian ICU data package of version 1"};
  }
  if (header_size < 24 || header_size + 4 > bytes.size()) return damaged;
  IcuPackage package;
  package.header_ = bytes.first(header_size);
  const std::span<const std::byte> body = bytes.subspan(header_size);
  const size_t count = Read32(body, 0);
  if (count > (body.size() - 4) / 8) return damaged;
  for (size_t i = 0; i < count; i++) {
    const size_t name_at = Read32(body, 4 + 8 * i);
    const size_t start = Read32(body, 8 + 8 * i);
    const size_t end = i + 1 < count ? Read32(body, 16 + 8 * i) : body.size();
    if (name_at >= body.size() || start > end || end > body.size()) return damaged;
    const char* name_start = reinterpret_cast<const char*>(body.data()) + name_at;
    const std::string name(name_start, strnlen(name_start, body.size() - name_at));
    const size_t slash = name.find('/');
    if (slash == std::string::npos) return damaged;
    if (i == 0) package.prefix_ = name.substr(0, slash + 1);
    if (!name.starts_with(package.prefix_)) return damaged;
    package.items_[name.substr(slash + 1)] = body.subspan(start, end - start);
  }
  return package;
}

std::set<std::string> IcuPackage::Names() const {
  std::set<std::string> names;
  for (const auto& [name, stored] : items_) names.insert(name);
  return names;
}

std::span<const std::byte> IcuPackage::Find(const std::string& name) const {
  const auto found = items_.find(name);
  if (found == items_.end()) return {};
  const std::optional<PackedIcuItem> head = PackedHead(found->second);
  if (!head) return found->second;
  const auto unpacked = unpacked_.find(name);
  return unpacked != unpacked_.end() ? unpacked->second : unpacked_.emplace(name, Unpack(*head, found->second)).first->second;
}

std::vector<std::byte> IcuPackage::Write(const std::set<std::string>& names,
                                         const std::map<std::string, std::vector<std::byte>>& changed) const {
  std::vector<std::byte> out(header_.begin(), header_.end());
  const size_t base = out.size();
  out.resize(base + 4 + 8 * names.size());
  Put32(&out, base, names.size());
  size_t entry = base + 4;
  for (const std::string& name : names) {
    Put32(&out, entry, out.size() - base);
    entry += 8;
    for (const char c : prefix_ + name) out.push_back(static_cast<std::byte>(c));
    out.push_back(std::byte{0});
  }
  entry = base + 4;
  for (const std::string& name : names) {
    Pad(&out, base);
    Put32(&out, entry + 4, out.size() - base);
    entry += 8;
    const auto other = changed.find(name);
    const std::span<const std::byte> stored = other != changed.end() ? std::span<const std::byte>(other->second) : items_.at(name);
    if (PackedHead(stored)) {
      out.insert(out.end(), stored.begin(), stored.end());
    } else {
      const std::vector<std::byte> packed = Pack(stored);
      out.insert(out.end(), packed.begin(), packed.end());
    }
  }
  Pad(&out, base);
  return out;
}

}  // namespace dv8
