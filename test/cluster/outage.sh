#!/usr/bin/env bash
# containerd or etcd is away: the user is told where he looks, what runs goes on, and all is well again afterwards.
. "$(dirname "$0")/lib.sh"

spec calm calm.test > "$work/calm.yaml"
expect_exit 0 hancock deploy "$work/calm.yaml"
start_visitors calm.test

hancock dev kill --dir "$CLUSTER" containerd-1
until_true 20 sh -c 'hancock node show node-1 | grep -i containerd'
hancock dev start --dir "$CLUSTER" containerd-1
until_true 20 sh -c '! hancock node show node-1 | grep -i containerd'

etcd=$(jq -r '.[] | select(.role == "etcd") | .pid' "$CLUSTER/processes.json")
kill -STOP "$etcd"
until_true 20 sh -c 'hancock --timeout 3s scale calm/web 3 --detach; test $? -eq 3 -o $? -eq 5'
kill -CONT "$etcd"
until_true 30 hancock scale calm/web 3

stop_visitors
expect_no_failure
expect_exit 0 hancock rm calm
