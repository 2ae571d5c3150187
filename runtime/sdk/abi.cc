#include "runtime/sdk/abi.h"

extern "C" {
extern const char DV8_ABI;
const char DV8_ABI = 1;
}
