#include "packager/icu/resource.h"

#include <cstring>

namespace dv8 {
namespace {

// Indexes into the words after the root, from ICU's uresdata.h.
enum : size_t { kLength = 0, kKeysTop = 1, kAttributes = 5, k16BitTop = 6 };
enum : uint32_t { kTable = 2, kTable16 = 5, kStringV2 = 6 };

uint32_t Type(uint32_t resource) { return resource >> 28; }
uint32_t Offset(uint32_t resource) { return resource & 0x0FFFFFFF; }

uint32_t Word(std::span<const std::byte> bytes, size_t at) {
  uint32_t value = 0;
  if (at + sizeof(value) <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

uint16_t Unit(std::span<const std::byte> bytes, size_t at) {
  uint16_t value = 0;
  if (at + sizeof(value) <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

std::string CString(std::span<const std::byte> bytes, size_t at) {
  if (at >= bytes.size()) return "";
  const char* start = reinterpret_cast<const char*>(bytes.data()) + at;
  return {start, strnlen(start, bytes.size() - at)};
}

}  // namespace

IcuResource::IcuResource(std::span<const std::byte> bundle, std::span<const std::byte> pool) : bundle_(bundle), pool_(pool) {
  if (bundle.size() < 64 || std::memcmp(bundle.data() + 12, "ResB", 4) != 0) return;
  start_ = Unit(bundle, 0);
  const uint32_t lengths = U32(start_ + 4);
  const uint32_t index_length = lengths & 0xFF;
  if (index_length <= k16BitTop) return;
  const uint32_t attributes = U32(start_ + 4 + 4 * kAttributes);
  keys_top_ = 4 * size_t{U32(start_ + 4 + 4 * kKeysTop)};
  units_at_ = start_ + keys_top_;
  uses_pool_ = (attributes & 4) != 0;
  if (bundle[16] >= std::byte{3}) pool_limit_ = lengths >> 8;
  pool_limit_ |= (attributes & 0xF000) << 12;
  pool_limit16_ = attributes >> 16;
  if (uses_pool_) {
    if (pool.size() < 64) return;
    const size_t pool_start = Unit(pool, 0);
    pool_keys_at_ = pool_start + 4 * (1 + (Word(pool, pool_start + 4) & 0xFF));
    pool_units_at_ = pool_start + 4 * size_t{Word(pool, pool_start + 4 + 4 * kKeysTop)};
  }
  ok_ = true;
}

uint16_t IcuResource::U16(size_t at) const { return Unit(bundle_, at); }
uint32_t IcuResource::U32(size_t at) const { return Word(bundle_, at); }

IcuResource::Table IcuResource::ReadTable(uint32_t resource) const {
  Table table;
  if (Type(resource) == kTable && Offset(resource) != 0) {
    table.count_at = start_ + 4 * size_t{Offset(resource)};
  } else if (Type(resource) == kTable16) {
    table.count_at = units_at_ + 2 * size_t{Offset(resource)};
    table.is_short = true;
  } else {
    return table;
  }
  table.count = U16(table.count_at);
  table.keys_at = table.count_at + 2;
  table.items_at = table.keys_at + 2 * table.count;
  // 32-bit items are aligned: there is a unit of padding after an even number of keys.
  if (!table.is_short && table.count % 2 == 0) table.items_at += 2;
  table.ok = table.items_at + table.count * (table.is_short ? 2 : 4) <= bundle_.size();
  return table;
}

std::string IcuResource::Key(const Table& table, size_t index) const {
  const size_t offset = U16(table.keys_at + 2 * index);
  if (offset < keys_top_ || !uses_pool_) return CString(bundle_, start_ + offset);
  return CString(pool_, pool_keys_at_ + offset - keys_top_);
}

uint32_t IcuResource::Item(const Table& table, size_t index) const {
  if (!table.is_short) return U32(table.items_at + 4 * index);
  uint32_t item = U16(table.items_at + 2 * index);
  if (item >= pool_limit16_) item = item - pool_limit16_ + pool_limit_;
  return kStringV2 << 28 | item;
}

uint32_t IcuResource::Find(const Table& table, std::string_view key, bool* found) const {
  for (size_t i = 0; table.ok && i < table.count; i++) {
    if (Key(table, i) != key) continue;
    *found = true;
    return Item(table, i);
  }
  *found = false;
  return 0;
}

std::string IcuResource::String(uint32_t resource) const {
  std::string text;
  if (Type(resource) != kStringV2) return text;
  const bool in_pool = Offset(resource) < pool_limit_;
  const std::span<const std::byte> bytes = in_pool ? pool_ : bundle_;
  size_t at = in_pool ? pool_units_at_ + 2 * size_t{Offset(resource)} : units_at_ + 2 * size_t{Offset(resource) - pool_limit_};
  size_t length = SIZE_MAX;  // To the NUL.
  if (const uint16_t first = Unit(bytes, at); first >= 0xDC00 && first < 0xDFEF) {
    length = first & 0x3FF;
    at += 2;
  }
  for (; length > 0 && Unit(bytes, at) != 0; at += 2, length--) {
    text += static_cast<char>(Unit(bytes, at));  // A locale's name is ASCII.
  }
  return text;
}

std::string IcuResource::RootString(std::string_view key) const {
  bool found = false;
  const uint32_t item = ok_ ? Find(ReadTable(U32(start_)), key, &found) : 0;
  return found ? String(item) : "";
}

std::vector<std::string> IcuResource::TableKeys(std::string_view name) const {
  std::vector<std::string> keys;
  bool found = false;
  const uint32_t item = ok_ ? Find(ReadTable(U32(start_)), name, &found) : 0;
  if (!found) return keys;
  const Table table = ReadTable(item);
  for (size_t i = 0; table.ok && i < table.count; i++) keys.push_back(Key(table, i));
  return keys;
}

std::vector<std::byte> IcuResource::WithTableKeys(std::string_view name, const std::set<std::string>& keys) const {
  std::vector<std::byte> out(bundle_.begin(), bundle_.end());
  bool found = false;
  const uint32_t item = ok_ ? Find(ReadTable(U32(start_)), name, &found) : 0;
  if (!found) return out;
  const Table table = ReadTable(item);
  if (!table.ok) return out;
  // The table shrinks in place: kept keys, then their items, in the old order.
  std::vector<uint16_t> kept_keys;
  std::vector<std::byte> kept_items;
  const size_t item_size = table.is_short ? 2 : 4;
  for (size_t i = 0; i < table.count; i++) {
    if (!keys.contains(Key(table, i))) continue;
    kept_keys.push_back(U16(table.keys_at + 2 * i));
    const auto bytes = bundle_.subspan(table.items_at + item_size * i, item_size);
    kept_items.insert(kept_items.end(), bytes.begin(), bytes.end());
  }
  const auto count = static_cast<uint16_t>(kept_keys.size());
  std::memcpy(out.data() + table.count_at, &count, sizeof(count));
  if (!table.is_short && count % 2 == 0) kept_keys.push_back(0);
  std::memcpy(out.data() + table.keys_at, kept_keys.data(), 2 * kept_keys.size());
  std::memcpy(out.data() + table.keys_at + 2 * kept_keys.size(), kept_items.data(), kept_items.size());
  return out;
}

}  // namespace dv8
