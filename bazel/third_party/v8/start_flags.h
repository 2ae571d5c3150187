// The flags with which every program starts, set without V8's parser: that sorts all of its
// 800 flags first.
#pragma once

namespace dv8 {

// Call before v8::V8::Initialize. Strings are rehashed when a snapshot is read, so that the
// hash seed is a new one each time. Scopes are not reused by direct eval: a snapshot drops the
// weak list of them, and V8 then stops at a check in a function that was compiled before.
void SetStartFlags();

}  // namespace dv8
