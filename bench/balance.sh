#!/usr/bin/env bash
# What one choice of a server costs, by each balancer, of PEERS (100).
. "$(dirname "$0")/lib.sh"
servers=${PEERS:-100}
section "Choosing a server" "$servers servers of weights 1 to 10; CPU time, medians of 15 rounds of 100,000 choices."
echo "| balancer | a choice (at most 100 ns) | one was tried already | a tenth rests | all are new | with begin, answer, end |"
echo "|---|---|---|---|---|---|"
bench_balance "$servers" |
  jq -r '"| \(.kind) | **\(.pick) ns** | \(.retry) ns | \(.some) ns | \(.young) ns | \(.whole) ns |"'
