#!/usr/bin/env bash
# What one change costs a gateway that serves SERVICES (2,000) with ENDPOINTS (5) each, without store and network.
. "$(dirname "$0")/lib.sh"
services=${SERVICES:-2000}
endpoints=${ENDPOINTS:-5}
section "A change of a large Registry in one gateway" \
  "$services Services with $endpoints endpoints each, 300 changes of each kind."
echo "| change | record read: p50, p99 | snapshot built | one worker's swap |"
echo "|---|---|---|---|"
bench_snapshot "$services" "$endpoints" | jq -r '
  def us: .[:2] | map("\(.) µs") | join(", ");
  "| \(.change) | \(.read_us | us) | \(.build_us | us) | \(.swap_us | us) |"'
