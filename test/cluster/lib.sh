# Shared by the tests of this folder: one cluster for all of them (CMakeLists.txt starts and ends it as a fixture).
# Needs: HANCOCK_BIN (folder of the binaries), CLUSTER (folder of the cluster).
set -euo pipefail
export PATH="$HANCOCK_BIN:$PATH"
work=$(mktemp -d "${TMPDIR:-/tmp}/hancock-test.XXXXXX")
trap 'stop_visitors; rm -rf "$work"' EXIT
# shellcheck disable=SC1091
[ -e "$CLUSTER/env" ] && . "$CLUSTER/env"

fail() {
  echo "FAILED at line ${BASH_LINENO[0]} of ${BASH_SOURCE[1]}: $*" >&2
  exit 1
}
expect_eq() { [ "$1" = "$2" ] || fail "expected '$2', got '$1'"; }
expect_contains() { [[ "$1" == *"$2"* ]] || fail "expected '$2' in: $1"; }
# until_true SECONDS COMMAND…: waits for a condition, at most so long.
until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt "$deadline" ] || fail "never came true: $*"
    sleep 0.1
  done
}
# expect_exit CODE COMMAND…: runs it, checks its exit code, leaves what it printed in $output.
expect_exit() {
  local wanted=$1 code=0
  shift
  output=$("$@" 2>&1) || code=$?
  [ "$code" -eq "$wanted" ] || fail "'$*' exited with $code instead of $wanted: $output"
}

gateways() { tr ',' ' ' <<< "$SLARDAR_HTTP"; }
first_gateway() { cut -d, -f1 <<< "$SLARDAR_HTTP"; }
ask() { curl -sS --max-time 5 "$@"; }
ask_host() { ask -H "Host: $1" "http://$(first_gateway)${2:-/}"; }

# The image that all tests use, pushed once.
image() { echo "$HANCOCK_IMAGES/sample:1"; }

# spec APP HOST [SERVICE LINES…]: an app with one Service `web` of two Tasks behind HOST.
spec() {
  local app=$1 host=$2
  shift 2
  cat << EOF
app: $app
services:
  web:
    image: $(image)
    replicas: 2
    ports: [{name: http, port: 8080}]
    routes: [{hosts: [$host], port: http}]
    probes: {ready: {http: {path: /, port: http}, interval: 100ms}}
    resources: {cpu: 20m, memory: 64Mi, pids: 64}
    update: {min_healthy_time: 300ms, drain_timeout: 5s}
EOF
  local line
  for line in "$@"; do echo "    $line"; done
}

# Visitors that come all the time: start_visitors HOST; stop_visitors; expect_no_failure.
start_visitors() {
  visited=$work/visits
  : > "$visited"
  (
    while true; do
      for gateway in $(gateways); do
        curl -s -o /dev/null --max-time 5 -w '%{http_code}\n' -H "Host: $1" "http://$gateway/" >> "$visited" || true
      done
    done
  ) &
  visitors=$!
}
stop_visitors() {
  [ -n "${visitors:-}" ] || return 0
  kill "$visitors" 2> /dev/null || true
  wait "$visitors" 2> /dev/null || true
  visitors=
}
expect_no_failure() {
  local all bad
  all=$(wc -l < "$visited")
  bad=$(grep -cv '^200$' "$visited" || true)
  [ "$all" -gt 10 ] || fail "only $all visits"
  [ "$bad" -eq 0 ] || fail "$bad of $all visits failed: $(sort "$visited" | uniq -c | tr '\n' ' ')"
  echo "$all visits, none failed"
}
