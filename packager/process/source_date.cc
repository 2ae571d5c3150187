#include "packager/process/source_date.h"

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace dv8 {
namespace {

constexpr int64_t kLast = 077777777777;  // What a tar archive's eleven octal digits hold: the year 2242.

}  // namespace

Result<int64_t> SourceDate() {
  const char* text = getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return int64_t{0};
  const std::string_view digits = text;
  int64_t time = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), time);
  if (error == std::errc() && end == digits.data() + digits.size() && time >= 0 && time <= kLast) return time;
  return UsageError("SOURCE_DATE_EPOCH is a number of seconds since 1970, not '" + std::string(digits) + "'");
}

std::string TimeText(int64_t time) {
  const time_t seconds = time;
  tm parts;
  char text[64];
  gmtime_r(&seconds, &parts);
  strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace dv8
