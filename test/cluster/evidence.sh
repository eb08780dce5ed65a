#!/usr/bin/env bash
# A canary is judged by its answers, as the gateways count them: one that answers 500 to every tenth visitor is taken
# back with that reason, a good one is promoted.
. "$(dirname "$0")/lib.sh"

# update ENVIRONMENT UPDATE…: the Service as it is to be next.
update() {
  spec evidence evidence.test "env: {$1}" | sed "s/update: {/update: {$2, /; s#path: /,#path: /status/200,#" > "$work/evidence.yaml"
}
# Latencies are not what is judged here: other tests and the cluster share this machine.
judged="strategy: canary, weights: [50], evidence: {max_p99_ratio: 1000, min_requests: 50}"

update "GREETING: one" "strategy: blue-green"
expect_exit 0 hancock deploy "$work/evidence.yaml"
start_visitors evidence.test

# Its step would last for ten minutes: only its answers can end it.
update "GREETING: bad, FAIL_PERCENT: \"10\"" "$judged, step: 10m"
expect_exit 1 timeout 120 hancock deploy "$work/evidence.yaml"
expect_contains "$output" "5xx "
expect_contains "$output" " requests, the old Version 0.0 %"
only_old_ones_are_left() { [ "$(hancock ps evidence --json | jq -c '[.items[].version]')" = "[1,1]" ]; }
until_true 40 only_old_ones_are_left
expect_contains "$(hancock events --app evidence --json | grep deployment.rolled_back)" '"cause":"evidence"'
stop_visitors
expect_eq "$(grep -cv '^[25]00$' "$visited" || true)" 0
# Gateways follow the way back at once; what they tell of it now is nothing any more.
for _ in $(seq 40); do expect_eq "$(ask_host evidence.test | jq -r .greeting)" one; done

start_visitors evidence.test
update "GREETING: good" "$judged, step: 8s, auto_promote: true"
expect_exit 0 timeout 120 hancock deploy "$work/evidence.yaml"
expect_eq "$(ask_host evidence.test | jq -r .greeting)" good
stop_visitors
expect_no_failure
expect_exit 0 hancock rm evidence
