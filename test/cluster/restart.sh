#!/usr/bin/env bash
# The Master is killed and started again while people watch: what follows and what waits goes on, with no line twice and
# none missing.
. "$(dirname "$0")/lib.sh"

spec keep keep.test 'env: {LOG_EVERY_MS: "50"}' | sed 's/replicas: 2/replicas: 1/' > "$work/keep.yaml"
expect_exit 0 hancock deploy "$work/keep.yaml"
task=$(hancock ps keep --json | jq -r '.items[].id')

hancock logs -f "$task" > "$work/logs" 2> "$work/logs.err" &
logs=$!
hancock events -f --json > "$work/events" 2> "$work/events.err" &
events=$!
hancock status -w keep > "$work/status" 2> "$work/status.err" &
status=$!
watchers="$logs $events $status"
trap 'kill $watchers 2> /dev/null || true; stop_visitors; rm -rf "$work"' EXIT
lines() { [ "$(wc -l < "$1")" -ge "$2" ]; }
until_true 20 lines "$work/logs" 20
until_true 20 grep -q deployment.succeeded "$work/events"
until_true 20 grep -q "keep/web  fine" "$work/status"

# A Deployment waits, too: its Task needs a while to be ready.
sed 's/LOG_EVERY_MS: "50"/LOG_EVERY_MS: "50", START_DELAY_MS: "6000"/' "$work/keep.yaml" > "$work/slow.yaml"
hancock deploy "$work/slow.yaml" > "$work/deploy" 2> "$work/deploy.err" &
deploy=$!
until_true 20 grep -q "version 2" "$work/deploy"

hancock dev kill --dir "$CLUSTER" master-1
for file in logs events status; do until_true 20 grep -q "trying again" "$work/$file.err"; done
hancock dev start --dir "$CLUSTER" master-1
for file in logs events status; do until_true 60 grep -q "a Master answers again" "$work/$file.err"; done

wait "$deploy" || fail "the Deployment was not waited for: $(cat "$work/deploy" "$work/deploy.err")"
expect_contains "$(cat "$work/deploy")" "version 2 serves"
until_true 20 grep -q "version 2" "$work/status"

# The Task's log ended with it, and so did its follower; its lines are numbered from one.
wait "$logs" || fail "logs -f: $(cat "$work/logs.err")"
grep -o 'line [0-9]*$' "$work/logs" | cut -d' ' -f2 > "$work/numbers"
expect_eq "$(cat "$work/numbers")" "$(seq 1 "$(wc -l < "$work/numbers")")"

# Events have numbers of their own, without a gap.
expect_exit 0 hancock scale keep/web 2
newest=$(hancock events --json | jq .number | tail -1)
until_true 20 grep -q "\"number\":$newest," "$work/events"
jq .number "$work/events" > "$work/numbers"
expect_eq "$(cat "$work/numbers")" "$(seq "$(head -1 "$work/numbers")" "$(tail -1 "$work/numbers")")"

kill "$events" "$status"
expect_exit 0 hancock rm keep
