#!/usr/bin/env bash
# Updates under visitors who come at a constant rate, whatever the answers (bench/load): no request fails, whoever is
# killed in the middle; and when it is a gateway, only what was in flight on it. REQUESTS (20000), RATE a second (500).
. "$(dirname "$0")/lib.sh"
requests=${REQUESTS:-20000} rate=${RATE:-500} host=updates.test drain_ms=4000

greeting() {
  spec updates $host "env: {GREETING: '$1'}" |
    sed "s/replicas: 2/replicas: 3/; s/drain_timeout: 5s/drain_timeout: ${drain_ms}ms/" |
    sed "s/routes: \[/routes: [{tcp: 7103, port: http}, /" > "$work/updates.yaml"
}
start_load() {  # start_load REQUESTS RATE PATIENCE_MS
  hancock_load --gateway "$SLARDAR_HTTP" --tcp "${SLARDAR_TCP//,/:7103,}:7103" --host $host --count "$1" --rate "$2" \
    --at-once 200 --patience-ms "$3" --drain-ms $drain_ms --go-on > "$work/load.json" 2> "$work/load.log" &
  load=$!
}
stop_load() {
  kill "$load"
  wait "$load" || fail "the visitors: $(tail -n 3 "$work/load.log")"
  load=
}
trap '[ -z "${load:-}" ] || kill -9 "$load"; rm -rf "$work"' EXIT
told() { jq -e "$1" "$work/load.json" > /dev/null || fail "not so: $1: $(jq -c 'del(.versions)' "$work/load.json" | head -c 4000)"; }

serves() { hancock status updates | grep -q "version $1 serves"; }
has_tasks_of() { hancock ps updates --json | jq -e --argjson version "$1" 'any(.items[]; .version == $version)'; }
child() { cat "$CLUSTER/data/master-1/$1.pid"; }

# update VERSION [COMMAND…]: the command comes when the first of the new Tasks are there.
update() {
  local version=$1
  shift
  greeting "$version"
  if [ $# -eq 0 ]; then
    expect_exit 0 hancock deploy "$work/updates.yaml"
    expect_contains "$output" "version $version serves"
    return
  fi
  expect_exit 0 hancock deploy --detach "$work/updates.yaml"
  until_true 20 has_tasks_of "$version"
  "$@"
  until_true 60 serves "$version"
}
kill_brain() { kill -9 "$(child brain)"; }
kill_etcd() { kill -9 "$(child etcd)"; }
kill_agent() {
  hancock dev kill --dir "$CLUSTER" agent-1
  hancock dev start --dir "$CLUSTER" agent-1
}

greeting 1
expect_exit 0 hancock deploy "$work/updates.yaml"

# Nobody notices.
start_load "$requests" "$rate" 20000
update 2
update 3 kill_brain
update 4 kill_agent
update 5 kill_etcd
update 6
stop_load
told ".requests >= $requests and .failed == 0"
told '.posts.untold == 0 and .posts.doubled == 0'
told '[.versions[].version] == [1, 2, 3, 4, 5, 6]'
# Who was in flight at a switch got his answer from where he began; streams stayed as long as they may.
told '.crossed > 0 and .streams.early == 0 and .streams.echoes > 0'
jq -r '"\(.requests) requests, none failed; p99 \(.latency.p99_ms) ms; \(.crossed) finished on the Version that was replaced meanwhile"' \
  "$work/load.json"

# A gateway is stopped for ten seconds, and later killed: only what was in flight on it suffers, and comes through by
# the other one.
name=gateway-2 gateway=$(cut -d, -f2 <<< "$SLARDAR_HTTP")
is_ready() { ask --fail "http://$(cut -d, -f2 <<< "$SLARDAR_ADMIN")/readyz"; }
now_ms() { date +%s%3N; }
away() {  # away COMMAND…: during it, and until it is ready again, the gateway is excused
  local from=$(now_ms)
  "$@"
  until_true 30 is_ready
  echo "$from $(now_ms)" >> "$work/excused"
}
stop_gateway() {
  hancock dev kill --dir "$CLUSTER" $name --signal STOP
  sleep 10
  hancock dev kill --dir "$CLUSTER" $name --signal CONT
}
kill_gateway() {
  hancock dev kill --dir "$CLUSTER" $name
  hancock dev start --dir "$CLUSTER" $name
}

start_load 3000 200 3000
greeting 7
expect_exit 0 hancock deploy --detach "$work/updates.yaml"
away stop_gateway
until_true 60 serves 7
away kill_gateway
stop_load
told '.lost == 0'
jq -e --rawfile excused "$work/excused" --arg gateway "$gateway" '
  [$excused | split("\n")[] | select(. != "") | split(" ") | map(tonumber)] as $excused |
  [.failures[] | . as $f | select(.gateway != $gateway or .why == "" or .retry != "succeeded" or
    all($excused[]; $f.due_ms > .[1] or $f.ended_ms < .[0]))] | length == 0' "$work/load.json" > /dev/null ||
  fail "failed though nothing was wrong with their gateway: $(cat "$work/excused") $(jq -c .failures "$work/load.json")"
told "[.streams.ends[] | select(.early and .gateway != \"$gateway\")] == []"
jq -r '"\(.requests) requests while a gateway was stopped and killed: \(.failed) of those in flight on it came through by the other"' \
  "$work/load.json"
expect_exit 0 hancock rm updates
