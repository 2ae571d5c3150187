// ICU's data: what the app was packed with, and nothing else.
#pragma once

#include <cstddef>
#include <span>

namespace dv8 {

// The data is borrowed for the rest of the process; nothing of it is touched before a program asks ICU something. Items
// that lie packed (runtime/payload/icu_item.h) are unpacked when they are asked for, the others are read in place.
// ICU would look into the folders that ICU_DATA and ICU_TIMEZONE_FILES_DIR name.
void UseIcuData(std::span<const std::byte> data);

}  // namespace dv8
