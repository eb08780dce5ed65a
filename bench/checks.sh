#!/usr/bin/env bash
# What it costs a gateway's control thread to check SERVERS (10,000) every INTERVAL (5) seconds, over ROUNDS (4) of them.
. "$(dirname "$0")/lib.sh"
section "Checks" "${SERVERS:-10000} servers on loopback, each asked every ${INTERVAL:-5} s by a new TCP connection; the share of a core
that the thread takes (bound: 20 %)."
echo "| servers | well | checks a second | of a core | a check |"
echo "|---|---|---|---|---|"
bench_checks "${SERVERS:-10000}" "${INTERVAL:-5}" "${ROUNDS:-4}" |
  jq -r '"| \(.servers) | \(.well) | \(.checks_per_second) | \(.core_percent) % | \(.us_per_check) µs |"'
