#!/usr/bin/env bash
# etcd's folder is put back to an older copy under the running cluster, while visitors come: what runs goes on, Agents and
# gateways follow into the new epoch, and the next deploy works.
. "$(dirname "$0")/lib.sh"

data=$CLUSTER/data/master-1
spec back back.test > "$work/back.yaml"
expect_exit 0 hancock deploy "$work/back.yaml"
epoch() { curl -sS --max-time 2 "http://${HANCOCK_API%%,*}/v1/leader" | jq .epoch; }
before=$(epoch)
containers() { hancock ps back --json | jq -c '[.items[] | [.id, .container, .started_at]] | sort'; }
running=$(containers)

# As a machine that loses its power leaves it.
etcd=$(cat "$data/etcd.pid")
kill -STOP "$etcd"
cp -a "$data/etcd" "$data/etcd.copy"
kill -CONT "$etcd"
spec gone gone.test > "$work/gone.yaml"
expect_exit 0 hancock deploy "$work/gone.yaml"

start_visitors back.test
master=$(jq -r '.[] | select(.name == "master-1") | .pid' "$CLUSTER/processes.json")
kill -STOP "$master"
kill -KILL "$(cat "$data/etcd.pid")"
rm -rf "$data/etcd"
mv "$data/etcd.copy" "$data/etcd"
kill -CONT "$master"

is_over() { [ "$(epoch)" -gt "$before" ]; }
until_true 60 is_over
are_as_before() { [ "$(containers)" = "$running" ]; }
until_true 60 are_as_before
# What was deployed after the copy was taken is nobody's any more.
is_gone() {
  [ "$(ask -o /dev/null -w '%{http_code}' -H 'Host: gone.test' "http://$(first_gateway)/")" -ne 200 ]
}
until_true 60 is_gone
hancock events --json > "$work/events"
expect_eq "$(jq -r .number "$work/events")" "$(seq "$(head -1 "$work/events" | jq .number)" "$(tail -1 "$work/events" | jq .number)")"
expect_eq "$(tail -1 "$work/events" | jq -r .id | cut -d- -f1)" "$(epoch)"

sed 's/replicas: 2/replicas: 3/; s/min_healthy_time: 300ms/min_healthy_time: 400ms/' "$work/back.yaml" > "$work/next.yaml"
expect_exit 0 hancock deploy "$work/next.yaml"
for gateway in $(gateways); do
  until_true 10 sh -c "curl -sS --max-time 2 -H 'Host: back.test' http://$gateway/ | jq -e '.version == \"2\" or .version == 2'"
done
stop_visitors
expect_no_failure
expect_exit 0 hancock rm back
