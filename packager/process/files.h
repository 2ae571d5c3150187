// Files and the temporary folder of one run of dv8pack.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

// How the text of a diagnostic begins that is not the user's to mend: dv8pack then exits 70.
inline constexpr char kOurFault[] = "dv8pack is at fault: ";

// How the names of temporary folders begin.
inline constexpr std::string_view kTempDirName = "dv8pack-tmp-";

// A folder under TMPDIR or /tmp (or /var/tmp, or here) that goes with its contents when this object does.
// Folders there whose dv8pack was killed go when the next one is made.
class TempDir {
 public:
  static Result<TempDir> Make();

  TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}
  TempDir& operator=(TempDir&&) = delete;
  ~TempDir();

  // Absolute, without symbolic links.
  const std::string& path() const { return path_; }

 private:
  TempDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  // A locked descriptor of the folder says that it is in use.
};

// From here on an allocation that fails removes the TempDir and ends dv8pack with a line and code 1.
void CatchOutOfMemory();

// The whole file. The error names the path and the reason.
Result<std::string> ReadFile(const std::string& path);
Result<Done> WriteFile(const std::string& path, std::string_view bytes);
// The same of many pieces in a row.
Result<Done> WriteFile(const std::string& path, std::span<const std::span<const std::byte>> pieces);

inline std::span<const std::byte> AsBytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

}  // namespace dv8
