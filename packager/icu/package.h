// ICU's common data package, the .dat file (format "CmnD", version 1, little-endian), whose items may lie packed
// (runtime/payload/icu_item.h).
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

class IcuPackage {
 public:
  // Borrows `bytes`. Items are named without the package's own name: "brkitr/root.res".
  static Result<IcuPackage> Parse(std::span<const std::byte> bytes);

  std::set<std::string> Names() const;
  bool Has(const std::string& name) const { return items_.contains(name); }
  // The item's own bytes, which are the package's. Empty when there is no such item, or it is damaged.
  std::span<const std::byte> Find(const std::string& name) const;

  // A package of the items of `names`, of which those in `changed` have other bytes; what gets smaller by it is packed.
  std::vector<std::byte> Write(const std::set<std::string>& names, const std::map<std::string, std::vector<std::byte>>& changed) const;

 private:
  std::span<const std::byte> header_;
  std::string prefix_;                                       // "icudt76l/"
  std::map<std::string, std::span<const std::byte>> items_;  // As they lie in the package.
  mutable std::map<std::string, std::vector<std::byte>> unpacked_;
};

}  // namespace dv8
