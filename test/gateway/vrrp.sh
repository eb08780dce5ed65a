#!/bin/bash
# Two gateways behind one address that keepalived moves (docs/gateways.md, whose configuration is used as it stands
# there): three network namespaces of this script's own, visitors and a peer in the one that joins the others.
#
#   vrrp.sh SLARDAR DOCUMENT
set -euo pipefail
slardar=$1
document=$2
name="vrrp$$"
work=$(mktemp -d)
address=10.77.0.100
pids=()

clean() {
  local result=$?
  [ $result -eq 0 ] || tail -n 40 "$work"/*.log >&2
  touch "$work/stop"
  [ ${#pids[@]} -eq 0 ] || kill -9 "${pids[@]}" 2>/dev/null || true
  wait
  for each in lan one two; do
    ip netns pids "$name-$each" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
    ip netns del "$name-$each" 2>/dev/null || true
  done
  rm -rf "$work"
  exit $result
}
trap clean EXIT
fail() { echo "vrrp.sh: $*" >&2; exit 1; }
inside() { local where=$1; shift; ip netns exec "$name-$where" "$@"; }
until_true() {  # SECONDS COMMAND...
  local end=$((SECONDS + $1)); shift
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "did not come true: $*"
    sleep 0.1
  done
}

# The configuration of the document, for the gateway with this priority, address and neighbour.
keepalived_conf() {
  sed -n '/^```keepalived$/,/^```$/p' "$document" | grep -v '^```' |
    sed -e "s/interface eth0/interface veth/; s/priority 150/priority $1/; s/10.0.0.11/$2/; s/10.0.0.12/$3/" \
        -e "s|10.0.0.100/24|$address/24|"
}

add_gateway() {  # NAME HOST
  ip netns add "$name-$1"
  inside "$1" ip link set lo up
  ip -n "$name-$1" link add veth type veth peer name "to-$1" netns "$name-lan"
  ip -n "$name-lan" link set "to-$1" master bridge up
  ip -n "$name-$1" address add "10.77.0.$2/24" dev veth
  ip -n "$name-$1" link set veth up
}
start_slardar() {  # not by inside(): $! has to be the process itself
  ip netns exec "$name-$1" "$slardar" --config "$work/slardar.yaml" >>"$work/slardar-$1.log" 2>&1 &
  pids+=($!)
  eval "slardar_$1=$!"
}
holds() { inside "$1" ip -br address show veth | grep -q "$address"; }
holds_alone() {
  local other=one
  [ "$1" = two ] || other=two
  holds "$1" && ! holds "$other"
}
answers() { [ "$(inside lan curl -s -m 1 -H 'Host: shop.test' "http://$address/")" = hello ]; }
is_ready() { inside "$1" curl -fs -m 1 -o /dev/null http://127.0.0.1:1995/readyz; }

# A visitor who comes again and again, with a connection each: a line for each request, "time result".
visit() {
  ip netns exec "$name-lan" bash -c "while [ ! -e $work/stop ]; do
    result=\$(curl -s --connect-timeout 2 -m 10 -o /dev/null -w '%{http_code}' -H 'Host: shop.test' http://$address/) || true
    echo \$(date +%s%N) \$result
    sleep 0.02
  done" >"$work/visits" &
  pids+=($!)
}
# How many requests since line $1 failed, and over how many milliseconds.
failures_since() {
  tail -n "+$1" "$work/visits" | awk '$2 != "200" { n++; if (!first) first = $1; last = $1 }
    END { printf "%d %d\n", n, (last - first) / 1000000 }'
}
lines() { wc -l <"$work/visits"; }

: >"$work/visits"
cat >"$work/slardar.yaml" <<YAML
http: [":80"]
drain: 5s
drain_delay: 20s
workers: 1
upstreams:
  shop.test: {servers: [{host: 10.77.0.1, port: 9000}]}
YAML
ip netns add "$name-lan"
inside lan ip link set lo up
ip -n "$name-lan" link add bridge type bridge
ip -n "$name-lan" address add 10.77.0.1/24 dev bridge
ip -n "$name-lan" link set bridge up
add_gateway one 11
add_gateway two 12
ip netns exec "$name-lan" caddy respond --listen 10.77.0.1:9000 hello >"$work/caddy.log" 2>&1 &
pids+=($!)
keepalived_conf 150 10.77.0.11 10.77.0.12 >"$work/one.conf"
keepalived_conf 100 10.77.0.12 10.77.0.11 >"$work/two.conf"
grep -q "$address" "$work/one.conf" || fail "the document's configuration is not as expected"
for each in one two; do
  start_slardar $each
  until_true 20 is_ready $each
  ip netns exec "$name-$each" keepalived --dont-fork --log-console --no-syslog --use-file "$work/$each.conf" --vrrp \
    --pid "$work/$each.pid" --vrrp_pid "$work/$each.vrrp.pid" >"$work/keepalived-$each.log" 2>&1 &
  pids+=($!)
done
until_true 30 holds_alone one
until_true 10 answers
visit

echo "1. the master is told to end: it says no, the address moves while it still serves"
since=$(($(lines) + 1))
kill -TERM "$slardar_one"
until_true 30 holds_alone two
kill -0 "$slardar_one" || fail "it ended before the address had moved"
wait "$slardar_one" || fail "the gateway ended with $?"
sleep 1
read -r failed over < <(failures_since "$since")
echo "   $failed requests failed, within $over ms"
[ "$failed" -le 1 ] || fail "more than the request that was on its way when the address moved"

echo "2. it comes back"
since=$(($(lines) + 1))
start_slardar one
until_true 30 holds_alone one
sleep 1
read -r failed over < <(failures_since "$since")
echo "   $failed requests failed, within $over ms"
[ "$failed" -le 1 ] || fail "more than the request that was on its way when the address moved"

echo "3. the master is killed"
since=$(($(lines) + 1))
kill -9 "$slardar_one"
until_true 30 holds_alone two
until_true 10 answers
read -r failed over < <(failures_since "$since")
echo "   $failed requests failed, within $over ms"
[ "$failed" -ge 1 ] || fail "nobody noticed: the visitor does not come by the address"
[ "$over" -le 20000 ] || fail "visitors were without a gateway for far longer than the document says (6 s)"

echo "4. both are not ready: the address stays where it is"
kill -STOP "$slardar_two"
sleep 6
holds two || holds one || fail "nobody has the address"
kill -CONT "$slardar_two"
until_true 20 answers
touch "$work/stop"
