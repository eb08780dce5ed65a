# slardar and its rivals before one origin, on fixed ports of a network namespace of their own. The proxies run on
# CPU 0, each asked alone; origin and visitors on CPU 1.
declare -A proxy_pid proxy_http=([nginx]=17101 [haproxy]=17102 [caddy]=17103 [slardar]=17104)
declare -A proxy_http2=([nginx]=17121 [haproxy]=17122 [slardar]=17104)
declare -A proxy_tcp=([haproxy]=17112 [slardar]=17114)
declare -A proxy_https=([nginx]=17131 [haproxy]=17132 [slardar]=17134)

settings() { sed "s|WORK|$work|g" "$bench/gateway/$1" > "$work/$1"; echo "$work/$1"; }

# start NAME COMMAND…: in the background on CPU 0; ended with the script.
start() {
  local name=$1
  shift
  taskset -c 0 "$@" > "$work/$name.out" 2>&1 &
  proxy_pid[$name]=$!
}

start_origin() {
  mkdir -p "$work/files"
  head -c 65536 /dev/urandom > "$work/files/64k"
  truncate -s 1G "$work/files/1g"
  taskset -c 1 nginx -c "$(settings origin.conf)" > "$work/origin.out" 2>&1 &
  origin_pid=$!
}

start_slardar() {
  taskset -c 1 etcd --data-dir "$work/etcd" --listen-client-urls http://127.0.0.1:17201 \
    --advertise-client-urls http://127.0.0.1:17201 --listen-peer-urls http://127.0.0.1:17202 > "$work/etcd.out" 2>&1 &
  etcd_pid=$!
  wait_for "etcd" etcdctl --endpoints 127.0.0.1:17201 endpoint health
  local name
  for name in bench.test tcp; do
    ETCDCTL_API=3 etcdctl --endpoints 127.0.0.1:17201 put "/hancock/upstreams/$name" \
      '{"servers":[{"host":"127.0.0.1","port":17001}]}' > /dev/null
  done
  start slardar slardar --etcd 127.0.0.1:17201 --http 127.0.0.1:17104 --tcp 127.0.0.1:17114=tcp \
    --admin 127.0.0.1:17124 --workers 1
  proxy_http[logged]=17105
  start logged slardar --etcd 127.0.0.1:17201 --http 127.0.0.1:17105 --access-log "$work/access.log" \
    --admin 127.0.0.1:17125 --workers 1
  start_scripted
}

# The same with hot Lua: a canary by header, which nobody asks for.
start_scripted() {
  ETCDCTL_API=3 etcdctl --endpoints 127.0.0.1:17201 put /scripted/upstreams/bench.test \
    '{"servers":[{"host":"127.0.0.1","port":17001}]}' > /dev/null
  ETCDCTL_API=3 etcdctl --endpoints 127.0.0.1:17201 put /scripted/lua/script.bench.test \
    'if slardar.request.header("X-Canary") == "yes" then slardar.upstream("canary") end' > /dev/null
  proxy_http[scripted]=17106
  start scripted slardar --etcd 127.0.0.1:17201 --prefix /scripted/ --http 127.0.0.1:17106 --admin 127.0.0.1:17127 \
    --workers 1
}

# For HTTPS each has a process of its own, NAME-tls, so that what TLS takes is not in the others' memory.
start_https() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bench.test \
    -addext subjectAltName=DNS:bench.test -keyout "$work/bench.key" -out "$work/bench.pem" 2> /dev/null
  cat "$work/bench.pem" "$work/bench.key" > "$work/bench-all.pem"
  start nginx-tls nginx -c "$(settings nginx-tls.conf)"
  start haproxy-tls haproxy -db -f "$(settings haproxy-tls.cfg)"
  start slardar-tls slardar --etcd 127.0.0.1:17201 --https 127.0.0.1:17134 \
    --certificates "$work/bench.pem:$work/bench.key" --admin 127.0.0.1:17126 --workers 1
  local name
  for name in "${!proxy_https[@]}"; do
    wait_for "$name-tls" curl -ksf -o /dev/null -H 'Host: bench.test' "https://127.0.0.1:${proxy_https[$name]}/small"
  done
}

start_proxies() {
  start nginx nginx -c "$(settings nginx.conf)"
  start haproxy haproxy -db -f "$(settings haproxy.cfg)"
  start caddy env GOMAXPROCS=1 HOME="$work" caddy run --adapter caddyfile --config "$(settings Caddyfile)"
  start_slardar
  start_https
  local name
  for name in "${!proxy_http[@]}"; do
    wait_for "$name" curl -sf -o /dev/null -H 'Host: bench.test' "http://127.0.0.1:${proxy_http[$name]}/small"
  done
}

stop_proxies() { kill -9 "${proxy_pid[@]}" "$origin_pid" "$etcd_pid" 2> /dev/null; wait 2> /dev/null; }

# wait_for WHAT COMMAND…
wait_for() {
  local what=$1 deadline=$((SECONDS + 20))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { echo "$what does not come up: $work" >&2; return 1; }
    sleep 0.1
  done
}

# cpu_ns NAME: what all threads of it have run for.
cpu_ns() { awk '{ns += $1} END {printf "%.0f\n", ns}' /proc/"${proxy_pid[$1]}"/task/*/schedstat; }
# cpu_split NAME: "USER SYSTEM", in ticks.
cpu_split() { awk '{print $14, $15}' "/proc/${proxy_pid[$1]}/stat"; }
resident_kib() { awk '/^Rss:/ {print $2}' "/proc/${proxy_pid[$1]}/smaps_rollup"; }
