// The files embedded in the executable: those of its payload, or what the builder was given in their place.
#pragma once

#include <cstddef>
#include <span>

#include "runtime/payload/asset_index.h"
#include "runtime/payload/payload.h"

namespace dv8 {

// What the builder has in the place of a payload. Borrowed for the rest of the process.
void SetEmbeddedFiles(std::span<const std::byte> index, std::span<const std::byte> data);

// Null when there are none. `payload` is the process's, null in the builder. A damaged index ends the process.
const AssetIndex* EmbeddedFiles(const Payload* payload);

}  // namespace dv8
