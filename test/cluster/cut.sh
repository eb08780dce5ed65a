#!/usr/bin/env bash
# All Nodes of a Site are cut off at once: it is frozen before anything is replaced, says so, and when they are back all
# is as before.
. "$(dirname "$0")/lib.sh"

spec cut cut.test 'disconnect: {lost_after: 6s}' | sed 's/replicas: 2/replicas: 3/' > "$work/cut.yaml"
expect_exit 0 hancock deploy "$work/cut.yaml"
tasks() { hancock ps cut --all --json | jq -c '[.items[] | [.id, .container, .started_at, .restarts]] | sort'; }
states() { hancock ps cut --all --json | jq -r '.items[].state' | sort -u; }
site() { hancock site ls --json | jq -r ".items[] | select(.name == \"site-1\") | $1"; }
before=$(tasks)
on_first=$(hancock ps cut --json | jq -r '.items[] | select(.node == "node-1") | .id')
on_third=$(hancock ps cut --json | jq -r '.items[] | select(.node == "node-3") | .id')
newest=$(hancock events --json | jq .number | tail -1)

for node in node-1 node-2 node-3; do hancock dev cut --dir "$CLUSTER" "$node"; done
are_lost() { [ "$(states)" = lost ]; }
until_true 30 are_lost
expect_eq "$(site '.silent | length')" 3
expect_contains "$(site .frozen_because)" "3 of 3 nodes fell silent"
expect_exit 0 hancock site ls
expect_contains "$output" "3 of 3 nodes fell silent"
expect_exit 0 hancock why "$on_third"
expect_contains "$output" "site site-1 is frozen"
hancock events --json --after "$newest" > "$work/events"
expect_eq "$(jq -r 'select(.kind == "site.frozen").cause' "$work/events")" blast_radius

# One is back first, and has room: nobody else's place is taken there.
hancock dev join --dir "$CLUSTER" node-1
is_back() { [ "$(hancock ps cut --json | jq -r ".items[] | select(.id == \"$on_first\") | .state")" = ready ]; }
until_true 30 is_back
expect_eq "$(tasks | jq 'length')" 3
for node in node-2 node-3; do hancock dev join --dir "$CLUSTER" "$node"; done
are_ready() { [ "$(states)" = ready ]; }
until_true 30 are_ready
expect_eq "$(tasks)" "$before"

is_served() { for gateway in $(gateways); do ask --fail -o /dev/null -H 'Host: cut.test' "http://$gateway/" || return 1; done; }
until_true 10 is_served
start_visitors cut.test
hancock site thaw site-1
expect_eq "$(site .frozen_at)" null
visits() { [ "$(wc -l < "$visited")" -gt 50 ]; }
until_true 20 visits
stop_visitors
expect_no_failure
expect_eq "$(tasks)" "$before"
hancock events --json --after "$newest" > "$work/events"
expect_eq "$(jq -r 'select(.kind == "site.thawed").cause' "$work/events")" operator
expect_eq "$(jq -r 'select(.kind == "task.assigned").task' "$work/events")" ""
expect_exit 0 hancock rm cut
