// The texts of the standard library's and the app's scripts, as V8 strings over memory that
// V8 does not own.
//
// A snapshot keeps only a reference to each text. When it is read back, the same four
// resources serve the bytes of the payload, and unpack them when V8 first asks: to compile a
// function that was not compiled before, or to print one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/payload/payload.h"
#include "v8.h"

namespace dv8 {

enum class Source { kStdlib, kApp };
enum class TextEncoding { kLatin1, kUtf16 };

// The text as bytes in memory (the builder). Borrowed for the rest of the process.
void SetSourceBytes(Source source, TextEncoding encoding, std::span<const std::byte> bytes);
// The text as a section of `payload`, unpacked when it is first read. Borrowed likewise.
void SetSourceSection(Source source, TextEncoding encoding, const Payload* payload,
                      SectionKind kind);

// The text as an external string of the isolate.
v8::Local<v8::String> SourceString(v8::Isolate* isolate, Source source);

// The addresses of the four resources, for V8's external references.
void AppendSourceReferences(std::vector<intptr_t>* references);

}  // namespace dv8
