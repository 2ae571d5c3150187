// ICU's binary resource bundles (format "ResB", version 2 and 3; ICU's uresdata.h describes
// it): just what cutting the data needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dv8 {

class IcuResource {
 public:
  // `bundle` is an item of the data package, `pool` its folder's pool.res, which may be empty.
  // Both are borrowed.
  IcuResource(std::span<const std::byte> bundle, std::span<const std::byte> pool);

  bool ok() const { return ok_; }

  // The string under `key` in the root table; empty when there is none.
  std::string RootString(std::string_view key) const;

  // The keys of the root's table `table`: the locales in a res_index.res.
  std::vector<std::string> TableKeys(std::string_view table) const;

  // The bundle with only these keys left in the root's table `table`.
  std::vector<std::byte> WithTableKeys(std::string_view table, const std::set<std::string>& keys) const;

 private:
  struct Table {
    bool ok = false;
    bool is_short = false;  // Table16: 16-bit items.
    size_t count_at = 0;    // Offset of the count in bundle_.
    size_t count = 0;
    size_t keys_at = 0;
    size_t items_at = 0;
  };

  uint16_t U16(size_t at) const;
  uint32_t U32(size_t at) const;
  Table ReadTable(uint32_t resource) const;
  std::string Key(const Table& table, size_t index) const;
  uint32_t Item(const Table& table, size_t index) const;
  uint32_t Find(const Table& table, std::string_view key, bool* found) const;
  std::string String(uint32_t resource) const;

  std::span<const std::byte> bundle_;
  std::span<const std::byte> pool_;
  bool ok_ = false;
  size_t start_ = 0;           // Of the resources, after the data header.
  size_t keys_top_ = 0;        // Local keys end here, from start_; in bytes.
  size_t units_at_ = 0;        // The 16-bit units.
  uint32_t pool_limit_ = 0;    // Strings of a lower index are the pool's.
  uint32_t pool_limit16_ = 0;  // Likewise in Table16.
  bool uses_pool_ = false;
  size_t pool_keys_at_ = 0;
  size_t pool_units_at_ = 0;
};

}  // namespace dv8
