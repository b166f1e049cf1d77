#!/bin/sh
# Starts Redis as Docker's official image does.
set -eu

case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
[ "${1:-}" = redis-server ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis:redis {} +
  exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
fi

# A container's network is its protection, as in the official image, unless the configuration says otherwise.
if ! grep -qs '^ *protected-mode ' "${2:-}"; then set -- "$@" --protected-mode no; fi
exec "$@"
