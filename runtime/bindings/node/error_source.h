// The lines that Node writes above an error that a source text threw: where, the line, and what of it.
#pragma once

#include <string>

#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8::node {

// "FILE:LINE\nSOURCE\n   ^^^\n"; empty when the source asks to be left out of it.
std::string ErrorSource(Environment* env, v8::Local<v8::Message> message);

// "    at FUNCTION (FILE:LINE:COLUMN)\n" a frame, without dv8pack's own.
std::string StackText(v8::Isolate* isolate, v8::Local<v8::StackTrace> stack);

// Keeps ErrorSource() on `error` as its arrow_message_private_symbol, for lib/internal/util's
// decorateErrorStack and for uncaught errors. Nothing when it has one already, or is no object.
void KeepErrorSource(Environment* env, v8::Local<v8::Value> error, v8::Local<v8::Message> message);

// Puts the lines before error.stack, once.
void DecorateErrorStack(Environment* env, v8::Local<v8::Value> error, v8::Local<v8::Message> message);

}  // namespace dv8::node
