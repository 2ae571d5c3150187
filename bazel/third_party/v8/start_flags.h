// The flags with which every program starts, set without V8's parser: that sorts all of its
// 800 flags first.
#pragma once

#include <string_view>

namespace dv8 {

// Call before v8::V8::Initialize. Strings are rehashed when a snapshot is read, so that the
// hash seed is a new one each time. Scopes are not reused by direct eval: a snapshot drops the
// weak list of them, and V8 then stops at a check in a function that was compiled before.
// `flags` are the program's own, in V8's syntax.
void SetStartFlags(std::string_view flags);

// True after SetStartFlags("") : the flags that the start flags and V8's defaults imply are set,
// from a list that was made when the engine was built, and V8 need not work them out.
bool ImpliedFlagsAreSet();

}  // namespace dv8
