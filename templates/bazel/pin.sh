#!/bin/sh
# Pins dv8pack in WORKSPACE and MODULE.bazel: DV8PACK_URL is where its tarball lies, DV8PACK_SHA256 what it has to be.
set -eu
case $DV8PACK_SHA256 in
  *[!0-9a-f]*) echo 'DV8PACK_SHA256 has other than hexadecimal digits' >&2; exit 1 ;;
esac
[ ${#DV8PACK_SHA256} = 64 ] || { echo 'DV8PACK_SHA256 has not 64 digits' >&2; exit 1; }

# The same checksum in base64, as MODULE.bazel has it.
bytes() {
  for byte in $(echo "$DV8PACK_SHA256" | sed 's/../0x& /g'); do
    printf '%b' "$(printf '\\0%03o' "$byte")"
  done
}
integrity=sha256-$(bytes | base64)

for file in WORKSPACE MODULE.bazel; do
  sed -e "s|urls = .*|urls = [\"$DV8PACK_URL\"],|" -e "s|sha256 = .*|sha256 = \"$DV8PACK_SHA256\",|" \
    -e "s|integrity = .*|integrity = \"$integrity\",|" "$file" >"$file.new"
  mv "$file.new" "$file"
done
