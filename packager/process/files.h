// Files and the temporary folder of one run of dv8pack.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

// How the text of a diagnostic begins that is not the user's to mend: dv8pack then exits 70.
inline constexpr char kOurFault[] = "dv8pack is at fault: ";

// A folder under TMPDIR or /tmp (or /var/tmp, or here) that goes with its contents when this object does.
class TempDir {
 public:
  static Result<TempDir> Make();

  TempDir(TempDir&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TempDir& operator=(TempDir&&) = delete;
  ~TempDir();

  // Absolute, without symbolic links.
  const std::string& path() const { return path_; }

 private:
  explicit TempDir(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

// The whole file. The error names the path and the reason.
Result<std::string> ReadFile(const std::string& path);
Result<Done> WriteFile(const std::string& path, std::string_view bytes);

inline std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace dv8
