// The text of the standard library's script, as a V8 string over memory that V8 does not own.
//
// A snapshot keeps only a reference to it. When it is read back, the same resource serves the
// bytes of the payload, and unpacks them when V8 first asks: to compile a function that was not
// compiled before, or to print one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/payload/payload.h"
#include "v8.h"

namespace dv8 {

enum class TextEncoding { kLatin1, kUtf16 };

// The text as bytes in memory (the builder). Borrowed for the rest of the process.
void SetStdlibBytes(TextEncoding encoding, std::span<const std::byte> bytes);
// The text as a section of `payload`, unpacked when it is first read. Borrowed likewise.
void SetStdlibSection(TextEncoding encoding, const Payload* payload);

// The text as an external string of the isolate.
v8::Local<v8::String> StdlibString(v8::Isolate* isolate);

// The addresses of the resources, for V8's external references.
void AppendStdlibReferences(std::vector<intptr_t>* references);

}  // namespace dv8
