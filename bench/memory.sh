#!/usr/bin/env bash
# Resident memory: Agent, gateway and Master, idle and with work. TASKS (10,000): those in the Master's state.
. "$(dirname "$0")/lib.sh"
section "Memory" "Resident, and of it what no other process shares (smaps_rollup)."
tasks=${TASKS:-10000}

row() {  # row WHAT PID [LIMIT]
  local resident own
  read -r resident own <<< "$(memory "$2")"
  note "$1: $(mib "$resident") MiB resident, $(mib "$own") MiB private"
  echo "| $1 | $(mib "$resident") MiB | $(mib "$own") MiB | ${3:-} |"
}
echo "| process | resident | private | |"
echo "|---|---|---|---|"

up --nodes 1 --gateways 1
sleep 8  # until the Agent has given back what only its start needed
row "Agent, idle" "$(pid_of agent-1)" "at most 20 MiB"
row "gateway, idle" "$(pid_of gateway-1)"
row "Master (brain), new" "$(cat "$cluster/data/master-1/brain.pid")"
row "Master (supervisor)" "$(pid_of master-1)"
spec many 50 2s > "$work/many.yaml"
hancock deploy "$work/many.yaml" > /dev/null
row "Agent, 50 Tasks" "$(pid_of agent-1)"
down > /dev/null

up --nodes 0 --gateways 1
bench_fake_nodes "${HANCOCK_API%%,*}" "$(cat "$cluster/data/master-1/agent.token")" 20 &
nodes=$!
on_exit+=("kill $nodes")
for app in $(seq $((tasks / 1000))); do
  spec "app$app" 1000 > "$work/app.yaml"
  hancock deploy "$work/app.yaml" > /dev/null
  note "$((app * 1000)) Tasks"
done
row "Master (brain), $tasks Tasks" "$(cat "$cluster/data/master-1/brain.pid")"
row "its etcd" "$(pid_of etcd-1)"
row "gateway, $tasks endpoints" "$(pid_of gateway-1)"
