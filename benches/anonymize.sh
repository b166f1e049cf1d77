#!/usr/bin/env bash
# Anonymising a million parties: `dump --anonymized` against a plain dump, and `manage_db anonymize` against one UPDATE
# per line of the rules, each value made with pgcrypto's digest. All on copies of the same database, on the same server,
# one after the other.
#
#   benches/anonymize.sh [PARTIES]      LAPSTRAKE names the program, IMAGE a PostgreSQL with pgcrypto; DUMPS=only leaves
#                                       out what comes after the dumps
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

parties=${1:-1000000}
program=$(realpath "${LAPSTRAKE:-target/release/lapstrake}")
folder=$(mktemp -d)
name="lapstrake-bench-$$"
trap 'docker compose -p "$name" down --volumes --timeout 0 >/dev/null 2>&1; rm -rf "$folder"' EXIT

mkdir "$folder/compose" "$folder/overlays"
echo "COMPOSE_PROJECT_NAME=$name" >"$folder/env.base"
: >"$folder/env.custom"
cat >"$folder/compose/stack.yml" <<STACK
services:
  db:
    image: ${IMAGE:-lapstrake/postgres:15}
    command: postgres -c max_wal_size=8GB
    shm_size: 256m
    environment: {POSTGRES_USER: coog, POSTGRES_PASSWORD: secret}
    healthcheck: {test: [CMD, pg_isready, -h, 127.0.0.1], interval: 1s, retries: 60}
x-lapstrake:
  database: {engine: postgresql, service: db, host: db, port: 5432, user: coog, password: secret, name: ours, names: ours}
STACK

lapstrake() { "$program" -C "$folder" "$@"; }
psql() { docker exec -i "$container" psql -U coog -Xq -v ON_ERROR_STOP=1 "$@"; }
seconds() { local began=$EPOCHREALTIME; "$@" >/dev/null; awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

lapstrake up -d -q
container=$(lapstrake ps -q db)

# The tables of Tryton and Coog that hold most of what is personal, with their indexes.
psql -d postgres -c 'CREATE DATABASE model'
psql -d model -v parties="$parties" <<'SQL'
CREATE EXTENSION pgcrypto;
CREATE TABLE party_party (id serial PRIMARY KEY, active boolean, code varchar NOT NULL UNIQUE, name varchar, is_person boolean,
  first_name varchar, commercial_name varchar, birth_name varchar, sepa_creditor_identifier varchar, siren varchar, ssn varchar,
  create_date timestamp(6), write_date timestamp(6), CONSTRAINT "party_party_SSN_uniq_all" UNIQUE (ssn));
CREATE TABLE bank (id serial PRIMARY KEY, party integer NOT NULL);
CREATE TABLE insurer (id serial PRIMARY KEY, party integer NOT NULL);
CREATE TABLE contract (id serial PRIMARY KEY, subscriber integer);
CREATE TABLE party_address (id serial PRIMARY KEY, party integer NOT NULL, street text, name varchar, party_name varchar,
  city varchar, siret_nic varchar);
CREATE TABLE party_contact_mechanism (id serial PRIMARY KEY, party integer NOT NULL, type varchar, value varchar, value_compact varchar);
INSERT INTO party_party (active, code, name, is_person, first_name, commercial_name, birth_name, siren, ssn, create_date)
  SELECT true, n, 'Name of ' || n, n % 10 > 0, 'First ' || n, CASE WHEN n % 10 = 0 THEN 'Trade ' || n END, 'Birth ' || n,
    CASE WHEN n % 10 = 0 THEN lpad(n::text, 9, '0') END, lpad(n::text, 15, '0'), now() FROM generate_series(1, :parties) n;
INSERT INTO bank (party) SELECT id FROM party_party WHERE id % 10000 = 0;
INSERT INTO insurer (party) SELECT id FROM party_party WHERE id % 20000 = 10;
INSERT INTO contract (subscriber) SELECT id FROM party_party WHERE id % 2 = 0;
INSERT INTO party_address (party, street, name, party_name, city)
  SELECT id, id || ' some street', 'home', 'Name of ' || id, 'Lyon' FROM party_party;
INSERT INTO party_contact_mechanism (party, type, value, value_compact)
  SELECT id, 'email', 'mail' || id || '@example.com', 'mail' || id || '@example.com' FROM party_party;
CREATE INDEX ON party_party (name);
CREATE INDEX ON contract (subscriber);
CREATE INDEX ON party_address (party);
CREATE INDEX ON party_contact_mechanism (party);
CREATE INDEX ON party_contact_mechanism (value);
VACUUM ANALYZE;
SQL
for copy in ours theirs; do psql -d postgres -c "CREATE DATABASE $copy TEMPLATE model" -c CHECKPOINT; done

one_by_one() {
  local hidden="left(encode(digest(random()::text || COLUMN, 'sha256'), 'hex'), 16)"
  local usual='NOT EXISTS (SELECT FROM bank WHERE party = t.id) AND NOT EXISTS (SELECT FROM insurer WHERE party = t.id)'
  local subscriber='EXISTS (SELECT FROM contract WHERE subscriber = t.id)'
  token() { echo "UPDATE $1 t SET $2 = ${hidden//COLUMN/$2} WHERE $2 IS NOT NULL AND $2 <> '' AND $3;"; }
  echo 'BEGIN; ALTER TABLE party_party DROP CONSTRAINT "party_party_SSN_uniq_all";'
  for column in first_name commercial_name birth_name sepa_creditor_identifier; do token party_party $column "$usual"; done
  echo "UPDATE party_party t SET siren = NULL WHERE siren IS NOT NULL AND $usual;"
  token party_party name true
  for column in name first_name commercial_name birth_name sepa_creditor_identifier; do token party_party $column "$subscriber"; done
  echo "UPDATE party_party t SET siren = NULL WHERE siren IS NOT NULL AND $subscriber;"
  echo "UPDATE party_party t SET ssn = (SELECT n || lpad((97 - n % 97)::text, 2, '0') FROM (SELECT (1000000000000 + floor(random() * 999999999999))::bigint + length(t.ssn) - length(t.ssn) AS n) AS made) WHERE ssn IS NOT NULL;"
  for column in value value_compact; do token party_contact_mechanism $column true; done
  for column in street name party_name; do token party_address $column true; done
  echo 'UPDATE party_address SET siret_nic = NULL WHERE siret_nic IS NOT NULL; COMMIT;'
}

# The best of three, by turns.
best() { printf '%s\n' "$@" | sort -n | head -n 1; }
for format in sql zst; do
  plain=() anonymized=()
  for _ in 1 2 3; do
    plain+=("$(seconds lapstrake -q manage_db dump - --format "$format")")
    anonymized+=("$(seconds lapstrake -q manage_db dump - --format "$format" --anonymized)")
  done
  awk -v f="$format" -v a="$(best "${anonymized[@]}")" -v b="$(best "${plain[@]}")" \
    'BEGIN { printf "%s: plain dump %.1f s, --anonymized %.1f s, ratio %.2f\n", f, b, a, a / b }'
done
if [ "${DUMPS:-}" = only ]; then exit; fi

ours=$(seconds lapstrake -q manage_db anonymize --yes --no-vacuum)
psql -d postgres -c CHECKPOINT
theirs=$(seconds psql -d theirs < <(one_by_one))
psql -d postgres -c 'DROP DATABASE ours WITH (FORCE)' -c 'CREATE DATABASE ours TEMPLATE model' -c CHECKPOINT
whole=$(seconds lapstrake -q manage_db anonymize --yes)

echo "parties:                                  $parties"
echo "one UPDATE per line, digest:              $theirs s"
echo "lapstrake, proof included:                $ours s"
echo "lapstrake, with VACUUM FULL:              $whole s"
awk -v a="$theirs" -v b="$ours" 'BEGIN { printf "times faster:                             %.1f\n", a / b }'
