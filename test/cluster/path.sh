#!/usr/bin/env bash
# From a spec file to an answer through every gateway, by host and by port, and away again.
. "$(dirname "$0")/lib.sh"

spec path path.test 'env: {GREETING: "yes"}' | sed 's|port: http}\]|port: http}, {tcp: 7101, port: http}]|' \
  | sed 's/replicas: 2/replicas: 3/' > "$work/path.yaml"
expect_exit 0 hancock deploy "$work/path.yaml"
expect_contains "$output" "path/web: version 1 serves (3 of 3 ready)"

for gateway in $(gateways); do
  answer=$(ask -H 'Host: path.test' "http://$gateway/")
  expect_eq "$(jq -r .version <<< "$answer")" 1
  expect_eq "$(jq -r .greeting <<< "$answer")" yes
done
for ip in ${SLARDAR_TCP//,/ }; do expect_eq "$(ask "http://$ip:7101/" | jq -r .version)" 1; done

# Every Task answers, and each stands on a Node of its own.
tasks=$(for _ in $(seq 12); do ask_host path.test | jq -r .task; done | sort -u)
expect_eq "$(wc -l <<< "$tasks")" 3
expect_eq "$(hancock ps path --json | jq -r '.items[].node' | sort -u | wc -l)" 3
expect_eq "$(hancock ps path --json | jq -r '.items[].id' | sort)" "$tasks"

# Bodies stream both ways.
head -c 3000000 /dev/urandom > "$work/body"
ask_host_post() { ask -H 'Host: path.test' --data-binary @"$work/body" "http://$(first_gateway)/echo"; }
ask_host_post > "$work/back"
cmp "$work/body" "$work/back" || fail "the echo differs"
expect_eq "$(ask_host path.test /bytes/1000000 | wc -c)" 1000000

# What the owner looks at.
expect_exit 0 hancock status path
expect_contains "$output" "path/web  fine"
expect_exit 0 hancock logs path/web
expect_contains "$output" "listening on"
expect_exit 0 hancock events --app path
expect_contains "$output" "deployment.succeeded"
expect_exit 0 hancock node ls
expect_eq "$(grep -c ready <<< "$output")" 3

# Scaling up and down, while visitors come.
start_visitors path.test
expect_exit 0 hancock scale path/web 5
expect_eq "$(hancock ps path --json | jq '.items | length')" 5
expect_exit 0 hancock scale path/web 2
stop_visitors
expect_no_failure
expect_eq "$(hancock ps path --json | jq '.items | length')" 2

# A new Version beside the old one: nobody notices.
start_visitors path.test
sed -i 's/GREETING: "yes"/GREETING: again/; s/replicas: 3/replicas: 2/; s/port: http}, {tcp/port: http, balance: header_hash}, {tcp/' \
  "$work/path.yaml"
expect_exit 0 hancock deploy "$work/path.yaml"
expect_contains "$output" "version 2 serves"
stop_visitors
expect_no_failure
expect_eq "$(ask_host path.test | jq -r .greeting)" again
expect_eq "$(hancock ps path --json | jq -r '.items[].version' | sort -u)" 2

# It says that the same key has the same Task, at whichever gateway.
tasks_by_key() { for key in $(seq 20); do ask -H 'Host: path.test' -H "X-Hash-Key: $key" "http://$1/" | jq -r .task; done; }
tasks=$(tasks_by_key "$(first_gateway)")
for gateway in $(gateways); do expect_eq "$(tasks_by_key "$gateway")" "$tasks"; done
expect_eq "$(sort -u <<< "$tasks" | wc -l)" 2

# The same file again changes nothing.
before=$(hancock ps path --json | jq -r '.items[].id' | sort)
expect_exit 0 hancock deploy "$work/path.yaml"
expect_eq "$(hancock ps path --json | jq -r '.items[].id' | sort)" "$before"

# Stopped: the entrance is known, nobody serves. Deployed again: it serves.
expect_exit 0 hancock stop path
expect_eq "$(ask -o /dev/null -D - -H 'Host: path.test' "http://$(first_gateway)/" | tr -d '\r' | grep -i '^x-slardar-error')" \
  "X-Slardar-Error: no_peer"
expect_exit 0 hancock deploy "$work/path.yaml"
expect_eq "$(ask_host path.test | jq -r .greeting)" again

# Removed: the entrance is gone, and so is everything else.
expect_exit 0 hancock rm path
expect_eq "$(ask -o /dev/null -w '%{http_code}' -H 'Host: path.test' "http://$(first_gateway)/")" 404
expect_exit 1 hancock status path
expect_eq "$(hancock ps path --json | jq '.items | length')" 0
