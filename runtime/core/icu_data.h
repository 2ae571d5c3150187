// ICU's data: what the app was packed with, and nothing else.
#pragma once

#include <cstddef>
#include <span>

namespace dv8 {

// ICU reads the data in place (borrowed for the rest of the process); nothing of it is touched before a program asks
// ICU something. ICU would look into the folders that ICU_DATA and ICU_TIMEZONE_FILES_DIR name.
void UseIcuData(std::span<const std::byte> data);

}  // namespace dv8
