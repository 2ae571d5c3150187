// ICU's default locale, which LC_ALL, LC_MESSAGES or LANG names, as in Node. ICU returns a null reference where it
// cannot parse the name, which V8 asks for at every start. The linker's --wrap leads the question here.
#include <unicode/uloc.h>
#include <unicode/uvernum.h>

#include <string_view>

namespace {

constexpr char kFallback[] = "en_US_POSIX";  // What ICU takes for "C".

// ICU can parse it, and V8 name it.
bool IsUsable(const char* id) {
  if (std::string_view(id) == kFallback) return true;
  char name[ULOC_FULLNAME_CAPACITY];
  char tag[ULOC_FULLNAME_CAPACITY];
  UErrorCode status = U_ZERO_ERROR;
  uloc_canonicalize(id, name, sizeof(name), &status);
  uloc_toLanguageTag(name, tag, sizeof(tag), false, &status);
  return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING;
}

}  // namespace

static_assert(U_ICU_VERSION_MAJOR_NUM == 76, "the name that link.bzl wraps ends with ICU's version");

extern "C" {

const char* __real_uprv_getDefaultLocaleID_76();
const char* __wrap_uprv_getDefaultLocaleID_76() {
  const char* id = __real_uprv_getDefaultLocaleID_76();
  return id != nullptr && IsUsable(id) ? id : kFallback;
}

}  // extern "C"
