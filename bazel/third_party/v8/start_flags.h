// The flags with which every program starts, set without V8's parser: that sorts all of its
// 800 flags first.
#pragma once

namespace dv8 {

// Call before v8::V8::Initialize. Strings are rehashed when a snapshot is read, so that the
// hash seed is a new one each time.
void SetStartFlags();

}  // namespace dv8
