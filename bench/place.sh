#!/usr/bin/env bash
# The pure scheduler, without store and network.
. "$(dirname "$0")/lib.sh"
section "Placement by the pure scheduler" "No two Nodes alike; every second Service spread over Sites, every fifth by label."
echo "| Nodes | Tasks | of Services | median CPU time (at most 2 s) | most |"
echo "|---|---|---|---|---|"
bench_place | jq -r '"| \(.nodes) | \(.tasks) | \(.services) | \(.median_ms) ms | \(.max_ms) ms |"'
