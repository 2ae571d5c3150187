// What a program has registered through v8.startupSnapshot, kept by Environment::Keep under these names.
#pragma once

namespace dv8::node {

inline constexpr char kSerializeCallback[] = "mksnapshot.serialize";      // Run before the heap is written.
inline constexpr char kDeserializeCallback[] = "mksnapshot.deserialize";  // Run when it is restored.
inline constexpr char kDeserializeMain[] = "mksnapshot.main";             // Run instead of the program's main.

}  // namespace dv8::node
