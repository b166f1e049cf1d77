#!/bin/sh
# Starts RabbitMQ as Docker's official image does.
set -eu

[ "${1:-}" = rabbitmq-server ] || exec "$@"
shift

# Erlang reserves memory for every file that it might open; some engines allow a billion.
# shellcheck disable=SC3045 # dash has ulimit -n
if [ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -gt 65536 ]; then ulimit -n 65536; fi

# Not the `rabbitmq-server` on the PATH: that one logs into files.
server=/usr/lib/rabbitmq/bin/rabbitmq-server
[ "$(id -u)" = 0 ] || exec "$server" "$@"
find "$HOME" ! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +
exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$server" "$@"
