#!/usr/bin/env bash
# Fixture: ends the cluster; fails when anything of it is left.
. "$(dirname "$0")/lib.sh"
expect_exit 0 hancock dev down --dir "$CLUSTER"
