#!/usr/bin/env bash
# Plays an application: a client that comes back, and works that take their time.
set -euo pipefail

in_database() { psql -X -q -v ON_ERROR_STOP=1 -d "$1" -At; }

set_password() {
  printf '%s\n' '\set password `cat "$ADMIN_PASSWORD_FILE"`' "INSERT INTO account VALUES ('boss', md5(:'password'))
    ON CONFLICT (login) DO UPDATE SET password = excluded.password;" | in_database "$1"
}

case $1 in
  # Comes back as fast as it can.
  serve) while :; do psql -X -q -d "$MAIN" -c 'SELECT pg_sleep(3600)' >/dev/null 2>&1 || sleep 0.01; done ;;
  prepare) echo 'SELECT 1' | in_database "$MAIN" >/dev/null ;;
  initialise)
    echo 'CREATE TABLE account (login text PRIMARY KEY, password text); CREATE TABLE module (name text, version int);' |
      in_database "$2"
    sleep "${SLOWLY:-0}"
    set_password "$2"
    ;;
  update)
    for module in "${@:3}"; do
      if [ "$module" = broken ]; then echo 'this module is broken' >&2; exit 7; fi
      if [ "$module" = slow ]; then sleep 30; fi
      if [ "$module" = fast ]; then
        echo "CREATE TABLE fast AS SELECT g, repeat('x', 2000) FROM generate_series(1, 1000000) g;" | in_database "$2"
      fi
      # Committed one by one: what fails in between leaves a half.
      echo "CREATE TABLE IF NOT EXISTS module (name text, version int);
        INSERT INTO module VALUES ('$module', 2);" | in_database "$2"
    done
    ;;
  set_password) set_password "$2" ;;
esac
