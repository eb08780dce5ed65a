#!/usr/bin/env bash
# What one change costs a gateway that serves many Services, without store and network.
. "$(dirname "$0")/lib.sh"
section "A change of a large Registry in one gateway" "2,000 Services with 5 endpoints each, 300 changes of each kind."
echo "| change | record read: p50, p99 | snapshot built | one worker's swap |"
echo "|---|---|---|---|"
bench_snapshot "${SERVICES:-2000}" "${ENDPOINTS:-5}" | jq -r '
  def us: map("\(.) µs") | join(", ");
  "| \(.change) | \(.read_us | us) | \(.build_us | us) | \(.swap_us | us) |"'
