// Puts a payload into the runtime's executable: no linker is needed where an app is packed.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "runtime/payload/payload.h"
#include "runtime/payload/result.h"

namespace dv8 {

// The app: `runtime` with `payload` as one more read-only PT_LOAD segment, whose parts are
// named sections (.dv8.payload, .dv8.snapshot, …), so that strip and objcopy keep it. The
// segment takes over the program header of the note .note.dv8pack. `payload` must begin with
// a PayloadHeader. ELF-64, System V gABI.
Result<std::vector<std::byte>> LinkPayload(std::span<const std::byte> runtime, std::span<const std::byte> payload);

// The payload inside an app's file, as a part of `executable`.
Result<std::span<const std::byte>> FindPayloadInFile(std::span<const std::byte> executable);

}  // namespace dv8
