// The files of a program that is its modules: texts that the snapshot and the program share by their place among the
// embedded files, each packed by itself and unpacked when V8 first reads it. Functions of the files that were compiled
// while the snapshot was made lie in it, over these texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/payload.h"
#include "v8.h"

namespace dv8 {

class Environment;

// Takes the embedded files for the program's modules. `payload` is null in the builder.
void SetProgramFiles(const Payload* payload);

// The code at a virtual path; -1 when there is none.
ptrdiff_t FindProgramText(std::string_view path);
// Its text as a string of the isolate, external unless it is no UTF-8. Empty, with an exception, when it is too long.
v8::MaybeLocal<v8::String> ProgramText(v8::Isolate* isolate, size_t index);

// Takes the source of the code at a virtual path out of the snapshot that is being made. False when it has to stay: it is
// no UTF-8, or not in the snapshot.
bool LeaveOutProgramText(v8::Isolate* isolate, std::string_view path);
// The paths that it was done for, a line each.
const std::string& LeftOutFiles();

// How V8 compiles the next file of the program, `code`. While a snapshot is made, every function of the first 16 Mi
// characters is compiled, so that the program finds nothing left to compile when it runs; then only what runs at a
// file's top level: bytecode takes about as much room as its text, and is read with the image.
v8::ScriptCompiler::CompileOptions ProgramCompileOptions(const Environment* env, v8::Local<v8::String> code);

// The addresses of all texts' resources, for V8's external references.
void AppendProgramReferences(std::vector<intptr_t>* references);

}  // namespace dv8
