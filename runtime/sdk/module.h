// Native modules of one's own, in C++: what dv8pack --native links into a program.
//
//   static void Add(const dv8::CallInfo& info) {
//     info.GetReturnValue().Set(dv8::NumberArg(info, 0) + dv8::NumberArg(info, 1));
//   }
//   static constexpr dv8::FunctionSpec kFunctions[] = {{"add", Add}};
//   static constexpr dv8::BindingSpec kModule = {.name = "sums", .functions = kFunctions};
//   DV8_MODULE(kModule);
//
// JavaScript then has it by `import { add } from 'dv8:sums'`, require('sums'), module('sums', {})
// and library('sums', {}). Compile with the flags of `pkg-config --cflags dv8`: V8's headers and
// these take another shape with others.
//
// A module lives under the rules of a start-up snapshot: it is in the tool that makes the
// snapshot and in the program, at other addresses. So it keeps its state in NativeObjects, or
// makes it when it is first called, and never gives JavaScript an address.
#pragma once

#ifndef V8_COMPRESS_POINTERS
#error "compile with the flags of: pkg-config --cflags dv8"
#endif

#include <uv.h>
#include <v8.h>

#include "dv8/abi.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/spec.h"
#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"

// Makes `spec`, a dv8::BindingSpec that lives as long as the program, a module of the programs
// that this file is linked into. Its name: letters, digits, '-' and '_'. Once a file.
#define DV8_MODULE(spec)                                                         \
  extern "C" const char DV8_ABI;                                                 \
  [[gnu::used, gnu::retain]] static const char* const dv8_module_abi = &DV8_ABI; \
  [[gnu::section("dv8_modules"), gnu::used, gnu::retain]] static const dv8::BindingSpec* const dv8_module_entry = &(spec)
