#!/usr/bin/env bash
# The gateway beside nginx, HAProxy and Caddy: CPU time per request, in interleaved rounds. ROUNDS (10), SPAN (3 s),
# SCENARIOS (all).
[ -n "${HANCOCK_BENCH_NET:-}" ] || exec unshare --net env HANCOCK_BENCH_NET=1 "$0"
ip link set lo up
# As Debian comes, or as near to it as a namespace may: timers by which BBR paces are half of what bulk costs here.
sysctl -qw net.ipv4.tcp_congestion_control=cubic 2> /dev/null || sysctl -qw net.ipv4.tcp_congestion_control=reno
. "$(dirname "$0")/lib.sh"
. "$bench/gateway/proxies.sh"
section "The gateway beside nginx, HAProxy and Caddy" "One proxy at a time on a CPU of its own, origin (nginx) and visitors (wrk, curl) on the other; one thread each,
keep-alive to the origin, no access log; TLS 1.3 with ECDSA P-256 and AES-128-GCM, without resumption
(bench/gateway/ has the settings). TCP's congestion control is $(sysctl -n net.ipv4.tcp_congestion_control); HTTPS in bulk
is HTTP/1.1 for all."
rounds=${ROUNDS:-10}
span=${SPAN:-3}
read -ra scenarios <<< "${SCENARIOS:-keep_alive thousand large new_connection http2 stream handshake secure_stream access_log script}"

# visit URL CONNECTIONS [HEADER]: wrk's line.
visit() {
  taskset -c 1 wrk -t1 -c"$2" -d"${span}s" --timeout 10s -s "$bench/gateway/report.lua" -H 'Host: bench.test' \
    ${3:+-H "$3"} "$1" | tail -n 1
}
http_of() { echo "http://127.0.0.1:${proxy_http[$1]}"; }
https_of() { echo "https://127.0.0.1:${proxy_https[$1]}"; }

keep_alive() { visit "$(http_of "$1")/small" 64; }
access_log() { keep_alive "$1"; }
script() { keep_alive "$1"; }
thousand() { visit "$(http_of "$1")/small" 1000; }
large() { visit "$(http_of "$1")/64k" 64; }
new_connection() { visit "$(http_of "$1")/small" 64 'Connection: close'; }
handshake() { visit "$(https_of "$1")/small" 64 'Connection: close'; }

# Without TLS, by prior knowledge: 16 connections of 32 streams.
http2() {
  taskset -c 1 h2load -t1 -c16 -m32 -D "$span" -H ":authority: bench.test" "http://127.0.0.1:${proxy_http2[$1]}/small" |
    awk -v span="$span" '/^status codes:/ {good = $3} /^requests:/ {done = $6}
      END {printf "{\"requests\": %d, \"seconds\": %d, \"errors\": %d}\n", done, span, done - good}'
}

# download COUNT URL: so many streams of 1 GiB at once; a "request" is a GiB.
download() {
  local i
  for ((i = 0; i < $1; ++i)); do
    taskset -c 1 curl -ksf --http1.1 -o /dev/null -w '%{size_download}\n' -H 'Host: bench.test' "$2/1g" &
  done | jq -sc '{requests: length, seconds: 0, errors: map(select(. != 1073741824)) | length}'
}
stream() { download 4 "http://127.0.0.1:${proxy_tcp[$1]}"; }
secure_stream() { download 2 "$(https_of "$1")"; }

process_of() {
  case $1 in
    handshake | secure_stream) echo "$2-tls" ;;
    *) echo "$2" ;;
  esac
}

# measure SCENARIO NAME ROUND: a line of JSON.
measure() {
  local process before after split_before split_after figures
  process=$(process_of "$1" "$2")
  before=$(cpu_ns "$process")
  split_before=$(cpu_split "$process")
  figures=$("$1" "$2")
  after=$(cpu_ns "$process")
  split_after=$(cpu_split "$process")
  [ "$(jq .errors <<< "$figures")" -eq 0 ] || { echo "$1, $2: wrong answers: $figures" >&2; return 1; }
  jq -c --arg scenario "$1" --arg proxy "$2" --argjson round "$3" --argjson ns $((after - before)) \
    --arg before "$split_before" --arg after "$split_after" '
    def ticks: split(" ") | map(tonumber);
    ($before | ticks) as $b | ($after | ticks) as $a | ([$a[0] - $b[0], $a[1] - $b[1]]) as $spent |
    {scenario: $scenario, proxy: $proxy, round: $round, cpu_us: ($ns / 1000 / .requests),
     user: ($spent[0] / ([($spent | add), 1] | max)), per_s: (if .seconds > 0 then .requests / .seconds else null end)}' \
    <<< "$figures"
}

rivals_of() {
  case $1 in
    stream) echo haproxy slardar ;;
    http2 | handshake | secure_stream) echo nginx haproxy slardar ;;
    access_log) echo logged slardar ;;
    script) echo scripted slardar ;;
    *) echo nginx haproxy caddy slardar ;;
  esac
}

# resident NAME: "IDLE CONNECTED READ": at first, with 1,000 connections that have asked once and come to
# rest, and by how much it is more while somebody reads 1 GiB at 64 KiB a second.
resident() {
  local idle connected before reading visitors reader
  idle=$(resident_kib "$1")
  HANCOCK_IDLE_MS=60000 HANCOCK_CONNECTIONS=1000 taskset -c 1 wrk -t1 -c1000 -d14s -s "$bench/gateway/report.lua" \
    -H 'Host: bench.test' "http://127.0.0.1:${proxy_http[$1]}/small" > /dev/null &
  visitors=$!
  sleep 12
  connected=$(resident_kib "$1")
  wait $visitors
  before=$(resident_kib "$1")
  curl -s -o /dev/null --limit-rate 64k -H 'Host: bench.test' "http://127.0.0.1:${proxy_http[$1]}/1g" &
  reader=$!
  sleep 3
  reading=$(resident_kib "$1")
  kill $reader
  wait $reader 2> /dev/null || true
  echo "$idle $connected $((reading - before))"
}
memory_table() {
  local name idle connected reading
  printf '\n| resident | idle | 1,000 idle connections (slardar: at most 10 MiB) | more for a slow reader (at most 100 KiB) |\n|---|---|---|---|\n'
  for name in slardar nginx haproxy caddy; do
    read -r idle connected reading <<< "$(resident $name)"
    echo "| $name | $(mib "$idle") MiB | $(mib "$connected") MiB | $reading KiB |"
  done
}

start_origin
on_exit+=(stop_proxies)
wait_for "the origin" curl -sf -o /dev/null http://127.0.0.1:17001/small
start_proxies
memory_table > "$work/memory.md"
for ((round = 1; round <= rounds; ++round)); do
  for scenario in "${scenarios[@]}"; do
    read -ra names <<< "$(rivals_of "$scenario")"
    for ((i = 0; i < ${#names[@]}; ++i)); do
      measure "$scenario" "${names[(i + round) % ${#names[@]}]}" "$round" >> "$work/rounds.json"
    done
  done
  note "round $round of $rounds"
done
jq -rs -f "$bench/gateway/table.jq" "$work/rounds.json"
cat "$work/memory.md"
