#!/bin/sh
# Makes the package: build.sh VERSION_H DIST FOLDER OUT. FOLDER has the files beside this one.
set -eu

constant() { sed -n "s/.* $1\[\] = \"\(.*\)\";/\1/p" "$version_h"; }

version_h=$1 dist=$2 here=$3 out=$4
version=$(constant kVersion)
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(date -u -d "$(constant kVersionDate)" +%s)
date=$(date -u -R -d "@$SOURCE_DATE_EPOCH")

work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
lib=$root/usr/lib/dv8pack share=$root/usr/share doc=$root/usr/share/doc/dv8pack
umask 022
mkdir -p "$root/DEBIAN" "$root/usr/lib" "$root/usr/bin" "$share/lintian/overrides" "$doc"
tar -xzf "$dist" -C "$root/usr/lib" --no-same-owner

ln -s ../lib/dv8pack/bin/dv8pack "$root/usr/bin/dv8pack"
mv "$lib/share/man" "$lib/share/bash-completion" "$lib/share/fish" "$share"
mkdir "$share/zsh"
mv "$lib/share/zsh/site-functions" "$share/zsh/vendor-completions"
rmdir "$lib/share/zsh"
gzip -9n "$share/man/man1/dv8pack.1"
cp "$here/lintian-overrides" "$share/lintian/overrides/dv8pack"
cat "$here/copyright.head" "$lib/share/dv8pack/LICENSES" >"$doc/copyright"
sed "s/VERSION/$version/; s/DATE/$date/" "$here/changelog.in" | gzip -9n >"$doc/changelog.gz"

(cd "$root" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2) >"$work/md5sums"
size=$(du -k --apparent-size -s "$root/usr" | cut -f 1)
sed "s/VERSION/$version/; s/SIZE/$size/" "$here/control" >"$root/DEBIAN/control"
mv "$work/md5sums" "$root/DEBIAN/md5sums"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
# More threads give other bytes.
dpkg-deb --root-owner-group --threads-max=1 -Zxz -z1 --build "$root" "$out" >/dev/null
