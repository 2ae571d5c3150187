// A program without its source text: what V8 reads of it is computed while the snapshot is made.
#pragma once

#include "v8-isolate.h"
#include "v8-local-handle.h"
#include "v8-primitive.h"

namespace dv8 {

// Compiles all functions of the scripts whose source is `text`, an external string of this resource, and takes their
// source away: only the places of their lines stay. Their functions print as the language says for functions whose source
// text is not available (ECMA-262, 20.2.3.5). False when there is no such script, or a function cannot be compiled.
bool LeaveOutSource(v8::Isolate* isolate, v8::Local<v8::String> text);

}  // namespace dv8
