// The files of Node's library: texts that the snapshot and the program share by index, in the payload as
// embedded files are (runtime/payload/asset_index.h), each packed by itself and unpacked when V8 first reads it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/payload.h"
#include "v8.h"

namespace dv8 {

class Environment;

// The library's two parts as the builder reads them. Borrowed for the rest of the process.
void SetLibraryBytes(std::span<const std::byte> index, std::span<const std::byte> data);
// Those of the payload; a program without them has an empty library. Borrowed likewise.
void SetLibrarySections(const Payload* payload);

size_t LibrarySize();
// "internal/util/inspect", "fs": sorted.
std::string_view LibraryId(size_t index);
// -1 when there is none of that name.
ptrdiff_t FindInLibrary(std::string_view id);
// The text as an external string of the isolate: ASCII.
v8::Local<v8::String> LibraryText(v8::Isolate* isolate, size_t index);

// The file as a script whose value is its function. While a snapshot is made there is one a file for all contexts:
// what a rehearsal compiles is compiled in the program's own.
v8::MaybeLocal<v8::UnboundScript> LibraryScript(Environment* env, size_t index);

// While a snapshot is made: the ids of the files that the program's own context has run, sorted, a line each.
std::string EvaluatedFiles();

// The addresses of all texts' resources, for V8's external references.
void AppendLibraryReferences(std::vector<intptr_t>* references);

}  // namespace dv8
