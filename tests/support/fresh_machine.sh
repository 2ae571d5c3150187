#!/usr/bin/env bash
# The README's two commands on a machine with nothing installed: a debootstrap chroot, an empty cache.
#
#   sudo tests/support/fresh_machine.sh [--suite bookworm|trixie] [--keep] [--tests] [--pins-gone]
#
# Clones this checkout's HEAD into the chroot, runs `./dv8pack examples/hello.js -o hello && ./hello`
# there, a second call with the clock on it, and ./run-tests with --tests. The mirror, the proxy and npm's
# settings are this machine's own. DV8_DISTDIR, when set, is copied in, so that a slow mirror is not asked
# for the sources. With --pins-gone no pinned source can be had (the clone's pool paths lead nowhere, and
# DV8_DISTDIR stays here): each comes out of Debian's signed index.
set -euo pipefail

suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
keep='' tests='' pins_gone=''
while (($#)); do
  case $1 in
    --suite) suite=$2; shift ;;
    --keep) keep=1 ;;
    --tests) tests=1 ;;
    --pins-gone) pins_gone=1 ;;
    *) sed -n '2,11p' "$0"; exit 2 ;;
  esac
  shift
done
[[ $(id -u) == 0 ]] || { echo 'fresh_machine: needs root' >&2; exit 1; }
checkout=$(git -C "$(dirname -- "$(readlink -f -- "$0")")" rev-parse --show-toplevel)
machine=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh-XXXXXX")
say() { printf '== %s (%s)\n' "$*" "$(date +%T)"; }

cleanup() {
  umount -l "$machine/proc" "$machine/dev/pts" "$machine/dev" "$machine/sys" 2>/dev/null || true
  if [[ -n $keep ]]; then echo "kept: $machine"; else rm -rf --one-file-system "$machine"; fi
}
trap cleanup EXIT

# What this machine's apt uses for Debian itself.
mirror=$(apt-get indextargets --format '$(SITE) $(ORIGIN)' | awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }')
say "debootstrap $suite"
debootstrap --variant=minbase "$suite" "$machine" "$mirror" >"$machine.log" 2>&1 || { tail "$machine.log"; exit 1; }
rm -f "$machine.log"

# The way to the mirrors and to npm is the machine's, nothing else is.
cp /etc/resolv.conf /etc/hosts "$machine/etc/"
apt-config dump | grep -E '^Acquire::(https?::|Check-Valid-Until )' >"$machine/etc/apt/apt.conf.d/99way-out" || true
for file in /usr/local/share/ca-certificates /etc/ssl/certs; do
  [[ -e $file ]] && mkdir -p "$machine$file" && cp -rL "$file/." "$machine$file/" 2>/dev/null || true
done
npm config get registry 2>/dev/null | sed 's/^/registry=/' >"$machine/root/.npmrc" || true
for kind in proc sysfs:sys devtmpfs:dev devpts:dev/pts; do
  mount -t "${kind%%:*}" none "$machine/${kind#*:}" 2>/dev/null || mount --rbind "/${kind#*:}" "$machine/${kind#*:}"
done

say 'clone'
git clone -q --no-hardlinks "$checkout" "$machine/root/dv8pack"
if [[ -n $pins_gone ]]; then
  unset DV8_DISTDIR
  sed -i 's,"pool/,"gone/,' "$machine/root/dv8pack/bazel/repositories.bzl"
elif [[ -n ${DV8_DISTDIR:-} ]]; then
  cp -r "$DV8_DISTDIR" "$machine/root/distdir"
fi
inside() {
  env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} \
    ${https_proxy:+https_proxy="$https_proxy"} ${DV8_DISTDIR:+DV8_DISTDIR=/root/distdir} \
    chroot "$machine" bash -c "cd /root/dv8pack && $1"
}

say './dv8pack examples/hello.js -o hello && ./hello'
SECONDS=0
inside './dv8pack examples/hello.js -o hello && ./hello' | tee -a /dev/stderr | grep -qx 'hello world'
[[ -z $pins_gone ]] || inside "grep -q 'is taken instead.$' .dv8pack/build.log"
say "first call: $SECONDS s; hello has $(stat -c %s "$machine/root/dv8pack/hello") bytes"
inside 'time ./dv8pack examples/hello.js -o hello && ./hello' | grep -qx 'hello world'
if [[ -n $tests ]]; then
  say './run-tests'
  SECONDS=0
  inside './run-tests'
  say "tests: $SECONDS s"
fi
say 'passed'
