#!/usr/bin/env bash
# A change of the Registry, from etcd's acknowledgement until every worker of every gateway answers by it. CHANGES
# (500) of them.
. "$(dirname "$0")/lib.sh"
section "A registry change at every gateway worker" "An operator's upstream moves from one server to another by one etcd put; each worker is asked all the time on a
connection of its own. Measured from the put's acknowledgement to the last worker's first answer by the new record,
after random pauses of 20 to 40 ms."
changes=${CHANGES:-500}

up --nodes 1 --gateways 2
IFS=, read -ra http <<< "$SLARDAR_HTTP"
IFS=, read -ra admin <<< "$SLARDAR_ADMIN"
pairs=()
for i in "${!http[@]}"; do pairs+=("${http[i]}=${admin[i]}"); done
figures=$(bench_registry_change "${HANCOCK_ETCD%%,*}" "$changes" "${pairs[@]}")
note "$figures"
jq -r '"| changes | gateways | workers | p50 | p99 (at most 10 ms) | most |",
       "|---|---|---|---|---|---|",
       "| \(.changes) | \(.gateways) | \(.workers) | \(.p50_ms) ms | **\(.p99_ms) ms** | \(.max_ms) ms |"' <<< "$figures"
