# What must hold, asked of the parts themselves.

# containers: a line for each that runs on any Node: NODE TASK PID.
containers() {
  local n socket
  for ((n = 1; n <= nodes_count; ++n)); do
    socket=/run/hancock-dev/$cluster_index/node-$n.sock
    ctr -a "$socket" -n k8s.io tasks ls 2> /dev/null | awk '$3 == "RUNNING" {print $1, $2}' | sort > "$work/running"
    ctr -a "$socket" -n k8s.io containers ls -q 'labels."io.cri-containerd.kind"==container' 2> /dev/null | sort |
      join - "$work/running" | while read -r id pid; do
        echo "node-$n $(task_of "$pid") $pid"
      done
  done | sort
}
task_of() { tr '\0' '\n' < "/proc/$1/environ" | sed -n 's/^HANCOCK_TASK=//p'; }

api() { curl -sS --fail --max-time 5 -H "Authorization: Bearer $HANCOCK_TOKEN" "http://${HANCOCK_API%%,*}/v1/$1"; }

# What the Master wants to be there, and has not ended: NODE TASK STATE.
wanted() {
  api "tasks?app=$app" | jq -r '.items[] | select(.state | IN("stopped", "failed", "lost") | not) |
    "\(.node) \(.id) \(.state)"' | sort
}

# All that is wanted runs, exactly once, and nothing else does.
settled() {
  local tasks
  tasks=$(wanted) || return 1
  [ "$(grep -c ' ready$' <<< "$tasks")" -eq $replicas ] || return 1
  [ "$(wc -l <<< "$tasks")" -eq $replicas ] || return 1
  [ "$(api nodes | jq '[.items[] | select(.state == "ready")] | length')" -eq $nodes_count ] || return 1
  [ "$(containers | cut -d ' ' -f 1,2)" = "$(cut -d ' ' -f 1,2 <<< "$tasks")" ]
}
explain() {
  hancock node ls || true
  hancock ps "$app" || true
  echo "containers that run:"
  containers
}

# Each Task answers, through every gateway.
everybody_answers() {
  local gateway
  for gateway in $(gateways); do
    [ "$(for _ in $(seq $((replicas * 3))); do ask -H "Host: $host" "http://$gateway/" | jq -r .task; done |
      sort -u)" = "$(wanted | cut -d ' ' -f 2 | sort)" ] || return 1
  done
}

# A visitor of each gateway on a connection that is kept, 50 times a second: "TIME STATUS" a line, the time being
# that of the answer.
start_chaos_visitors() {
  local g=0 gateway
  visitor_pids=()
  for gateway in $(gateways); do
    g=$((g + 1))
    visit "$gateway" > "$work/visits-$g" 2> /dev/null &
    visitor_pids+=($!)
  done
}
visit() {
  trap 'kill $(jobs -p) 2> /dev/null' EXIT
  while true; do
    curl -s -o /dev/null --rate 50/s --max-time "$patience" -H "Host: $host" -w '%{stderr}%{http_code} %{time_total}\n' \
      "http://$1/?[1-1000000]" 2>&1 | while read -r status; do echo "$EPOCHREALTIME $status"; done &
    wait $!
  done
}
stop_chaos_visitors() {
  [ ${#visitor_pids[@]} -eq 0 ] || kill "${visitor_pids[@]}" 2> /dev/null || true
  visitor_pids=()
}

# Failed visits that nothing excuses: "GATEWAY TIME STATUS SECONDS".
failed_visits() {
  local g
  for ((g = 1; g <= gateways_count; ++g)); do
    awk -v g="$g" 'FILENAME == ARGV[1] {if ($1 == g) {from[++n] = $2; to[n] = $3}; next}
      $2 != 200 {for (i = 1; i <= n; ++i) if ($1 >= from[i] && $1 - $3 <= to[i]) next; print g, $0}' \
      "$work/excused" "$work/visits-$g"
  done
}
count_visits() { cat "$work"/visits-* | wc -l; }
slowest_visit() { sort -k 3 -n "$work"/visits-* | tail -n 1 | cut -d ' ' -f 3; }

# Events as `events -f` brought them through all of it: every number once, in order.
gapless() { jq -s -e '[.[].number] as $n | ($n | length) > 0 and $n == [range($n[0]; $n[0] + ($n | length))]' "$1" > /dev/null; }
