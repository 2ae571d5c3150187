#!/usr/bin/env bash
# bench-tty.sh FOLDER [MIB]: how fast the packed pipe and count of FOLDER move so many MiB of zeros through
# pipes. count prints the bytes that it has seen, and on standard error how fast they came.
set -euo pipefail

folder=$1
mib=${2:-2048}

zeros() { dd if=/dev/zero bs=65536 count=$((mib * 16)) 2>/dev/null; }

echo 'count:' >&2
zeros | "$folder/count"
echo 'pipe into count:' >&2
zeros | "$folder/pipe" | "$folder/count"
