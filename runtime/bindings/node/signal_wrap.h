// Which signals JavaScript handles, for what asks before it sends itself one.
#pragma once

namespace dv8::node {

bool HasSignalHandler(int number);

}  // namespace dv8::node
