#include "runtime/core/icu_data.h"

#include "runtime/core/check.h"
#include "unicode/putil.h"
#include "unicode/udata.h"

namespace dv8 {

void UseIcuData(std::span<const std::byte> data) {
  UErrorCode status = U_ZERO_ERROR;
  udata_setFileAccess(UDATA_NO_FILES, &status);
  u_setDataDirectory("");
  u_setTimeZoneFilesDirectory("", &status);
  if (!data.empty()) udata_setCommonData(data.data(), &status);
  DV8_CHECK(U_SUCCESS(status));
}

}  // namespace dv8
