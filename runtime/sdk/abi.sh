#!/bin/sh
# abi.sh HEADER...: the SDK's include/dv8/abi.h. A module that was compiled with other headers
# than those of the libraries that it is linked with lacks the symbol, and the link says so.
set -eu
sum=$(cat "$@" | sha256sum | cut -c1-16)
printf '#pragma once\n\n// The headers of this SDK, as a symbol.\n#define DV8_ABI dv8_abi_%s\n' "$sum"
