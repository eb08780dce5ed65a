#!/usr/bin/env bash
# What a script of hot Lua costs a request, and a balancer of it a choice of 100 servers, without network.
. "$(dirname "$0")/lib.sh"
section "A script of hot Lua before a request" "Processor time; a trivial script may cost 2 µs. Balancers choose among 100 servers."
echo "| script | median | most |"
echo "|---|---|---|"
bench_lua_script | jq -r '"| \(.script) | \(.median_ns) ns | \(.max_ns) ns |"'
