#!/usr/bin/env bash
# Kills and pauses whatever a cluster is made of, in a random order, while visitors come: chaos.sh SEED ROUNDS.
# After every round: nothing lost, nothing doubled, no visit failed. In the end everything is killed at once,
# and `dev down` leaves nothing. The seed replays the order; which container is struck depends on who runs.
. "$(dirname "$0")/../cluster/lib.sh"
. "$(dirname "$0")/plan.sh"
. "$(dirname "$0")/faults.sh"
. "$(dirname "$0")/checks.sh"
seed=${1:-$RANDOM} rounds=${2:-8}
echo "chaos: seed $seed, $rounds rounds; again by: $0 $seed $rounds"
nodes_count=3 gateways_count=2 replicas=4 app=chaos host=chaos.test patience=10
visitor_pids=() followers=()

leave() {
  local code=$?
  stop_chaos_visitors
  [ ${#followers[@]} -eq 0 ] || kill "${followers[@]}" 2> /dev/null || true
  wait
  if [ "$code" -ne 0 ]; then
    echo "seed $seed; logs: $CLUSTER/logs; visits and Events: $work" >&2
    hancock dev down --dir "$CLUSTER" --keep-logs >&2 || true
  else
    rm -rf "$work"
  fi
  exit "$code"
}
trap leave EXIT
step() { printf '%s  %s\n' "$(date +%H:%M:%S.%3N)" "$*"; }

hancock dev down --dir "$CLUSTER" # what an interrupted run left
rm -rf "$CLUSTER"
hancock dev up --dir "$CLUSTER" --nodes $nodes_count --gateways $gateways_count --detach > "$work/up.log"
. "$CLUSTER/env"
cluster_index=$(cut -d. -f3 <<< "$HANCOCK_IMAGES")
mkdir "$work/image"
cp "$HANCOCK_BIN/sample" "$work/image/sample"
hancock dev image "$work/image" sample:1 --entrypoint /sample --port 8080 --dir "$CLUSTER" > /dev/null
spec "$app" "$host" 'restart: {backoff: 100ms, max_backoff: 1s, attempts: 100}' 'disconnect: {lost_after: 15s}' |
  sed "s/replicas: 2/replicas: $replicas/" > "$work/chaos.yaml"
expect_exit 0 hancock deploy "$work/chaos.yaml"
until_true 30 settled

: > "$work/excused"
start_chaos_visitors
hancock events -f --json > "$work/events" 2> "$work/events.log" &
followers+=($!)

plan "$seed" "$rounds" > "$work/plan"
for ((round = 1; round <= rounds; ++round)); do
  before=$(containers)
  strikes=()
  tasks_struck=
  while read -r _ after kind signal victim hold_ms <&3; do
    [ "$kind" != container ] && [ "$kind" != node ] || tasks_struck=1
    step "round $round: $kind $signal (victim $victim, $hold_ms ms, after $after ms)"
    (trap - EXIT; hold "$after"; strike "$kind" "$signal" "$victim" "$hold_ms") > "$work/strike" 2>&1 &
    strikes+=($!)
  done 3< <(grep "^$round " "$work/plan")
  for strike in "${strikes[@]}"; do wait "$strike" || fail "round $round: $(cat "$work/strike")"; done
  struck_at=$EPOCHREALTIME
  deadline=$((SECONDS + 90))
  until settled 2> /dev/null; do
    [ $SECONDS -lt $deadline ] || { explain >&2; fail "round $round: not as it was before"; }
    sleep 0.2
  done
  [ -n "$tasks_struck" ] || expect_eq "$(containers)" "$before"
  failed=$(failed_visits)
  [ -z "$failed" ] || fail "round $round: visits failed (gateway, time, status, seconds): $failed"
  step "round $round: as before after $(awk -v a="$struck_at" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}') s"
done

until_true 20 everybody_answers
stop_chaos_visitors
failed=$(failed_visits)
[ -z "$failed" ] || fail "visits failed (gateway, time, status, seconds): $failed"
last=$(hancock events --json | jq -s 'last.number')
until_true 10 grep -q "\"number\":$last[,}]" "$work/events"
gapless "$work/events" || fail "Events with a gap or twice: $(jq -c .number "$work/events" | tr '\n' ' ')"
[ "$(count_visits)" -gt $((rounds * 20)) ] || fail "only $(count_visits) visits"
step "$(count_visits) visits, none failed, the slowest took $(slowest_visit) s; $last Events, no gap"

# Everything at once.
. "$(dirname "$0")/leftovers.sh"
kill_everything
expect_exit 0 hancock dev down --dir "$CLUSTER"
expect_eq "$(leftovers)" ""
step "killed altogether: dev down leaves nothing"
