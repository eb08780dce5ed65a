# Shared by the parts of `make bench`. Needs: root, and the release build in $bin.
set -euo pipefail
export LC_ALL=C
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$bench/../build/release/bin
export PATH=$bin:$PATH
work=$(mktemp -d /tmp/hancock-bench.XXXXXX)
cluster=$work/cluster
on_exit=()
leave() {
  local code=$? step
  for step in "${on_exit[@]}"; do $step || true; done
  [ ! -d "$cluster" ] || hancock dev down --dir "$cluster" --keep-logs > /dev/null 2>&1 || code=1
  if [ "$code" -eq 0 ]; then rm -rf "$work"; else echo "failed; what is left to look at: $work" >&2; fi
  exit "$code"
}
trap leave EXIT

note() { echo "  $*" >&2; }

# section TITLE TEXT: how a part's output begins; `run` puts it over the section of that title in RESULTS.md.
section() {
  printf '## %s\n%s\n\n*%s, at %s, load before the run %s.*\n\n' "$1" "$2" "$(date -u +'%Y-%m-%d %H:%M UTC')" \
    "$(git -C "$bench" describe --always --dirty)" "$(cut -d ' ' -f 1 /proc/loadavg)"
}

# up FLAGS…: a cluster, and the sample app's image `sample:1` in its registry.
up() {
  hancock dev up --dir "$cluster" --detach "$@" > "$work/up.log" 2>&1 || { cat "$work/up.log" >&2; return 1; }
  # shellcheck disable=SC1091
  . "$cluster/env"
  mkdir -p "$work/image"
  cp "$bin/sample" "$work/image/sample"
  hancock dev image "$work/image" sample:1 --entrypoint /sample --port 8080 --dir "$cluster" > /dev/null
}
down() { hancock dev down --dir "$cluster"; }

# spec APP REPLICAS [INTERVAL]: one Service behind the host APP.test, as fast as its probes let it.
spec() {
  cat << END
app: $1
services:
  web:
    image: $HANCOCK_IMAGES/sample:1
    replicas: $2
    ports: [{name: http, port: 8080}]
    routes: [{hosts: [$1.test], port: http}]
    probes: {ready: {http: {path: /, port: http}, interval: ${3:-50ms}}}
    resources: {cpu: 1m, memory: 16Mi, pids: 16}
    update: {min_healthy_time: 0s, drain_timeout: 0s}
END
}

pid_of() { jq -r --arg name "$1" '.[] | select(.name == $name) | .pid' "$cluster/processes.json"; }

# memory PID: "RESIDENT PRIVATE" in KiB.
memory() {
  awk '/^Rss:/ {rss = $2} /^Private_/ {own += $2} END {print rss, own}' "/proc/$1/smaps_rollup"
}
mib() { awk -v kib="$1" 'BEGIN {printf "%.1f", kib / 1024}'; }
