// Values between isolates, by Runtime.JS's rules: functions as themselves, ArrayBuffers moved, errors, arrays and objects by
// their own enumerable names copied. Called by isolate_endpoint.cc on the thread of `env`.
#pragma once

#include <span>
#include <string_view>

#include "runtime/bindings/isolate_mailbox.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8 {

// Whether the isolate that a parcel is for makes functions of the system by itself.
enum class Recipient { kIsolate, kSandbox };

// Writes `values`, and takes the ArrayBuffers in them. False, with an exception and nothing taken, for what cannot go.
bool Pack(Environment* env, std::span<const v8::Local<v8::Value>> values, Recipient recipient, Parcel* parcel);
// The values in `parcel`, which is used up.
bool Unpack(Environment* env, Parcel parcel, std::vector<v8::Local<v8::Value>>* values);

// Without V8: a parcel with one Error, one with undefined; and a string of ASCII more.
Parcel ErrorParcel(std::string_view message);
Parcel UndefinedParcel();
void AppendString(std::string_view text, Parcel* parcel);

}  // namespace dv8
