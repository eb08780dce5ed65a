#!/usr/bin/env bash
# Updates under visitors who come at a constant rate, beside what users of nginx and HAProxy do. UPDATES (100),
# REQUESTS (1000000), RATE a second (1000); CONTROL_UPDATES and CONTROL_REQUESTS (as many); RIVAL_UPDATES and
# RIVAL_REQUESTS (a tenth) for each rival, RIVALS (all).
. "$(dirname "$0")/lib.sh"
. "$bench/docker.sh"
. "$bench/updates/rivals.sh"
updates=${UPDATES:-100} requests=${REQUESTS:-1000000} rate=${RATE:-1000}
rival_updates=${RIVAL_UPDATES:-$(((updates + 9) / 10))} rival_requests=${RIVAL_REQUESTS:-$((requests / 10))}
control_updates=${CONTROL_UPDATES:-$updates} control_requests=${CONTROL_REQUESTS:-$requests}
all_rivals="nginx-processes nginx_slept-processes haproxy-processes nginx-containers haproxy-containers"
read -ra rivals <<< "${RIVALS:-$all_rivals}"
min_healthy_ms=1000 drain_ms=5000
section "Updates under load" "Three Tasks of the sample app behind two gateways on three Nodes, \`blue-green\`, \`min_healthy_time\` 1 s, \`drain_timeout\`
5 s; $rate requests a second by the clock, whatever the answers (bench/load: GET, POST, kept and new connections, 1 %
of one second, 8 WebSockets, 4 TCP streams), on the same machine. Rivals: two of each in front of three of the same
program, without TCP streams; each step as their users do it (bench/updates/). Failed: no good answer at the first try,
of which none is hidden by the visitors. Cut early: within half of the 5 s that streams may stay."

update_spec() {  # update_spec APP GREETING [ROUTES]
  cat << END
app: $1
services:
  web:
    image: $HANCOCK_IMAGES/sample:1
    replicas: 3
    env: {GREETING: "$2"}
    ports: [{name: http, port: 8080}]
    ${3:-}
    probes: {ready: {http: {path: /, port: http}, interval: 100ms}}
    resources: {cpu: 20m, memory: 32Mi, pids: 32}
    update: {min_healthy_time: ${min_healthy_ms}ms, drain_timeout: ${drain_ms}ms}
END
}
routes='routes: [{hosts: [visited.test], port: http}, {tcp: 7201, port: http}]'

# wait_until BEGUN I N REQUESTS: the moment for the I-th of N steps that are spread over so many requests.
wait_until() {
  sleep "$(awk -v begun="$1" -v i="$2" -v n="$3" -v span=$(($4 / rate)) -v now="$EPOCHREALTIME" \
    'BEGIN {left = begun + i * span / (n + 1) - now; print (left > 0 ? left : 0)}')"
}

# When each barrier was opened, and when the last gateway had acknowledged it: "FROM_MS TO_MS" a line, in the end.
watch_barriers() {
  ETCDCTL_API=3 etcdctl --endpoints "${HANCOCK_ETCD%%,*}" watch --prefix /hancock/ -w json |
    jq --unbuffered -c 'now as $t | .Events[]? | select(.kv.value) | {t: $t, version: .kv.version,
      revision: .kv.mod_revision, key: (.kv.key | @base64d), value: .kv.value} |
      select(.key | test("/(gateways|barriers)/")) | .applied = (.value | @base64d | fromjson | .applied.revision? // 0) |
      del(.value)' > "$work/barriers.json"
}
stop_watching() { pkill -P $watching; }
acknowledgements() {
  jq -rn '[inputs] as $all | [$all[] | select(.key | contains("/gateways/"))] as $acks |
    ($acks | map(.key) | unique) as $gateways |
    $all[] | select((.key | contains("/barriers/")) and .version == 1) | . as $barrier |
    [$gateways[] as $g | first($acks[] | select(.key == $g and .applied >= $barrier.revision) | .t)] |
    select(length == ($gateways | length)) | "\($barrier.t * 1000 | floor) \(max * 1000 | ceil)"' "$work/barriers.json"
}

# percentile_in WINDOWS LOG P: "MILLISECONDS COUNT" of all requests but slow ones that were under way in one of the
# windows.
percentile_in() {
  awk 'FILENAME == ARGV[1] {from[++n] = $1; to[n] = $2; next}
    $4 != "slow" {for (i = 1; i <= n; ++i) if ($1 <= to[i] && $1 + $2 / 1000 >= from[i]) {print $2; next}}' "$1" "$2" |
    percentile "$3" | awk '{printf "%.2f %d\n", $1 / 1000, $2}'
}
# percentile P: "FIGURE COUNT" of the figures that come.
percentile() {
  sort -n | awk -v p="$1" '{all[NR] = $1} END {rank = int((NR * p + 99) / 100); if (rank < 1) rank = 1; print all[rank] + 0, NR}'
}
widths() { awk '{print $2 - $1}' "$work/main.windows"; }
switch_times() { paste "$work/main.starts" "$work/main.switches" | awk '{print $2 - $1}'; }

# visited UPDATES REQUESTS NAME APP [ROUTES]: APP is updated while visitors come to `visited`; leaves NAME.json, .log,
# .starts (of each deploy) and .switches.
visited() {
  local i begun
  hancock_load --gateway "$SLARDAR_HTTP" --tcp "${SLARDAR_TCP//,/:7201,}:7201" --host visited.test --rate "$rate" \
    --count "$2" --drain-ms $drain_ms --go-on --log "$work/$3.log" > "$work/$3.json" 2> "$work/$3.failures" &
  load=$!
  begun=$EPOCHREALTIME
  for ((i = 1; i <= $1; ++i)); do
    wait_until "$begun" "$i" "$1" "$2"
    update_spec "$4" "update $i" "${5:-}" > "$work/spec.yaml"
    date +%s%3N >> "$work/$3.starts"
    hancock deploy "$work/spec.yaml" > "$work/deploy.log" 2>&1 || { cat "$work/deploy.log" >&2; return 1; }
  done
  kill $load
  wait $load
  hancock events --app "$4" --json | jq -r 'select(.kind == "deployment.switched") | .time |
    (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber)' | tail -n "$1" > "$work/$3.switches"
}

on_exit+=(stop_rivals)
up --nodes 3 --gateways 2
update_spec visited first "$routes" > "$work/spec.yaml"
hancock deploy "$work/spec.yaml" > /dev/null
update_spec control first > "$work/spec.yaml"
hancock deploy "$work/spec.yaml" > /dev/null

watch_barriers &
watching=$!
on_exit+=(stop_watching)
visited "$updates" "$requests" main visited "$routes"
stop_watching || true
acknowledgements > "$work/main.windows"
note "$(jq -c 'del(.versions, .failures) | .streams |= del(.ends)' "$work/main.json")"
visited "$control_updates" "$control_requests" control control
read -r width _ <<< "$(widths | percentile 50)"
awk -v width="$width" '{print $1, $1 + width}' "$work/control.switches" > "$work/control.windows"
note "$(jq -c 'del(.versions, .failures) | .streams |= del(.ends)' "$work/control.json")"
read -r main_p99 main_count <<< "$(percentile_in "$work/main.windows" "$work/main.log" 99)"
read -r control_p99 control_count <<< "$(percentile_in "$work/control.windows" "$work/control.log" 99)"
read -r middle_switch _ <<< "$(switch_times | percentile 50)"
read -r slowest_switch _ <<< "$(switch_times | percentile 100)"
read -r widest _ <<< "$(widths | percentile 100)"
ratio=$(awk -v a="$main_p99" -v b="$control_p99" 'BEGIN {printf "%.2f", a / b}')
hancock dev down --dir "$cluster" > /dev/null

mkdir -p "$work/image"
start_docker
net=(nsenter --target "$docker_pid" --net)
tar -C "$work/image" -c sample | docker import -c 'ENTRYPOINT ["/sample"]' - sample:1 > /dev/null
for pair in "${rivals[@]}"; do
  rival "${pair%-*}" "${pair#*-}" "$rival_updates" "$rival_requests" >> "$work/rivals.json"
  note "$(tail -n 1 "$work/rivals.json")"
done

echo "| figure | measured | bound |"
echo "|---|---|---|"
echo "| from \`deploy\` to the switch, 3 Tasks, image present | p50 $middle_switch ms, most $slowest_switch ms" \
  "| $((min_healthy_ms + 1000)) ms |"
echo "| from the flip to the last acknowledgement | p50 $width ms, most $widest ms | |"
echo "| p99 of requests under way in that time | $main_p99 ms of $main_count; control $control_p99 ms of $control_count:" \
  "**$ratio** | 1.5 |"
echo
echo "| who | updates | requests | failed | lost after a retry | p50 | p99 | p99.9 | streams cut early |"
echo "|---|---|---|---|---|---|---|---|---|"
row() {  # row NAME UPDATES FILE
  jq -r --arg name "$1" --arg updates "$2" '"| \($name) | \($updates) | \(.requests) | **\(.failed)** | \(.lost) | " +
    "\(.latency.p50_ms) ms | \(.latency.p99_ms) ms | \(.latency.p999_ms) ms | \(.streams.early) |"' "$3"
}
row "Hancock" "$updates" "$work/main.json"
row "control: the same containers, no switch" "$control_updates" "$work/control.json"
declare -A titles=(
  [nginx-processes]='nginx reload, old processes stopped at once'
  [nginx_slept-processes]='nginx reload, 1 s sleep, then stopped'
  [haproxy-processes]='HAProxy runtime API, drained up to 5 s'
  [nginx-containers]='nginx reload, `docker run`, `docker stop` at once'
  [haproxy-containers]='HAProxy runtime API, `docker run`, drained, `docker stop`')
for pair in "${rivals[@]}"; do row "${titles[$pair]}" "$rival_updates" "$work/$pair.json"; done
