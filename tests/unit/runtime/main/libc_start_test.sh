#!/usr/bin/env bash
# libc's changed start (runtime/main/libc_start.py) knows the same caches as libc's own, and is changed.
set -euo pipefail
plain=$1 ours=$2 object=$3

diff <("$plain") <("$ours")
relocations=$(readelf --relocs --wide "$object")
grep -q 'R_X86_64_PLT32 .* dv8_cache_size' <<<"$relocations"
