# What users of nginx and HAProxy do for an update: two gateways of a kind before three of the sample app, which are
# processes, or containers of Docker. All in the Docker daemon's network. Sourced by updates.sh.
rival_ports=(17301 17302)
rival_drain_s=5

gateway_pids=() rival_pids=() load= net=()  # net: what goes before a command there
stop_rivals() { kill "${gateway_pids[@]}" "${rival_pids[@]}" $load 2> /dev/null; }

rival_settings() {  # rival_settings FILE NAME PORT
  sed "s|WORK|$work|g; s|NAME|$2|g; s|PORT|$3|g" "$bench/updates/$1" > "$work/$2.conf"
  echo "$work/$2.conf"
}
# ports_of VERSION: where its three listen; those of three Versions in turn, so that none is used again at once.
ports_of() { seq $((17400 + $1 % 3 * 3)) $((17402 + $1 % 3 * 3)); }
is_up() { "${net[@]}" curl -sf -o /dev/null --max-time 1 "http://127.0.0.1:$1/"; }
wait_for_ports() {
  local port deadline=$((SECONDS + 30))
  for port in "$@"; do
    until is_up "$port"; do [ $SECONDS -lt $deadline ] || { note "nobody listens on $port"; return 1; }; done
  done
}

# The sample app as processes.
start_processes() {
  local port
  for port in $(ports_of "$1"); do
    "${net[@]}" env HANCOCK_VERSION="$1" HANCOCK_TASK="$1-$port" PORT="$port" sample > /dev/null 2>&1 &
    rival_pids[port]=$!
  done
}
stop_processes() {
  local port
  for port in $(ports_of "$1"); do kill "${rival_pids[port]}"; done
  for port in $(ports_of "$1"); do
    wait "${rival_pids[port]}" 2> /dev/null || true
    unset "rival_pids[$port]"
  done
}
# And as containers.
start_containers() {
  local port
  for port in $(ports_of "$1"); do
    docker run -d --name "v$1-$port" -p "127.0.0.1:$port:8080" -e "HANCOCK_VERSION=$1" -e "HANCOCK_TASK=$1-$port" \
      sample:1 > /dev/null
  done
}
stop_containers() {
  local port
  for port in $(ports_of "$1"); do echo "v$1-$port"; done |
    xargs "$docker" -H "$docker_host" stop > "$work/docker-stop.log"
  for port in $(ports_of "$1"); do docker rm "v$1-$port" > /dev/null; done
}

# nginx: another list of servers, and a reload. It returns at once, while old workers still serve.
nginx_list() {
  echo "upstream origin {"
  printf '  server 127.0.0.1:%s;\n' $(ports_of "$1")
  echo "  keepalive 64; }"
}
nginx_start() {
  nginx_list "$1" > "$work/upstream.conf"
  local n
  for n in 0 1; do
    "${net[@]}" nginx -c "$(rival_settings nginx.conf "nginx-$n" "${rival_ports[n]}")" > "$work/nginx-$n.out" 2>&1 &
    gateway_pids+=($!)
  done
}
nginx_switch() {  # nginx_switch OLD NEW
  nginx_list "$2" > "$work/upstream.new"
  mv "$work/upstream.new" "$work/upstream.conf"
  local pid
  for pid in "${gateway_pids[@]}"; do kill -HUP "$pid"; done
}
nginx_slept_start() { nginx_start "$1"; }
nginx_slept_switch() {
  nginx_switch "$@"
  sleep 1
}

# HAProxy: its runtime API adds the new servers, drains the old ones, and removes them when nothing is on them.
haproxy_say() {  # haproxy_say GATEWAY COMMAND
  printf '%s\n' "$2" | socat -t 5 - "UNIX-CONNECT:$work/haproxy-$1.socket"
}
haproxy_add() {
  local n port
  for n in 0 1; do
    for port in $(ports_of "$1"); do
      haproxy_say "$n" "add server origin/v$1-$port 127.0.0.1:$port"
      haproxy_say "$n" "enable server origin/v$1-$port"
    done
  done > "$work/haproxy.said"
}
haproxy_start() {
  local n
  for n in 0 1; do
    rm -f "$work/haproxy-$n.socket"
    "${net[@]}" haproxy -db -f "$(rival_settings haproxy.cfg "haproxy-$n" "${rival_ports[n]}")" \
      > "$work/haproxy-$n.out" 2>&1 &
    gateway_pids+=($!)
  done
  for n in 0 1; do until [ -S "$work/haproxy-$n.socket" ]; do sleep 0.05; done; done
  haproxy_add "$1"
}
haproxy_busy() {  # haproxy_busy GATEWAY VERSION: requests on its servers
  haproxy_say "$1" "show stat" |
    awk -F, -v prefix="v$2-" '$1 == "origin" && index($2, prefix) == 1 {busy += $5} END {print busy + 0}'
}
haproxy_switch() {
  local n port deadline
  haproxy_add "$2"
  for n in 0 1; do
    for port in $(ports_of "$1"); do haproxy_say "$n" "set server origin/v$1-$port state drain"; done
  done > "$work/haproxy.said"
  deadline=$((SECONDS + rival_drain_s))
  for n in 0 1; do
    until [ "$(haproxy_busy "$n" "$1")" -eq 0 ] || [ $SECONDS -ge $deadline ]; do sleep 0.1; done
    for port in $(ports_of "$1"); do
      haproxy_say "$n" "set server origin/v$1-$port state maint; shutdown sessions server origin/v$1-$port"
      haproxy_say "$n" "del server origin/v$1-$port"
    done
  done > "$work/haproxy.said"
}

# rival GATEWAY TASKS UPDATES REQUESTS: a line of JSON.
rival() {
  local gateway=$1 tasks=$2 updates=$3 version begun
  "start_$tasks" 1
  wait_for_ports $(ports_of 1)
  "${gateway}_start" 1
  wait_for_ports "${rival_ports[@]}"
  local name=$gateway-$tasks
  "${net[@]}" "$bin/hancock_load" --gateway "127.0.0.1:${rival_ports[0]},127.0.0.1:${rival_ports[1]}" \
    --host localhost --rate "$rate" --count "$4" --drain-ms $((rival_drain_s * 1000)) --go-on \
    > "$work/$name.json" 2> "$work/$name.log" &
  load=$!
  begun=$EPOCHREALTIME
  for ((version = 2; version <= updates + 1; ++version)); do
    wait_until "$begun" $((version - 1)) "$updates" "$4"
    "start_$tasks" $version
    wait_for_ports $(ports_of $version)
    "${gateway}_switch" $((version - 1)) $version
    "stop_$tasks" $((version - 1))
  done
  kill $load
  wait $load
  load=
  kill "${gateway_pids[@]}"
  wait "${gateway_pids[@]}" 2> /dev/null || true
  gateway_pids=()
  "stop_$tasks" $((updates + 1))
  jq -c --arg name "$name" '{name: $name} + del(.failures, .versions) | .streams |= del(.ends)' "$work/$name.json"
}
