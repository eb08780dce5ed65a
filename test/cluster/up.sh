#!/usr/bin/env bash
# Fixture: a cluster, and the image that the tests use.
. "$(dirname "$0")/lib.sh"
hancock dev down --dir "$CLUSTER" # what an interrupted run left
rm -rf "$CLUSTER"
hancock dev up --dir "$CLUSTER" --nodes 3 --gateways 2 --detach
. "$CLUSTER/env"
mkdir "$work/image"
cp "$HANCOCK_BIN/sample" "$work/image/sample"
hancock dev image "$work/image" sample:1 --entrypoint /sample --port 8080 --dir "$CLUSTER"
