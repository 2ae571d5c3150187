#!/bin/sh
# What every CI does: fetches dv8pack when it is not in .cache yet, packs, tests, makes the image.
# DV8PACK_URL is where its tarball lies, DV8PACK_SHA256 what it has to be.
set -eu
if [ ! -x .cache/dv8pack/bin/dv8pack ]; then
  mkdir -p .cache
  curl -fsSL "$DV8PACK_URL" -o .cache/dv8pack.tar.gz
  echo "$DV8PACK_SHA256  .cache/dv8pack.tar.gz" | sha256sum -c -
  tar -xzf .cache/dv8pack.tar.gz -C .cache
  rm .cache/dv8pack.tar.gz
fi
PATH="$PWD/.cache/dv8pack/bin:$PATH"
mkdir -p dist
dv8pack . -o dist/my-app --sbom dist/my-app.cdx.json
sh test.sh dist/my-app
dv8pack image . -o dist/my-app.tar
