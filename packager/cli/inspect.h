// What is in a packed app.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "runtime/payload/result.h"

namespace dv8 {

enum class Form { kText, kJson };

// Describes the payload in `executable`.
Result<std::string> DescribeApp(std::span<const std::byte> executable, Form form);

// `[{"name":"snapshot",…}]`, the sections of the payload in `executable`.
Result<std::string> SectionsJson(std::span<const std::byte> executable);

// "22.1 MB", "3.5 kB", "12 B".
std::string HumanSize(size_t size);

}  // namespace dv8
