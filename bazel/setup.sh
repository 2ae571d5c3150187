# Sourced by ./dv8pack and ./run-tests: installs the Debian packages of debian-packages.txt that are
# missing and runs Bazel in the checkout, with progress on stderr. The caller has set `root`, the
# checkout, and `state`, the folder for the log.

say() { printf 'dv8pack: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
fail_with_log() { tail -n 40 "$state/build.log" >&2; die "$*"; }

# Prints the packages of debian-packages.txt that are missing. A line is `package`, or
# `package command` for one that is not needed where the command is there already.
missing_packages() {
  local package command
  while read -r package command; do
    [[ -n $command ]] && command -v "$command" >/dev/null && continue
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] && continue
    printf '%s\n' "$package"
  done < <(sed 's/#.*//; /^[[:space:]]*$/d' "$root/bazel/debian-packages.txt")
}

# Installs what is missing when we are root; otherwise says what root has to run.
install_packages() {
  command -v dpkg-query >/dev/null ||
    die 'building needs Debian 12 or 13 (there is no dpkg here); the tarball it gives runs on any Linux'
  local missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  local install=(apt-get install -y --no-install-recommends "${missing[@]}")
  if [[ $(id -u) != 0 ]]; then
    say "Debian packages are missing; as root, run:"
    printf '  %s\n' "${install[*]}" >&2
    exit 1
  fi
  say "installing Debian packages: ${missing[*]}"
  # A fresh machine has no package lists, an old one may have stale ones: they are fetched when the
  # first try fails.
  quietly "${install[@]}" && return
  quietly apt-get update || fail_with_log 'apt-get update failed'
  quietly "${install[@]}" || fail_with_log 'these packages could not be installed'
}

quietly() { DEBIAN_FRONTEND=noninteractive "$@" >>"$state/build.log" 2>&1 </dev/null; }

# run_bazel VERB ARGS...: with a terminal Bazel draws its own progress, otherwise a line comes now and then.
run_bazel() (
  verb=$1
  shift
  cd "$root" || exit
  # Bazel keeps its caches at home; the bare shell of a chroot has none.
  export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
  if [[ -t 2 ]]; then
    bazel "$verb" --ui_event_filters=-info "$@" >&2
  else
    set -o pipefail
    bazel "$verb" --curses=no --color=no --show_progress_rate_limit=15 "$@" 2>&1 </dev/null |
      tee -a "$state/build.log" | show_progress
  fi
)

# Turns Bazel's plain log into lines "building: N of M"; errors and the output of failed tests are shown.
show_progress() {
  local line failed= output=
  while IFS= read -r line; do
    case $line in
      ERROR:*) failed=1 ;;
      '==================== Test output for '*) output=1 ;;
      *' is taken instead.') say "$line" ;;   # bazel/sources.bzl: another version of a source.
    esac
    if [[ -n $output ]]; then
      printf '%s\n' "$line" >&2
      [[ $line =~ ^=+$ ]] && ((${#line} >= 80)) && output=
    elif [[ $line =~ ^\[([0-9,]+)\ /\ ([0-9,]+)\] ]]; then
      say "building: ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
    elif [[ -n $failed ]]; then
      printf '%s\n' "$line" >&2
    fi
  done
}
