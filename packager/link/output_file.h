// Writing the output: complete or not at all.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "runtime/payload/result.h"

namespace dv8 {

// Says whether `path` could be written, before the work is done: a directory, a missing or
// unwritable folder and a special file are refused.
Result<Done> CheckOutputPath(const std::string& path);

enum class OutputKind { kExecutable, kData };

// Replaces the file at `path` (or what a symbolic link there leads to) by one of `bytes`: written
// beside it without a name, synced, then renamed. A new file gets mode 0777 & ~umask, or 0666 for
// data; an existing one keeps its permissions, and who may read an executable may run it.
Result<Done> WriteOutput(const std::string& path, std::span<const std::byte> bytes, OutputKind kind);

}  // namespace dv8
