#!/usr/bin/env bash
# A gateway with UPSTREAMS (1,000) operators' upstreams of EACH (20) servers, all of which are checked: what a
# change of one of them costs a worker, and how long it takes from etcd's acknowledgement until every worker answers by
# it. CHANGES (500) of them.
[ -n "${HANCOCK_BENCH_NET:-}" ] || exec unshare --net env HANCOCK_BENCH_NET=1 "$0"
ip link set lo up
. "$(dirname "$0")/lib.sh"
upstreams=${UPSTREAMS:-1000}
peers=${EACH:-20}
changes=${CHANGES:-500}
workers=${WORKERS:-2}
section "One of many upstreams changes" "$upstreams operators' upstreams of $peers servers each, weights 1 to 10."
export ETCDCTL_API=3

# servers UPSTREAM: its record; each server is an address of loopback.
servers() {
  awk -v u="$1" -v peers="$peers" 'BEGIN {
    for (i = 0; i < peers; ++i)
      list = list (i ? "," : "") sprintf("{\"host\":\"127.%d.%d.%d\",\"port\":17001,\"weight\":%d}",
                                         int(u / 250) + 1, u % 250, i + 1, 1 + i % 10)
    printf "{\"servers\":[%s]}\n", list }'
}
# A transaction of etcd takes 128 operations at most; etcdctl cuts what stands between single quotes.
load() {
  local first u
  for ((first = 0; first < upstreams; first += 100)); do
    { echo
      for ((u = first; u < first + 100 && u < upstreams; ++u)); do
        echo "put /hancock/upstreams/u$u.test \"$(servers "$u" | sed 's/"/\\"/g')\""
      done
      echo; echo; } | etcdctl --endpoints 127.0.0.1:17201 txn > /dev/null
  done
}
wait_for() {
  local what=$1 deadline=$((SECONDS + 30))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { echo "$what does not come" >&2; return 1; }
    sleep 0.1
  done
}
peers_up() { curl -sf http://127.0.0.1:17124/metrics | grep -c '^slardar_peer_up{.*} 1$'; }
all_are_up() { [ "$(peers_up)" -ge $((upstreams * peers)) ]; }
pids=()
stop_all() { kill "${pids[@]}" 2> /dev/null; wait 2> /dev/null; }
on_exit+=(stop_all)

# What answers everybody's checks.
cat > "$work/origin.conf" << END
daemon off; pid $work/origin.pid; error_log stderr; worker_processes 1;
events { worker_connections 8192; }
http { access_log off; server { listen 17001 backlog=4096 reuseport; return 200; } }
END
nginx -c "$work/origin.conf" > "$work/origin.out" 2>&1 &
pids+=($!)
etcd --data-dir "$work/etcd" --listen-client-urls http://127.0.0.1:17201 --advertise-client-urls http://127.0.0.1:17201 \
  --listen-peer-urls http://127.0.0.1:17202 > "$work/etcd.out" 2>&1 &
pids+=($!)
wait_for "etcd" etcdctl --endpoints 127.0.0.1:17201 endpoint health
load
slardar --etcd 127.0.0.1:17201 --http 127.0.0.1:17104 --admin 127.0.0.1:17124 --workers "$workers" \
  > "$work/slardar.out" 2>&1 &
pids+=($!)
wait_for "the gateway" curl -sf http://127.0.0.1:17124/readyz
wait_for "every server's check" all_are_up

echo "| change | record read: p50, p99 | snapshot built | one worker's swap: p50, p99 | most (at most 1 ms) |"
echo "|---|---|---|---|---|"
bench_upstreams "$upstreams" "$peers" | jq -r '
  def us: .[:2] | map("\(.) µs") | join(", ");
  "| \(.change) | \(.read_us | us) | \(.build_us | us) | \(.swap_us | us) | **\(.swap_us[2]) µs** |"'

cat << END

In a gateway with a real etcd, beside it all: every server is checked every 5 s; one upstream moves from one server to
another by a put, each worker is asked all the time on a connection of its own. From the put's acknowledgement to the
last worker's first answer by the new record.

| changes | workers | p50 | p99 (at most 10 ms) | most |
|---|---|---|---|---|
END
bench_registry_change 127.0.0.1:17201 "$changes" 127.0.0.1:17104=127.0.0.1:17124 |
  jq -r '"| \(.changes) | \(.workers) | \(.p50_ms) ms | **\(.p99_ms) ms** | \(.max_ms) ms |"'
