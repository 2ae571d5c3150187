// Cuts ICU's data down to what V8 and the standard library ask for in some locales, and packs it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

// `locales` are language tags in commas ("en,pt-BR"). A language alone brings all of its
// regions and scripts; a longer tag brings itself and what it inherits from. The root locale
// and what belongs to no locale (time zones, plural rules, normalisation, segmentation) is
// always there; converters of multi-byte encodings come with the languages that are written in them, and
// all of them with "encodings" in the list. Transliteration, names of characters and string preparation
// are not there; "full" has everything. The error names a locale that is not in the data.
Result<std::vector<std::byte>> CutIcuData(std::span<const std::byte> full, std::string_view locales);

}  // namespace dv8
