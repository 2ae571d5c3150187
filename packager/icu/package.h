// ICU's common data package, the .dat file (format "CmnD", version 1, little-endian).
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

  const std::map<std::string, std::span<const std::byte>>& items() const { return items_; }
  // Empty when there is no such item.
  std::span<const std::byte> Find(const std::string& name) const;

  // A package of the items of `names`, of which those in `changed` have other bytes.
  std::vector<std::byte> Write(const std::set<std::string>& names, const std::map<std::string, std::vector<std::byte>>& changed) const;

 private:
  std::span<const std::byte> header_;
  std::string prefix_;  // "icudt76l/"
  std::map<std::string, std::span<const std::byte>> items_;
};

}  // namespace dv8
