#!/usr/bin/env bash
# Every wrong input gets an exact error where the user looks, changes nothing, and no visitor of another app notices.
. "$(dirname "$0")/lib.sh"

spec steady steady.test > "$work/steady.yaml"
expect_exit 0 hancock deploy "$work/steady.yaml"
start_visitors steady.test

refused() {  # refused WHAT LINES…: the spec with these lines is refused with WHAT, and nothing of it exists
  local what=$1
  shift
  spec bad bad.test "$@" > "$work/bad.yaml"
  expect_exit 2 hancock deploy "$work/bad.yaml"
  expect_contains "$output" "$what"
  expect_exit 1 hancock status bad
}
refused "bad.yaml:11: services.web.colour" "colour: blue"
refused "bad.yaml:11: services.web.restart.backoff: 5 parsecs" "restart: {backoff: 5 parsecs}"
refused "services.web.network: not supported yet" "network: {egress: open}"
refused "services.web.health.typ: htttp: must be one of general, http, mysql, redis, grpc" "health: {typ: htttp}"
spec bad bad.test | sed 's/port: 8080/port: 0/' > "$work/bad.yaml"
expect_exit 2 hancock deploy "$work/bad.yaml"
expect_contains "$output" "bad.yaml:6: services.web.ports[0].port: 0: "
expect_contains "$output" "1..65535"
spec bad steady.test > "$work/bad.yaml"
expect_exit 2 hancock deploy "$work/bad.yaml"
expect_contains "$output" "steady.test"
expect_contains "$output" "steady/web"
expect_exit 1 hancock status bad

nothing_of() { [ "$(hancock ps "$1" --json | jq '.items | length')" = 0 ]; }
failing() {  # failing WHAT…: the Deployment of bad.yaml fails and says each WHAT; nothing of it runs
  local what
  expect_exit 1 hancock deploy "$work/bad.yaml"
  for what in "$@"; do expect_contains "$output" "$what"; done
  expect_exit 0 hancock status bad
  for what in "$@"; do expect_contains "$output" "$what"; done
  until_true 15 nothing_of bad
  expect_exit 0 hancock rm bad
}
spec bad bad.test | sed 's|/sample:1|/sample:none|' > "$work/bad.yaml"
failing "sample:none"
spec bad bad.test 'command: [/nothing]' > "$work/bad.yaml"
failing "/nothing"
spec bad bad.test 'env: {EXIT_AFTER_MS: 1}' 'restart: {backoff: 100ms, max_backoff: 200ms, attempts: 3}' > "$work/bad.yaml"
failing "exit code 1: sample: " "(3 failures within 10m)"  # with the last line that containerd had written by then
spec bad bad.test | sed 's|path: /,|path: /status/500,|; s|min_healthy_time|healthy_deadline: 4s, min_healthy_time|' > "$work/bad.yaml"
failing "500"

# A wrong Version of a running app: the one before goes on.
spec steady steady.test | sed 's|/sample:1|/sample:none|' > "$work/worse.yaml"
expect_exit 1 hancock deploy "$work/worse.yaml"
expect_contains "$output" "version 1 goes on"
expect_eq "$(ask_host steady.test | jq -r .version)" 1

# Who asks, and with how much.
expect_exit 4 hancock --token wrong ps
expect_exit 3 hancock --api 127.0.0.1:1 ps
head -c 2000000 /dev/zero | tr '\0' '#' > "$work/large.yaml"
expect_exit 2 hancock deploy "$work/large.yaml"
expect_eq "$(ask -o /dev/null -w '%{http_code}' -X PUT -H "Authorization: Bearer $HANCOCK_TOKEN" \
  -H 'Content-Type: application/yaml' --data-binary @"$work/large.yaml" "http://${HANCOCK_API%%,*}/v1/apps/large")" 413

stop_visitors
expect_no_failure
expect_exit 0 hancock rm steady
