# shellcheck shell=bash
# What bin/demo may take without being in anybody's way: ports and subnets. To be sourced.

# The first TCP port from $1 on that nobody answers on.
free_port() {
  local port=$1
  while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

number_of_address() {
  local a b c d
  IFS=. read -r a b c d <<<"$1"
  echo $(((a << 24) + (b << 16) + (c << 8) + d))
}

# overlap ADDRESS/LENGTH ADDRESS/LENGTH
overlap() {
  local length=${1#*/}
  if [ "${2#*/}" -lt "$length" ]; then length=${2#*/}; fi
  local bits=$((32 - length))
  [ $(($(number_of_address "${1%/*}") >> bits)) = $(($(number_of_address "${2%/*}") >> bits)) ]
}

# The networks of docker and the routes of the host, but the one that leads everywhere.
taken_subnets() {
  docker network ls -q | xargs -r docker network inspect -f '{{range .IPAM.Config}}{{println .Subnet}}{{end}}'
  # Destination and mask stand there in hexadecimal, the last byte first.
  local destination mask length
  while read -r _ destination _ _ _ _ _ mask _; do
    mask=$((16#$mask))
    for ((length = 0; mask; mask >>= 1)); do length=$((length + (mask & 1))); done
    if [ "$length" != 0 ]; then
      printf '%d.%d.%d.%d/%d\n' "0x${destination:6:2}" "0x${destination:4:2}" "0x${destination:2:2}" \
        "0x${destination:0:2}" "$length"
    fi
  done < <(tail -n +2 /proc/net/route)
}

# A subnet that overlaps with none of these, nor with those given.
free_subnet() {
  local taken candidate subnet third
  mapfile -t taken < <(taken_subnets | grep -E '^[0-9.]+/[0-9]+$')
  for third in {1..254}; do
    candidate=10.101.$third.0/24
    for subnet in "${taken[@]}" "$@"; do
      if overlap "$candidate" "$subnet"; then continue 2; fi
    done
    echo "$candidate"
    return
  done
  fail 1 'No subnet below 10.101.0.0/16 is free: remove docker networks that nobody uses (docker network prune).'
}
