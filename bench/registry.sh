#!/usr/bin/env bash
# A change of the Registry, from etcd's acknowledgement until every worker of every gateway answers by it.
. "$(dirname "$0")/lib.sh"
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
