# shellcheck shell=bash
# What bin/setup, bin/images and bin/demo know of the machine. To be sourced.

# shellcheck disable=SC2034 # for those who source this
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/lapstrake

say() { printf '%s\n' "$@" >&2; }
# fail STATUS LINE…: 1 the work failed, 2 wrong usage, 4 docker or compose is missing, 5 refused
fail() { say "${@:2}"; exit "$1"; }

is_root() { [ "$(id -u)" = 0 ]; }
is_debian_like() { (. /etc/os-release 2>/dev/null && [[ " $ID ${ID_LIKE:-} " == *" debian "* ]]); }

# Runs a command whose output matters only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" != 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

apt_install() {
  quietly apt-get update -qq
  DEBIAN_FRONTEND=noninteractive quietly apt-get install -y -qq --no-install-recommends "$@"
}

# The version that apt would install of a package; nothing where it knows none.
apt_candidate() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }

# Where this machine's apt has Debian's archive from. $1 is a pattern for the name of the suite.
debian_mirror() {
  # Who a source is by stands in its lists.
  compgen -G '/var/lib/apt/lists/*Release' >/dev/null || quietly apt-get update -qq
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -v suite="$1" '$1 == "Debian" && $2 ~ suite { print $3; exit }'
}
