#!/usr/bin/env bash
# containerd or etcd is away: the user is told where he looks, what runs goes on, and all is well again afterwards.
. "$(dirname "$0")/lib.sh"

spec calm calm.test | sed 's/replicas: 2/replicas: 3/' > "$work/calm.yaml" # a Task on every Node
expect_exit 0 hancock deploy "$work/calm.yaml"
start_visitors calm.test
tasks_of_calm() { hancock ps calm --json | jq -r '.items[] | [.id, .node, .state, .restarts] | @tsv' | sort; }
tasks=$(tasks_of_calm)

hancock dev kill --dir "$CLUSTER" containerd-1
shows_node() { node=$(hancock node show node-1) && [[ "$node" == *node-1* ]]; }
complains() { shows_node && [[ "$node" == *containerd* ]]; }
is_well() { shows_node && [[ "$node" != *containerd* ]]; }
until_true 20 complains
# What runs goes on: the same Tasks, none of them started again.
expect_eq "$(tasks_of_calm)" "$tasks"
hancock dev start --dir "$CLUSTER" containerd-1
until_true 20 is_well
expect_eq "$(tasks_of_calm)" "$tasks"

# And a new Version can be brought there.
echo '    env: {GREETING: back}' >> "$work/calm.yaml"
expect_exit 0 hancock deploy "$work/calm.yaml"
expect_contains "$output" "version 2 serves (3 of 3 ready)"
expect_eq "$(hancock ps calm --json | jq -r '.items[].node' | sort -u | wc -l)" 3

etcd=$(jq -r '.[] | select(.role == "etcd") | .pid' "$CLUSTER/processes.json")
kill -STOP "$etcd"
until_true 20 sh -c 'hancock --timeout 3s scale calm/web 2 --detach; test $? -eq 3 -o $? -eq 5'
kill -CONT "$etcd"
until_true 30 hancock scale calm/web 2

stop_visitors
expect_no_failure
expect_exit 0 hancock rm calm
