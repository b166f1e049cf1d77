#!/usr/bin/env bash
# `manage_db dump` and `load` against the bare pipelines, on the same server and data, in turns:
#
#   docker compose exec -T db pg_dump -Fc > file                     against   dump --format bin
#   pg_restore -j from a file that is there, into a fresh database   against   load file.bin
#
# and the most memory that our process takes for it. Each is measured ROUNDS times; the medians are compared.
#
#   benches/databases.sh [ROWS]      LAPSTRAKE names the program (a release build), IMAGE a PostgreSQL, ROUNDS how often
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

rows=${1:-5000000}
rounds=${ROUNDS:-3}
jobs=$(nproc)
program=$(realpath "${LAPSTRAKE:-target/release/lapstrake}")
folder=$(mktemp -d)
name="lapstrake-bench-$$"
trap 'docker compose -p "$name" down --volumes --timeout 0 >/dev/null 2>&1; rm -rf "$folder"' EXIT

mkdir "$folder/compose" "$folder/overlays"
echo "COMPOSE_PROJECT_NAME=$name" >"$folder/env.base"
: >"$folder/env.custom"
# The folder with our dumps is there for the bare pg_restore.
cat >"$folder/compose/stack.yml" <<STACK
services:
  db:
    image: ${IMAGE:-lapstrake/postgres:15}
    command: postgres -c max_wal_size=8GB
    shm_size: 256m
    environment: {POSTGRES_USER: coog, POSTGRES_PASSWORD: secret, POSTGRES_DB: ours}
    volumes: ["$folder/dumps:/dumps"]
    healthcheck: {test: [CMD, pg_isready, -h, 127.0.0.1], interval: 1s, retries: 60}
x-lapstrake:
  database:
    {engine: postgresql, service: db, host: db, port: 5432, user: coog, password: secret, name: ours, names: nothing,
     data: /var/lib/postgresql/data}
STACK
mkdir "$folder/dumps"

psql() { docker compose -p "$name" exec -T db psql -U coog -XqAt -v ON_ERROR_STOP=1 "$@"; }
seconds() { local began=$EPOCHREALTIME; "$@"; awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# The most memory that a process of ours took, in kilobytes.
measured() { python3 - "$program" -C "$folder" -q manage_db "$@" <<'PYTHON'
import os, sys
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
with open(os.environ['PEAKS'], 'a') as peaks:
    print(usage.ru_maxrss, file=peaks)
sys.exit(os.waitstatus_to_exitcode(status))
PYTHON
}
export PEAKS=$folder/peaks

"$program" -C "$folder" up -d -q
psql -d ours <<SQL
CREATE TABLE big AS SELECT id, md5(id::text) AS a, md5((id * 7)::text) || md5((id * 11)::text) AS b,
  repeat(md5((id * 13)::text), 2) AS c FROM generate_series(1, $rows) AS id;
ALTER TABLE big ADD PRIMARY KEY (id);
CREATE INDEX ON big (a);
CREATE TABLE other AS SELECT * FROM big WHERE id % 2 = 0;
CREATE INDEX ON other (b);
VACUUM ANALYZE;
CHECKPOINT;
SQL
echo "database: $(psql -d ours -c "SELECT pg_size_pretty(pg_database_size('ours'))"), $jobs processors, $rounds rounds"

bare_dump() { docker compose -p "$name" exec -T db pg_dump -U coog -Fc ours >"$folder/dumps/bare.bin"; }
our_dump() { measured dump "$folder/dumps/ours.bin" --format bin --force >/dev/null; }
bare_load() {
  docker compose -p "$name" exec -T db createdb -U coog -T template0 bare
  docker compose -p "$name" exec -T db pg_restore -U coog -d bare -j "$jobs" /dumps/bare.bin
}
our_load() { measured load "$folder/dumps/ours.bin" --yes --database fresh >/dev/null; }
forget() { psql -d postgres -c 'DROP DATABASE IF EXISTS bare' -c 'DROP DATABASE IF EXISTS fresh' -c CHECKPOINT 2>/dev/null; }

for kind in dump load; do
  : >"$folder/bare"; : >"$folder/ours"
  for ((round = 0; round < rounds; round++)); do
    forget; seconds "bare_$kind" >>"$folder/bare"
    forget; seconds "our_$kind" >>"$folder/ours"
  done
  bare=$(median <"$folder/bare") ours=$(median <"$folder/ours")
  awk -v kind="$kind" -v bare="$bare" -v ours="$ours" \
    'BEGIN { printf "%s: bare %.2f s, ours %.2f s, ratio %.3f\n", kind, bare, ours, ours / bare }'
done
for format in sql zip zst; do
  measured dump "$folder/dumps/ours.$format" --format "$format" >/dev/null
  forget
  measured load "$folder/dumps/ours.$format" --yes --database fresh >/dev/null
done
sort -n "$PEAKS" | tail -n 1 | awk '{ printf "most memory of our process, in any format: %.1f MB\n", $1 / 1024 }'
