#!/usr/bin/env bash
# What a spec would do, what a Service has been, and back to it by hand.
. "$(dirname "$0")/lib.sh"

spec versions versions.test 'env: {GREETING: first}' > "$work/versions.yaml"
expect_exit 0 hancock plan "$work/versions.yaml"
expect_contains "$output" "versions/web: is new"
expect_exit 0 hancock deploy "$work/versions.yaml"

# Deployed as it was planned, and not when something came between.
sed -i 's/GREETING: first/GREETING: second/' "$work/versions.yaml"
expect_exit 0 hancock plan "$work/versions.yaml"
expect_contains "$output" "versions/web: version 1 -> 2, blue-green"
expect_contains "$output" 'env.GREETING: "first" -> "second"'
expect_eq "$(grep -c '^  + on node-' <<< "$output")" 2
expect_eq "$(grep -c '^  - web-1-' <<< "$output")" 2
index=${output##*--check-index }
start_visitors versions.test
expect_exit 0 hancock deploy --check-index "$index" "$work/versions.yaml"
expect_exit 2 hancock deploy --check-index "$index" "$work/versions.yaml"
expect_exit 0 hancock history versions/web
expect_contains "$output" "served"
expect_exit 0 hancock diff versions/web 1 2
expect_eq "$output" 'env.GREETING: "first" -> "second"'

# Back, while visitors come; and in the middle of an update, whose old Tasks are there still.
expect_exit 0 hancock rollback versions/web
expect_contains "$output" "version 1 serves"
expect_eq "$(ask_host versions.test | jq -r .greeting)" first
old=$(hancock ps versions --json | jq -r '.items[].id' | sort)
expect_exit 0 hancock rollback --detach versions/web 2
expect_exit 0 hancock rollback versions/web 1
expect_eq "$(hancock ps versions --json | jq -r '.items[].id' | sort)" "$old"
stop_visitors
expect_no_failure
expect_exit 1 hancock rollback versions/web 7
expect_exit 0 hancock rm versions
