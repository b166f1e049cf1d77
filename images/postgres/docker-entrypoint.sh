#!/usr/bin/env bash
# Starts PostgreSQL as Docker's official image does: makes the cluster at the first start, then becomes the server.
set -euo pipefail

# Lies in the data folder while the first start is at work. Where it is found, the folder is
# half-made, and ours to make again.
marker=$PGDATA/.first-start

fail() { printf '%s\n' "$@" >&2; exit 1; }

# Takes variable $1 from the file that $1_FILE names, else leaves it or gives it the default $2.
from_file() {
  local file_name="$1_FILE" value=${!1:-${2:-}}
  if [ -n "${!file_name:-}" ]; then
    [ -z "${!1:-}" ] || fail "Set either $1 or $file_name, not both."
    value=$(<"${!file_name}")
  fi
  unset "$file_name"
  export "$1=$value"
}

read_settings() {
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS
  export POSTGRES_HOST_AUTH_METHOD=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  [ -n "$POSTGRES_PASSWORD" ] || [ "$POSTGRES_HOST_AUTH_METHOD" = trust ] ||
    fail 'The database is not initialised and POSTGRES_PASSWORD is empty: set it' \
      '(or, where everybody who reaches the port may do everything, POSTGRES_HOST_AUTH_METHOD=trust).'
}

refuse_foreign_files() {
  local found
  found=$(find "$PGDATA" -mindepth 1 -maxdepth 1 ! -path "$marker" ! -name lost+found -printf '%f' -quit)
  [ -z "$found" ] ||
    fail "$PGDATA holds files (such as $found) but no database cluster: empty it or mount another folder."
}

# initdb wants an empty folder, so it gets one beside the marker and the result moves up.
make_cluster() {
  local arguments
  read -ra arguments <<<"$POSTGRES_INITDB_ARGS"
  initdb -D "$PGDATA/.new" --no-instructions --username="$POSTGRES_USER" -E UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host="$POSTGRES_HOST_AUTH_METHOD" "${arguments[@]}" \
    --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")
  mv "$PGDATA"/.new/* "$PGDATA"/
  rmdir "$PGDATA/.new"
  printf 'host all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
}

# On the socket only: nobody in the network takes the server for ready while it is being filled.
start_in_private() {
  local options="-c listen_addresses=''"
  if [ "$#" -gt 0 ]; then options+=$(printf ' %q' "$@"); fi
  pg_ctl -D "$PGDATA" -w start -o "$options"
}

run_sql() {
  psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --quiet -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"
}

# shellcheck source=/dev/null # a script that is not executable is ours to read
run_script() { if [ -x "$1" ]; then "$1"; else . "$1"; fi; }

fill_cluster() {
  if [ "$POSTGRES_DB" != postgres ]; then
    createdb --no-password -U "$POSTGRES_USER" --maintenance-db=postgres -- "$POSTGRES_DB"
  fi
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) echo "running $file"; run_script "$file" ;;
      *.sql) echo "running $file"; run_sql -f "$file" ;;
      *.sql.gz) echo "running $file"; gunzip -c "$file" | run_sql ;;
    esac
  done
}

first_start() {
  trap 'exit 130' INT TERM
  read_settings
  if [ -e "$marker" ]; then
    echo "the first start was interrupted: making the database cluster again"
    find "$PGDATA" -mindepth 1 ! -path "$marker" ! -name lost+found -delete
  fi
  refuse_foreign_files
  touch "$marker"
  sync "$PGDATA"
  make_cluster
  start_in_private "$@"
  fill_cluster
  pg_ctl -D "$PGDATA" -m fast -w stop
  sync "$PGDATA"
  rm "$marker"
  trap - INT TERM
}

case ${1:-} in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"
for argument; do
  case $argument in --help | -\? | --version | -V | --describe-config) exec "$@" ;; esac
done

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  find "$PGDATA" ! -user postgres -exec chown postgres:postgres {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ -e "$marker" ] || [ ! -s "$PGDATA/PG_VERSION" ]; then first_start "${@:2}"; fi
unset "${!POSTGRES_@}"
exec "$@"
