#!/usr/bin/env bash
# One update by each strategy, while visitors come, and its way back.
. "$(dirname "$0")/lib.sh"

# Of a few visitors on a busy machine latencies say nothing.
any_latency="evidence: {max_p99_ratio: 1000}"
# update STRATEGY GREETING [MORE KEYS]: the Service as it is to be next.
update() {
  spec strategies strategies.test "env: {GREETING: $2}" \
    | sed "s/update: {/update: {strategy: $1, ${3:+$3, }/; s/replicas: 2/replicas: 3/" > "$work/strategies.yaml"
}
greetings() { for _ in $(seq 40); do ask_host strategies.test | jq -r .greeting; done | sort -u | tr '\n' ' '; }
are_live() { [ "$(live)" -eq "$1" ]; }
live() { hancock ps strategies --json | jq '.items | length'; }

update rolling one "$any_latency"
expect_exit 0 hancock deploy "$work/strategies.yaml"
start_visitors strategies.test

# Rolling: never more than one beside the three.
update rolling two "$any_latency"
hancock deploy --detach "$work/strategies.yaml" > /dev/null
most=0
until hancock status strategies | grep -q "version 2 serves"; do
  now=$(live)
  [ "$now" -le "$most" ] || most=$now
done
expect_eq "$most" 4
expect_eq "$(greetings)" "two "

# A batch that fails goes back.
update rolling three "$any_latency"
sed -i 's/GREETING: three/GREETING: three, EXIT_AFTER_MS: "1"/; s/drain_timeout/healthy_deadline: 3s, drain_timeout/' "$work/strategies.yaml"
expect_exit 1 hancock deploy "$work/strategies.yaml"
until_true 20 are_live 3
expect_eq "$(greetings)" "two "

# Canary: both serve until it is promoted.
update canary four "step: 500ms, $any_latency"
expect_exit 0 hancock deploy "$work/strategies.yaml"
expect_contains "$output" "waits for its promotion"
expect_eq "$(greetings)" "four two "
expect_exit 0 hancock promote strategies/web
expect_eq "$(greetings)" "four "
# A Node is emptied, and takes Tasks again.
expect_exit 0 hancock node drain node-3 --deadline 1m
expect_contains "$output" "node-3: drained"
expect_eq "$(hancock ps strategies --json | jq -r '.items[] | select(.state == "ready") | .node' | grep -c node-3 || true)" 0
expect_exit 0 hancock node undrain node-3

expect_exit 0 hancock restart strategies/web --detach
expect_exit 0 hancock rollback strategies/web
stop_visitors
expect_no_failure

# Recreate: the old ones have ended before a new one is there.
update recreate five
hancock deploy --detach "$work/strategies.yaml" > /dev/null
until hancock status strategies | grep -q "version 6 serves"; do
  expect_eq "$(hancock ps strategies --json | jq '[.items[].version] | unique | length <= 1')" true
done
expect_eq "$(greetings)" "five "
expect_exit 0 hancock rm strategies
